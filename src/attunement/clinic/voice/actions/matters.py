"""Change a matter: its words, whether it was raised, and how it went."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from attunement.clinic.audit.record import audit
from attunement.clinic.people.actor import Actor, check
from attunement.clinic.people.permissions import Permission
from attunement.clinic.people.problems import Refused
from attunement.clinic.people.reach import episode_in_care_of
from attunement.clinic.voice.actions.choosing import LONGEST, require_own
from attunement.clinic.voice.models import Matter
from attunement.clinic.voice.states import MATTER_MAY_BECOME
from attunement.formulation.helped import KNOWN

State = Matter.State


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How it went, in the client's view; ``counts`` lets it count for others without a name."""

    went: str = ""
    helped: Collection[str] = ()
    how: str = ""
    counts: bool = False


@transaction.atomic
def reword(*, matter: Matter, text: str, by: Actor) -> Matter:
    """Change the words of a matter that is still open.

    Raises
    ------
    Refused
        If there are none left, or it has been raised or laid aside.
    """
    found = own(matter, by)
    if not text.strip():
        raise Refused(_("Write a few words first."))
    if found.state != State.OPEN:
        raise Refused(_("This is closed. Open it again first."))
    found.text = text.strip()[:LONGEST]
    found.save(update_fields=["text"])
    audit(by, "voice.kept", found, client=found.episode.client)
    return found


@transaction.atomic
def move(*, matter: Matter, to: str, outcome: Outcome | None = None, by: Actor) -> Matter:
    """Say that it was raised and how it went, lay it aside, or open it again.

    Raises
    ------
    Refused
        If someone else has changed it meanwhile.
    """
    found = own(matter, by)
    before = [state for state, after in MATTER_MAY_BECOME.items() if to in after]
    closed = None if to == State.OPEN else timezone.now()
    here = Matter.objects.filter(pk=found.pk, state__in=before)
    if not here.update(state=to, closed_at=closed):
        raise Refused(_("This has changed meanwhile. Look at it as it stands now."))
    found.refresh_from_db(fields=["state", "closed_at"])
    told = outcome or Outcome()
    found.went = told.went if told.went in Matter.Went.values else ""
    found.helped = sorted(set(told.helped) & KNOWN)
    found.how = told.how.strip()[:LONGEST]
    found.counts = told.counts and bool(found.helped)
    found.save(update_fields=["went", "helped", "how", "counts"])
    audit(by, "voice.kept", found, client=found.episode.client)
    return found


@transaction.atomic
def talked(*, matter: Matter, by: Actor) -> Matter:
    """Say, as the therapist, that the two of you have talked about it; again to take that back."""
    check(by, Permission.CLIENT_CHANGE)
    found = for_therapist(matter.pk)
    episode = episode_in_care_of(by, found.episode_id)
    at = None if found.talked_at else timezone.now()
    Matter.objects.filter(pk=found.pk).update(talked_at=at)
    audit(by, "matter.talked-about", found, client=episode.client, back=at is None)
    found.talked_at = at
    return found


def for_therapist(pk: UUID) -> Matter:
    """Give a matter that the client told the therapist; as if there were no other."""
    found = (
        Matter.objects.select_related("episode__client")
        .filter(pk=pk, choice__in=Matter.FOR_THERAPIST)
        .first()
    )
    if found is None:
        raise Http404
    return found


def own(matter: Matter, by: Actor) -> Matter:
    """Give a client's own matter, held until the transaction ends."""
    require_own(by, matter.episode.client)
    held = Matter.objects.select_for_update(of=("self",)).select_related("episode__client")
    return held.get(pk=matter.pk)
