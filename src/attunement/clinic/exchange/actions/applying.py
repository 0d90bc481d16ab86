"""Decide that a file is taken in: a small one at once, a large one by the worker."""

from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from attunement.clinic.audit.record import audit
from attunement.clinic.exchange.actions.stopping import KIND, begun, end, settle
from attunement.clinic.exchange.actions.taking_in import take_in
from attunement.clinic.exchange.models import Import, Upload
from attunement.clinic.exchange.report import Mistake, Report
from attunement.clinic.jobs.queue import later
from attunement.clinic.people.actor import Actor, check
from attunement.clinic.people.models import Membership
from attunement.clinic.people.permissions import Permission
from attunement.clinic.people.problems import Refused
from attunement.problems import Problem

State, Stage = Upload.State, Upload.Stage


def apply(*, upload: Upload, by: Actor) -> Import | None:
    """Take a file in; give what was made, or None where the worker does it soon.

    Raises
    ------
    Problem
        As for :func:`take_in`, where it is done at once.
    Refused
        If it has not been looked through yet, or is being taken in already.
    """
    check(by, Permission.TABLES_IMPORT)
    if not upload.large:
        return take_in(upload=upload, by=by)
    with transaction.atomic():
        looked = Upload.objects.filter(pk=upload.pk, state=State.LOOKED)
        if not looked.update(state=State.TAKING, stage=Stage.QUEUED):
            raise Refused(_("The file is being looked through or taken in just now."))
        later(KIND, f"{KIND}:{uuid4().hex}", upload=str(upload.pk))
    return None


def take_later(*, upload: str) -> None:
    """Take in a file that was decided about, or say on its page why not. Run by the worker.

    A file of someone who may take in none any more is thrown away, and what was stored of it is
    taken back.
    """
    held = Upload.objects.select_related("site", "by__person").filter(pk=upload).first()
    if held is None or held.state != State.TAKING:
        return
    with override(held.by.person.language):
        try:
            take_in(upload=held, by=in_role(held.by))
        except PermissionDenied:
            if made := begun(held):
                end(made, held)
            forget(held)
        except Problem as problem:
            if begun(held):
                settle(held)
                return
            found = Report.of(held.report)
            kept = Report(columns=found.columns, mistakes=[Mistake.of(problem)])
            held.report, held.state = kept.written(), State.LOOKED
            if Upload.objects.filter(pk=held.pk).exists():
                held.save(update_fields=["report", "state"])


def in_role(member: Membership) -> Actor:
    """Give whoever handed the file in, in that role alone, if they still have it."""
    held = (member,) if member.active and member.person.is_active else ()
    return Actor(person=member.person, site=member.site, memberships=held)


@transaction.atomic
def forget(held: Upload) -> None:
    """Throw a file away that nobody may decide about any more."""
    audit(Actor.worker(held.site), "upload.forgotten", held)
    held.delete()
