"""Change judged from all of a person's scores: slopes of a multilevel model."""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from statsmodels.regression.mixed_linear_model import MixedLM, MixedLMParams

from attunement.course.change_methods import Difference, Numbers
from attunement.problems import Problem

EXACT = {"method": ["lbfgs"], "maxiter": 500, "factr": 10.0, "pgtol": 1e-7}
FIRST_GUESS = 0.05
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
    uncertainty of b1 too, ``V + (I - L) Var(b) (I - L)'`` with ``V`` the posterior variance of u
    and ``L`` the weight of the client's own data (Raudenbush & Bryk 2002, *Hierarchical Linear
    Models*, ch. 3). Slope over its standard error as a criterion of change: Speer & Greenbaum
    1995, *J. Consult. Clin. Psychol.* 63:1044-1048. Mind that a client with few or scattered
    scores borrows the group's slope, and may be called changed on the strength of it. The fit
    takes some ten seconds for a thousand clients.

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
    fit = _fit(outcome, design, groups)
    edges = np.flatnonzero(np.diff(groups)) + 1
    own = list(zip(np.split(design, edges), np.split(outcome, edges), strict=True))
    between = fit.coefficients_covariance(own)
    rows = [fit.slope(*one, between) for one in own]
    people = ordered.select("client").unique(maintain_order=True)
    estimates = np.array(rows) * unit / step
    return Slopes(
        people=people.with_columns(
            slope=pl.Series(estimates[:, 0]), standard_error=pl.Series(estimates[:, 1])
        ),
        warnings=_remarks(fit),
    )


@dataclass(frozen=True, kw_only=True)
class _Model:
    """Estimates for standardised scores: coefficients, their spread over clients, residual."""

    fixed: Numbers
    between: Numbers
    residual: float
    converged: bool

    def scatter(self, design: Numbers) -> Numbers:
        """Covariance of one client's scores."""
        return design @ self.between @ design.T + self.residual * np.eye(len(design))

    def coefficients_covariance(self, clients: list[tuple[Numbers, Numbers]]) -> Numbers:
        """Covariance of the coefficients by generalised least squares."""
        information = sum(x.T @ np.linalg.solve(self.scatter(x), x) for x, _ in clients)
        return np.asarray(np.linalg.inv(information), dtype=np.float64)

    def slope(self, design: Numbers, outcome: Numbers, spread: Numbers) -> tuple[float, float]:
        """Slope of one client and its standard error."""
        weight = self.between @ np.linalg.solve(self.scatter(design), design).T
        coefficients = self.fixed + weight @ (outcome - design @ self.fixed)
        rest = np.eye(2) - weight @ design
        variance = rest @ self.between + rest @ spread @ rest.T
        return float(coefficients[1]), float(np.sqrt(variance[1, 1]))


def _fit(outcome: Numbers, design: Numbers, groups: Any) -> _Model:
    """Fit by REML, starting from a model of levels alone.

    From the library's own starting values its optimisers can stop short of the maximum.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what they say is in ``converged`` and in the slopes
        levels = MixedLM(outcome, design, groups=groups).fit(reml=True, **EXACT)
        guess = np.diag([levels.cov_re[0, 0] / levels.scale + SMALL, FIRST_GUESS])
        start = MixedLMParams.from_components(fe_params=levels.fe_params, cov_re=guess)
        model = MixedLM(outcome, design, groups=groups, exog_re=design)
        fit = model.fit(start_params=start, reml=True, **EXACT)
    return _Model(
        fixed=np.asarray(fit.fe_params, dtype=np.float64),
        between=np.asarray(fit.cov_re, dtype=np.float64),
        residual=float(fit.scale),
        converged=bool(fit.converged),
    )


def _remarks(fit: _Model) -> tuple[str, ...]:
    said = []
    if not fit.converged:
        said.append("the multilevel model did not converge: take its verdicts with caution")
    if fit.between[1, 1] < SMALL:
        said.append(
            "clients' slopes do not differ measurably: the multilevel method gives everybody "
            "the group's and cannot tell one client from another"
        )
    return tuple(said)
