"""What may become of a session, as data."""

from collections.abc import Mapping

from attunement.clinic.checkins.models import Session

S = Session.Status
TAKES_PLACE = frozenset({S.PLANNED, S.ATTENDED, S.LATE})
TOOK_PLACE = frozenset({S.ATTENDED, S.LATE})
DROPPED = frozenset({S.CANCELLED, S.MISSED})

MAY_BECOME: Mapping[str, frozenset[str]] = {
    S.PLANNED: frozenset({S.ATTENDED, S.LATE, S.CANCELLED, S.MISSED}),
    S.ATTENDED: frozenset({S.PLANNED, S.LATE, S.MISSED}),
    S.LATE: frozenset({S.PLANNED, S.ATTENDED, S.MISSED}),
    S.CANCELLED: frozenset({S.PLANNED, S.MISSED}),
    S.MISSED: frozenset({S.PLANNED, S.CANCELLED, S.ATTENDED, S.LATE}),
}
"""From each status those that may follow; the way back to planned is the undo."""
