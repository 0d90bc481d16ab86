"""What was tried with a client, and what they prefer."""

from django.utils.translation import gettext_lazy as _

from attunement.clinic.guidance.models import Attempt, Wish
from attunement.clinic.privacy.record.scope import EPISODE, Table, of, texts

HELPING: tuple[Table, ...] = (
    Table(
        name="attempts",
        about=_("What the therapist meant to try, tried, or turned down"),
        own=False,
        read=lambda scope: texts(
            scope,
            Attempt.objects.all(),
            EPISODE,
            "note",
            "strategy",
            "state",
            "strain",
            "session",
            "how",
            "at",
        ),
    ),
    Table(
        name="wishes",
        about=_("What the client would like more of, and less of"),
        read=lambda scope: of(scope, Wish.objects.all(), EPISODE, "wanted", "unwanted", "noted_at"),
    ),
)
