"""Open alerts for what an import brings that is fresh."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta

import polars as pl
from django.db.models import QuerySet

from attunement.clinic.exchange.models import Import
from attunement.clinic.exchange.reading import Incoming
from attunement.clinic.noticing.findings import Finding
from attunement.clinic.noticing.instruments import answered_by_client, safety_plan
from attunement.clinic.noticing.models import Alert, Rupture, Score
from attunement.clinic.noticing.opening import open_alerts
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import Episode

STILL_FRESH = timedelta(days=28)
Found = tuple[str, Finding]


def alert(incoming: Incoming, made: Import, today: date, by: Actor) -> None:
    """Open an alert for what is fresh, in care that goes on.

    A drop is told of clients who are new with the file; an answer about safety of everyone whom
    the import touches.
    """
    new = in_care(made.episodes.all())
    touched = in_care(Episode.objects.filter(pk__in=made.scores.values("episode")))
    days: dict[tuple[str, int], date] = {
        (row["client"], row["session"]): row["date"]
        for row in incoming.scores.iter_rows(named=True)
    }
    told = [*open_drops(new), *safety_answers(taken_of(incoming, made, new), {**touched, **new})]
    for code, finding in told:
        if today - days.get((code, finding.onset), date.min) <= STILL_FRESH:
            open_alerts((new.get(code) or touched[code]), [finding], by, late=True)


def in_care(episodes: QuerySet[Episode]) -> dict[str, Episode]:
    """Give the episodes that go on, by the file's code."""
    found = episodes.filter(ended_on__isnull=True).select_related("client__site")
    return {episode.client.code: episode for episode in found}


def taken_of(incoming: Incoming, made: Import, new: Iterable[str]) -> Incoming:
    """Leave answers out that the clinic has of its own, so that the file's are not kept."""
    if incoming.answers is None:
        return incoming
    there = Score.objects.filter(episode__in=made.scores.values("episode"))
    mine = keys(there.filter(imported=made)).select("client", "session").unique()
    others = keys(there.exclude(pk__in=made.scores.values("pk")))
    on = ["client", "session"]
    fresh = pl.concat(
        [
            incoming.answers.filter(pl.col("client").is_in(list(new))),
            incoming.answers.filter(~pl.col("client").is_in(list(new))).join(
                mine, on=on, how="semi", maintain_order="left"
            ),
        ]
    ).join(others, on=[*on, "instrument"], how="anti", maintain_order="left")
    return replace(incoming, answers=fresh)


def keys(scores: QuerySet[Score]) -> pl.DataFrame:
    """Give whose scores there are, of which session and of which form."""
    rows = scores.values_list("episode__client__code", "number", "scale")
    return pl.DataFrame(
        [(code, number, scale.partition(".")[0]) for code, number, scale in rows.iterator()],
        schema={"client": pl.String, "session": pl.Int64, "instrument": pl.String},
        orient="row",
    )


def open_drops(in_care: Mapping[str, Episode]) -> Iterator[Found]:
    """Give the drops that have not been repaired and may still be."""
    codes = {episode.pk: code for code, episode in in_care.items()}
    for one in Rupture.objects.filter(episode__in=codes, status="open").order_by("pk"):
        if answered_by_client(one.scale):
            score = Score.objects.get(
                episode=one.episode_id, scale=one.scale, number=one.onset, private=False
            )
            said = {
                "score": score.value,
                "usual": score.prior_mean,
                "limit": score.limit_review,
                "depth": one.depth,
            }
            finding = Finding(kind=Alert.Kind.DROP, onset=one.onset, evidence={one.scale: said})
            yield codes[one.episode_id], finding


def safety_answers(incoming: Incoming, codes: Iterable[str]) -> Iterator[Found]:
    """Give the answers that must reach a person."""
    if incoming.answers is None:
        return
    answers = incoming.answers.filter(pl.col("client").is_in(list(codes)))
    check_safety = safety_plan(tuple(sorted(answers["instrument"].unique())))
    if check_safety is None or answers.is_empty():
        return
    columns = ["client", "session", "instrument", "item", "value"]
    table = answers.select(columns).with_columns(pl.col("value").cast(pl.Float64))
    for row in check_safety(table).iter_rows(named=True):
        evidence = {row["instrument"]: {row["item"]: row["value"]}}
        yield (
            row["client"],
            Finding(kind=Alert.Kind.SAFETY, onset=row["session"], evidence=evidence),
        )
