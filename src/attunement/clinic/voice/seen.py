"""What of a client's own voice may be shown where.

The rule is that of answers kept to oneself (:mod:`checkins.selectors.kept`): an account alone does
not prove that it is the client's. What was written in an account is shown there; what hangs on a
check-in is shown where the check-in is; the therapist sees what they were told.
"""

from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from attunement.clinic.checkins.models import Audience, CheckIn
from attunement.clinic.checkins.selectors.kept import opened_to, shown_in
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import Client, Episode, Person
from attunement.clinic.voice.models import Matter, Word, WordStep

LATELY = timedelta(days=30)


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


def words_seen(client: Client, by: Actor, checkin: CheckIn | None = None) -> QuerySet[Word]:
    """Give what a client wrote to the service, as far as it may be shown here.

    ``checkin`` is the one that they have just answered without an account.
    """
    if by.person or checkin is None:
        return own_words(client, by.person)
    return Word.objects.filter(client=client, checkin=checkin).order_by("-written_at")


def answered_lately(client: Client, account: Person | None) -> bool:
    """Say whether the service wrote to a client, and it is not settled or was so of late."""
    since = timezone.now() - LATELY
    stands = Q(word__state=Word.State.ANSWERED) | Q(word__state=Word.State.CLOSED, at__gte=since)
    wrote = WordStep.objects.filter(stands).exclude(text="")
    return own_words(client, account).filter(steps__in=wrote).exists()


def own_words(client: Client, account: Person | None) -> QuerySet[Word]:
    """Give what a client wrote to the service, as far as this account may show it."""
    mine = Q(account=account) if account else Q(pk__in=[])
    found = Word.objects.filter(mine | opened_to(account), client=client)
    return found.prefetch_related("steps").order_by("-written_at")
