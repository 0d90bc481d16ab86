"""What stands out for each client now, as one table: vectorised, for any number of clients."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from attunement.measures.scale import Scale
from attunement.report.model import Kind

RECENT = 3
STILL_COUNTS = 6
STRONG = 8
SILENT_FROM = 2
CEILING_FROM = 3
HALF_SIGMA = 0.5

SCHEMA = {
    "kind": pl.Int64,
    "client": pl.String,
    "scale": pl.String,
    "session": pl.Int64,
    "ago": pl.Int64,
    "depth": pl.Float64,
    "score": pl.Float64,
    "usual": pl.Float64,
    "now": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "until": pl.Int64,
    "count": pl.Int64,
    "rater": pl.String,
    "settled": pl.Boolean,
    "answer": pl.String,
    "question": pl.String,
    "meaning": pl.String,
}


@dataclass(frozen=True, kw_only=True)
class Tables:
    """The tables a report is made from, as Polars frames; those not known are None.

    ``tensions`` comes from :mod:`attunement.course.strain.told` and ``ceiling`` from the module
    beside it, ``expected`` and ``off_track`` from :mod:`attunement.course.expected`, ``gaps``
    from :mod:`attunement.course.agreement`; ``safety`` from
    :func:`attunement.report.safety.safety_notices`; ``attendance`` is the table of that name.
    """

    signals: pl.DataFrame
    ruptures: pl.DataFrame
    expected: pl.DataFrame | None = None
    off_track: pl.DataFrame | None = None
    ceiling: pl.DataFrame | None = None
    tensions: pl.DataFrame | None = None
    gaps: pl.DataFrame | None = None
    attendance: pl.DataFrame | None = None
    safety: pl.DataFrame | None = None


def notices(
    tables: Tables, scales: Mapping[str, Scale], relationship: frozenset[str]
) -> pl.DataFrame:
    """Collect what stands out, one row per client and thing noticed.

    Nothing is estimated here: rows of the tables are chosen by what their columns already say
    and by how many sessions ago they were.

    Returns
    -------
    A frame with the columns of ``SCHEMA``: ``kind`` is a :class:`Kind`, ``ago`` counts the
    client's scored sessions since, ``depth`` is in within-client SDs.
    """
    newest = latest(tables.signals)
    found = [
        pl.DataFrame(schema=SCHEMA) if tables.safety is None else tables.safety,
        scored_now(newest, tables, scales),
        broken(tables, newest, scales, relationship),
        silent(tables.signals),
        missed(tables.attendance),
        off_track(tables.off_track, newest),
        ceiling(tables.ceiling, newest, relationship),
        told(tables),
        apart(tables.gaps, newest),
    ]
    return pl.concat([shaped(table) for table in found], how="vertical")


def shaped(table: pl.DataFrame) -> pl.DataFrame:
    """Give a table all columns of ``SCHEMA``, in order."""
    return table.select(
        (pl.col(name) if name in table.columns else pl.lit(None)).cast(kind).alias(name)
        for name, kind in SCHEMA.items()
    )


def latest(signals: pl.DataFrame) -> pl.DataFrame:
    """Keep each client's newest score on each scale, and how many scores there are."""
    return (
        signals.filter(pl.col("score").is_not_null())
        .sort("client", "scale", "session")
        .group_by("client", "scale", maintain_order=True)
        .agg(pl.all().last())
        .with_columns(scored=pl.col("prior_n") + 1)
    )


def sign_of(scales: Mapping[str, Scale]) -> pl.Expr:
    """Give +1 where higher is better and -1 where lower is."""
    return pl.col("scale").replace_strict(
        {name: scale.sign for name, scale in scales.items()}, return_dtype=pl.Int64
    )


def scored_now(newest: pl.DataFrame, tables: Tables, scales: Mapping[str, Scale]) -> pl.DataFrame:
    """Read what the newest score itself says: review, watch, drift, usual, or too early.

    A drift counts while the newest score is still worse than expected, and not in the wake
    of a rupture, which says the same and more.
    """
    broke = (
        tables.ruptures.select("client", "scale", session="onset")
        .join(tables.signals, on=["client", "scale", "session"])
        .group_by("client", "scale")
        .agg(broke=pl.col("prior_n").max())
    )
    newest = newest.join(broke, on=["client", "scale"], how="left")
    alarm = pl.col("cusum_alarm") | (pl.col("ewma") < pl.col("ewma_limit"))
    worse = sign_of(scales) * (pl.col("score") - pl.col("prior_mean")) < 0
    in_its_wake = pl.col("prior_n") - pl.col("broke") <= STILL_COUNTS
    drifting = alarm.fill_null(value=False) & worse & ~in_its_wake.fill_null(value=False)
    kind = (
        pl.when(pl.col("prior_mean").is_null())
        .then(int(Kind.EARLY))
        .when(pl.col("signal") == "review")
        .then(int(Kind.REVIEW))
        .when(drifting)
        .then(int(Kind.DRIFT))
        .when(pl.col("signal") == "watch")
        .then(int(Kind.WATCH))
        .otherwise(int(Kind.USUAL))
    )
    reach = (pl.col("prior_mean") - pl.col("limit_watch")).abs()
    return newest.with_columns(
        kind=kind,
        ago=0,
        depth=pl.when(pl.col("signal") != "none").then(
            (pl.col("score") - pl.col("prior_mean")).abs() / pl.col("sigma")
        ),
        usual=pl.col("prior_mean"),
        now=pl.col("score"),
        low=pl.col("prior_mean") - reach,
        high=pl.col("prior_mean") + reach,
        count=pl.col("scored"),
    )


def broken(
    tables: Tables,
    newest: pl.DataFrame,
    scales: Mapping[str, Scale],
    relationship: frozenset[str],
) -> pl.DataFrame:
    """Sort ruptures: open, unrepaired and still low, repaired lately, or long past."""
    sign = sign_of(scales)
    onset = tables.signals.select("client", "scale", "sigma", "prior_n", "score", onset="session")
    end = tables.signals.select("client", "scale", prior_n_end="prior_n", repaired="session")
    now = newest.select("client", "scale", "scored", now="score", latest="session")
    table = (
        tables.ruptures.with_columns(pl.col("repaired").cast(pl.Int64))
        .join(onset, on=["client", "scale", "onset"])
        .join(now, on=["client", "scale"])
        .join(end, on=["client", "scale", "repaired"], how="left")
        .with_columns(
            since=pl.col("scored") - 1 - pl.col("prior_n"),
            since_repair=pl.col("scored") - 1 - pl.col("prior_n_end"),
            is_low=sign * pl.col("now") < sign * pl.col("level") - HALF_SIGMA * pl.col("sigma"),
        )
    )
    is_open = pl.col("status") == "open"
    related = pl.col("scale").is_in(list(relationship))
    lately_low = pl.col("is_low") & (pl.col("since") <= STILL_COUNTS)
    kind = (
        pl.when(pl.col("status") == "repaired")
        .then(
            pl.when(pl.col("since_repair") < RECENT)
            .then(int(Kind.REPAIRED))
            .otherwise(int(Kind.PAST))
        )
        .when(is_open & related)
        .then(int(Kind.RUPTURE_OPEN))
        .when(lately_low & related)
        .then(int(Kind.RUPTURE_UNREPAIRED))
        .when(is_open | lately_low)
        .then(int(Kind.REVIEW))
        .when(pl.col("is_low"))
        .then(int(Kind.LASTING))
        .when(pl.col("since") <= STILL_COUNTS)
        .then(int(Kind.RETURNED))
        .otherwise(int(Kind.PAST))
    )
    return table.with_columns(
        kind=kind,
        session=pl.col("onset"),
        ago=pl.when(pl.col("status") == "repaired").then("since_repair").otherwise("since"),
        usual=pl.col("level"),
        until=pl.col("repaired"),
        count=pl.col("latest"),
    ).filter((pl.col("kind") != Kind.REVIEW) | (pl.col("onset") < pl.col("latest")))


def silent(signals: pl.DataFrame) -> pl.DataFrame:
    """Find check-ins at the end of a course that were not answered; clients without any score."""
    sessions = signals.group_by("client", "session").agg(
        answered=pl.col("score").is_not_null().any()
    )
    last = pl.col("session").filter(pl.col("answered")).max().over("client")
    clients = (
        sessions.with_columns(last=last)
        .group_by("client")
        .agg(
            count=(pl.col("session") > pl.col("last").fill_null(-1)).sum(),
            session=pl.col("session").max(),
            until=pl.col("last").first(),
        )
        .with_columns(kind=pl.lit(int(Kind.UNANSWERED)), ago=0, depth=pl.col("count"))
    )
    unknown = clients.filter(pl.col("until").is_null()).with_columns(
        kind=pl.lit(int(Kind.EARLY)), count=0
    )
    return pl.concat([shaped(clients.filter(pl.col("count") >= SILENT_FROM)), shaped(unknown)])


def missed(attendance: pl.DataFrame | None) -> pl.DataFrame:
    """Find appointments missed since the client last came.

    Cancelled ones, and those without a status because their day is still to come, count
    neither way.
    """
    if attendance is None:
        return pl.DataFrame(schema=SCHEMA)
    came = pl.col("status").is_in(["attended", "late"])
    last = pl.col("session").filter(came).max().over("client").fill_null(-1)
    return (
        attendance.with_columns(last=last)
        .filter(pl.col("status") == "missed", pl.col("session") > pl.col("last"))
        .group_by("client")
        .agg(count=pl.len(), session=pl.col("session").max())
        .filter(pl.col("count") >= SILENT_FROM)
        .with_columns(kind=pl.lit(int(Kind.MISSED)), ago=0, depth=pl.col("count"))
    )


def off_track(table: pl.DataFrame | None, newest: pl.DataFrame) -> pl.DataFrame:
    """Find clients whose newest score lies outside the expected course, twice running."""
    if table is None:
        return pl.DataFrame(schema=SCHEMA)
    now = newest.select("client", "scale", "session")
    return (
        table.filter("off_track")
        .join(now, on=["client", "scale", "session"])
        .with_columns(kind=pl.lit(int(Kind.OFF_TRACK)), ago=0, now=pl.col("score"))
    )


def ceiling(
    table: pl.DataFrame | None, newest: pl.DataFrame, relationship: frozenset[str]
) -> pl.DataFrame:
    """Find clients who of late have given the relationship nothing but the best possible score.

    On a scale of symptoms the same is good news.
    """
    if table is None:
        return pl.DataFrame(schema=SCHEMA)
    now = newest.select("client", "scale", "session")
    return (
        table.filter(pl.col("sessions_at_ceiling") >= CEILING_FROM)
        .filter(pl.col("scale").is_in(list(relationship)))
        .join(now, on=["client", "scale", "session"])
        .with_columns(kind=pl.lit(int(Kind.CEILING)), ago=0, count=pl.col("sessions_at_ceiling"))
    )


def told(tables: Tables) -> pl.DataFrame:
    """Find tension that was told of in the latest sessions, and whether it was settled.

    Someone who told of tension is heard, with any score or without.
    """
    if tables.tensions is None:
        return pl.DataFrame(schema=SCHEMA)
    sessions = [
        tables.signals.select("client", latest=pl.col("session").cast(pl.Int64)),
        *(
            tables.tensions.select("client", latest=pl.col(name).cast(pl.Int64))
            for name in ("onset", "repaired")
        ),
    ]
    newest = pl.concat(sessions).group_by("client").agg(pl.col("latest").max())
    repaired = pl.col("status") == "repaired"
    strong = repaired & (pl.col("tension") >= STRONG)
    return (
        tables.tensions.join(newest, on="client")
        .with_columns(
            kind=pl.when(strong)
            .then(int(Kind.STRONG_TENSION))
            .when(repaired)
            .then(int(Kind.TENSION_SETTLED))
            .otherwise(int(Kind.TENSION)),
            session=pl.col("onset"),
            until=pl.col("repaired"),
            ago=pl.col("latest") - pl.when(repaired).then("repaired").otherwise("onset"),
            depth=pl.col("tension"),
            score=pl.col("tension"),
            rater=pl.when(pl.col("instrument").str.contains("therapist"))
            .then(pl.lit("therapist"))
            .otherwise(pl.lit("client")),
            settled=pl.when(repaired | pl.col("settled").is_not_null()).then(repaired),
        )
        .filter(
            pl.when(repaired).then(pl.col("ago") < RECENT).otherwise(pl.col("ago") <= STILL_COUNTS)
        )
        .sort("client", "session", "rater")
    )


def apart(table: pl.DataFrame | None, newest: pl.DataFrame) -> pl.DataFrame:
    """Find newest scores on which client and therapist differ more than this pair usually does."""
    if table is None:
        return pl.DataFrame(schema=SCHEMA)
    now = newest.select("client", "scale", "session")
    return (
        table.filter(pl.col("signal").is_in(["client-lower", "therapist-lower"]))
        .join(now, on=["client", "scale", "session"])
        .with_columns(
            kind=pl.lit(int(Kind.GAP)),
            ago=0,
            depth=(pl.col("gap") - pl.col("usual_gap")).abs() / pl.col("sigma"),
            score=pl.col("client_score"),
            now=pl.col("therapist_score"),
            usual=pl.col("usual_gap"),
        )
    )
