"""What the page of one client shows."""

from collections.abc import Sequence
from dataclasses import dataclass

from attunement.clinic.caseload.answers import Eight, eight
from attunement.clinic.caseload.history import History, Row
from attunement.clinic.caseload.pictures import SCREEN, Picture, Size, pictures, timeline
from attunement.clinic.caseload.pressing import IN_HAND
from attunement.clinic.caseload.reasons import Reason, from_alert
from attunement.clinic.caseload.records import Record
from attunement.clinic.caseload.safety import SafetyAnswer, safety_answers
from attunement.clinic.caseload.scales import CHECK_IN, about
from attunement.clinic.caseload.tables import noticed_in, tables
from attunement.clinic.caseload.words import sentence
from attunement.clinic.noticing.models import Alert
from attunement.report.model import Kind

SAFETY = {Kind.SAFETY, Kind.SAFETY_EASED, Kind.SAFETY_PAST}


@dataclass(frozen=True, kw_only=True)
class Told:
    """An alert in words."""

    alert: Alert
    reasons: Sequence[Reason]

    @property
    def answers(self) -> list[SafetyAnswer]:
        """What was asked and answered, where it is about safety."""
        return safety_answers(self.alert)


@dataclass(frozen=True, kw_only=True)
class ClientPage:
    """One client: charts on one axis, the same in sentences, the eight answers, alerts."""

    history: History
    relationship: Sequence[Picture]
    others: Sequence[Picture]
    timeline: Picture | None
    eight: Eight | None
    sentences: Sequence[str]
    alerts: Sequence[Told]
    closed: Sequence[Told]

    @property
    def safety(self) -> list[Told]:
        """Open alerts about safety."""
        return [told for told in self.alerts if told.alert.kind == Alert.Kind.SAFETY]

    @property
    def also(self) -> list[str]:
        """Sentences that no chart and no open alert says already."""
        shown = [picture.message for picture in (*self.relationship, *self.others)]
        shown += [reason.words for told in self.alerts for reason in told.reasons]
        return [one for one in self.sentences if not any(said.startswith(one) for said in shown)]

    @property
    def other_alerts(self) -> list[Told]:
        """Open alerts about anything else: first what nobody has taken on, then the newest."""
        others = [told for told in self.alerts if told.alert.kind != Alert.Kind.SAFETY]
        return sorted(others, key=lambda told: (told.alert.state in IN_HAND, -told.alert.onset))


def client_page(history: History, size: Size = SCREEN) -> ClientPage:
    """Put one episode into words and pictures."""
    known = tables(history)
    found = [row | {"own": history.own} for row in noticed_in(known)]
    drawn = pictures(history, known, found, size)
    record = as_record(history)
    return ClientPage(
        history=history,
        relationship=[one for one in drawn if about(one.scale).is_relationship],
        others=[one for one in drawn if not about(one.scale).is_relationship],
        timeline=timeline(history, size) if history.sessions or drawn else None,
        eight=eight(history),
        sentences=sentences(history, found),
        alerts=[
            Told(alert=one, reasons=list(from_alert(one, record))) for one in history.open_alerts
        ],
        closed=[
            Told(alert=one, reasons=list(from_alert(one, record))) for one in history.closed_alerts
        ],
    )


def sentences(history: History, found: Sequence[Row]) -> list[str]:
    """Say what stands out in plain sentences, each once."""
    said = [
        sentence(row, history.name, about(row["scale"] or ""))
        for row in found
        if row["kind"] not in SAFETY
    ]
    return list(dict.fromkeys(said))


def as_record(history: History) -> Record:
    """Give the same episode as the caseload knows it."""
    scores: dict[str, list[Row]] = {}
    for row in history.scores:
        scores.setdefault(row["scale"], []).append(row)
    return Record(
        episode=history.episode,
        own=history.own,
        scores=scores,
        ruptures=[dict(one) for one in history.ruptures],
        alerts=list(history.alerts),
        sessions=list(history.sessions),
        answers=[
            (row["session"], row["item"], row["value"])
            for row in history.answers
            if (row["rater"], row["instrument"]) == ("client", CHECK_IN)
        ],
        due=[
            checkin
            for session in history.sessions
            for checkin in session.checkins.all()
            if checkin.state == "due"
        ],
    )
