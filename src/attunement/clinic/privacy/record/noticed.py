"""What was noticed about a course, and what therapists wrote down."""

from django.utils.translation import gettext_lazy as _

from attunement.clinic.caseload.models import EarlierNote
from attunement.clinic.drift.models import Suggestion
from attunement.clinic.noticing.models import Alert, AlertStep, Rupture
from attunement.clinic.privacy.record.scope import EPISODE, Table, of, texts

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
        read=lambda scope: of(
            scope,
            Alert.objects.all(),
            EPISODE,
            "id",
            "kind",
            "onset",
            "scale",
            "level",
            "state",
            "opened_at",
            "closed_at",
            "evidence",
        ),
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
