"""Change judged from all of a person's scores: slopes of a multilevel model."""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from statsmodels.regression.mixed_linear_model import MixedLM

from attunement.course.change_methods import Difference, Numbers
from attunement.problems import Problem


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
    uncertainty of b1 too, ``V + (I - L) Var(b) (I - L)'`` with ``V`` the posterior variance of u
    and ``L`` the weight of the client's own data (Raudenbush & Bryk 2002, *Hierarchical Linear
    Models*, ch. 3). Slope over its standard error as a criterion of change: Speer & Greenbaum
    1995, *J. Consult. Clin. Psychol.* 63:1044-1048. Mind that a client with few or scattered
    scores borrows the group's slope, and may be called changed on the strength of it.

    Parameters
    ----------
    scores
        ``client``, ``session``, ``score`` (scale units), nothing missing.

    Raises
    ------
    Problem
        If no client has three scores, or all scores are equal.
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
    fit, said = _fit(outcome, design, groups)
    rows = [_slope(fit, design[groups == g], outcome[groups == g]) for g in np.unique(groups)]
    people = ordered.select("client").unique(maintain_order=True)
    estimates = np.array(rows) * unit / step
    return Slopes(
        people=people.with_columns(
            slope=pl.Series(estimates[:, 0]), standard_error=pl.Series(estimates[:, 1])
        ),
        warnings=said,
    )


def _fit(outcome: Numbers, design: Numbers, groups: Any) -> tuple[Any, tuple[str, ...]]:
    """Fit the model and keep its warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        fit = MixedLM(outcome, design, groups=groups, exog_re=design).fit(reml=True)
    messages = {str(warning.message) for warning in caught}
    return fit, tuple(f"the multilevel model warned: {message}" for message in sorted(messages))


def _slope(fit: Any, design: Numbers, outcome: Numbers) -> tuple[float, float]:
    """Slope and standard error of one client, in the units of the fit."""
    between = np.asarray(fit.cov_re)
    own = between @ design.T
    weight = np.linalg.solve(design @ own + fit.scale * np.eye(len(outcome)), own.T).T
    coefficients = fit.fe_params + weight @ (outcome - design @ fit.fe_params)
    rest = np.eye(2) - weight @ design
    variance = rest @ between + rest @ np.asarray(fit.cov_params())[:2, :2] @ rest.T
    return float(coefficients[1]), float(np.sqrt(variance[1, 1]))
