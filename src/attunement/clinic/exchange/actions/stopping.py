"""What becomes of a large file that cannot be taken in to the end, however often it was tried.

It is taken back as a whole. Where people have worked on its clients already, it stays as far as it
came: what there is to notice about that is noticed, and whoever handed it in tries again, or
undoes it.
"""

import polars as pl
import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from attunement.clinic.audit.record import audit
from attunement.clinic.checkins.models import Answer
from attunement.clinic.exchange.actions.taking_in import (
    all_courses,
    day_of,
    going_on,
    learn_from,
    notice_part,
    read_held,
    tell,
)
from attunement.clinic.exchange.actions.undoing import take_back
from attunement.clinic.exchange.courses import AT_ONCE, usual
from attunement.clinic.exchange.models import Import, Upload
from attunement.clinic.exchange.plan import dated
from attunement.clinic.exchange.reading import Incoming
from attunement.clinic.exchange.report import Mistake, Report
from attunement.clinic.jobs.queue import waiting
from attunement.clinic.people.actor import Actor
from attunement.problems import Problem

KIND = "import.take"
PART = 50
FAILED = gettext_noop("taking it in failed again and again, and nothing of it is left")
LOOK_AGAIN = gettext_noop("look through it again, and take it in once more")
State = Upload.State
log = structlog.get_logger("attunement.imports")


def settle_all() -> None:
    """Settle every import that no work is waiting for any more. Run by the worker."""
    waited_for = {job.payload.get("upload") for job in waiting().filter(kind=KIND)}
    for upload in Upload.objects.filter(state=State.TAKING).select_related("site"):
        if str(upload.pk) not in waited_for:
            settle(upload)
    held = Upload.objects.values("pk")
    for made in Import.objects.filter(state=Import.State.TAKING).exclude(pk__in=held):
        end(made)


def settle(upload: Upload) -> None:
    """Take back what was stored of a held file, or leave it as far as it came; it is held still."""
    made = begun(upload)
    taking = Upload.objects.filter(pk=upload.pk, state=State.TAKING)
    if made is None or take_back(made, Actor.worker(upload.site)):
        kept = Report(
            columns=Report.of(upload.report).columns,
            mistakes=[Mistake(template=FAILED, advice=LOOK_AGAIN)],
        )
        upload.report, upload.at, upload.state = kept.written(), timezone.now(), State.LOOKED
        if taking.exists():
            upload.save(update_fields=["report", "at", "state"])
        return
    notice_so_far(made, upload)
    taking.update(state=State.LOOKED)


def end(made: Import, upload: Upload | None = None) -> None:
    """Take an import back that nobody can go on with; or say that it ends with what is stored."""
    by = Actor.worker(made.site)
    if take_back(made, by):
        return
    notice_so_far(made, upload)
    with transaction.atomic():
        going_on(made)
        made.state = Import.State.APPLIED
        made.save(update_fields=["state"])
        audit(by, "import.applied", made, clients=made.clients, scores=made.rows, table=made.table)


def begun(upload: Upload) -> Import | None:
    """Give the import of a file that was begun and not ended."""
    return Import.objects.filter(pk=upload.pk, state=Import.State.TAKING).first()


def notice_so_far(made: Import, upload: Upload | None) -> None:
    """Notice what there is to notice about what is stored, and tell of what is fresh."""
    names = learn_from(made)
    courses = all_courses(made, names)
    norms = usual(made.site, courses["scale"].unique(), courses)
    codes = sorted(set(made.scores.values_list("episode__client__code", flat=True)))
    for first in range(0, len(codes), PART):
        try:
            notice_part(made, codes[first : first + PART], names, norms)
        except Exception as error:
            log.warning("part not noticed", made=str(made.pk), error=type(error).__name__)
    incoming = None
    if upload is not None:
        try:
            incoming = dated(read_held(upload), day_of(made))
        except Problem:
            log.warning("file not readable", made=str(made.pk))
    with transaction.atomic():
        going_on(made)
        tell(made, incoming or stored_of(made), day_of(made), Actor.worker(made.site))


def stored_of(made: Import) -> Incoming:
    """Give what is stored of a file that is not held any more, as far as alerts ask for it."""
    days = made.scores.values_list("episode__client__code", "number", "on").distinct()
    answers = Answer.objects.filter(
        checkin__submission__startswith=f"{made.pk.hex[:12]} ",
        checkin__session__episode__client__site=made.site_id,
    ).values_list(
        "checkin__session__episode__client__code",
        "checkin__session__number",
        "instrument",
        "item",
        "value",
    )
    key = {"client": pl.String, "session": pl.Int64}
    said = {**key, "instrument": pl.String, "item": pl.String, "value": pl.Float64}
    return Incoming(
        clients=[],
        scores=pl.DataFrame(list(days), schema={**key, "date": pl.Date}, orient="row"),
        answers=pl.DataFrame(list(answers.iterator(AT_ONCE)), schema=said, orient="row"),
    )
