"""Whom to look at first."""

import polars as pl

from attunement.report.model import Group, Kind, Source
from attunement.report.words import source_of

AGREEING = (Source.TOLD, Source.RELATIONSHIP, Source.GAP, Source.SYMPTOMS)
GROUPS = {int(kind): kind.group.value for kind in Kind}
FIRST_KINDS = [int(kind) for kind in Kind if kind.group is Group.FIRST]
LOOK_FIRST = min(FIRST_KINDS)


def order(notices: pl.DataFrame, relationship: frozenset[str] = frozenset()) -> pl.DataFrame:
    """Put clients in order, most in need first.

    First by heading. Under "Look at first" by how many independent sources agree (what was
    said, scores of the relationship, client and therapist compared, symptoms), then by how
    strong the strongest is, then by how many sessions ago it was. Strength is counted in the
    client's own SDs; tension that was told of, from 0 to 10, counts half its number.

    Under the other headings by the kind of the most pressing notice (the order of
    :class:`Kind`), then by how many sessions ago it was, then by its strength. Ties are broken
    by the number of pressing things, and last by name, so that the same tables always give the
    same order.

    Parameters
    ----------
    notices
        From :func:`attunement.report.notices.notices`.
    relationship
        Names of the scales that rate the working relationship.

    Returns
    -------
    One row per client: ``client``, ``kind`` (the most pressing), ``group``.
    """
    kind, source = pl.col("kind"), source_expr(relationship)
    agrees = (kind < Kind.CEILING) & source.is_in([one.value for one in AGREEING])
    told = source == Source.TOLD.value
    at_first = pl.col("rank") == LOOK_FIRST
    return (
        notices.with_columns(kind=settle(kind))
        .with_columns(
            rank=pl.when(kind.is_in(FIRST_KINDS)).then(LOOK_FIRST).otherwise(kind),
            strength=pl.when(told).then(pl.col("depth") / 2).otherwise("depth"),
            sources=source.filter(agrees).n_unique().over("client"),
            reasons=(kind <= Kind.CEILING).sum().over("client"),
        )
        .filter(pl.col("rank") == pl.col("rank").min().over("client"))
        .group_by("client", "rank")
        .agg(
            kind.min(),
            pl.col("ago").min(),
            pl.col("strength").max(),
            pl.col("sources", "reasons").first(),
        )
        .sort(
            "rank",
            pl.when(at_first).then("sources"),
            pl.when(at_first).then("strength"),
            "ago",
            "strength",
            "kind",
            "reasons",
            pl.col("client").cast(pl.Int64, strict=False),
            "client",
            descending=[False, True, True, False, True, False, True, False, False],
            nulls_last=True,
        )
        .with_columns(group=kind.replace_strict(GROUPS, return_dtype=pl.String))
        .select("client", "kind", "group")
    )


def source_expr(relationship: frozenset[str]) -> pl.Expr:
    """Tell of each notice where its strain shows."""
    related, other = (
        pl.col("kind").replace_strict(
            {int(kind): source_of(kind, relationship=about).value for kind in Kind},
            return_dtype=pl.String,
        )
        for about in (True, False)
    )
    about = pl.col("scale").is_null() | pl.col("scale").is_in(list(relationship))
    return pl.when(about).then(related).otherwise(other)


def settle(kind: pl.Expr) -> pl.Expr:
    """Treat what is long past as usual: it stays in the client's section, not in the order."""
    past = kind.is_in([int(Kind.PAST), int(Kind.SAFETY_PAST)])
    return pl.when(past).then(pl.lit(int(Kind.USUAL))).otherwise(kind)


def counts(ordered: pl.DataFrame) -> dict[str, int]:
    """Count the clients under each heading."""
    found = dict(ordered.group_by("group").len().iter_rows())
    return {group.value: int(found.get(group.value, 0)) for group in Group}
