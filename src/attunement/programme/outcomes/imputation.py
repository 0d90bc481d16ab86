"""Several plausible fillings of what is missing, and one answer from all of them."""

import warnings
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import expit, logit
from scipy.stats import t as student
from sklearn.exceptions import ConvergenceWarning
from sklearn.experimental import enable_iterative_imputer  # noqa: F401 (it opens the next)
from sklearn.impute import IterativeImputer

MOST_CLIENTS = 10_000
ROUNDS = 5

Vector = NDArray[np.float64]


class Pooled(NamedTuple):
    """A share over all imputations: its mean, interval, mean denominator, and fraction missing."""

    share: float | None
    low: float | None
    high: float | None
    of: float
    missing_information: float | None


def impute(table: pl.DataFrame, *, times: int, seed: int) -> Iterator[pl.DataFrame]:
    """Fill in missing numbers by chained equations, several times.

    Van Buuren & Groothuis-Oudshoorn 2011, *J. Stat. Softw.* 45(3): each incomplete column by a
    linear regression on the others, with a normal draw around its forecast, as scikit-learn does
    it. Every filling is learned from another bootstrap sample of the clients, so that fillings
    differ by how little is known of the regression, too (Honaker & King 2010, *Am. J. Polit. Sci.*
    54:561-581). Draws stay within the range of the known numbers, and are whole where these are.
    Right where what is missing hangs only on what is in the table.

    ``x_j = a + b' (other columns) + e`` for each incomplete column ``j`` in turn.

    Parameters
    ----------
    table
        Numbers only, a row per client. Of more than 10,000 rows that many are taken, evenly.
    times
        How often.
    seed
        The same seed gives the same fillings.

    Yields
    ------
    polars.DataFrame
        The table without gaps.

    Examples
    --------
    >>> table = pl.DataFrame({"first": [18.0, 12, 20, 14, 16, 10],
    ...                       "last": [9.0, 11, None, 8, 10, 7]})
    >>> [filled["last"].null_count() for filled in impute(table, times=3, seed=1)]
    [0, 0, 0]
    """
    step = -(-table.height // MOST_CLIENTS)
    some = table.gather_every(step).with_columns(pl.all().cast(pl.Float64).fill_nan(None))
    kept = [name for name in some.columns if some[name].n_unique() > 1 + some[name].has_nulls()]
    values = some.select(kept).fill_null(np.nan).to_numpy()
    whole = [bool((some[name].drop_nulls() % 1 == 0).all()) for name in kept]
    rounds = 1 if (np.isnan(values).any(axis=0)).sum() == 1 else ROUNDS
    rng = np.random.default_rng(seed)
    for _ in range(times):
        filled = _fill(values, rounds, rng)
        yield some.with_columns(
            pl.Series(name, np.round(filled[:, j]) if whole[j] else filled[:, j])
            for j, name in enumerate(kept)
        )


def _fill(values: Vector, rounds: int, rng: np.random.Generator) -> Vector:
    imputer = IterativeImputer(
        sample_posterior=True,
        keep_empty_features=True,
        max_iter=rounds,
        min_value=np.nanmin(values, axis=0),
        max_value=np.nanmax(values, axis=0),
        random_state=int(rng.integers(2**31)),
    )
    again = rng.integers(0, len(values), len(values))
    with warnings.catch_warnings():
        # Random draws never settle, which is no failure to converge.
        warnings.simplefilter("ignore", ConvergenceWarning)
        imputer.fit(values[again])
        return np.asarray(imputer.transform(values.copy()), dtype=float)


def pool_share(fillings: Sequence[pl.Series], confidence: float = 0.95) -> Pooled:
    """Bring shares from several imputations together.

    Rubin 1987, *Multiple Imputation for Nonresponse in Surveys*, on log-odds; degrees of freedom
    after Barnard & Rubin 1999, *Biometrika* 86:948-955.

    Pooled is ``log(p / (1 - p))``, with the variance ``1 / (n p (1 - p))``.

    Parameters
    ----------
    fillings
        For every imputation, whether each client counts; null where they are not in the
        denominator.
    confidence
        Of the interval.

    Examples
    --------
    >>> fillings = [pl.Series([True, False] * 20), pl.Series([True] * 22 + [False] * 18)]
    >>> found = pool_share(fillings)
    >>> round(found.share, 3), round(found.low, 3), round(found.high, 3)
    (0.525, 0.333, 0.71)
    """
    n = np.array([filling.drop_nulls().len() for filling in fillings], dtype=float)
    hits = np.array([filling.drop_nulls().sum() for filling in fillings], dtype=float)
    of = float(n.mean())
    if not n.all():
        return Pooled(None, None, None, of, None)
    value = float((hits / n).mean())
    if not ((hits > 0) & (hits < n)).all():
        return Pooled(value, None, None, of, None)
    chance = hits / n
    found = pool(logit(chance), 1 / (n * chance * (1 - chance)), float(n.min()) - 1)
    reach = student.ppf(0.5 + confidence / 2, found.df) * found.se
    low, middle, high = expit(found.value + np.array([-reach, 0.0, reach]))
    return Pooled(float(middle), float(low), float(high), of, found.missing_information)


class Combined(NamedTuple):
    """An estimate over all imputations."""

    value: float
    se: float
    df: float
    missing_information: float


def pool(values: np.ndarray, variances: np.ndarray, complete_df: float) -> Combined:
    """Apply Rubin's rules to estimates and their variances.

    Rubin 1987, *Multiple Imputation for Nonresponse in Surveys*: the total variance is the mean
    variance and ``1 + 1/m`` times the variance between imputations; degrees of freedom after
    Barnard & Rubin 1999, *Biometrika* 86:948-955.

    Parameters
    ----------
    values, variances
        One per imputation.
    complete_df
        Degrees of freedom, were nothing missing.

    Examples
    --------
    >>> found = pool(np.array([2.0, 2.4, 2.2]), np.array([0.09, 0.10, 0.08]), complete_df=100)
    >>> round(found.value, 2), round(found.se, 3), round(found.df, 1)
    (2.2, 0.379, 11.7)
    """
    m = values.size
    within, between = float(variances.mean()), float(values.var(ddof=1))
    total = within + (1 + 1 / m) * between
    lost = (1 + 1 / m) * between / total
    observed = (complete_df + 1) / (complete_df + 3) * complete_df * (1 - lost)
    df = observed if lost == 0 else 1 / (lost**2 / (m - 1) + 1 / observed)
    return Combined(float(values.mean()), float(np.sqrt(total)), float(df), lost)
