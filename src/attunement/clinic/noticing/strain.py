"""What calls for an alert in a check-in. The sources are kept apart and never merged."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import polars as pl

from attunement.clinic.checkins.models import Answer, Audience
from attunement.clinic.noticing.course import SiteNorms, gaps_in, off_track_in
from attunement.clinic.noticing.findings import Finding
from attunement.clinic.noticing.given import Given
from attunement.clinic.noticing.instruments import (
    ANSWERS,
    answered_by_client,
    counterpart,
    safety_plan,
)
from attunement.clinic.noticing.models import Alert
from attunement.clinic.noticing.scores import Signals, Values, answer_table
from attunement.clinic.people.models import Episode
from attunement.course.strain.told import ASKED, CHECK_INS, NOTABLE, tensions
from attunement.frames import prepare

TENSION = ASKED[0]
UNLIKE_USUAL = ("client-lower", "therapist-lower")


def safety_findings(
    number: int, forms: tuple[str, ...], answers: Sequence[Given]
) -> Iterator[Finding]:
    """Find answers that must reach a person, whoever else may see them."""
    plan = safety_plan(forms)
    if plan is None:
        return
    met: dict[str, dict[str, float]] = {}
    for instrument, item, value in (
        plan(answer_table(answers)).select("instrument", "item", "value").iter_rows()
    ):
        met.setdefault(instrument, {})[item] = value
    if met:
        yield Finding(kind=Alert.Kind.SAFETY, onset=number, evidence=met)


def drop_findings(
    number: int, ruptures: Sequence[Mapping[str, Any]], signals: Signals
) -> Iterator[Finding]:
    """Find where a client's course broke at this session or a later one."""
    for one in ruptures:
        scale, onset = one["scale"], one["onset"]
        if onset < number or not answered_by_client(scale):
            continue
        said = signals[scale, onset]
        yield Finding(
            kind=Alert.Kind.DROP,
            onset=onset,
            evidence={
                scale: {
                    "score": said["score"],
                    "usual": said["prior_mean"],
                    "limit": said["limit_review"],
                    "depth": one["depth"],
                }
            },
        )


def told_findings(episode: Episode, number: int, shared: Sequence[Given]) -> Iterator[Finding]:
    """Find tension that someone told of at this session and that was not settled in it."""
    told = {
        one.instrument
        for one in shared
        if one.item == TENSION and one.instrument in CHECK_INS and one.value >= NOTABLE
    }
    if not told:
        return
    answers = Answer.objects.filter(
        checkin__session__episode=episode,
        instrument__in=told,
        item__in=ASKED,
        audience=Audience.THERAPIST,
    ).values_list("checkin__session__number", "instrument", "item", "value")
    table = pl.DataFrame([("", *row) for row in answers], schema=ANSWERS, orient="row")
    for one in told_plan()(table).filter(onset=number).iter_rows(named=True):
        if one["repaired"] != number:
            rater = "client" if one["instrument"] == CHECK_INS[0] else "therapist"
            yield Finding(
                kind=Alert.Kind.TOLD,
                onset=number,
                evidence={rater: {"tension": one["tension"], "settled": one["settled"]}},
            )


@lru_cache(maxsize=1)
def told_plan() -> Callable[[pl.DataFrame], pl.DataFrame]:
    """Prepare the finding of told tension."""
    return prepare(tensions, ANSWERS)


def gap_findings(number: int, course: Values, usual: SiteNorms) -> Iterator[Finding]:
    """Find where client and therapist differ at this session, unlike this pair's usual."""
    now = [name for name, at in course if at == number and answered_by_client(name)]
    for scale in now:
        other = counterpart(scale)
        if other is None or None in (course.get((other, number)), course[scale, number]):
            continue
        rated = [
            (at, value, "client" if name == scale else "therapist")
            for (name, at), value in course.items()
            if name in {scale, other}
        ]
        for one in gaps_in(scale, rated, usual):
            if one["session"] == number and one["signal"] in UNLIKE_USUAL:
                numbers = ("gap", "usual_gap", "client_score", "therapist_score", "signal")
                yield Finding(
                    kind=Alert.Kind.GAP,
                    onset=number,
                    evidence={scale: {name: one[name] for name in numbers}},
                )


def off_track_findings(number: int, course: Values, usual: SiteNorms) -> Iterator[Finding]:
    """Find where a course has just left what was to be expected, for the second time running."""
    for scale in [name for name, at in course if at == number and answered_by_client(name)]:
        rows = [(at, value) for (name, at), value in course.items() if name == scale]
        before = False
        for one in sorted(off_track_in(scale, rows, usual), key=lambda one: one["session"]):
            if one["off_track"] and not before and one["session"] >= number:
                yield Finding(
                    kind=Alert.Kind.OFF_TRACK,
                    onset=one["session"],
                    evidence={scale: {name: one[name] for name in ("score", "low", "high")}},
                )
            before = one["off_track"]
