"""What was planned and done: episodes, sessions and check-ins."""

from django.utils.translation import gettext_lazy as _

from attunement.clinic.checkins.models import CheckIn, Session
from attunement.clinic.privacy.record.scope import EPISODE, SESSION, Table, of

CARE: tuple[Table, ...] = (
    Table(
        name="episodes",
        about=_("Stretches of care, and with whom"),
        read=lambda scope: of(
            scope,
            scope.episodes,
            "client",
            "id",
            "started_on",
            "ended_on",
            "planned_sessions",
            "therapist__person__name",
        ),
    ),
    Table(
        name="sessions",
        about=_("Sessions, when they were and what became of them"),
        read=lambda scope: of(
            scope, Session.objects.all(), EPISODE, "episode", "number", "starts_at", "status"
        ),
    ),
    Table(
        name="checkins",
        about=_("What was asked when, and when it was first opened and answered"),
        read=lambda scope: of(
            scope,
            CheckIn.objects.all(),
            SESSION,
            "id",
            "session__number",
            "rater",
            "moment",
            "instruments",
            "state",
            "due_at",
            "expires_at",
            "opened_at",
            "answered_at",
            "answered_in",
        ),
    ),
)
