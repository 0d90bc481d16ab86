"""Where each client of a caseload stands: why to look at them, and in which order."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from attunement.clinic.caseload.low_answers import low_answers
from attunement.clinic.caseload.records import Record, Row, client_scales
from attunement.clinic.caseload.scales import ALLIANCE, About, about, all_scales, reliable_changes
from attunement.clinic.caseload.words import improving, sentence
from attunement.clinic.noticing.models import Alert
from attunement.course.strain.told import SETTLED
from attunement.report.model import Kind
from attunement.report.notices import HALF_SIGMA, RECENT, STILL_COUNTS

FROM_ALERT = {
    Alert.Kind.SAFETY: Kind.SAFETY,
    Alert.Kind.DROP: Kind.RUPTURE_OPEN,
    Alert.Kind.TOLD: Kind.TENSION,
    Alert.Kind.GAP: Kind.GAP,
    Alert.Kind.OFF_TRACK: Kind.OFF_TRACK,
    Alert.Kind.MISSED: Kind.MISSED,
    Alert.Kind.UNANSWERED: Kind.UNANSWERED,
}
SILENT = {Kind.MISSED, Kind.UNANSWERED}


class Place(StrEnum):
    """Under which heading a client stands."""

    SAFETY = "safety"
    FIRST = "first"
    IN_HAND = "in-hand"
    BETTER = "better"
    OTHERS = "others"


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


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One client: the heading, the reasons, and what the place among others depends on."""

    place: Place
    reasons: tuple[Reason, ...]
    order: tuple[Any, ...]


def standing(record: Record) -> Standing:
    """Say where a client stands, and why.

    An alert that is not closed puts a client under "Look at first", and so does an open
    rupture for which there never was one (imported history). Under that heading the order is the
    report's (:func:`attunement.report.order.order`): answers about safety; then how many
    independent sources agree, how strong the strongest is, and how lately; silence after words
    and scores. Where everything has been taken on, the client is in hand; an answer about safety
    stays first until its alert is closed.
    """
    reasons = [said for alert in record.open_alerts for said in from_alert(alert, record)]
    reasons += unseen(record)
    if reasons:
        reasons.sort(key=lambda reason: (reason.kind, reason.ago, -reason.strength))
        return Standing(
            place=place_of(reasons), reasons=tuple(reasons), order=order(reasons, record.name)
        )
    good = list(better(record))
    place = Place.BETTER if good else Place.OTHERS
    shown = good or list(now(record))
    kinds = [reason.kind for reason in shown]
    return Standing(
        place=place, reasons=tuple(shown), order=(min(kinds, default=0), record.name.casefold())
    )


def place_of(reasons: Sequence[Reason]) -> Place:
    """Say under which heading a client with these reasons stands."""
    if any(reason.kind is Kind.SAFETY for reason in reasons):
        return Place.SAFETY
    taken = {Alert.State.ACKNOWLEDGED, Alert.State.ACTED}
    in_hand = all(reason.alert is not None and reason.alert.state in taken for reason in reasons)
    return Place.IN_HAND if in_hand else Place.FIRST


def order(reasons: list[Reason], name: str) -> tuple[Any, ...]:
    """Say what the place among those to look at first depends on."""
    loud = [reason for reason in reasons if reason.kind not in SILENT]
    return (
        not loud,
        -len({reason.source for reason in loud}),
        -max((reason.strength for reason in loud), default=0.0),
        min(reason.ago for reason in reasons),
        name.casefold(),
    )


def from_alert(alert: Alert, record: Record) -> Iterator[Reason]:
    """Put an alert into words, a sentence for each of its parts."""
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


def apart(_alert: Alert, _part: str, said: Row, _record: Record) -> Row:
    """Give the two views of one session."""
    return {"score": said.get("client_score"), "now": said.get("therapist_score")}


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


def unseen(record: Record) -> Iterable[Reason]:
    """Find open ruptures of the relationship for which there never was an alert."""
    known = {(alert.scale, alert.onset) for alert in record.alerts}
    for rupture in record.ruptures:
        key = rupture["scale"], rupture["onset"]
        how = about(rupture["scale"])
        if rupture["status"] == "open" and key not in known and how.is_relationship:
            notice = {"kind": Kind.RUPTURE_OPEN, "session": rupture["onset"]}
            notice |= at_onset(rupture["onset"], record.scores.get(rupture["scale"], []))
            if notice.get("score") is not None:
                yield reason(notice, record, how)


def reason(notice: Row, record: Record, how: About) -> Reason:
    """Put a notice into words."""
    return Reason(
        kind=Kind(notice["kind"]),
        words=sentence(notice, record.name, how),
        source=how.variant,
        strength=strength(notice),
        ago=notice.get("ago") or 0,
        scale=how.scale.name,
    )


def better(record: Record) -> Iterable[Reason]:
    """Find what was repaired lately, and symptoms that have eased by more than error."""
    for rupture in record.ruptures:
        rows = record.scores.get(rupture["scale"], [])
        if rupture["repaired"] is not None:
            since = sum(
                row["number"] > rupture["repaired"] and row["value"] is not None for row in rows
            )
            notice = {
                "kind": Kind.REPAIRED,
                "session": rupture["onset"],
                "until": rupture["repaired"],
            } | {k: v for k, v in at_onset(rupture["onset"], rows).items() if k != "ago"}
            if since < RECENT and notice.get("score") is not None:
                yield reason(notice, record, about(rupture["scale"]))
    for scale, rows in client_scales(record).items():
        how, enough = about(scale), reliable_changes().get(scale)
        known = [row["value"] for row in rows if row["value"] is not None]
        if how.is_relationship or enough is None or not known:
            continue
        if how.scale.sign * (known[-1] - known[0]) >= enough:
            yield Reason(
                kind=Kind.USUAL,
                words=improving(record.name, how, known[0], known[-1]),
                source=how.variant,
                scale=scale,
            )


def now(record: Record) -> Iterable[Reason]:
    """Say what the newest score says by itself, the relationship first."""
    scales = sorted(
        client_scales(record).items(), key=lambda pair: not about(pair[0]).is_relationship
    )
    for scale, rows in scales[:1]:
        notice = newest(rows)
        if notice is not None:
            notice = notice | lingering(record, scale, rows)
            yield reason(notice, record, about(scale))


def newest(rows: list[Row]) -> Row | None:
    """Read the newest score: a drop, a drift, as usual, or too early to say."""
    scored = [row for row in rows if row["value"] is not None]
    if not scored:
        return {"kind": Kind.EARLY}
    row = scored[-1]
    if row["prior_mean"] is None:
        return {"kind": Kind.EARLY, "session": row["number"]}
    reach = abs(row["prior_mean"] - row["limit_watch"])
    kinds = {"review": Kind.REVIEW, "watch": Kind.WATCH}
    kind = kinds.get(row["signal"], Kind.USUAL)
    return {
        "kind": kind,
        "session": row["number"],
        "score": row["value"],
        "usual": row["prior_mean"],
        "low": row["prior_mean"] - reach,
        "high": row["prior_mean"] + reach,
    }


def lingering(record: Record, scale: str, rows: list[Row]) -> Row:
    """Say when the score is still below where it was before an older rupture."""
    how = about(scale)
    for rupture in reversed(record.ruptures):
        if rupture["scale"] != scale or rupture["repaired"] is not None:
            continue
        begun = at_onset(rupture["onset"], rows)
        level, sigma = (
            rupture["level"],
            next((row["sigma"] for row in rows if row["number"] == rupture["onset"]), None),
        )
        if not begun or level is None or sigma is None or begun["ago"] > STILL_COUNTS:
            continue
        if how.scale.sign * begun["now"] < how.scale.sign * level - HALF_SIGMA * sigma:
            return {
                "kind": Kind.LASTING,
                "session": rupture["onset"],
                "usual": level,
                "now": begun["now"],
            }
    return {}
