"""Look a held file through: a small one at once, a large one by the worker."""

from collections.abc import Sequence
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from attunement.clinic.exchange.actions.held import opened
from attunement.clinic.exchange.models import Upload
from attunement.clinic.exchange.plan import plan
from attunement.clinic.exchange.reading import Columns, Reading, columns_of, guessed, read
from attunement.clinic.exchange.report import Mistake, Report, Summary
from attunement.clinic.jobs.queue import later
from attunement.clinic.people.problems import Refused
from attunement.intake.sheet import first_mistakes
from attunement.problems import Problem

KIND = "import.look"
State, Stage = Upload.State, Upload.Stage


def look(upload: Upload) -> None:
    """See that a file is looked through, now or soon."""
    if upload.large:
        later(KIND, f"{KIND}:{uuid4().hex}", upload=str(upload.pk))
    else:
        look_through(upload)


def look_anew(upload: Upload, reading: Reading) -> None:
    """Look a file through again, read otherwise.

    Raises
    ------
    Refused
        If it is being looked through or taken in, or is gone.
    """
    with transaction.atomic():
        looked = Upload.objects.filter(pk=upload.pk, state=State.LOOKED)
        if not looked.update(state=State.WAITING, stage=Stage.QUEUED):
            raise Refused(_("The file is being looked through or taken in just now."))
        upload.reading = reading.stored()
        upload.save(update_fields=["reading"])
        look(upload)


def look_later(*, upload: str) -> None:
    """Look a file through that is held still. Run by the worker."""
    held = Upload.objects.select_related("site", "by__person").filter(pk=upload).first()
    if held is not None and held.state == State.WAITING:
        with override(held.by.person.language):
            look_through(held)


def look_through(upload: Upload) -> None:
    """Find what would be added, or the first mistakes, and keep it with a file that waits."""
    at(upload, Stage.READING)
    upload.report = found_in(upload).written()
    with transaction.atomic():
        waiting = Upload.objects.filter(pk=upload.pk, state=State.WAITING)
        if waiting.update(state=State.LOOKED):
            upload.state = State.LOOKED
            upload.save(update_fields=["report", "reading"])


def found_in(upload: Upload) -> Report:
    """Read a file, and compare it with what the site has."""
    columns: Columns | None = None
    try:
        with opened(upload) as path:
            if not upload.reading:
                upload.reading = guessed(path, upload.table).stored()
            reading = Reading.of(upload.reading)
            columns = columns_of(path, upload.table, reading)
            try:
                incoming = read(path, upload.table, reading)
            except Problem as problem:
                every = first_mistakes(lambda: read(path, upload.table, reading)) or [problem]
                return Report(columns=columns, mistakes=as_mistakes(every))
    except Problem as problem:
        return Report(columns=columns, mistakes=as_mistakes([problem]))
    today = timezone.localdate(timezone=ZoneInfo(upload.site.time_zone))
    planned = plan(incoming, upload.site, upload.digest, today)
    return Report(columns=columns, summary=Summary.of(planned, len(incoming.clients)))


def as_mistakes(problems: Sequence[Problem]) -> list[Mistake]:
    """Keep problems."""
    return [Mistake.of(one) for one in problems]


def at(upload: Upload, stage: Upload.Stage) -> None:
    """Let the page say how far it is."""
    Upload.objects.filter(pk=upload.pk).update(stage=stage)
