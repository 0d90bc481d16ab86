"""Undo an import: as if it had never been, unless people have worked on it since."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from attunement.clinic.audit.record import audit
from attunement.clinic.checkins.models import CheckIn, Note, PlanItem, Session
from attunement.clinic.exchange.actions.changes import changed_since
from attunement.clinic.exchange.courses import renew, unlearn
from attunement.clinic.exchange.models import Import, Upload
from attunement.clinic.noticing.models import Alert, AlertStep, Score
from attunement.clinic.people.actor import Actor, check
from attunement.clinic.people.holding import hold_episodes, hold_site
from attunement.clinic.people.models import BreakGlass, Client, Episode, Site
from attunement.clinic.people.permissions import Permission
from attunement.clinic.privacy.models import Consent, Correction, Erasure
from attunement.problems import Problem

State = Import.State


@dataclass(frozen=True, kw_only=True)
class Undone:
    """What is gone."""

    clients: int
    scores: int


def import_for(by: Actor, pk: UUID) -> Import:
    """Give an import of the site, or answer as if there were none."""
    found = Import.objects.select_related("site").filter(pk=pk, site=by.site).first()
    if found is None:
        raise Http404
    return found


@transaction.atomic
def undo(*, made: Import, by: Actor) -> Undone:
    """Take back everything that an import added.

    Raises
    ------
    Problem
        If people have worked on these clients since; then nothing changes.
    """
    check(by, Permission.TABLES_IMPORT)
    site = hold_site(made.site_id)
    there = Import.objects.filter(pk=made.pk, state__in=[State.TAKING, State.APPLIED])
    if not there.update(state=State.UNDONE, undone_at=timezone.now()):
        raise Http404
    Upload.objects.filter(pk=made.pk).delete()
    made.refresh_from_db()
    gone = remove(made, site)
    audit(by, "import.undone", made, clients=gone.clients, scores=gone.scores)
    return gone


@transaction.atomic
def take_back(made: Import, by: Actor) -> bool:
    """Take back what was stored of an import that cannot go on; the file is held still.

    Where people have worked on it already, it stays as far as it came, and begun.

    Returns
    -------
    Whether nothing of it is left to go on with.
    """
    site = hold_site(made.site_id)
    found = Import.objects.filter(pk=made.pk, state=State.TAKING).first()
    if found is None:
        return True
    try:
        with transaction.atomic():
            gone = remove(found, site)
    except Problem:
        return False
    audit(by, "import.undone", found, clients=gone.clients, scores=gone.scores)
    found.delete()
    return True


def remove(made: Import, site: Site) -> Undone:
    """Remove what an import added, in the caller's transaction, with the site held.

    Raises
    ------
    Problem
        If people have worked on these clients since.
    """
    scores = Score.objects.filter(imported=made)
    hold_episodes(Q(pk__in=made.episodes.values("pk")) | Q(pk__in=scores.values("episode")))
    refuse_worked_on(made)
    count, names = scores.count(), list(scores.values_list("scale", flat=True).distinct())
    new = list(made.episodes.values_list("pk", flat=True))
    going_on = list(scores.exclude(episode__in=new).values_list("episode", flat=True).distinct())
    clients = list(Client.objects.filter(episodes__in=new).values_list("pk", flat=True))
    Alert.objects.filter(pk__in=[one.pk for one in told_of(made)]).delete()
    made.episodes.clear()
    Score.objects.filter(imported=made).delete()
    delete_bare(Session.objects.filter(imported=made))
    Session.objects.filter(imported=made).delete()
    Episode.objects.filter(pk__in=new).delete()
    gone = Client.objects.filter(pk__in=clients, episodes__isnull=True)
    gone_clients = gone.count()
    gone.delete()
    unlearn(site, made.learnt)
    renew(site, going_on, names)
    return Undone(clients=gone_clients, scores=count)


def delete_bare(sessions: QuerySet[Session]) -> None:
    """Delete sessions on which nothing hangs in one statement: one by one they take far longer."""
    hanging = [one.name for one in Session._meta.related_objects]  # noqa: SLF001
    bare = sessions.filter(**{f"{name}__isnull": True for name in hanging})
    bare._raw_delete(bare.db)  # noqa: SLF001


def refuse_worked_on(made: Import) -> None:
    """Refuse while there is work that would be lost, saying for how many clients, and what."""
    if changed := list(changed_since(made)):
        raise Problem("; ".join(changed), _("what they did would be lost, so the import stays"))
    worked = len(worked_on(made))
    if worked:
        raise Problem(
            ngettext(
                "people have worked on %(count)s client of this import since",
                "people have worked on %(count)s clients of this import since",
                worked,
            )
            % {"count": worked},
            _("what they did would be lost, so the import stays"),
        )


def worked_on(made: Import) -> set[UUID]:
    """Find the clients of an import about whom people wrote, planned, asked or decided since."""
    new = made.episodes.values("pk")
    mine = Client.objects.filter(episodes__in=new)
    touched = Q(client__in=mine) | Q(session__imported=made)
    return {
        *Note.objects.filter(touched).values_list("client", flat=True),
        *Session.objects.filter(episode__in=new)
        .exclude(imported=made)
        .values_list("episode__client", flat=True),
        *CheckIn.objects.filter(session__imported=made)
        .exclude(submission__startswith=f"{made.pk.hex[:12]} ")
        .values_list("session__episode__client", flat=True),
        *AlertStep.objects.filter(alert__episode__in=new, by__isnull=False).values_list(
            "alert__episode__client", flat=True
        ),
        *AlertStep.objects.filter(alert__in=told_of(made), by__isnull=False).values_list(
            "alert__episode__client", flat=True
        ),
        *Correction.objects.filter(checkin__session__imported=made).values_list(
            "checkin__session__episode__client", flat=True
        ),
        *BreakGlass.objects.filter(client__in=mine).values_list("client", flat=True),
        *Consent.objects.filter(client__in=mine).values_list("client", flat=True),
        *Erasure.objects.filter(client__in=mine).values_list("client", flat=True),
        *PlanItem.objects.filter(episode__in=new).values_list("episode__client", flat=True),
        *Episode.objects.filter(client__in=mine)
        .exclude(pk__in=new)
        .values_list("client", flat=True),
        *mine.exclude(name="", email="", account=None).values_list("pk", flat=True),
        *Score.objects.filter(Q(session__imported=made) | Q(episode__in=new))
        .exclude(imported=made)
        .values_list("episode__client", flat=True),
    }


def told_of(made: Import) -> list[Alert]:
    """Find the alerts about safety, of clients who were there before, that rest on it alone."""
    asked: dict[tuple[UUID, int], set[str]] = {}
    there = made.scores.exclude(episode__in=made.episodes.values("pk"))
    for episode, number, scale in there.values_list("episode", "number", "scale"):
        asked.setdefault((episode, number), set()).add(scale.partition(".")[0])
    forms = CheckIn.objects.filter(
        session__episode__in=there.values("episode"),
        submission__startswith=f"{made.pk.hex[:12]} ",
    )
    for episode, number, names in forms.values_list(
        "session__episode", "session__number", "instruments"
    ):
        asked.setdefault((episode, number), set()).update(names)
    safety = Alert.objects.filter(kind=Alert.Kind.SAFETY, episode__in=there.values("episode"))
    return [
        alert
        for alert in safety
        if alert.evidence.keys() <= asked.get((alert.episode_id, alert.onset), set())
    ]
