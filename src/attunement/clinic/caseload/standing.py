"""Where each client of a caseload stands: why to look at them, and in which order."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from attunement.clinic.caseload.reasons import Reason, from_alert
from attunement.clinic.caseload.records import Record
from attunement.clinic.caseload.without_alert import better, now, too_few, unseen
from attunement.clinic.noticing.models import Alert
from attunement.report.model import Kind

SILENT = {Kind.MISSED, Kind.UNANSWERED}


class Place(StrEnum):
    """Under which heading a client stands."""

    SAFETY = "safety"
    FIRST = "first"
    IN_HAND = "in-hand"
    BETTER = "better"
    OTHERS = "others"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One client: the heading, the reasons, and what the place among others depends on."""

    place: Place
    reasons: tuple[Reason, ...]
    order: tuple[Any, ...]


def standing(record: Record) -> Standing:
    """Say where a client stands, and why.

    An alert that is not closed puts a client under "Look at first", and so does an open
    rupture for which there never was one (imported history), and a newest check-in with too few
    answers for a score that are mostly far below usual. Under that heading the order is the
    report's (:func:`attunement.report.order.order`): answers about safety; then how many
    independent sources agree, how strong the strongest is, and how lately; silence after words
    and scores. Where everything has been taken on, the client is in hand; an answer about safety
    stays first until its alert is closed.
    """
    reasons = [said for alert in record.open_alerts for said in from_alert(alert, record)]
    reasons += [*unseen(record), *too_few(record)]
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
