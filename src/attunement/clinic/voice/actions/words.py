"""Write to the service past the therapist, and look after what was written."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _

from attunement.clinic.audit.record import audit
from attunement.clinic.checkins.models import CheckIn
from attunement.clinic.people.actor import Actor, check
from attunement.clinic.people.models import Client, Membership
from attunement.clinic.people.permissions import Role
from attunement.clinic.people.problems import Refused
from attunement.clinic.voice.actions.choosing import LONGEST, require_own
from attunement.clinic.voice.mails import tell_writer
from attunement.clinic.voice.models import Word, WordStep
from attunement.clinic.voice.readers import readers, words_for
from attunement.clinic.voice.states import CHANGES, UNDER_WAY, Action

MOST_WAITING = 5


@transaction.atomic
def write(
    *,
    client: Client,
    kind: str,
    text: str,
    named: bool = True,
    checkin: CheckIn | None = None,
    by: Actor,
) -> Word:
    """Write to the service. A request for another therapist always carries the name.

    Raises
    ------
    Refused
        If nothing is written, nobody but the therapist would read it, or much waits already.
    """
    require_own(by, client)
    if kind not in Word.Kind.values:
        raise Http404
    Client.objects.select_for_update().only("pk").get(pk=client.pk)
    if not readers(client).exists():
        raise Refused(
            _("At the moment nobody could read this but your therapist, so it was not sent.")
        )
    if kind == Word.Kind.WORD and not text.strip():
        raise Refused(_("Write a few words first."))
    waiting = Word.objects.filter(client=client, state=Word.State.OPEN)
    asked = Word.objects.filter(client=client, kind=Word.Kind.CHANGE, state__in=UNDER_WAY)
    if kind == Word.Kind.CHANGE and asked.exists():
        raise Refused(_("Your request is with the service already."))
    if waiting.count() >= MOST_WAITING:
        raise Refused(_("Several of your words wait to be read. Please call if it is urgent."))
    made = Word.objects.create(
        client=client,
        checkin=checkin,
        account=by.person,
        kind=kind,
        named=named or kind == Word.Kind.CHANGE,
        text=text.strip()[:LONGEST],
    )
    WordStep.objects.create(word=made, after=Word.State.OPEN)
    audit(by, "voice.word-written", made, client=concerned(made))
    return made


@transaction.atomic
def change(*, word: Word, action: Action, text: str = "", by: Actor) -> Word:
    """Take a word one step further, if nobody else was quicker.

    Raises
    ------
    Refused
        If the table of changes does not allow it now, or words are wanting.
    Http404
        If it is not theirs to read.
    """
    step, said = CHANGES[action], text.strip()[:LONGEST]
    found = to_change(word, action, by)
    if found.state not in step.before:
        raise Refused(_("This has changed meanwhile. Look at it as it stands now."))
    if step.needed and not said:
        raise Refused(_("Write a few words first."))
    if not Word.objects.filter(pk=found.pk, state=found.state).update(state=step.after):
        raise Refused(_("This has changed meanwhile. Look at it as it stands now."))
    if action == Action.WITHDRAW:
        found.text = ""
        found.save(update_fields=["text"])
    WordStep.objects.create(
        word=found, by=reader(by), before=found.state, after=step.after, text=said
    )
    found.state = step.after
    if said and action in {Action.ANSWER, Action.CLOSE}:
        tell_writer(found)
    audit(by, f"voice.word-{step.after}", found, client=concerned(found))
    return found


def concerned(word: Word) -> Client | None:
    """Give the client whom the audit may name: nobody where the word carries no name."""
    return word.client if word.named else None


def to_change(word: Word, action: Action, by: Actor) -> Word:
    """Give a word to whoever may take this step."""
    if action == Action.WITHDRAW:
        require_own(by, word.client)
        if by.person is None:
            raise PermissionDenied
        return Word.objects.select_related("client__site").get(pk=word.pk)
    check(by, CHANGES[action].permission)
    found = words_for(by).filter(pk=word.pk).first()
    if found is None:
        raise Http404
    return found


def reader(by: Actor) -> Membership | None:
    """Give the membership that reads; None for the client."""
    return by.held(Role.MANAGER)
