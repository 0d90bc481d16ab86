"""Two fits held against each other."""

from dataclasses import dataclass

import polars as pl
from scipy.stats import chi2

from attunement.multilevel.containing import CRITERIA, require_contained, require_same_rows
from attunement.multilevel.results import Fit
from attunement.problems import Problem

REFIT = "fit both with reml=False"
BOUNDARY = (
    "A variance is held at zero under the smaller model, the edge of what it can be, so that p is "
    "too large (up to twice)."
)
BOUNDARIES = (
    "{n} variances are held at zero under the smaller model, the edge of what they can be, so that "
    "p is too large (it may be more than twice what it should be)."
)


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A likelihood-ratio test.

    Attributes
    ----------
    table : polars.DataFrame
        A row per model, the smaller first: ``formula``, ``parameters``, ``aic``, ``bic``,
        ``log_likelihood``.
    chi2 : float
        Twice the difference of the log-likelihoods.
    df : int
        How many parameters more the larger model has.
    p : float
    warnings : tuple of str
    """

    table: pl.DataFrame
    chi2: float
    df: int
    p: float
    warnings: tuple[str, ...]


def compare(one: Fit, other: Fit) -> Comparison:
    """Test a model against a larger one that contains it.

    Twice the difference of the log-likelihoods is about chi-squared with as many degrees of
    freedom as the larger model has parameters more (Wilks 1938, *Ann. Math. Stat.* 9:60-62). Where
    the smaller model lacks variances that test is conservative, up to twice for one and more for
    several (Self & Liang 1987, *J. Am. Stat. Assoc.* 82:605-610; both cited from memory).
    :func:`attunement.multilevel.fit_same_rows` fits both to the rows that have what either
    needs.

    ``chi2 = 2 (l_larger - l_smaller)``.

    Raises
    ------
    Problem
        If the fits are of different rows or outcomes, by different likelihoods, or of equal size;
        if the larger lacks a column of the smaller; or restricted, of models with different common
        effects.

    Examples
    --------
    >>> import polars as pl
    >>> from attunement.multilevel import fit
    >>> rows = pl.DataFrame({"client": [1, 1, 1, 2, 2, 2, 3, 3, 3], "time": [0, 1, 2] * 3,
    ...                      "score": [5.0, 4, 4, 9, 7, 6, 3, 2, 2]})
    >>> less = fit(rows, "score ~ 1 + (1 | client)", reml=False)
    >>> more = fit(rows, "score ~ time + (1 | client)", reml=False)
    >>> found = compare(less, more)
    >>> round(found.chi2, 2), found.df, round(found.p, 4)
    (7.11, 1, 0.0076)
    """
    small, large = sorted((one, other), key=lambda fit: fit.parameters)
    doubt = _check(small, large)
    difference = max(large.log_likelihood - small.log_likelihood, 0.0) * 2
    df = large.parameters - small.parameters
    more_vary = large.variances.height - small.variances.height
    lower = large.log_likelihood < small.log_likelihood - 1e-6 * abs(small.log_likelihood)
    said = [doubt] if doubt else []
    if more_vary > 0:
        said.append(BOUNDARY if more_vary == 1 else BOUNDARIES.format(n=more_vary))
    if lower:
        said.append("The larger model is less likely than the smaller: one does not contain the "
                    "other, or a search went wrong.")  # fmt: skip
    return Comparison(
        table=pl.DataFrame(
            {
                "formula": fit.formula,
                "parameters": fit.parameters,
                "aic": fit.aic,
                "bic": fit.bic,
                "log_likelihood": fit.log_likelihood,
            }
            for fit in (small, large)
        ),
        chi2=float(difference),
        df=df,
        p=float(chi2.sf(difference, df)),
        warnings=tuple(said),
    )


def _check(small: Fit, large: Fit) -> str | None:
    require_same_rows(small, large)
    if small.reml != large.reml:
        raise Problem("one fit is by restricted likelihood, the other by full", REFIT)
    if small.reml and set(small.estimates.units.kept) != set(large.estimates.units.kept):
        raise Problem(
            "restricted likelihoods of models with different common effects cannot be compared",
            REFIT,
        )
    if small.parameters == large.parameters:
        raise Problem(
            "the two models have as many parameters, so neither contains the other", CRITERIA
        )
    return require_contained(small, large)
