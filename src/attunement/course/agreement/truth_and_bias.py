"""How well therapists read their clients: truth and bias over a whole programme."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from scipy.stats import norm

from attunement.course.agreement.gaps import both_ratings
from attunement.frames import to_lazy, to_polars
from attunement.multilevel.arrays import MixedModel, fit_mixed
from attunement.problems import Problem

FEWEST_DYADS = 10
FEWEST_SESSIONS = 3


@dataclass(frozen=True, kw_only=True)
class Effect:
    """An estimate with its standard error and confidence interval."""

    value: float
    se: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class TruthAndBias:
    """What goes into therapists' ratings, over many dyads.

    Attributes
    ----------
    bias : Effect
        Directional discrepancy, in scale units: how much higher (lower, where negative)
        therapists rate than their clients when a client is at their own usual level.
    truth : Effect
        Temporal congruence: by how much the therapist's rating moves with each unit the
        client's moves. 1 is perfect, 0 is none.
    previous : Effect
        By how much the therapist's rating moves with each unit of their own previous one.
    bias_sd, truth_sd : float
        How much dyads differ in bias (scale units; a little too high where ratings depend on
        the session before) and in truth.
    residual_sd : float
        What is left from session to session, in scale units.
    dyads, sessions : int
        How many were used; a dyad's first session only serves as the previous one.
    warnings : tuple of str
        What a reader must know before leaning on it.
    """

    bias: Effect
    truth: Effect
    previous: Effect
    bias_sd: float
    truth_sd: float
    residual_sd: float
    dyads: int
    sessions: int
    warnings: tuple[str, ...]


def truth_and_bias(scores: Any, scale: str, *, level: float = 0.95) -> TruthAndBias:
    """Estimate truth and bias in therapists' ratings of one scale.

    The model of West and Kenny (2011, *Psychol. Rev.* 118:357) for repeated ratings of dyads
    (as in Atzil-Slonim et al. 2015, *J. Consult. Clin. Psychol.* 83:773), both ratings less
    the client's mean in that dyad::

        therapist = bias + truth * client + previous * (therapist before - their mean) + error

    with bias and truth varying over dyads (:func:`attunement.multilevel.arrays.fit_mixed`). The
    therapist's previous rating is taken less its own mean in the dyad, so that ``bias`` is the
    mean discrepancy itself.

    Parameters
    ----------
    scores
        The table ``scores`` with ``rater``, as for :func:`attunement.course.agreement.gaps.gaps`.
        A session counts where both rated it; the previous one is the last that did, and a
        dyad counts with three such sessions.
    scale
        Which scale.
    level
        Confidence of the intervals (normal approximation).

    Returns
    -------
    Estimates, how many dyads and sessions they rest on, and warnings. ``previous`` is always
    too low, and ``truth`` is touched by it where clients' own ratings depend on the session
    before (Nickell 1981, *Econometrica* 49:1417). Dyads count as independent: where few
    therapists see many clients the standard errors are too small.

    Raises
    ------
    Problem
        If raters cannot be told apart, as for gaps; if fewer than ten dyads have three sessions
        that both rated, or ratings never move within dyads.

    Examples
    --------
    >>> from attunement import Plan, simulate
    >>> scores = simulate(Plan(clients=60, responses=False), seed=7).scores
    >>> both = scores.filter(pl.col("scale").str.ends_with("alliance"))
    >>> found = truth_and_bias(both.with_columns(scale=pl.lit("alliance")), "alliance")
    >>> round(found.bias.value, 1), round(found.truth.value, 1), found.dyads
    (-0.8, 0.5, 58)
    """
    moves = _moves(to_polars(both_ratings(to_lazy(scores), [scale])).drop_nulls())
    _check(moves, scale)
    judged, moved, before, dyads = moves.to_numpy().T
    unit = float(moved.std())
    design = np.column_stack([np.ones_like(moved), moved / unit, before / unit])
    fit = fit_mixed(judged / unit, design, dyads, random=2)
    units = np.array([unit, 1.0, 1.0])
    errors = np.sqrt(np.diag(fit.covariance)) * units
    bias, truth, previous = (
        _effect(value, se, level) for value, se in zip(fit.values * units, errors, strict=True)
    )
    bias_sd, truth_sd = np.sqrt(np.diag(fit.between)) * units[:2]
    count = len(np.unique(dyads))
    return TruthAndBias(
        bias=bias,
        truth=truth,
        previous=previous,
        bias_sd=float(bias_sd),
        truth_sd=float(truth_sd),
        residual_sd=fit.residual**0.5 * unit,
        dyads=count,
        sessions=len(moved),
        warnings=_warnings(fit, previous.value, len(moved) / count),
    )


def _moves(rated: pl.DataFrame) -> pl.DataFrame:
    """Ratings less the client's mean, and the therapist's previous one less its own mean."""
    mean = pl.col("client_score").mean().over("client")
    return (
        rated.filter(pl.len().over("client") >= FEWEST_SESSIONS)
        .sort("client", "session")
        .select(
            judged=pl.col("therapist_score") - mean,
            moved=pl.col("client_score") - mean,
            before=pl.col("therapist_score").shift(1).over("client"),
            dyad=pl.col("client").rank("dense"),
        )
        .drop_nulls()
        .with_columns(before=pl.col("before") - pl.col("before").mean().over("dyad"))
    )


def _check(moves: pl.DataFrame, scale: str) -> None:
    dyads = moves["dyad"].n_unique()
    if dyads < FEWEST_DYADS:
        raise Problem(
            f"{dyads} clients have {FEWEST_SESSIONS} sessions that both client and therapist "
            f"rated on {scale}",
            f"this needs {FEWEST_DYADS} such clients or more",
        )
    if min(moves.select(pl.col("moved", "before").abs().max()).row(0)) < 1e-9:
        raise Problem(
            f"the clients' or the therapists' ratings of {scale} never move within a dyad",
            "wait for sessions that differ",
        )


def _warnings(fit: MixedModel, previous: float, steps: float) -> tuple[str, ...]:
    """Say what the fit cannot, with ``steps`` sessions a dyad (Nickell's first-order formula)."""
    doubts = {
        "the optimiser did not converge": not fit.converged,
        "bias or truth hardly differs between dyads, or they go in step: "
        "their spread over dyads is not to be relied on": fit.singular,
    }
    shortfall = (1 + previous) / (steps - 1)
    always = (
        f"the effect of the previous rating is too low by about {shortfall:.2f}, "
        f"as it is with {steps:.0f} sessions a dyad (Nickell 1981)"
    )
    return (*(doubt for doubt, holds in doubts.items() if holds), always)


def _effect(value: float, se: float, level: float) -> Effect:
    reach = float(norm.ppf((1 + level) / 2)) * se
    return Effect(
        value=float(value), se=float(se), low=float(value - reach), high=float(value + reach)
    )
