"""Which notes on a client someone may read."""

from django.db.models import Q, QuerySet

from attunement.clinic.checkins.models import Note
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import Client
from attunement.clinic.people.reach import cares_for, episodes_of, has_broken_glass


def notes_for(by: Actor, client: Client) -> QuerySet[Note]:
    """Give the notes on a client that someone may read.

    All of them for whoever has the client in care now, supervises whoever has, or has broken the
    glass; else those on sessions of the episodes they reach, and those that their own and their
    supervisees' hands wrote there.
    """
    notes = Note.objects.filter(client=client)
    if cares_for(by, client) or has_broken_glass(by, client):
        return notes
    reached = episodes_of(by).filter(client=client)
    return notes.filter(
        Q(session__episode__in=reached)
        | Q(session=None, author__in=reached.values("therapist"))
        | Q(author__person=by.person)
    )
