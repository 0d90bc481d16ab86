"""Ask for figures anew."""

from django.db import transaction
from django.utils import timezone

from attunement.clinic.audit.record import audit
from attunement.clinic.jobs.queue import later
from attunement.clinic.people.actions.site import own_site
from attunement.clinic.people.actor import Actor, check
from attunement.clinic.people.permissions import Permission
from attunement.clinic.service.asking import KIND, is_late, key_of
from attunement.clinic.service.models import Programme


@transaction.atomic
def compute_anew(*, by: Actor) -> bool:
    """Ask the worker to compute what holds over everybody; False where that is under way."""
    check(by, Permission.SERVICE_RENEW)
    site = own_site(by)
    Programme.objects.get_or_create(site=site)
    found = Programme.objects.select_for_update().get(site=site)
    if found.under_way and not is_late(found):
        return False
    now = timezone.now()
    Programme.objects.filter(pk=found.pk).update(asked_at=now, steps_done=0)
    later(KIND, key_of(site.pk, now), site=str(site.pk))
    audit(by, "programme.asked", site)
    return True
