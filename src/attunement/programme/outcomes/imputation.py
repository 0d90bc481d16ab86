"""Several plausible fillings of what is missing, and one answer from all of them."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl
from scipy.special import expit, logit
from scipy.stats import t as student
from statsmodels.imputation.mice import MICEData

MOST_CLIENTS = 10_000
DONORS = 10
BURN_IN, BETWEEN = 5, 2


class Pooled(NamedTuple):
    """A share over all imputations: its mean, interval, mean denominator, and fraction missing."""

    share: float | None
    low: float | None
    high: float | None
    of: float
    missing_information: float | None


def impute(table: pl.DataFrame, *, times: int, seed: int) -> Iterator[pl.DataFrame]:
    """Fill in missing numbers by chained equations, several times.

    Van Buuren & Groothuis-Oudshoorn 2011, *J. Stat. Softw.* 45(3), with predictive mean matching
    (Little 1988, *J. Bus. Econ. Stat.* 6:287-296), as statsmodels does it: a missing score becomes
    that of one of the ten clients whose forecasts lie next to it, so that it is a possible one.
    Right where what is missing hangs only on what is in the table.

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
    """
    step = -(-table.height // MOST_CLIENTS)
    some = table.gather_every(step).with_columns(pl.all().cast(pl.Float64).fill_nan(None))
    gaps = {name: some[name].null_count() for name in some.columns}
    kept = [name for name, n in gaps.items() if n < some.height and some[name].n_unique() > 1]
    plain = some.select(kept).rename({name: f"x{i}" for i, name in enumerate(kept)})
    data = MICEData(plain.to_pandas(), k_pmm=DONORS, rng=np.random.default_rng(seed))
    one_gap = sum(n > 0 for n in gaps.values()) == 1
    data.update_all(1 if one_gap else BURN_IN)
    for _ in range(times):
        data.update_all(1 if one_gap else BETWEEN)
        filled = pl.from_pandas(data.data)
        yield some.with_columns(filled[f"x{i}"].alias(name) for i, name in enumerate(kept))


def pool_share(fillings: Sequence[pl.Series], confidence: float = 0.95) -> Pooled:
    """Bring shares from several imputations together.

    Rubin 1987, *Multiple Imputation for Nonresponse in Surveys*, on log-odds; degrees of freedom
    after Barnard & Rubin 1999, *Biometrika* 86:948-955.

    Parameters
    ----------
    fillings
        For every imputation, whether each client counts; null where they are not in the
        denominator.
    confidence
        Of the interval.
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
    """
    m = values.size
    within, between = float(variances.mean()), float(values.var(ddof=1))
    total = within + (1 + 1 / m) * between
    lost = (1 + 1 / m) * between / total
    observed = (complete_df + 1) / (complete_df + 3) * complete_df * (1 - lost)
    df = observed if lost == 0 else 1 / (lost**2 / (m - 1) + 1 / observed)
    return Combined(float(values.mean()), float(np.sqrt(total)), float(df), lost)
