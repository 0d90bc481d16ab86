"""What agreement and disagreement go with: a response surface over two ratings."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from statsmodels.regression.linear_model import OLS

from attunement.course.agreement.truth_and_bias import Effect
from attunement.problems import Problem

FEWEST_DYADS = 20

Vector = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class ResponseSurface:
    """How an outcome goes with two ratings of the same thing.

    Attributes
    ----------
    coefficients : tuple of float
        Intercept and b1 to b5 of ``b1 C + b2 T + b3 C^2 + b4 C T + b5 T^2``, in outcome units.
    agreement_slope : Effect
        a1 = b1 + b2: outcome as both rise together.
    agreement_curve : Effect
        a2 = b3 + b4 + b5: does that bend?
    gap_slope : Effect
        a3 = b1 - b2: outcome as the client rises and the therapist falls.
    gap_curve : Effect
        a4 = b3 - b4 + b5: does any gap, either way, go with more (above 0) of the outcome?
    dyads : int
        How many were used.
    """

    coefficients: tuple[float, ...]
    agreement_slope: Effect
    agreement_curve: Effect
    gap_slope: Effect
    gap_curve: Effect
    dyads: int


def response_surface(
    client: Vector, therapist: Vector, outcome: Vector, *, middle: float, level: float = 0.95
) -> ResponseSurface:
    """Fit an outcome to a client's and a therapist's rating, their squares and their product.

    Polynomial regression and its surface (Edwards and Parry 1993, *Acad. Manage. J.* 36:1577),
    as used for client and therapist by Rubel et al. (2018, *J. Consult. Clin. Psychol.*
    86:341). An absolute difference would hide which of the two rated higher, which matters.
    All of it is association.

    ``y = b0 + b1 C + b2 T + b3 C^2 + b4 C T + b5 T^2 + error`` with ``C`` and ``T`` the ratings
    less ``middle``.

    Parameters
    ----------
    client, therapist : shape (dyads,)
        Ratings on one scale, one per dyad (such as their means); a dyad with a missing value
        (NaN) is left out.
    outcome : shape (dyads,)
        In its own unit.
    middle : float
        The scale's midpoint, where both ratings are set to 0.
    level : float
        Confidence of the intervals (t distribution).

    Raises
    ------
    Problem
        With fewer than twenty dyads, or ratings that go in step or take too few values.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(7)
    >>> client, therapist = rng.normal(7, 1, (2, 200))
    >>> distress = 10 - client + 0.5 * (client - therapist) ** 2 + rng.normal(0, 0.5, 200)
    >>> found = response_surface(client, therapist, distress, middle=5)
    >>> round(found.gap_curve.value, 1), found.dyads
    (2.0, 200)
    """
    rows = np.column_stack([client, therapist, outcome])
    rows = rows[np.isfinite(rows).all(axis=1)]
    if len(rows) < FEWEST_DYADS:
        raise Problem(
            f"{len(rows)} dyads have both ratings and an outcome",
            f"a response surface needs {FEWEST_DYADS} or more",
        )
    c, t = rows[:, 0] - middle, rows[:, 1] - middle
    design = np.column_stack([np.ones_like(c), c, t, c**2, c * t, t**2])
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise Problem(
            "the two ratings go in step, or take fewer than three values",
            "a response surface needs ratings that differ",
        )
    fit = OLS(rows[:, 2], design).fit()
    combined = fit.t_test(
        [[0, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1], [0, 1, -1, 0, 0, 0], [0, 0, 0, 1, -1, 1]]
    )
    limits = combined.conf_int(alpha=1 - level)
    effects = [
        Effect(value=float(value), se=float(se), low=float(low), high=float(high))
        for value, se, (low, high) in zip(combined.effect, combined.sd, limits, strict=True)
    ]
    return ResponseSurface(
        coefficients=tuple(fit.params.tolist()),
        agreement_slope=effects[0],
        agreement_curve=effects[1],
        gap_slope=effects[2],
        gap_curve=effects[3],
        dyads=len(rows),
    )
