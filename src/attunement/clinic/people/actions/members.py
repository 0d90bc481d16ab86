"""Roles, supervision, on-call duty, handing over, and leaving."""

from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext, ngettext

from attunement.clinic.audit.record import audit
from attunement.clinic.noticing.models import Alert
from attunement.clinic.people.actor import WORKER, Actor, check
from attunement.clinic.people.holding import hold_episodes
from attunement.clinic.people.models import Episode, Membership, Person, Site, Supervision
from attunement.clinic.people.permissions import Permission, Role
from attunement.clinic.people.problems import Refused


def colleague(by: Actor, pk: UUID) -> Person:
    """Give someone who has or had a role at the site, or answer as if there were none."""
    found = Person.objects.filter(memberships__site=by.site, pk=pk).distinct().first()
    if found is None:
        raise Http404
    return found


def role_of(by: Actor, person: Person, role: Role) -> Membership:
    """Give someone's active membership in a role at the site, or answer as if there were none."""
    found = Membership.objects.filter(site=by.site, person=person, role=role, active=True).first()
    if found is None:
        raise Http404
    return found


@transaction.atomic
def set_roles(*, person: Person, roles: set[Role], by: Actor) -> None:
    """Give and take roles until they are these.

    Raises
    ------
    Refused
        If the site would be without an administrator, or clients without a therapist.
    """
    check(by, Permission.PEOPLE_MANAGE)
    hold_administrators(by.site)
    held = {
        Role(one.role): one
        for one in Membership.objects.select_for_update().filter(person=person, site=by.site)
    }
    for role in sorted(set(held) - roles):
        if held[role].active:
            take_role(held[role], by)
    for role in sorted(roles):
        if role not in held or not held[role].active:
            given, _new = Membership.objects.update_or_create(
                person=person, site=by.site, role=role, defaults={"active": True}
            )
            audit(by, "membership.given", given, role=str(role))
    if not Membership.objects.filter(person=person, active=True).exists():
        end_sessions(person)


def hold_administrators(site: Site | None) -> None:
    """Hold the administrators of a site until the transaction ends, in one order.

    Two who remove each other at once wait for one another before they look who is left.
    """
    rows = Membership.objects.filter(site=site, role=Role.ADMINISTRATOR).order_by("pk")
    list(rows.select_for_update().values_list("pk"))


def take_role(held: Membership, by: Actor) -> None:
    """Take one role, unless someone would be left alone."""
    if held.role == Role.ADMINISTRATOR and not others(held).exists():
        raise Refused(
            gettext("A site needs an administrator. Give the role to someone else first.")
        )
    if waiting := Episode.objects.filter(therapist=held, ended_on__isnull=True).count():
        raise Refused(
            ngettext(
                "%(count)d client is in this caseload. Hand it over to a colleague first.",
                "%(count)d clients are in this caseload. Hand it over to a colleague first.",
                waiting,
            )
            % {"count": waiting}
        )
    Membership.objects.filter(pk=held.pk).update(active=False, on_call=False)
    Supervision.objects.filter(supervisor=held).delete()
    audit(by, "membership.taken", held, role=held.role)


def others(held: Membership) -> QuerySet[Membership]:
    """Give those who hold the same role at the same site."""
    return Membership.objects.filter(
        site=held.site, role=held.role, active=True, person__is_active=True
    ).exclude(pk=held.pk)


def require_here(by: Actor, *held: Membership) -> None:
    """Answer as if there were none for memberships of another site."""
    if by.name != WORKER and any(by.site is None or one.site_id != by.site.pk for one in held):
        raise Http404


@transaction.atomic
def hand_over(*, giver: Membership, taker: Membership, by: Actor) -> int:
    """Give a whole caseload, with its open alerts, to a colleague. Says how many clients."""
    check(by, Permission.PEOPLE_MANAGE)
    require_here(by, giver, taker)
    if giver.pk == taker.pk:
        raise Http404
    hold_episodes(therapist=giver, ended_on__isnull=True)
    episodes = Episode.objects.filter(therapist=giver, ended_on__isnull=True)
    alerts = Alert.objects.filter(owner=giver, state__in=Alert.OPEN_STATES)
    try:
        with transaction.atomic():
            clients = episodes.update(therapist=taker)
    except IntegrityError:
        raise Refused(
            gettext("One of these clients is already in care with that colleague.")
        ) from None
    moved = alerts.update(owner=taker)
    audit(by, "caseload.handed-over", giver, to=str(taker.pk), clients=clients, alerts=moved)
    return clients


@transaction.atomic
def set_on_call(*, held: Membership, on_call: bool, by: Actor) -> None:
    """Say whether someone is told of safety alerts that nobody took on."""
    check(by, Permission.PEOPLE_MANAGE)
    require_here(by, held)
    if Membership.objects.filter(pk=held.pk, on_call=not on_call).update(on_call=on_call):
        audit(by, "membership.on-call", held, on_call=on_call)


@transaction.atomic
def set_supervisors(*, therapist: Membership, supervisors: set[Membership], by: Actor) -> None:
    """Say who supervises a therapist: they see the whole caseload from now on."""
    check(by, Permission.PEOPLE_MANAGE)
    require_here(by, therapist, *supervisors)
    if any(one.person_id == therapist.person_id for one in supervisors):
        raise Refused(gettext("Nobody supervises themselves."))
    now = set(Supervision.objects.filter(therapist=therapist).values_list("supervisor", flat=True))
    wanted = {one.pk for one in supervisors}
    Supervision.objects.filter(therapist=therapist, supervisor__in=now - wanted).delete()
    for pk in sorted(wanted - now):
        Supervision.objects.get_or_create(therapist=therapist, supervisor_id=pk)
    if now != wanted:
        audit(by, "supervision.set", therapist, supervisors=sorted(map(str, wanted)))


@transaction.atomic
def reset_second_factor(*, person: Person, by: Actor) -> None:
    """Take away what someone has lost, so that they set it up anew at their next sign-in.

    Raises
    ------
    Refused
        If it is one's own, or if they work at another site too: a site that gives a role to
        someone from elsewhere has no hold on how they sign in.
    Http404
        If they do not work here now.
    """
    check(by, Permission.PEOPLE_MANAGE)
    if by.person is not None and by.person.pk == person.pk:
        raise Refused(gettext("Ask another administrator: nobody resets their own second step."))
    active = Membership.objects.filter(person=person, active=True)
    if by.name != WORKER and not active.filter(site=by.site).exists():
        raise Http404
    if by.name != WORKER and active.exclude(site=by.site).exists():
        raise Refused(
            gettext(
                "They work at another site too, so one site alone does not take their second step "
                "away. The administrators of the other site take their roles there first."
            )
        )
    factors, _each = Authenticator.objects.filter(user=person).delete()
    end_sessions(person)
    audit(by, "person.second-factor-reset", person, factors=factors)


def end_sessions(person: Person) -> None:
    """Sign someone out everywhere."""
    for session in UserSession.objects.filter(user=person):
        session.end()
