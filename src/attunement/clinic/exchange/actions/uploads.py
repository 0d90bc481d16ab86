"""Hold a file for as long as someone decides about it, and forget it."""

import base64
from datetime import timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from attunement.clinic.audit.record import audit
from attunement.clinic.exchange.actions.looking import look, look_anew
from attunement.clinic.exchange.files import MOST_BYTES, digest_of, on_disk, suffix_of
from attunement.clinic.exchange.models import Import, Upload
from attunement.clinic.exchange.reading import Reading, guessed
from attunement.clinic.people.actor import Actor, check
from attunement.clinic.people.holding import hold_site
from attunement.clinic.people.permissions import Permission, Role
from attunement.clinic.people.problems import Refused
from attunement.problems import Problem

HELD = timedelta(hours=1)


def hand_in(*, name: str, content: bytes, table: str, by: Actor) -> Upload:
    """Hold a file, encrypted, until someone decides about it or an hour has passed.

    One that is being taken in is held until that is done, taken back or undone.

    A small one is looked through at once; a large one by the worker, soon.

    Raises
    ------
    Problem
        If it is too large, or no table.
    """
    check(by, Permission.TABLES_IMPORT)
    member = by.held(Role.ADMINISTRATOR)
    if by.site is None or member is None:
        raise PermissionDenied
    if len(content) > MOST_BYTES:
        raise Problem(
            _("the file is larger than %(most)s megabytes") % {"most": MOST_BYTES // 1_000_000},
            _("split it"),
        )
    suffix = suffix_of(name)
    upload = Upload(
        site=by.site,
        by=member,
        table=table,
        suffix=suffix,
        digest=digest_of(content),
        content=base64.b64encode(content).decode(),
    )
    with on_disk(content, suffix) as path:
        if not upload.large:
            upload.reading = guessed(path, table).stored()
    with transaction.atomic():
        upload.save()
        audit(by, "upload.held", upload, bytes=len(content))
    look(upload)
    return upload


def upload_for(by: Actor, pk: UUID) -> Upload:
    """Give an upload of one's own that is still held, or answer as if there were none."""
    mine = Upload.objects.filter(by__in=[held.pk for held in by.memberships])
    found = mine.exclude(too_old()).select_related("site").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def read_as(*, upload: Upload, reading: Reading, by: Actor) -> None:
    """Keep how a held file is to be read, and look it through again.

    Raises
    ------
    Refused
        If it is being looked through or taken in.
    """
    check(by, Permission.TABLES_IMPORT)
    look_anew(upload, reading)


@transaction.atomic
def forget(*, upload: Upload, by: Actor) -> None:
    """Throw a held file away.

    Raises
    ------
    Refused
        If something of it is stored already.
    """
    check(by, Permission.TABLES_IMPORT)
    hold_site(upload.site_id)
    if Import.objects.filter(pk=upload.pk, state=Import.State.TAKING).exists():
        raise Refused(_("The file is being looked through or taken in just now."))
    audit(by, "upload.forgotten", upload)
    upload.delete()


def forget_old() -> None:
    """Throw away what was held for too long."""
    Upload.objects.filter(too_old()).delete()


def too_old() -> Q:
    """Say which files are held for too long: none that is being taken in."""
    taking = Import.objects.filter(state=Import.State.TAKING).values("pk")
    old = Q(at__lte=timezone.now() - HELD)
    return old & ~Q(state=Upload.State.TAKING) & ~Q(pk__in=taking)
