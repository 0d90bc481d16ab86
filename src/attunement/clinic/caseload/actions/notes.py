"""Write notes, and change them without losing what they said."""

from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils.translation import gettext as _

from attunement.clinic.audit.record import audit
from attunement.clinic.caseload.models import EarlierNote
from attunement.clinic.checkins.models import Note, Session
from attunement.clinic.people.actor import Actor, check
from attunement.clinic.people.models import Episode
from attunement.clinic.people.permissions import Permission, Role
from attunement.clinic.people.problems import Refused
from attunement.clinic.people.reach import cares_for, clients_of, episode_for


@transaction.atomic
def write_note(
    *,
    episode: Episode,
    text: str,
    session: int | None = None,
    key: UUID | None = None,
    by: Actor,
) -> Note:
    """Keep a note on a client, about one session or none.

    The same words under the same key, which becomes the note's own, are kept once.

    Raises
    ------
    Refused
        If there is nothing in it.
    """
    check(by, Permission.NOTE_WRITE)
    episode = episode_for(by, episode.pk)
    if not text.strip():
        raise Refused(_("Write something first."))
    author = by.held(Role.THERAPIST) or by.held(Role.SUPERVISOR)
    if author is None:
        raise Http404
    about = Session.objects.filter(pk=session, episode=episode).first() if session else None
    values = {"session": about, "text": text.strip()}
    mine = {"client": episode.client, "author": author}
    try:
        note, new = Note.objects.get_or_create(pk=key or uuid4(), **mine, defaults=values)
    except IntegrityError:
        raise Http404 from None
    if not new and note.text == text.strip():
        return note
    if not new:
        note = Note.objects.create(**mine, **values)
    audit(by, "note.written", note, client=episode.client)
    return note


@transaction.atomic
def change_note(*, note: Note, text: str, by: Actor) -> Note:
    """Change a note of one's own; what it said before is kept beside it.

    Raises
    ------
    Refused
        If there is nothing in it.
    """
    check(by, Permission.NOTE_WRITE)
    note = own_note(by, note.pk)
    Note.objects.select_for_update().get(pk=note.pk)
    if not text.strip():
        raise Refused(_("Write something first."))
    if text.strip() == note.text:
        return note
    EarlierNote.objects.create(note=note, text=note.text)
    note.text = text.strip()
    note.save(update_fields=["text"])
    audit(by, "note.changed", note, client=note.client)
    return note


def own_note(by: Actor, pk: UUID) -> Note:
    """Give a note that this person wrote on a client in their care; 404 for any other.

    What was written stays as it is once care has ended: whoever still reaches the record adds a
    note, dated on the day they write it.

    Raises
    ------
    PermissionDenied
        If they no longer have the client in care.
    """
    found = (
        Note.objects.filter(pk=pk, client__in=clients_of(by), author__person=by.person)
        .select_related("client", "author__person", "session")
        .first()
    )
    if found is None:
        raise Http404
    if not cares_for(by, found.client):
        raise PermissionDenied
    return found
