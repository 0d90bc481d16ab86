"""Least squares on one time series, with intervals that hold when periods resemble the last."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar
from statsmodels.regression.linear_model import OLS

from attunement.programme.evaluation.effects import Effect, effect
from attunement.programme.evaluation.intake import Array

STRONGEST = 0.98
TINY = 1e-300


@dataclass(frozen=True, kw_only=True)
class SeriesFit:
    """A regression on one series.

    Attributes
    ----------
    values : shape (columns,)
        Estimates.
    covariance : shape (columns, columns)
        Newey and West's.
    design : shape (periods, columns)
    autocorrelation : float
        Of neighbouring errors, from -1 to 1.
    lag : int
        How many periods back errors may depend on each other in ``covariance``.
    """

    values: Array
    covariance: Array
    design: Array
    autocorrelation: float
    lag: int

    def effect(self, weights: Array, *, level: float) -> Effect:
        """Give a weighted sum of the estimates with its interval.

        Newey and West's variance is a quadratic form ``e' Q e`` in the residuals, far too small
        in short series. As Bell and McCaffrey (2002, *Surv. Methodol.* 28:169) do for clusters,
        it is multiplied by what makes it unbiased if errors follow a first-order
        autoregression, and the interval uses t with the degrees of freedom that the form then
        has (Satterthwaite); with other errors it remains consistent. (Cited from memory.)
        """
        periods = len(self.design)
        apart = np.abs(np.subtract.outer(np.arange(periods), np.arange(periods)))
        working = np.where(apart == 0, 1.0, self.autocorrelation**apart)
        spread = self.design @ np.linalg.inv(self.design.T @ self.design)
        left = np.eye(periods) - spread @ self.design.T
        influence = spread @ weights
        form = influence[:, None] * np.clip(1 - apart / (self.lag + 1), 0, None) * influence
        seen = form @ left @ working @ left
        expected = np.trace(seen)
        variance = weights @ self.covariance @ weights
        unbiased = variance * (influence @ working @ influence) / expected
        return effect(
            float(weights @ self.values),
            float(np.sqrt(unbiased)),
            df=float(expected**2 / (seen * seen.T).sum()),
            level=level,
        )


def fit_series(values: Array, design: Array, *, lag: int | None = None) -> SeriesFit:
    """Regress one series, its rows in order and equally far apart.

    The covariance is that of Newey and West (1987, *Econometrica* 55:703), by default with
    the ``4 (periods / 100)^(2/9)`` lags of Newey and West (1994, *Rev. Econ. Stud.* 61:631;
    from memory).
    """
    periods = len(values)
    lag = int(4 * (periods / 100) ** (2 / 9)) if lag is None else lag
    found = OLS(values, design).fit(cov_type="HAC", cov_kwds={"maxlags": lag})
    return SeriesFit(
        values=np.asarray(found.params),
        covariance=np.asarray(found.cov_params()),
        design=design,
        autocorrelation=autocorrelation(values, design),
        lag=lag,
    )


def autocorrelation(values: Array, design: Array) -> float:
    """Estimate the first-order autocorrelation of errors by restricted maximum likelihood.

    The series is whitened as Prais and Winsten do, its first period kept; restricted likelihood
    removes most of the downward bias that residuals have in short series.
    """
    free = design.shape[0] - design.shape[1]

    def deviance(r: float) -> float:
        y, x = (_whitened(part, r) for part in (values, design))
        found = OLS(y, x).fit()
        volume = float(np.linalg.slogdet(x.T @ x)[1])
        error = float(np.log(max(found.ssr, TINY)))
        return float(free * error + volume - np.log(1 - r**2))

    bounds = (-STRONGEST, STRONGEST)
    return float(minimize_scalar(deviance, bounds=bounds, method="bounded").x)


def _whitened(part: Array, r: float) -> Array:
    first: Array = np.sqrt(1 - r**2) * part[:1]
    return np.concatenate([first, part[1:] - r * part[:-1]])
