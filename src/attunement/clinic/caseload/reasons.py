"""What an alert says, in words: a reason to look at a client."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from attunement.clinic.caseload.low_answers import low_answers
from attunement.clinic.caseload.records import Record, Row
from attunement.clinic.caseload.scales import ALLIANCE, about, all_scales
from attunement.clinic.caseload.words import sentence
from attunement.clinic.noticing.models import Alert
from attunement.course.strain.told import SETTLED
from attunement.report.model import Kind

NO_LONGER = _("What was noticed here no longer stands. Nothing has to be done about it.")
FROM_ALERT = {
    Alert.Kind.SAFETY: Kind.SAFETY,
    Alert.Kind.DROP: Kind.RUPTURE_OPEN,
    Alert.Kind.TOLD: Kind.TENSION,
    Alert.Kind.GAP: Kind.GAP,
    Alert.Kind.OFF_TRACK: Kind.OFF_TRACK,
    Alert.Kind.MISSED: Kind.MISSED,
    Alert.Kind.UNANSWERED: Kind.UNANSWERED,
}


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One thing that was noticed, in words, with the alert that stands for it."""

    kind: Kind
    words: str
    source: str
    strength: float = 0.0
    ago: int = 0
    alert: Alert | None = None
    scale: str = ""


def from_alert(alert: Alert, record: Record) -> Iterator[Reason]:
    """Put an alert into words, a sentence for each of its parts."""
    if alert.taken_back:
        yield Reason(kind=Kind.USUAL, words=str(NO_LONGER), source="", alert=alert)
        return
    parts = alert.evidence or {alert.scale: {}}
    for part, said in parts.items():
        how = about(part if part in all_scales() else alert.scale)
        notice: Row = {"kind": FROM_ALERT[Alert.Kind(alert.kind)], "session": alert.onset}
        notice |= PARTS[Alert.Kind(alert.kind)](alert, part, said, record)
        words = sentence(notice, record.name, how)
        back = notice["kind"] is Kind.REPAIRED
        if alert.kind == Alert.Kind.DROP and how.scale.name == ALLIANCE and not back:
            low = low_answers(record.answers, alert.onset, record.episode.client.site.norms)
            words = f"{words} {low}".strip()
        yield Reason(
            kind=notice["kind"],
            words=words,
            source=how.variant if alert.kind == Alert.Kind.DROP else alert.kind,
            strength=strength(notice),
            ago=notice.get("ago") or 0,
            alert=alert,
            scale=how.scale.name,
        )
        if alert.kind == Alert.Kind.SAFETY:
            return


def strength(notice: Row) -> float:
    """Count in the client's own SDs; tension from 0 to 10 counts half its number."""
    if notice["kind"] is Kind.TENSION:
        return float(notice.get("score") or 0) / 2
    return float(notice.get("depth") or 0)


def at_onset(onset: int, rows: list[Row]) -> Row:
    """Give the score at which something began, and the newest one."""
    scored = [row for row in rows if row["value"] is not None]
    row = next((row for row in scored if row["number"] == onset), None)
    if row is None:
        return {}
    usual, sigma = row["prior_mean"], row["sigma"]
    return {
        "score": row["value"],
        "usual": usual,
        "depth": abs(row["value"] - usual) / sigma if usual is not None and sigma else 0.0,
        "now": scored[-1]["value"],
        "ago": sum(later["number"] > onset for later in scored),
    }


def mended(scale: str, onset: int, record: Record) -> Row:
    """Say whether a rupture has been repaired since."""
    for rupture in record.ruptures:
        if (rupture["scale"], rupture["onset"]) == (scale, onset):
            if rupture["repaired"] is not None:
                return {"kind": Kind.REPAIRED, "until": rupture["repaired"]}
            if rupture["status"] == "unrepaired":
                return {"kind": Kind.RUPTURE_UNREPAIRED}
    return {}


def dropped(alert: Alert, part: str, said: Row, record: Record) -> Row:
    """Give the scores behind a drop, and whether it has been repaired since.

    Nothing is given where the client has taken back the answers behind it.
    """
    if part in alert.evidence and not said:
        return {}
    begun = at_onset(alert.onset, record.scores.get(part or alert.scale, []))
    return (
        {name: said[name] for name in ("score", "usual", "depth") if name in said}
        | begun
        | mended(part or alert.scale, alert.onset, record)
    )


def tension(_alert: Alert, part: str, said: Row, record: Record) -> Row:
    """Give what was said of tension, and by whom."""
    settled = said.get("settled")
    return {
        "score": said.get("tension"),
        "settled": None if settled is None else settled >= SETTLED,
        "rater": part,
        "own": record.own,
    }


def apart(_alert: Alert, _part: str, said: Row, record: Record) -> Row:
    """Give the two views of one session."""
    return {
        "score": said.get("client_score"),
        "now": said.get("therapist_score"),
        "own": record.own,
    }


def silent(alert: Alert, _part: str, said: Row, record: Record) -> Row:
    """Count the missed sessions, or unanswered check-ins, of which an alert tells."""
    missed = [number for number in record.missed if number >= alert.onset]
    counted = missed if alert.kind == Alert.Kind.MISSED else record.due
    return {"count": said.get("count") or len(counted) or 1}


def nothing(_alert: Alert, _part: str, _said: Row, _record: Record) -> Row:
    """Give no number: an answer about safety is read where it can be acted upon."""
    return {}


PARTS: Mapping[Alert.Kind, Callable[[Alert, str, Row, Record], Row]] = {
    Alert.Kind.SAFETY: nothing,
    Alert.Kind.DROP: dropped,
    Alert.Kind.TOLD: tension,
    Alert.Kind.GAP: apart,
    Alert.Kind.OFF_TRACK: dropped,
    Alert.Kind.MISSED: silent,
    Alert.Kind.UNANSWERED: silent,
}
