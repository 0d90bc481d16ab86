"""How a site is set up."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.http import Http404

from attunement.clinic.audit.record import audit
from attunement.clinic.checkins.actions.plans import refuse_twice
from attunement.clinic.checkins.models import PlanItem
from attunement.clinic.checkins.planning import Asked
from attunement.clinic.people.actor import Actor, check
from attunement.clinic.people.models import SETTINGS, Site
from attunement.clinic.people.permissions import Permission


def own_site(by: Actor) -> Site:
    """Give the site where someone acts, or answer as if there were none."""
    if by.site is None:
        raise Http404
    return by.site


@transaction.atomic
def set_site(*, values: Mapping[str, Any], by: Actor) -> Site:
    """Change settings of the own site."""
    check(by, Permission.SITE_MANAGE)
    site = Site.objects.select_for_update().get(pk=own_site(by).pk)
    changed = [name for name in SETTINGS if name in values and getattr(site, name) != values[name]]
    for name in changed:
        setattr(site, name, values[name])
    site.save(update_fields=changed)
    if changed:
        audit(by, "site.changed", site, settings=changed)
    return site


@transaction.atomic
def set_contacts(*, contacts: Sequence[Mapping[str, str]], by: Actor) -> None:
    """Say whom a client in danger can call."""
    check(by, Permission.SITE_MANAGE)
    site = own_site(by)
    Site.objects.filter(pk=site.pk).update(crisis_contacts=[dict(one) for one in contacts])
    audit(by, "site.contacts-changed", site, contacts=len(contacts))


@transaction.atomic
def set_plan(*, items: Sequence[Mapping[str, Any]], by: Actor) -> None:
    """Say which instruments are asked at the site, where an episode has no plan of its own.

    Raises
    ------
    Refused
        If someone would be asked the same both before and after one session.
    """
    check(by, Permission.PLAN_SITE)
    site = own_site(by)
    refuse_twice([Asked(**one) for one in items])
    PlanItem.objects.filter(site=site, episode__isnull=True).delete()
    for item in items:
        PlanItem.objects.create(site=site, **item)
    audit(by, "site.plan-changed", site, instruments=sorted({one["instrument"] for one in items}))
