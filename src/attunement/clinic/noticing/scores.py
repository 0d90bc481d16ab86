"""The scores of one check-in beside the earlier ones of its course."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import polars as pl
from django.db.models import CharField, UUIDField
from django.utils import timezone

from attunement.clinic.checkins.models import CheckIn
from attunement.clinic.noticing.course import SIGNAL_FIELDS
from attunement.clinic.noticing.given import Given
from attunement.clinic.noticing.instruments import ANSWERS, score_plan
from attunement.clinic.noticing.models import Rupture, Score
from attunement.clinic.people.models import Episode
from attunement.clinic.statements import Insert, Place, Read

Key = tuple[str, int]
Values = dict[Key, float | None]
Signals = Mapping[Key, Mapping[str, Any]]

ONE_SCORE = ("session", "scale", "rater", "private")
WRITTEN = ("checkin", "imported", "number", "on", "value", *SIGNAL_FIELDS)
RUPTURE_FIELDS = ("level", "depth", "repaired", "sessions_to_repair", "status")


def scored(forms: tuple[str, ...], answers: Sequence[Given]) -> dict[str, float | None]:
    """Score every scale of the forms; None where too little was answered."""
    return score_plan(forms)((one.instrument, one.item, one.value) for one in answers)


def answer_table(answers: Sequence[Given]) -> pl.DataFrame:
    """Put the answers of one form in a table for the room of measures."""
    return pl.DataFrame(
        {
            "client": [""] * len(answers),
            "session": [0] * len(answers),
            "instrument": [one.instrument for one in answers],
            "item": [one.item for one in answers],
            "value": [one.value for one in answers],
        },
        schema=ANSWERS,
    )


def course_of(episode: Episode, names: Sequence[str]) -> Values:
    """Read what the therapist may see of these scales, by scale and session."""
    scales = dict(enumerate(names))
    rows = reading_of(len(names)).rows(
        episode=episode.pk, **{f"scale {n}": one for n, one in scales.items()}
    )
    return {(name, at): value for name, at, value in rows}


@cache
def reading_of(count: int) -> Read[Score]:
    """Prepare the reading of so many scales of a course."""
    names = [Place(f"scale {place}", CharField()) for place in range(count)]
    return Read(
        lambda: Score.objects.filter(
            episode=Place("episode", UUIDField()), scale__in=names, private=False
        ).values_list("scale", "number", "value")
    )


def row(
    checkin: CheckIn, episode: Episode, scale: str, value: float | None, said: Mapping[str, Any]
) -> Score:
    """Make the row of a score, with what was noticed about it."""
    noticed = {name: said.get(name) for name in SIGNAL_FIELDS}
    noticed["signal"] = noticed["signal"] or "none"
    noticed["prior_n"] = noticed["prior_n"] or 0
    return Score(
        episode=episode,
        session=checkin.session,
        checkin=checkin,
        scale=scale,
        rater=checkin.rater,
        number=checkin.session.number,
        on=timezone.localdate(checkin.session.starts_at),
        value=value,
        **noticed,
    )


def store(checkin: CheckIn, rows: Sequence[Score], *, again: bool) -> None:
    """Write the scores of a check-in; one that was imported gives way."""
    if again:
        checkin.scores.filter(private=True).delete()
    keep_scores(rows)


keep_scores = Insert(Score, same=ONE_SCORE, renewed=WRITTEN)


def renew_later(episode: Episode, after: int, signals: Signals) -> None:
    """Notice later sessions anew where an earlier one came in, or changed, after them."""
    names = {name for name, _ in signals}
    later = list(episode.scores.filter(scale__in=names, number__gt=after, private=False))
    for one in later:
        said = signals[one.scale, one.number]
        for name in SIGNAL_FIELDS:
            setattr(one, name, said[name])
        one.signal = one.signal or "none"
    Score.objects.bulk_update(later, SIGNAL_FIELDS)


def store_ruptures(
    episode: Episode, names: Sequence[str], found: Sequence[Mapping[str, Any]], *, again: bool
) -> None:
    """Write where the course broke and what became of it since."""
    if again:
        stale = episode.ruptures.filter(scale__in=names)
        kept = {(one["scale"], one["onset"]) for one in found}
        gone = [one.pk for one in stale if (one.scale, one.onset) not in kept]
        episode.ruptures.filter(pk__in=gone).delete()
    keep_ruptures(
        [
            Rupture(
                episode=episode,
                scale=one["scale"],
                onset=one["onset"],
                **{name: one[name] for name in RUPTURE_FIELDS},
            )
            for one in found
        ]
    )


keep_ruptures = Insert(Rupture, same=("episode", "scale", "onset"), renewed=RUPTURE_FIELDS)
