"""What of a client's own voice may be shown where.

The rule is that of answers kept to oneself (:mod:`checkins.selectors.kept`): an account alone does
not prove that it is the client's. What was written in an account is shown there; what hangs on a
check-in is shown where the check-in is; the therapist sees what they were told.
"""

from django.db.models import Q, QuerySet

from attunement.clinic.checkins.models import Audience, CheckIn
from attunement.clinic.checkins.selectors.kept import opened_to, shown_in
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import Client, Episode, Person
from attunement.clinic.voice.models import Matter, Word


def answers_seen(by: Actor, checkin: CheckIn | None = None) -> Q:
    """Give the answers that may be shown to a client here.

    Parameters
    ----------
    by
        The client in their account, or whoever has just answered by a link or on a tablet.
    checkin
        The check-in that they have just answered.
    """
    if by.person:
        return shown_in(by.person)
    return Q(audience=Audience.THERAPIST) | (Q(checkin=checkin) if checkin else Q(pk__in=[]))


def matters_seen(account: Person | None) -> Q:
    """Give the matters that may be shown in an account."""
    mine = Q(account=account) if account else Q(pk__in=[])
    return Q(choice__in=Matter.FOR_THERAPIST) | mine | opened_to(account)


def own_matters(episode: Episode, account: Person | None) -> QuerySet[Matter]:
    """Give a client's matters as far as this account may show them, the newest first."""
    found = Matter.objects.filter(matters_seen(account), episode=episode)
    return found.select_related("episode__client", "checkin__session").order_by("-made_at")


def own_words(client: Client, account: Person | None) -> QuerySet[Word]:
    """Give what a client wrote to the service, as far as this account may show it."""
    mine = Q(account=account) if account else Q(pk__in=[])
    found = Word.objects.filter(mine | opened_to(account), client=client)
    return found.prefetch_related("steps").order_by("-written_at")
