"""Work that comes up by itself."""

from datetime import timedelta
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session as WebSession
from django.db import transaction
from django.utils import timezone

from attunement.clinic.audit.record import audit
from attunement.clinic.checkins.models import CheckIn, Moment, Rater, Session
from attunement.clinic.exchange.files import clear_left
from attunement.clinic.jobs.models import Job
from attunement.clinic.jobs.queue import SEALED
from attunement.clinic.noticing.absence import notice_absence
from attunement.clinic.noticing.escalation import escalate_due
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import Episode

AT_ONCE = 500
LOOK_BACK = timedelta(days=7)
KEEP, KEEP_PERIODIC = timedelta(days=30), timedelta(days=1)


def escalate() -> None:
    """Take safety alerts further when the site's time is over."""
    escalate_due()


def expire() -> None:
    """Close check-ins whose time is over, and notice where nobody has answered."""
    over = (
        CheckIn.objects.filter(state=CheckIn.State.DUE, expires_at__lte=timezone.now())
        .order_by("expires_at")
        .values_list("session__episode_id", flat=True)[:AT_ONCE]
    )
    for episode in set(over):
        expire_of(episode)


@transaction.atomic
def expire_of(episode_id: UUID) -> None:
    """Close the check-ins of one episode whose time is over, with the episode held."""
    episode = (
        Episode.objects.select_for_update(of=("self",))
        .select_related("client__site")
        .get(pk=episode_id)
    )
    by, now = Actor.worker(episode.client.site), timezone.now()
    ended = list(
        CheckIn.objects.filter(
            session__episode=episode, state=CheckIn.State.DUE, expires_at__lte=now
        )
    )
    CheckIn.objects.filter(pk__in=[one.pk for one in ended], state=CheckIn.State.DUE).update(
        state=CheckIn.State.EXPIRED
    )
    if any(one.rater == Rater.CLIENT for one in ended):
        notice_absence(episode=episode, by=by)
    for one in ended:
        audit(by, "checkin.expired", one, client=episode.client)


def absence() -> None:
    """Notice missed sessions, and note that a session took place where it was answered about."""
    lately = timezone.now() - LOOK_BACK
    answered = Session.objects.filter(
        status=Session.Status.PLANNED,
        starts_at__range=(lately, timezone.now() - timedelta(days=1)),
        checkins__state=CheckIn.State.ANSWERED,
        checkins__moment=Moment.AFTER,
    ).distinct()
    for session in answered.select_related("episode__client__site")[:AT_ONCE]:
        took_place(session)
    missed = Session.objects.filter(status=Session.Status.MISSED, starts_at__gte=lately)
    open_ = Episode.objects.filter(ended_on__isnull=True, sessions__in=missed).distinct()
    for episode in open_.select_related("client__site").order_by("pk").iterator(chunk_size=AT_ONCE):
        with transaction.atomic():
            notice_absence(episode=episode, by=Actor.worker(episode.client.site))


@transaction.atomic
def took_place(session: Session) -> None:
    """Note that a session took place."""
    planned = Session.objects.filter(pk=session.pk, status=Session.Status.PLANNED)
    if planned.update(status=Session.Status.ATTENDED):
        client = session.episode.client
        by = Actor.worker(client.site)
        audit(by, "session.changed", session, client=client, before="planned", now="attended")


def tidy() -> None:
    """Forget work that was done long ago, sign-ins that are over, and what an upload left.

    What was sealed for an e-mail that could not be sent is forgotten too.
    """
    done = Job.objects.filter(done_at__lt=timezone.now() - KEEP)
    done.delete()
    Job.objects.filter(payload__has_key=SEALED, failed_at__lt=timezone.now() - KEEP).delete()
    Job.objects.filter(payload={}, done_at__lt=timezone.now() - KEEP_PERIODIC).delete()
    WebSession.objects.filter(expire_date__lt=timezone.now()).delete()
    UserSession.objects.exclude(session_key__in=WebSession.objects.values("pk")).delete()
    clear_left()
