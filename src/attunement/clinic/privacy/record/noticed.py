"""What was noticed about a course, and what therapists wrote down."""

from django.utils.translation import gettext_lazy as _

from attunement.clinic.caseload.models import EarlierNote
from attunement.clinic.drift.models import Suggestion
from attunement.clinic.noticing.models import Alert, AlertStep, Rupture
from attunement.clinic.privacy.record.scope import EPISODE, Rows, Scope, Table, of, texts

ALERT = ("id", "kind", "onset", "scale", "level", "state", "opened_at", "closed_at", "evidence")
ABOUT = ("kind", "onset", "scale", "evidence")


def alerts(scope: Scope) -> Rows:
    """Read alerts; of one that no longer stands, nothing that says what it was about."""
    rows = of(scope, Alert.objects.all(), EPISODE, *ALERT)
    return [
        row | dict.fromkeys(ABOUT) if Alert.TAKEN_BACK in row["evidence"] else row for row in rows
    ]


NOTICED: tuple[Table, ...] = (
    Table(
        name="ruptures",
        about=_("Drops in how the work together was rated, and repairs"),
        own=False,
        read=lambda scope: of(
            scope,
            Rupture.objects.all(),
            EPISODE,
            "scale",
            "onset",
            "level",
            "depth",
            "repaired",
            "status",
        ),
    ),
    Table(
        name="check-in-suggestions",
        about=_("After which session a check-in was suggested, and what weighed"),
        own=False,
        read=lambda scope: of(
            scope, Suggestion.objects.all(), EPISODE, "after", "weighed", "made_at"
        ),
    ),
    Table(
        name="alerts",
        about=_("What someone was asked to look at"),
        own=False,
        read=alerts,
    ),
    Table(
        name="alert-steps",
        about=_("What was done about alerts"),
        own=False,
        read=lambda scope: texts(
            scope,
            AlertStep.objects.all(),
            "alert__episode__client",
            "text",
            "alert_id",
            "at",
            "before",
            "after",
        ),
    ),
    Table(
        name="notes",
        about=_("Notes of therapists"),
        own=False,
        read=lambda scope: texts(
            scope, scope.notes, "client", "text", "id", "session_id", "written_at"
        ),
    ),
    Table(
        name="earlier-notes",
        about=_("What notes said before they were changed"),
        own=False,
        read=lambda scope: texts(
            scope,
            EarlierNote.objects.filter(note__in=scope.notes),
            "note__client",
            "text",
            "note_id",
            "until",
        ),
    ),
)
