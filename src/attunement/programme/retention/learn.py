"""Learn the weights of a model from rows whose outcome is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from threadpoolctl import threadpool_limits

from attunement.problems import Problem
from attunement.programme.retention.measures import SMALLEST
from attunement.programme.retention.model import Term, pieces

Vector = NDArray[np.float64]

PENALTIES = (0.01, 0.1, 1.0)
FOLDS = 4
CLIENTS_TO_CHOOSE_BY = 2000
EVENTS_PER_WEIGHT = 10
UNKNOWN_ENOUGH = 20


@dataclass(frozen=True, kw_only=True)
class Weights:
    """What was learned: terms, the log-odds where all are at their centre, and the penalty."""

    terms: tuple[Term, ...]
    intercept: float
    penalty: float

    def log_odds(self, rows: pl.DataFrame) -> Vector:
        """Give the log-odds of leaving next, of each row."""
        return np.asarray(self.intercept + pieces(self.terms, rows).sum(axis=1), dtype=float)


def learn(rows: pl.DataFrame, features: Sequence[str], words: Mapping[str, str]) -> Weights:
    """Fit a ridge-penalised logistic regression of leaving on the features.

    A row per client and next session makes it a discrete-time hazard model (Singer & Willett 1993,
    *J. Educ. Stat.* 18:155-195). The penalty (le Cessie & van Houwelingen 1992, *Appl. Stat.*
    41:191-201) is the one with the best log-likelihood in cross-validation that keeps a client's
    rows together; every feature counts in its own SDs. A missing value has a weight of its own
    where 20 or more are missing, and counts as the mean otherwise.

    ``log(h / (1 - h)) = a + b'z`` with ``h`` the chance to leave next and ``z`` the features in SDs
    from their mean.

    Parameters
    ----------
    rows
        From :func:`~attunement.programme.retention.periods.periods`.
    features
        Columns to use. One without spread gets no weight.
    words
        What each is, for people.

    Raises
    ------
    Problem
        If there are fewer than 10 events for every weight.

    Examples
    --------
    >>> rng = np.random.default_rng(7)
    >>> rows = pl.DataFrame({"client": np.arange(400) // 4, "alliance": rng.normal(7, 1, 400)})
    >>> chance = 1 / (1 + np.exp(0.8 * (rows["alliance"].to_numpy() - 7) + 2))
    >>> rows = rows.with_columns(left=rng.random(400) < chance)
    >>> found = learn(rows, ["alliance"], {"alliance": "how the last session was rated"})
    >>> round(found.terms[0].weight, 2)
    -0.76
    """
    events = int(rows["left"].sum())
    if events < EVENTS_PER_WEIGHT * len(features):
        raise Problem(
            f"{events} clients left, and {len(features)} features need "
            f"{EVENTS_PER_WEIGHT * len(features)} at least",
            "wait until there are more, or use fewer features",
        )
    bare = [_term(rows[name], name, words.get(name, name)) for name in features]
    design, unknown = _design(rows, bare)
    y = rows["left"].to_numpy()
    clients = np.unique(rows["client"].to_numpy(), return_inverse=True)[1]
    # The matrices are small: threads would wait for one another longer than they work.
    with threadpool_limits(1, user_api="blas"):
        penalty = _choose(design, y, clients)
        fitted = _regression(penalty).fit(design, y)
    weights, of_unknown = np.split(fitted.coef_[0], [len(bare)])
    added = dict(zip(unknown, of_unknown, strict=True))
    terms = tuple(
        Term(
            name=term.name,
            words=term.words,
            centre=term.centre,
            spread=term.spread,
            weight=float(weight),
            unknown=float(added.get(term.name, 0.0)),
        )
        for term, weight in zip(bare, weights, strict=True)
    )
    return Weights(terms=terms, intercept=float(fitted.intercept_[0]), penalty=penalty)


def _term(values: pl.Series, name: str, words: str) -> Term:
    known = values.cast(pl.Float64).fill_nan(None).drop_nulls().to_numpy()
    centre = float(known.mean()) if known.size else 0.0
    spread = float(known.std()) if known.size else 0.0
    spread = spread if spread > SMALLEST else 1.0
    return Term(name=name, words=words, centre=centre, spread=spread, weight=1.0, unknown=0.0)


def _design(rows: pl.DataFrame, terms: Sequence[Term]) -> tuple[Vector, list[str]]:
    """Put features in SDs side by side, and flags for what is not known after them."""
    missing = {term.name: rows[term.name].cast(pl.Float64).fill_nan(None).is_null()
               for term in terms}  # fmt: skip
    unknown = [name for name, flags in missing.items() if flags.sum() >= UNKNOWN_ENOUGH]
    flags = [missing[name].cast(pl.Float64).to_numpy() for name in unknown]
    return np.column_stack([pieces(tuple(terms), rows), *flags]), unknown


def _choose(design: Vector, y: NDArray[np.bool_], clients: NDArray[np.int64]) -> float:
    """Find the penalty that does best on clients left out, the strongest of equals."""
    some = clients < CLIENTS_TO_CHOOSE_BY
    if 2 * FOLDS < y[some].sum() < y[some].size - 2 * FOLDS:
        design, y, clients = design[some], y[some], clients[some]
    folds = min(FOLDS, np.unique(clients).size)
    found = np.zeros(len(PENALTIES))
    for train, test in GroupKFold(n_splits=folds).split(design, y, clients):
        for i, penalty in enumerate(PENALTIES):
            fitted = _regression(penalty).fit(design[train], y[train])
            chance = np.clip(fitted.predict_proba(design[test])[:, 1], SMALLEST, 1 - SMALLEST)
            found[i] += float(np.sum(np.where(y[test], np.log(chance), np.log1p(-chance))))
    return PENALTIES[int(np.argmax(np.round(found, 6)))]


def _regression(penalty: float) -> LogisticRegression:
    return LogisticRegression(C=penalty, solver="newton-cholesky", max_iter=200, tol=1e-6)
