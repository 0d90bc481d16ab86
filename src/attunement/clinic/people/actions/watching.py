"""See that nobody changes alone how a client is reached."""

from uuid import uuid4

from django.utils.translation import gettext

from attunement.clinic.jobs.queue import later
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import Episode, Membership, Person
from attunement.clinic.people.permissions import Role
from attunement.clinic.people.problems import Refused

KIND = "account.news"


def tell_others(episode: Episode, by: Actor) -> int:
    """Send word that a client's address or account was changed; give to how many.

    It goes to the therapist's supervisors and the therapist, but not to whoever did it; where that
    leaves nobody, to the administrators of the site.
    """
    here = Membership.objects.filter(
        site=episode.client.site_id, active=True, person__is_active=True
    ).exclude(person=by.person)
    above = here.filter(role=Role.SUPERVISOR, supervises__therapist=episode.therapist_id)
    people = {*above, *here.filter(episodes=episode)}
    for one in people or set(here.filter(role=Role.ADMINISTRATOR)):
        later(KIND, f"{KIND}:{uuid4().hex}", episode=str(episode.pk), membership=str(one.pk))
    return len(people)


def refuse_staff_address(email: str) -> None:
    """Let no address with which someone works here stand for a client's.

    Raises
    ------
    Refused
        If it is one.
    """
    if Person.objects.filter(email=email.strip().lower(), memberships__isnull=False).exists():
        raise Refused(
            gettext(
                "Someone who works here signs in with this address. Ask your client for "
                "one of their own."
            )
        )
