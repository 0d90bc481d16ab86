"""An interval for a ratio of two estimates."""

from math import inf, nan

import numpy as np
from scipy.stats import norm

from attunement.programme.cost.columns import Array


def ratio_interval(mean: Array, covariance: Array, level: float) -> tuple[float, float]:
    """Fieller's interval (1954, *J. R. Stat. Soc. B* 16:175; cited from memory).

    The ratios ``r`` for which ``mean[0] - r * mean[1]`` does not differ from zero.

    Parameters
    ----------
    mean : shape (2,)
        What is divided, and by what.
    covariance : shape (2, 2)
        Of the two estimates.
    level
        Confidence.

    Returns
    -------
    Its ends. The upper is infinite where the divisor cannot be told from zero: the set then goes
    on beyond infinity, with ratios of the other sign, which only a divisor that is never negative
    (such as a share) rules out. Both are NaN where the ratio can be of any size and either sign.

    Examples
    --------
    >>> [round(end, 3) for end in ratio_interval(np.array([4.0, 2.0]), np.diag([0.01, 0]), 0.95)]
    [1.902, 2.098]
    """
    z2 = float(norm.ppf((1 + level) / 2)) ** 2
    a, b, c = (
        float(mean[i] * mean[j] - z2 * covariance[i, j]) for i, j in ((1, 1), (0, 1), (0, 0))
    )
    root = float(np.sqrt(max(b**2 - a * c, 0.0)))
    if a > 0:
        return (b - root) / a, (b + root) / a
    if c > 0 and b > 0:
        return c / (b + root), inf
    return nan, nan
