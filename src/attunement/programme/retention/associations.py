"""What goes with leaving: odds ratios with intervals, for people who read papers."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
import statsmodels.api as sm
from scipy.stats import norm

from attunement.problems import Problem


def odds_ratios(
    rows: pl.DataFrame,
    features: Sequence[str],
    words: Mapping[str, str] | None = None,
    *,
    cluster: str = "client",
    confidence: float = 0.95,
) -> pl.DataFrame:
    """Estimate by how much each feature multiplies the odds of leaving next, others held fixed.

    Discrete-time hazard by logistic regression without a penalty (Singer & Willett 1993, *J. Educ.
    Stat.* 18:155-195), with standard errors that allow for rows of one cluster to be alike (Liang
    & Zeger 1986, *Biometrika* 73:13-22). These are associations: nothing says that changing a
    feature would change who leaves.

    ``log(h / (1 - h)) = a + b'x`` with ``h`` the chance to leave next; an odds ratio is ``exp(b)``.

    Parameters
    ----------
    rows
        From :func:`~attunement.programme.retention.periods.periods`; rows with a missing feature
        are left out.
    features
        Columns to use.
    words
        What each is, for people.
    cluster
        Column whose rows are alike, such as client or therapist.
    confidence
        Of the intervals.

    Returns
    -------
    A row per feature: ``feature``, ``words``, ``odds_ratio`` per unit of the feature, ``low``,
    ``high``, ``p``, and ``rows`` and ``events`` used.

    Raises
    ------
    Problem
        If a feature does not vary or is a mixture of others, or nobody left.

    Examples
    --------
    >>> rng = np.random.default_rng(7)
    >>> rows = pl.DataFrame({"client": np.arange(400) // 4, "alliance": rng.normal(7, 1, 400)})
    >>> chance = 1 / (1 + np.exp(0.8 * (rows["alliance"].to_numpy() - 7) + 2))
    >>> rows = rows.with_columns(left=rng.random(400) < chance)
    >>> odds_ratios(rows, ["alliance"])["odds_ratio"].round(2).to_list()
    [0.43]
    """
    used = rows.drop_nulls([*features, "left", cluster])
    y = used["left"].cast(pl.Float64).to_numpy()
    if not 0 < y.sum() < y.size:
        raise Problem("everybody left, or nobody did", "there is nothing to compare")
    design = sm.add_constant(used.select(features).to_numpy().astype(float), has_constant="add")
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise Problem(
            "a feature does not vary, or is a mixture of others", "leave one out", field="features"
        )
    groups = np.unique(used[cluster].to_numpy(), return_inverse=True)[1]
    fitted = sm.GLM(y, design, family=sm.families.Binomial()).fit(
        cov_type="cluster", cov_kwds={"groups": groups}
    )
    reach = norm.ppf(0.5 + confidence / 2) * fitted.bse[1:]
    values = fitted.params[1:]
    return pl.DataFrame(
        {
            "feature": list(features),
            "words": [(words or {}).get(name, name) for name in features],
            "odds_ratio": np.exp(values),
            "low": np.exp(values - reach),
            "high": np.exp(values + reach),
            "p": fitted.pvalues[1:],
            "rows": y.size,
            "events": int(y.sum()),
        }
    )
