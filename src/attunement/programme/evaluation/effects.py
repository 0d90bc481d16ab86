"""An estimated effect with its interval, and how it is written."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm, t


@dataclass(frozen=True, kw_only=True)
class Effect:
    """An estimate with its uncertainty.

    Attributes
    ----------
    value, se : float
        Estimate and standard error, in the outcome's unit.
    low, high : float
        Ends of the confidence interval.
    p : float
        Two-sided, of no effect.
    df : float
        Degrees of freedom of the t distribution behind ``low``, ``high`` and ``p``; infinite
        where it is the normal one.
    """

    value: float
    se: float
    low: float
    high: float
    p: float
    df: float

    def __str__(self) -> str:
        return f"{self.value:.3g} ({self.low:.3g} to {self.high:.3g})"


def effect(value: float, se: float, *, df: float = np.inf, level: float = 0.95) -> Effect:
    """Give an estimate its interval by the t distribution, or by the normal one.

    ``value -+ t se`` and ``p = 2 P(T > |value| / se)``: Student's t, or Wald's normal interval
    where degrees of freedom are infinite; plain definitions, the names our own.

    Examples
    --------
    >>> found = effect(-0.08, 0.03)
    >>> round(found.low, 3), round(found.high, 3), round(found.p, 3)
    (-0.139, -0.021, 0.008)
    """
    known = t(df) if np.isfinite(df) else norm()
    reach = float(known.ppf((1 + level) / 2)) * se
    p = 2 * float(known.sf(abs(value) / se)) if se > 0 else float(value == 0)
    return Effect(
        value=float(value),
        se=float(se),
        low=float(value - reach),
        high=float(value + reach),
        p=p,
        df=float(df),
    )
