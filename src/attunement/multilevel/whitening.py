"""Residuals that depend on those before them: rows whitened by lag."""

from dataclasses import replace

import narwhals as nw

from attunement.frames import to_polars
from attunement.multilevel.design import Design
from attunement.multilevel.sums import (
    ONE,
    ORDER,
    Rows,
    Sums,
    arranged,
    both_in_memory,
    products,
    summed,
)
from attunement.problems import Problem

LOGS, COUNT = "_logs", "_count"


def lagged(rows: Rows) -> Rows:
    """Put beside each row the one before it of the same client, and the step between them.

    Raises
    ------
    Problem
        If two rows of a client come at once.
    """
    names = [*rows.names, ORDER]

    def before(name: str) -> nw.Expr:
        return nw.col(name).shift(1).over(*rows.keys, order_by=ORDER)

    frame = rows.frame.with_columns(before(name).alias(f"{name}_before") for name in names)
    frame = frame.with_columns(_step=nw.col(ORDER) - nw.col(f"{ORDER}_before"))
    if len(to_polars(frame.filter(nw.col("_step") <= 0).select("_step").head(1))):
        raise Problem(
            "two rows of a client have the same place in order",
            "number a client's rows 1, 2, 3, or name a column that orders them",
            field="ar1",
        )
    return replace(rows, frame=frame)


def whitened_sums(rows: Rows, design: Design, phi: float) -> Sums:
    r"""Sum products of rows whose residuals are made independent.

    With :math:`w = \phi^d`, ``d`` the step since the row before, every column ``x`` becomes
    :math:`(x_t - w x_{t-1}) / \sqrt{1 - w^2}`; a client's first row stays as it is. The residuals'
    correlation matrix has the log-determinant :math:`\sum \log(1 - w^2)` (Pinheiro & Bates 2000,
    *Mixed-Effects Models in S and S-PLUS*, section 5.3, cited from memory).
    """
    begins = nw.col("_step").is_null()
    weight = nw.when(begins).then(nw.lit(0.0)).otherwise(_power(phi))
    names = [ONE, *rows.names]
    random = names[: len(design.random) + 1]
    frame = (
        rows.frame.with_columns(_weight=weight)
        .with_columns(_scale=(1 - nw.col("_weight") ** 2).sqrt())
        .with_columns(
            ((1 - nw.col("_weight")) / nw.col("_scale")).alias(ONE),
            *(
                nw.when(begins)
                .then(nw.col(name))
                .otherwise(
                    (nw.col(name) - nw.col("_weight") * nw.col(f"{name}_before")) / nw.col("_scale")
                )
                .alias(name)
                for name in rows.names
            ),
            (2 * nw.col("_scale").log()).alias(LOGS),
        )
    )
    groups, whole = both_in_memory(
        frame.group_by(rows.keys).agg(*products(random, names)),
        frame.select(
            *products(names, names), nw.col(LOGS).sum(), nw.len().cast(nw.Float64).alias(COUNT)
        ),
    )
    total, cross = arranged(whole, names, names)[..., 0], arranged(groups, random, names)
    found = summed(rows, design, groups, total, cross, whole[COUNT].item())
    return replace(found, logs=float(whole[LOGS].item()))


def _power(phi: float) -> nw.Expr:
    """Raise phi to the power of the step; a negative one needs steps that are whole numbers."""
    if phi >= 0:
        return (nw.lit(max(phi, 1e-12)).log() * nw.col("_step")).exp()
    size = (nw.lit(-phi).log() * nw.col("_step")).exp()
    odd = nw.col("_step").cast(nw.Int64) % 2 == 1
    return nw.when(odd).then(-size).otherwise(size)
