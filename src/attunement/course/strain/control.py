"""Classical control charts, and how long they run before they signal."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.integrate import quad
from scipy.special import gammaln
from scipy.stats import norm

from attunement.problems import Problem

Vector = NDArray[np.float64]
Flags = NDArray[np.bool_]

NODES = 96


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A chart's centre and limits.

    Attributes
    ----------
    centre : float
        The level while nothing has changed.
    sd : float
        SD of one observation.
    error : float
        SD of one plotted point: ``sd`` over the square root of the subgroup's size.
    lower, upper : float
        A plotted point beyond one of them signals.
    """

    centre: float
    sd: float
    error: float
    lower: float
    upper: float

    def standardise(self, points: ArrayLike) -> Vector:
        """Distance of plotted points from the centre, in their own SDs."""
        return (np.asarray(points, dtype=float) - self.centre) / self.error

    def beyond(self, points: ArrayLike) -> Flags:
        """Which plotted points lie beyond a limit."""
        values = np.asarray(points, dtype=float)
        return (values < self.lower) | (values > self.upper)


def mean_range(size: int) -> float:
    """Mean range of ``size`` standard normal observations: the constant d2 of control charts.

    The integral of ``1 - F(x)**size - (1 - F(x))**size`` (Tippett 1925, *Biometrika* 17:364).

    Examples
    --------
    >>> round(mean_range(2), 3)
    1.128
    """
    value, _ = quad(lambda x: 1 - norm.cdf(x) ** size - norm.sf(x) ** size, -9, 9)
    return float(value)


def mean_sd(size: int) -> float:
    """Mean SD of ``size`` standard normal observations: the constant c4 of control charts.

    ``sqrt(2 / (n - 1)) gamma(n / 2) / gamma((n - 1) / 2)`` (Montgomery, *Introduction to
    Statistical Quality Control*, appendix).

    Examples
    --------
    >>> round(mean_sd(5), 3)
    0.94
    """
    ratio = np.exp(gammaln(size / 2) - gammaln((size - 1) / 2))
    return float((2 / (size - 1)) ** 0.5 * ratio)


def subgroup_chart(
    subgroups: ArrayLike, *, width: float = 3.0, spread: Literal["pooled", "range"] = "pooled"
) -> Chart:
    """Chart of subgroup means (Shewhart's x-bar chart).

    The SD comes from the spread inside subgroups, by one of two unbiased estimates (Burr 1969,
    *J. Qual. Technol.* 1:163; Montgomery, *Introduction to Statistical Quality Control*, ch. 6).

    ``mean -+ width * sd / sqrt(size)``.

    Parameters
    ----------
    subgroups : shape (subgroups, size)
        Observations made while nothing had changed, in their own units.
    width
        Distance of the limits from the centre, in SDs of a subgroup's mean.
    spread
        "pooled": root of the mean variance, over c4 of its degrees of freedom plus one.
        "range": mean range over d2, the older one, made for work by hand.

    Raises
    ------
    Problem
        If the observations are not a table of finite numbers with two columns or more.

    Examples
    --------
    >>> found = subgroup_chart([[7.0, 8.0, 7.5], [8.0, 7.0, 7.2], [7.4, 7.9, 7.1]])
    >>> round(found.lower, 2), round(found.upper, 2)
    (6.59, 8.32)
    """
    values = _finite(subgroups)
    if values.ndim != 2:
        raise Problem(
            "subgroups must be a table: one row a subgroup, one column an observation",
            "use individuals_chart for a single series",
        )
    groups, size = values.shape
    if size < 2:
        raise Problem("a subgroup of one has no spread", "use individuals_chart")
    if spread == "range":
        sd = float(np.ptp(values, axis=1).mean()) / mean_range(size)
    else:
        variance = float(values.var(axis=1, ddof=1).mean())
        sd = variance**0.5 / mean_sd(groups * (size - 1) + 1)
    return _chart(float(values.mean()), sd, sd / size**0.5, width)


def individuals_chart(values: ArrayLike, *, width: float = 3.0) -> Chart:
    """Chart of single observations (XmR): the mean, and 2.66 mean moving ranges either side.

    The SD is the mean absolute difference of neighbours over d2 of two, 1.128; three of them
    are 2.66 moving ranges (Montgomery, *Introduction to Statistical Quality Control*, ch. 6).

    The chart is Shewhart's (1931, *Economic Control of Quality of Manufactured Product*).

    ``mean -+ width * (mean of |x_t - x_(t-1)|) / 1.128``.

    Parameters
    ----------
    values : shape (observations,)
        In order, in their own units.
    width
        Distance of the limits from the centre, in SDs.

    Raises
    ------
    Problem
        If there are fewer than two values, or one is not finite.

    Examples
    --------
    >>> found = individuals_chart([7.0, 8.0, 7.5, 7.8, 7.2])
    >>> round(found.lower, 2), round(found.upper, 2)
    (5.9, 9.1)
    """
    series = _finite(values)
    if series.ndim != 1 or series.size < 2:
        raise Problem("an individuals chart needs one series of two values or more", "add values")
    sd = float(np.abs(np.diff(series)).mean()) / mean_range(2)
    return _chart(float(series.mean()), sd, sd, width)


def cusum(standardised: ArrayLike, *, reference: float = 0.5) -> tuple[Vector, Vector]:
    """Cumulative sums of what exceeds the reference value, upwards and downwards.

    Upwards ``C_t = max(0, C_(t-1) + z_t - k)``, downwards its mirror image (Page 1954,
    *Biometrika* 41:100). Written without recursion: a running sum less its lowest value so far.

    Parameters
    ----------
    standardised : shape (observations,)
        Distances from the centre, in SDs.
    reference
        k: half the shift worth finding, in SDs.

    Returns
    -------
    upper, lower : shape (observations,)
        Upper at or above zero, lower at or below, in SDs.

    Examples
    --------
    >>> upper, lower = cusum([0.2, -1.5, -1.0, -2.0, 0.1])
    >>> (-lower).round(1).tolist()
    [0.0, 1.0, 1.5, 3.0, 2.4]
    """
    z = _finite(standardised)
    return _upper_cusum(z - reference), -_upper_cusum(-z - reference)


def ewma(standardised: ArrayLike, *, weight: float = 0.2) -> Vector:
    """Exponentially weighted mean ``E_t = weight z_t + (1 - weight) E_(t-1)``, from zero.

    Roberts 1959, *Technometrics* 1:239.

    Parameters
    ----------
    standardised : shape (observations,)
        Distances from the centre, in SDs.
    weight
        Of the newest observation, above 0 and at most 1.

    Examples
    --------
    >>> ewma([0.2, -1.5, -1.0, -2.0, 0.1]).round(2).tolist()
    [0.04, -0.27, -0.41, -0.73, -0.57]
    """
    mean = 0.0
    means = []
    for z in _finite(standardised):
        mean += weight * (z - mean)
        means.append(mean)
    return np.array(means)


def ewma_limits(observations: int, *, weight: float = 0.2, width: float = 2.7) -> Vector:
    """Exact half-width of the limits of :func:`ewma` at each observation, in SDs.

    ``width * sqrt(weight / (2 - weight) * (1 - (1 - weight)**(2 t)))`` (Lucas & Saccucci 1990,
    *Technometrics* 32:1).

    Examples
    --------
    >>> ewma_limits(3).round(2).tolist()
    [0.54, 0.69, 0.77]
    """
    t = np.arange(1, observations + 1)
    variance = weight / (2 - weight) * (1 - (1 - weight) ** (2 * t))
    return np.asarray(width * np.sqrt(variance))


def shewhart_run_length(width: float = 3.0, *, shift: float = 0.0, sides: int = 2) -> float:
    """Mean number of points until one lies beyond a limit, its own included.

    The reciprocal of the chance of a signal (geometric distribution).

    ``1 / p`` with ``p = Phi(shift - width)``, and ``+ Phi(-shift - width)`` with two limits
    (Shewhart 1931, *Economic Control of Quality of Manufactured Product*).

    Parameters
    ----------
    width
        Distance of the limits from the centre, in SDs.
    shift
        Of the mean towards the upper limit, in SDs.
    sides
        1 for an upper limit only, 2 for both.

    Examples
    --------
    >>> round(shewhart_run_length(3.0), 1), round(shewhart_run_length(3.0, shift=1.0), 1)
    (370.4, 43.9)
    """
    chance = norm.sf(width - shift) + (norm.cdf(-width - shift) if sides == 2 else 0.0)
    return float(1 / chance)


def cusum_run_length(
    interval: float, *, reference: float = 0.5, shift: float = 0.0, sides: int = 1
) -> float:
    """Mean number of points until a cumulative sum that starts at zero passes its interval.

    Solves Page's integral equation ``L(u) = 1 + L(0) F(k - u) + int_0^h L(x) f(x + k - u) dx``
    (Page 1954, *Biometrika* 41:100) at Gauss-Legendre points (Goel & Wu 1971,
    *Technometrics* 13:221). Both sides together: ``1/L = 1/L_upper + 1/L_lower`` (Van Dobben
    de Bruyn 1968, *Cumulative Sum Tests*).

    Parameters
    ----------
    interval
        h: the decision interval, in SDs.
    reference
        k: the reference value, in SDs.
    shift
        Of the mean, upwards, in SDs.
    sides
        1 for the upper sum only, 2 for both.

    Examples
    --------
    >>> round(cusum_run_length(4.0, sides=2), 1)
    167.7
    >>> round(cusum_run_length(4.0, shift=1.0, sides=2), 2)
    8.38
    """
    if sides == 2:
        upper, lower = (cusum_run_length(interval, reference=reference, shift=to)
                        for to in (shift, -shift))  # fmt: skip
        return 1 / (1 / upper + 1 / lower)
    nodes, weights = _gauss_legendre(0.0, interval)
    states = np.concatenate([[0.0], nodes])
    drift = reference - shift
    move = weights * norm.pdf(nodes[None, :] + drift - states[:, None])
    back_to_zero = norm.cdf(drift - states)
    kernel = np.column_stack([back_to_zero, move])
    return float(_expected_steps(kernel)[0])


def ewma_run_length(width: float = 2.7, *, weight: float = 0.2, shift: float = 0.0) -> float:
    """Mean number of points until an exponentially weighted mean, from zero, leaves its limits.

    The limits are two-sided and asymptotic, ``width * sqrt(weight / (2 - weight))``. Solves
    ``L(u) = 1 + (1/w) int_-h^h L(x) f((x - (1-w) u) / w) dx`` (Crowder 1987, *Technometrics*
    29:401) at Gauss-Legendre points; tabulated by Lucas & Saccucci 1990, *Technometrics* 32:1.

    Parameters
    ----------
    width
        Of the limits, in the weighted mean's own SDs.
    weight
        Of the newest observation, above 0 and at most 1.
    shift
        Of the mean, in SDs of an observation.

    Examples
    --------
    >>> round(ewma_run_length(2.7), 1), round(ewma_run_length(2.7, shift=1.0), 1)
    (237.7, 8.8)
    """
    limit = width * (weight / (2 - weight)) ** 0.5
    nodes, weights = _gauss_legendre(-limit, limit)
    states = np.concatenate([[0.0], nodes])
    step = (nodes[None, :] - (1 - weight) * states[:, None]) / weight - shift
    never = np.zeros(len(states))
    kernel = np.column_stack([never, weights * norm.pdf(step) / weight])
    return float(_expected_steps(kernel)[0])


def _finite(values: ArrayLike) -> Vector:
    array = np.asarray(values, dtype=float)
    if array.size == 0 or not np.isfinite(array).all():
        raise Problem("a control chart needs finite numbers", "leave out missing values")
    return array


def _chart(centre: float, sd: float, error: float, width: float) -> Chart:
    reach = width * error
    return Chart(centre=centre, sd=sd, error=error, lower=centre - reach, upper=centre + reach)


def _upper_cusum(excess: Vector) -> Vector:
    total = np.cumsum(excess)
    return np.asarray(total - np.minimum(np.minimum.accumulate(total), 0.0))


def _gauss_legendre(start: float, end: float) -> tuple[Vector, Vector]:
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    half = (end - start) / 2
    return start + half * (nodes + 1), half * weights


def _expected_steps(kernel: Vector) -> Vector:
    """Mean steps until absorption from each state: the solution of ``L = 1 + kernel L``."""
    return np.asarray(np.linalg.solve(np.eye(len(kernel)) - kernel, np.ones(len(kernel))))
