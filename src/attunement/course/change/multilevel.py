"""Change judged from all of a person's scores: slopes of a multilevel model."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from attunement.course.change.methods import Difference
from attunement.multilevel.arrays import MixedModel, fit_mixed, group_effects
from attunement.problems import Problem

SMALL = 1e-4  # of the variance of all scores


@dataclass(frozen=True, kw_only=True)
class Slopes:
    """Each client's estimated slope, in scale units per session.

    Attributes
    ----------
    people : polars.DataFrame
        ``client``, ``slope``, ``standard_error``.
    warnings : tuple of str
        What the fit had to say of itself.
    """

    people: pl.DataFrame
    warnings: tuple[str, ...]

    def of(self, clients: pl.Series) -> Difference:
        """Give the slopes of these clients, in their order."""
        found = clients.to_frame("client").join(
            self.people, on="client", how="left", maintain_order="left"
        )
        return Difference(
            value=found["slope"].to_numpy(), standard_error=found["standard_error"].to_numpy()
        )


def client_slopes(scores: pl.DataFrame) -> Slopes:
    """Estimate every client's slope over sessions by empirical Bayes.

    Model: ``score = (b0 + u0) + (b1 + u1) * session + e``, random intercept and slope correlated,
    by restricted maximum likelihood. A client's slope is ``b1 + u1``; its variance counts the
    uncertainty of b1 too (:func:`attunement.multilevel.arrays.group_effects`). Slope over its
    standard error as a criterion of change: Speer & Greenbaum 1995, *J. Consult. Clin. Psychol.*
    63:1044-1048. Mind that a client with few or scattered scores borrows the group's slope, and
    may be called changed on the strength of it.

    Parameters
    ----------
    scores
        ``client``, ``session``, ``score`` (scale units), nothing missing.

    Raises
    ------
    Problem
        If no client has three scores, or all scores are equal.

    Examples
    --------
    >>> scores = pl.DataFrame({"client": ["a", "a", "a", "b", "b", "b", "c", "c", "c"],
    ...                        "session": [1, 2, 3] * 3,
    ...                        "score": [18.0, 14, 11, 15, 15, 14, 20, 17, 15]})
    >>> client_slopes(scores).people.select("client", pl.col("slope").round(1)).rows()
    [('a', -3.4), ('b', -0.6), ('c', -2.5)]
    """
    sizes = scores.group_by("client").len()["len"]
    if sizes.is_empty() or int(sizes.max() or 0) < 3:  # type: ignore[arg-type]
        raise Problem(
            "no client has three scores between the first and the last session compared",
            "use another method than multilevel",
            field="method",
        )
    ordered = scores.sort("client", "session")
    time, score = (ordered[name].cast(pl.Float64).to_numpy() for name in ("session", "score"))
    unit, step = score.std(), time.std()
    if unit == 0:
        raise Problem("all scores are equal", "check the column of scores", field="score")
    design = np.column_stack([np.ones(len(time)), (time - time.mean()) / step])
    outcome = (score - score.mean()) / unit
    groups = ordered["client"].rank("dense").to_numpy()
    fit = fit_mixed(outcome, design, groups, random=2)
    own = group_effects(fit, outcome, design, groups)
    people = ordered.select("client").unique(maintain_order=True)
    return Slopes(
        people=people.with_columns(
            slope=pl.Series(own.values[:, 1] * unit / step),
            standard_error=pl.Series(np.sqrt(own.covariance[:, 1, 1]) * unit / step),
        ),
        warnings=_remarks(fit),
    )


def _remarks(fit: MixedModel) -> tuple[str, ...]:
    said = []
    if not fit.converged:
        said.append("the multilevel model did not converge: take its verdicts with caution")
    if fit.between[1, 1] < SMALL:
        said.append(
            "clients' slopes do not differ measurably: the multilevel method gives everybody "
            "the group's and cannot tell one client from another"
        )
    return tuple(said)
