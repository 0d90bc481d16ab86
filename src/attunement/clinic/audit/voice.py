"""Which events tell of a client's own voice, so that their therapist is not told of them."""

from django.db.models import Q, Subquery

from attunement.clinic.audit.models import Event

PREFIX = "voice."
"""How the audit names what is about the client's own voice; their therapist is not told of it."""

AUDIENCE = ("answer.audience-changed", "comment.audience-changed")
WITHDRAWN = "voice.alert-withdrawn"


def of_voice() -> Q:
    """Give the events about a client's own voice.

    Whom they let see what belongs to it too, and so does an alert that went because they kept
    back what it came from: all that was ever done about it would tell of it.
    """
    gone = Event.objects.filter(action=WITHDRAWN).values("target_id")
    return (
        Q(action__startswith=PREFIX)
        | Q(action__in=AUDIENCE)
        | Q(action__startswith="alert.", target_id__in=Subquery(gone))
    )
