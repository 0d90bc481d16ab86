"""How much there is of a client's record, without reading any."""

from collections.abc import Mapping

from attunement.clinic.checkins.models import Answer, Comment, Note, Session
from attunement.clinic.noticing.models import Alert, Score
from attunement.clinic.people.models import Client


def counts(client: Client, *, own: bool = False) -> Mapping[str, int]:
    """Say how many rows there are, without reading any; the client's own for the client."""
    episode = {"episode__client": client}
    around = {"checkin__session__episode__client": client}
    if own:
        theirs = {**around, "checkin__rater": "client"}
        return {
            "sessions": Session.objects.filter(**episode).count(),
            "answers": Answer.objects.filter(**theirs).count(),
            "comments": Comment.objects.filter(**theirs).count(),
            "scores": Score.objects.filter(**episode, rater="client").count(),
        }
    return {
        "sessions": Session.objects.filter(**episode).count(),
        "answers": Answer.objects.filter(**around).count(),
        "comments": Comment.objects.filter(**around).count(),
        "scores": Score.objects.filter(**episode).count(),
        "alerts": Alert.objects.filter(**episode).count(),
        "notes": Note.objects.filter(client=client).count(),
    }
