"""Open alerts for what an import brings that is fresh."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

import polars as pl

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
    """Open an alert for what is fresh and open, for clients who are new with the file."""
    new = made.episodes.filter(ended_on__isnull=True).select_related("client__site")
    in_care = {episode.client.code: episode for episode in new}
    days: dict[tuple[str, int], date] = {
        (row["client"], row["session"]): row["date"]
        for row in incoming.scores.iter_rows(named=True)
    }
    for code, finding in [*open_drops(in_care), *safety_answers(incoming, in_care)]:
        if today - days.get((code, finding.onset), date.min) <= STILL_FRESH:
            open_alerts(in_care[code], [finding], by)


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
