"""Read alerts: whose they are, which wait, and what can be done with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import (
    Case,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.http import Http404
from django.utils.functional import Promise

from attunement.clinic.noticing.models import Alert, AlertStep
from attunement.clinic.noticing.states import CHANGES, Action
from attunement.clinic.people.actor import WORKER, Actor
from attunement.clinic.people.models import Episode, Membership, Site
from attunement.clinic.people.permissions import Role
from attunement.clinic.people.reach import episodes_of, in_care

WITH_CLIENTS = (Role.THERAPIST, Role.SUPERVISOR)
ABOUT = ("episode__client__site", "episode__therapist__person", "owner__person")


@dataclass(frozen=True)
class Choice:
    """Something that can be done with an alert now."""

    action: Action
    name: Promise
    asked: Promise
    words_needed: bool


def alerts_for(by: Actor, *, glass: bool = True) -> QuerySet[Alert]:
    """Give the alerts that someone may see, those that wait first, then by when they are due.

    Those of the clients they reach; and, for whoever is on call, safety alerts that have gone
    further, with the client's name and what is to be done, but not the client's record. Where a
    therapist has no supervisor and nobody is on call, all supervisors of the site stand in. What
    an answer to an ended episode has opened is seen by whoever has the client in care now.
    """
    mine = episodes_of(by, glass=glass)
    now = mine.filter(ended_on__isnull=True)
    since = Q(state__in=Alert.OPEN_STATES) | Q(owner__in=by.memberships)
    seen = Q(episode__in=mine) | (since & Q(episode__client__in=now.values("client")))
    on_call = is_on_call(by)
    if on_call or by.held(Role.SUPERVISOR):
        escalated = Q(after=Alert.State.ESCALATED)
        reminded = Q(before=Alert.State.ACTED, after=Alert.State.ACTED, by__isnull=True)
        gone_further = AlertStep.objects.filter(escalated | reminded, alert=OuterRef("pk"))
        further = Q(
            Q(state__in=Alert.OPEN_STATES) | Q(owner__in=by.memberships),
            Exists(gone_further),
            kind=Alert.Kind.SAFETY,
            episode__client__site=by.site,
            episode__client__erased_at__isnull=True,
        )
        if not on_call:
            further &= Q(~Exists(first_to_tell(OuterRef("episode__therapist"), by.site))) | Q(
                ~Exists(above_now(OuterRef("episode__client"), by.site)),
                Exists(open_now(OuterRef("episode__client"))),
                episode__ended_on__isnull=False,
            )
        seen |= further
    found = Alert.objects.filter(seen).annotate(last_by=last_by()).select_related(*ABOUT)
    return found.order_by(urgency(), "due_at", "pk")


def last_by() -> Subquery:
    """Say whose the last step of an alert was; None for the program."""
    return Subquery(AlertStep.objects.filter(alert=OuterRef("pk")).order_by("-at").values("by")[:1])


def stands_since() -> Coalesce:
    """Say since when an alert stands as it does: its last step that was more than a reminder."""
    reminders = Q(by__isnull=True, before=F("after"))
    steps = AlertStep.objects.filter(alert=OuterRef("pk")).exclude(reminders)
    return Coalesce(Subquery(steps.order_by("-at").values("at")[:1]), F("opened_at"))


def waits_above(alert: Alert) -> bool:
    """Say whether the site's time ran out, so that it waits for supervisor and person on call."""
    by_program = alert.last_by is None  # type: ignore[attr-defined]
    return by_program and alert.kind == Alert.Kind.SAFETY and alert.state == Alert.State.ESCALATED


def alert_for(by: Actor, pk: UUID) -> Alert:
    """Give one alert, or answer as if there were none."""
    found = alerts_for(by).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def open_alerts(by: Actor) -> QuerySet[Alert]:
    """Give the alerts that are not closed."""
    return standing_for(by).filter(state__in=Alert.OPEN_STATES)


def standing_for(by: Actor) -> QuerySet[Alert]:
    """Give the alerts of their lists: one that no longer stands is for whoever took it on."""
    mine = Q(owner__in=by.memberships)
    return alerts_for(by).exclude(~mine, evidence__has_key=Alert.TAKEN_BACK)


def closed_alerts(by: Actor) -> QuerySet[Alert]:
    """Give the alerts that are closed, the latest first."""
    return standing_for(by).filter(state__in=Alert.CLOSED_STATES).order_by("-closed_at")


def steps_of(alert: Alert) -> Sequence[AlertStep]:
    """Give the history of an alert, the oldest step first."""
    return list(alert.steps.select_related("by__person").order_by("at"))


def choices_for(alert: Alert, by: Actor) -> list[Choice]:
    """Say what this person can do with an alert now, in the order of the table."""
    if by_glass_alone(alert, by):
        return []
    return [
        Choice(action, change.name, change.asked, alert.kind in change.words_for)
        for action, change in CHANGES.items()
        if change.permission
        and by.may(change.permission)
        and alert.state in change.before
        and alert.kind in change.kinds
    ]


def by_glass_alone(alert: Alert, by: Actor) -> bool:
    """Say whether an alert is in sight through broken glass alone, which is for reading.

    Safety alerts are looked after by whoever sees them.
    """
    if alert.kind == Alert.Kind.SAFETY or by.name == WORKER:
        return False
    return not alerts_for(by, glass=False).filter(pk=alert.pk).exists()


def receivers(alert: Alert) -> list[Membership]:
    """Give the people to whom an alert can be passed on."""
    therapists = {alert.episode.therapist_id, in_care(alert.episode).therapist_id}
    mine = Q(pk__in=therapists)
    above = Q(supervises__therapist__in=therapists, role=Role.SUPERVISOR)
    ways = mine | above
    if alert.kind == Alert.Kind.SAFETY:
        ways |= Q(on_call=True, role__in=WITH_CLIENTS)
    site = alert.episode.client.site_id
    found = Membership.objects.filter(ways, site=site, active=True)
    return list(found.distinct().select_related("person").order_by("person__name"))


def may_receive(alert: Alert, to: Membership) -> bool:
    """Say whether an alert can be passed on to someone."""
    return to in receivers(alert)


def is_on_call(by: Actor) -> bool:
    """Say whether someone who works with clients is on call here."""
    return any(held.on_call and held.role in WITH_CLIENTS for held in by.memberships)


def urgency() -> Case:
    """Order by who waits: urgent and unseen, urgent, unseen, the rest, closed."""
    open_ = Q(state__in=Alert.OPEN_STATES)
    waits = Q(state__in=(Alert.State.OPEN, Alert.State.ESCALATED))
    urgent = Q(level=Alert.Level.URGENT)
    return Case(
        When(urgent & waits, then=Value(0)),
        When(urgent & open_, then=Value(1)),
        When(waits, then=Value(2)),
        When(open_, then=Value(3)),
        default=Value(4),
        output_field=IntegerField(),
    )


def to_tell(episode: Episode) -> list[Membership]:
    """Give whom an alert goes to when its time is over: supervisors and whoever is on call.

    Where the therapist has neither, all supervisors of the site; and where there is none, its
    administrators, who learn that an alert waits and nothing else.
    """
    site = episode.client.site
    ways = (
        first_to_tell(episode.therapist, site),
        active(site).filter(role=Role.SUPERVISOR),
        active(site).filter(role=Role.ADMINISTRATOR),
    )
    for way in ways:
        if found := list(way.select_related("person").distinct().order_by("pk")):
            return found
    return []


def active(site: Site | None) -> QuerySet[Membership]:
    """Give those who work at a site now."""
    return Membership.objects.filter(site=site, active=True, person__is_active=True)


def first_to_tell(
    therapist: Membership | OuterRef | None, site: Site | None
) -> QuerySet[Membership]:
    """Give the supervisors of a therapist, and whoever is on call."""
    on_call = Q(on_call=True, role__in=WITH_CLIENTS)
    if therapist is None:
        return active(site).filter(on_call)
    return active(site).filter(on_call | Q(supervises__therapist=therapist, role=Role.SUPERVISOR))


def open_now(client: OuterRef) -> QuerySet[Episode]:
    """Give the episodes in which a client is in care now."""
    return Episode.objects.filter(client=client, ended_on__isnull=True)


def above_now(client: OuterRef, site: Site | None) -> QuerySet[Membership]:
    """Give the supervisors of those who have a client in care now, and whoever is on call."""
    therapists = open_now(OuterRef(client)).values("therapist")
    above = Q(supervises__therapist__in=therapists, role=Role.SUPERVISOR)
    return active(site).filter(above | Q(on_call=True, role__in=WITH_CLIENTS))
