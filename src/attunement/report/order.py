"""Whom to look at first."""

import polars as pl

from attunement.report.model import Group, Kind


def order(notices: pl.DataFrame) -> pl.DataFrame:
    """Put clients in order, most in need first.

    First by the most pressing thing noticed (the order of :class:`Kind`), then by how many
    sessions ago it was, then by its depth in the client's own SDs, then by how many pressing
    things there are, and last by name, so that the same tables always give the same order.

    Parameters
    ----------
    notices
        From :func:`attunement.report.notices.notices`.

    Returns
    -------
    One row per client: ``client``, ``kind`` (the most pressing), ``group``.
    """
    pressing = pl.col("kind") <= Kind.CEILING
    first = pl.col("kind") == pl.col("kind").min().over("client")
    return (
        notices.with_columns(kind=settle(pl.col("kind")))
        .with_columns(reasons=pressing.sum().over("client"))
        .filter(first)
        .group_by("client", "kind")
        .agg(pl.col("ago").min(), pl.col("depth").max(), pl.col("reasons").first())
        .sort(
            "kind",
            "ago",
            "depth",
            "reasons",
            pl.col("client").cast(pl.Int64, strict=False),
            "client",
            descending=[False, False, True, True, False, False],
            nulls_last=True,
        )
        .with_columns(
            group=pl.col("kind").replace_strict(
                {int(kind): kind.group.value for kind in Kind}, return_dtype=pl.String
            )
        )
        .select("client", "kind", "group")
    )


def settle(kind: pl.Expr) -> pl.Expr:
    """Treat what is long past as usual: it stays in the client's section, not in the order."""
    return pl.when(kind == Kind.PAST).then(pl.lit(int(Kind.USUAL))).otherwise(kind)


def counts(ordered: pl.DataFrame) -> dict[str, int]:
    """Count the clients under each heading."""
    found = dict(ordered.group_by("group").len().iter_rows())
    return {group.value: int(found.get(group.value, 0)) for group in Group}
