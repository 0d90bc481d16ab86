"""With whom is a check-in worth the while, and why: never a verdict."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import expit

from attunement.course.settings import choose
from attunement.problems import Problem
from attunement.programme.retention.model import Model, pieces
from attunement.programme.retention.periods import plan_reached
from attunement.programme.retention.validation import LATER, SITE, valid_sites, why_not_valid

Vector = NDArray[np.float64]

WORTH_A_CHECK_IN = "worth a check-in"
NOT_CAUSAL = "What weighs in a suggestion goes with leaving; it need not be the reason."


class Against(StrEnum):
    """What a client is compared with to explain a suggestion."""

    PROGRAMME = "programme"
    OWN = "own"


@dataclass(frozen=True, kw_only=True)
class CheckIns:
    """Suggestions, and what weighed in them.

    Attributes
    ----------
    rows : polars.DataFrame
        A row per client and next session: ``client``, ``after``, ``check_in`` (null where the
        model was not validated for such a row), ``why_not``, ``log_odds``, and ``usual``, the
        log-odds of what the client is compared with.
    parts : polars.DataFrame
        A row per client, next session and feature: ``client``, ``after``, ``feature``, ``words``,
        ``value``, and ``part``, what it adds to the log-odds. The parts of a row add up to
        ``log_odds - usual``. Largest first.
    sentence : str
        What a suggestion is worth, in plain words.
    """

    rows: pl.DataFrame
    parts: pl.DataFrame
    sentence: str


def worth_a_check_in(
    model: Model, known: pl.DataFrame, against: Against | str = Against.PROGRAMME
) -> CheckIns:
    """Suggest with whom to check in before the next session, and say what weighed in it.

    A part is ``weight * (value - usual) / spread``, as the model is linear in its log-odds
    (:func:`~attunement.programme.retention.learn.learn`); to explain by it is our own choice.

    Parameters
    ----------
    model
        Learned, and tested.
    known
        From :func:`~attunement.programme.retention.drift.gather`: the features, and ``site`` where
        the model was tested by site. Rows of one client that lie before others serve as the
        client's own usual.
    against
        ``programme``: compared with the mean where the model was learned. ``own``: compared with
        the mean of the same client's earlier rows, and with the programme where there are none.

    Raises
    ------
    Problem
        If the model was not validated, or a feature is missing.

    Examples
    --------
    >>> from attunement import Plan, simulate
    >>> from attunement.measures import find_scale
    >>> from attunement.programme.retention.drift import gather, learn_drift
    >>> from attunement.programme.retention.known import Watched
    >>> made = simulate(Plan(clients=1500, rupture=0.12, dropout_odds=20, responses=False), seed=7)
    >>> watched = Watched(alliance=find_scale("session-check-in.alliance"))
    >>> model = learn_drift(made.attendance, made.scores, watched)
    >>> found = worth_a_check_in(model, gather(made.attendance, made.scores, watched))
    >>> round(found.rows["check_in"].mean(), 1), found.rows.height
    (0.1, 13636)
    """
    against = choose(Against, against, "against")
    reasons = why_not_valid(model)
    if reasons:
        raise Problem(
            f"the model {model.version} may not be used: {reasons[0]}",
            "learn it anew when there are more data",
        )
    missing = [name for name in model.features if name not in known.columns]
    if missing:
        raise Problem(f"there is no column {missing[0]}", "gather the features as for learning")
    rows = known.sort("client", "after")
    weights = pieces(model.terms, rows)
    usual = _earlier_mean(weights, rows["client"]) if against is Against.OWN else 0.0 * weights
    log_odds = model.intercept + weights.sum(axis=1)
    why_not = _why_not(model, rows)
    high = pl.Series(expit(log_odds) >= model.threshold)
    found = rows.select("client", "after").with_columns(
        check_in=pl.when(why_not.is_null()).then(high),
        why_not=why_not,
        log_odds=pl.Series(log_odds),
        usual=pl.Series(model.intercept + usual.sum(axis=1)),
    )
    return CheckIns(
        rows=found, parts=_parts(model, rows, weights - usual), sentence=sentence(model)
    )


def sentence(model: Model) -> str:
    """Say what a suggestion is worth, from clients who began later than those learned from."""
    later = next((test for test in model.tests if test.kind == LATER), None)
    if later is None or later.alerts.ppv.share is None or later.alerts.sensitivity.share is None:
        return "What a suggestion is worth is not known."
    return (
        f"Of 100 sessions after which a check-in is suggested, about "
        f"{100 * later.alerts.ppv.share:.0f} are the client's last; of 100 clients who leave, "
        f"about {100 * later.alerts.sensitivity.share:.0f} were suggested just before. {NOT_CAUSAL}"
    )


def _why_not(model: Model, rows: pl.DataFrame) -> pl.Series:
    """Say of each row why the model was not validated for it; null where it was."""
    most = model.learned.most_sessions
    reasons = [_reason(pl.col("after") > most, f"nothing was learned beyond session {most}")]
    if "planned_end" in rows.columns:
        reasons.append(_reason(plan_reached(), "the planned end was reached"))
    if any(test.kind == SITE for test in model.tests):
        site = pl.col("site") if "site" in rows.columns else pl.lit(None, dtype=pl.String)
        tested = site.is_in(sorted(valid_sites(model))).fill_null(value=False)
        reasons.append(_reason(~tested, "it was not validated at this site"))
    return rows.select(why_not=pl.coalesce(reasons)).to_series()


def _reason(when: pl.Expr, words: str) -> pl.Expr:
    return pl.when(when).then(pl.lit(words))


def _earlier_mean(weights: Vector, client: pl.Series) -> Vector:
    """Mean over the same client's earlier rows; 0, the programme's centre, where there are none."""
    first = np.flatnonzero(np.append(True, (client[1:] != client[:-1]).to_numpy()))
    start = np.repeat(first, np.diff(np.append(first, len(client))))
    place = np.arange(len(client))
    total = np.vstack([np.zeros(weights.shape[1]), np.cumsum(weights, axis=0)])
    n = np.maximum(place - start, 1)[:, None]
    return np.asarray((total[place] - total[start]) / n, dtype=float)


def _parts(model: Model, rows: pl.DataFrame, parts: Vector) -> pl.DataFrame:
    return pl.concat(
        rows.select(
            "client",
            "after",
            feature=pl.lit(term.name),
            words=pl.lit(term.words),
            value=pl.col(term.name).cast(pl.Float64),
            part=pl.Series(parts[:, j]),
        )
        for j, term in enumerate(model.terms)
    ).sort("client", "after", "part", descending=[False, False, True])
