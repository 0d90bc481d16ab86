"""What a design can show, before it is begun."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from attunement.problems import Problem

USUAL_POWER = 0.8


@dataclass(frozen=True, kw_only=True)
class Power:
    """What a design can show.

    Attributes
    ----------
    se : float
        Standard error that the estimate will have, in the outcome's unit.
    effect : float
        The effect that is asked about.
    power : float
        Chance of an interval that excludes no effect, if the effect is that large.
    detectable : float
        The smallest effect that is found with a chance of 80 %.
    """

    se: float
    effect: float
    power: float
    detectable: float


def power_of(effect: float, se: float, *, level: float = 0.95) -> Power:
    """Power of a two-sided z test, ``Phi(|effect| / se - z) + Phi(-|effect| / se - z)``.

    The power of any normal estimator.

    Raises
    ------
    Problem
        If the effect is no number, or the level no share.

    Examples
    --------
    >>> found = power_of(0.28, 0.1)
    >>> round(found.power, 2), round(found.detectable, 2)
    (0.8, 0.28)
    """
    share("level", level)
    z, size = norm.ppf((1 + level) / 2), abs(effect) / se
    return Power(
        se=float(se),
        effect=float(effect),
        power=float(norm.cdf(size - z) + norm.cdf(-size - z)),
        detectable=float((z + norm.ppf(USUAL_POWER)) * se),
    )


def planned(power: float, level: float) -> float:
    """Sum of the two normal quantiles that every sample size rests on.

    Raises
    ------
    Problem
        If one is no share between 0 and 1.
    """
    share("power", power)
    share("level", level)
    return float(norm.ppf((1 + level) / 2) + norm.ppf(power))


def share(name: str, value: float) -> None:
    """Refuse what is no share between 0 and 1, both excluded."""
    if not 0 < value < 1:
        raise Problem(f"{value:g} is no share between 0 and 1", "give one", field=name)


def positive(name: str, value: float) -> None:
    """Refuse what is not a finite number above 0."""
    if not (np.isfinite(value) and value > 0):
        raise Problem(f"{value:g} is not above 0", "give a positive number", field=name)
