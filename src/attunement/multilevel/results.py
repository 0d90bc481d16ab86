"""What a fit says, as tables."""

from dataclasses import dataclass, field

import numpy as np
import polars as pl
from scipy.stats import t

from attunement.multilevel.estimation import Estimates
from attunement.multilevel.stacks import Array
from attunement.multilevel.warnings import warnings_of

RESIDUAL = "residual"


@dataclass(frozen=True, kw_only=True, eq=False)
class Fit:
    """A fitted multilevel model.

    Attributes
    ----------
    formula : str
        As it was written.
    reml : bool
        Whether the likelihood is restricted.
    coefficients : polars.DataFrame
        One row per fixed effect: ``term``, ``estimate`` and ``se`` (units of the outcome per unit
        of the column), ``df`` (Satterthwaite), ``t``, ``low`` and ``high`` (Wald interval with
        Student's t), ``p`` (two-sided). Null where a column is a combination of others.
    covariance : shape (effects, effects)
        Of the estimates that are not null, in their order.
    variances : polars.DataFrame
        One row per effect that varies, and one for the residual: ``group``, ``term``,
        ``variance``, ``sd``.
    correlations : polars.DataFrame
        One row per pair of effects that vary together: ``group``, ``term``, ``other``,
        ``covariance``, ``correlation``.
    icc : dict of str to float
        For each level, the share of the variance of single outcomes that two rows of one group
        have in common at the mean of columns whose effects vary.
    log_likelihood, deviance, aic, bic : float
        Of a restricted likelihood where ``reml``; ``deviance`` is minus twice the logarithm.
    parameters : int
        Fixed effects, variances and covariances.
    rows, left_out : int
        How many were used, and how many lacked something.
    groups : dict of str to int
        How many groups each level has.
    level : float
        Confidence of the intervals.
    phi : float or None
        The autocorrelation of residuals one step apart, where it was asked for.
    warnings : tuple of str
        What a reader must know before leaning on it.
    estimates : Estimates
        The numbers behind the tables.
    """

    formula: str
    reml: bool
    coefficients: pl.DataFrame
    covariance: Array
    variances: pl.DataFrame
    correlations: pl.DataFrame
    icc: dict[str, float]
    log_likelihood: float
    deviance: float
    aic: float
    bic: float
    parameters: int
    rows: int
    left_out: int
    groups: dict[str, int]
    level: float
    phi: float | None
    warnings: tuple[str, ...]
    estimates: Estimates = field(repr=False)

    def tidy(self) -> pl.DataFrame:
        """Put everything into one table.

        ``part`` is ``fixed``, ``variance``, ``correlation`` or ``model``; ``group``, ``term`` and
        ``other`` say of what; ``estimate`` is a coefficient, a variance, a correlation, or a figure
        of the model; ``se``, ``df``, ``t``, ``low``, ``high`` and ``p`` belong to coefficients.
        """
        whole = {
            "log_likelihood": self.log_likelihood,
            "aic": self.aic,
            "bic": self.bic,
            "rows": float(self.rows),
            **{f"groups of {name}": float(size) for name, size in self.groups.items()},
            **{f"icc of {name}": share for name, share in self.icc.items()},
            **({} if self.phi is None else {"phi": self.phi}),
        }
        parts = [
            self.coefficients.with_columns(part=pl.lit("fixed")),
            self.variances.select("group", "term", estimate="variance", part=pl.lit("variance")),
            self.correlations.select(
                "group", "term", "other", estimate="correlation", part=pl.lit("correlation")
            ),
            pl.DataFrame({"term": [*whole], "estimate": [*whole.values()], "part": "model"}),
        ]
        table = pl.concat(parts, how="diagonal")
        order = ["part", "group", "term", "other", "estimate"]
        return table.select(*order, pl.exclude(order))

    def __str__(self) -> str:
        """Print it as researchers expect."""
        from attunement.multilevel.printing import as_text

        return as_text(self)


def coefficients_of(found: Estimates, level: float) -> pl.DataFrame:
    """Tabulate the fixed effects."""
    se = np.sqrt(np.diag(found.covariance))
    ratio = found.values / se
    reach = t.ppf((1 + level) / 2, found.df) * se
    known = pl.DataFrame(
        {
            "term": found.units.kept,
            "estimate": found.values,
            "se": se,
            "df": found.df,
            "t": ratio,
            "low": found.values - reach,
            "high": found.values + reach,
            "p": 2 * t.sf(np.abs(ratio), found.df),
        }
    )
    every = pl.DataFrame({"term": found.units.design.fixed})
    return every.join(known, on="term", how="left", maintain_order="left")


def variances_of(found: Estimates) -> pl.DataFrame:
    """Tabulate the variances."""
    rows = [
        (level.name, effect, float(value))
        for level, between in zip(found.nesting.levels, found.between, strict=True)
        for effect, value in zip(level.effects, np.diag(between), strict=True)
    ]
    table = pl.DataFrame(
        [*rows, (RESIDUAL, None, found.residual)],
        schema={"group": pl.String, "term": pl.String, "variance": pl.Float64},
        orient="row",
    )
    return table.with_columns(sd=pl.col("variance").sqrt())


def correlations_of(found: Estimates) -> pl.DataFrame:
    """Tabulate the covariances of effects that may vary together."""
    rows = []
    for level, between in zip(found.nesting.levels, found.between, strict=True):
        place = {effect: number for number, effect in enumerate(level.effects)}
        for block in level.blocks:
            for number, other in enumerate(block):
                for term in block[:number]:
                    one, two = place[term], place[other]
                    spread = float(np.sqrt(between[one, one] * between[two, two]))
                    value = float(between[one, two])
                    correlation = value / spread if spread > 0 else None
                    rows.append((level.name, term, other, value, correlation))
    schema = {
        "group": pl.String,
        "term": pl.String,
        "other": pl.String,
        "covariance": pl.Float64,
        "correlation": pl.Float64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def icc_of(found: Estimates) -> dict[str, float]:
    """Share of the variance that rows of one group have in common, level by level.

    At the mean of the columns whose effects vary: with ``z`` the mean row, ``z' P z`` over the
    sum of all levels' and the residual. For intercepts alone that is the intraclass correlation
    (Raudenbush & Bryk 2002, *Hierarchical Linear Models*, ch. 4, cited from memory). A level's
    share does not count that of the levels above it.
    """
    units, shared = found.units, []
    for level, between in zip(found.nesting.levels, found.between, strict=True):
        row = units.mean[[units.place[effect] for effect in level.effects]]
        shared.append(float(row @ between @ row))
    whole = sum(shared) + found.residual
    return {
        level.name: value / whole for level, value in zip(found.nesting.levels, shared, strict=True)
    }


def told(found: Estimates, level: float, left_out: int) -> Fit:
    """Put estimates into tables."""
    parameters = len(found.values) + len(found.optimum.numbers) + 1 + (found.phi is not None)
    rows = found.products.rows
    return Fit(
        formula=found.units.design.formula.text,
        reml=found.reml,
        coefficients=coefficients_of(found, level),
        covariance=found.covariance,
        variances=variances_of(found),
        correlations=correlations_of(found),
        icc=icc_of(found),
        log_likelihood=-found.deviance / 2,
        deviance=found.deviance,
        aic=found.deviance + 2 * parameters,
        bic=float(found.deviance + np.log(rows) * parameters),
        parameters=parameters,
        rows=rows,
        left_out=left_out,
        groups={
            one.name: size
            for one, size in zip(found.nesting.levels, found.nesting.sizes, strict=True)
        },
        level=level,
        phi=found.phi,
        warnings=warnings_of(found),
        estimates=found,
    )
