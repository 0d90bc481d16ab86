"""Take a file in: clients, sessions, answers, scores, and what is noticed about them.

A large file is taken in by parts, each a transaction of its own, so that nobody who answers
meanwhile waits for more than one of them, or for the end, where alerts open. The import is
`taking` until all is done: killed, it is gone on with by the worker; failed, it is taken back as a
whole, unless it was the database that failed, or people have worked on it meanwhile: then it is
gone on with as well.
"""

from collections.abc import Collection, Iterator
from contextlib import nullcontext
from datetime import date
from zoneinfo import ZoneInfo

import polars as pl
from django.db import Error, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from attunement.clinic.audit.record import audit
from attunement.clinic.exchange.actions.alerting import alert
from attunement.clinic.exchange.actions.held import opened
from attunement.clinic.exchange.actions.looking import at
from attunement.clinic.exchange.actions.storing import store_planned
from attunement.clinic.exchange.actions.undoing import take_back
from attunement.clinic.exchange.courses import course_table, learn, renew, usual, watchable
from attunement.clinic.exchange.models import Import, Upload
from attunement.clinic.exchange.plan import Planned, dated, plan
from attunement.clinic.exchange.reading import Incoming, Reading, read
from attunement.clinic.noticing.models import Score
from attunement.clinic.people.actor import Actor, check
from attunement.clinic.people.holding import hold_episodes, hold_site
from attunement.clinic.people.models import Client, Site
from attunement.clinic.people.permissions import Permission, Role
from attunement.course.baseline import Norms
from attunement.problems import Problem

PART = 500
"""How many rows are stored at once, or one client's where they have more."""

COUNTED = ("clients", "rows", "admitted", "learnt")
State = Import.State


def take_in(*, upload: Upload, by: Actor) -> Import:
    """Take in a file that was looked through, and forget the file.

    Alerts open only for what is fresh, of the last four weeks: for clients who are new with the
    file a drop that is open still, and for everyone whom it touches a safety answer. Whatever is
    older is history.

    Raises
    ------
    Problem
        If the file cannot be read, has been taken in already, adds nothing, or was undone while
        it was taken in. Then nothing of it is left.
    """
    check(by, Permission.TABLES_IMPORT)
    at(upload, Upload.Stage.READING)
    incoming = read_held(upload)
    at(upload, Upload.Stage.STORING)
    with nullcontext() if upload.large else transaction.atomic():
        made = begin(upload, incoming, by)
        try:
            return go_on(made, upload, incoming, by)
        except Error:
            raise
        except Exception:
            if upload.large:
                take_back(made, by)
            raise


def read_held(upload: Upload) -> Incoming:
    """Read a held file, as it was said that it is read."""
    with opened(upload) as path:
        return read(path, upload.table, Reading.of(upload.reading))


@transaction.atomic
def begin(upload: Upload, incoming: Incoming, by: Actor) -> Import:
    """Begin an import, or give the one of this file that was begun and never ended."""
    site = hold_site(upload.site_id)
    if not Upload.objects.filter(pk=upload.pk).exists():
        raise Problem(_("the file is not held any more"), _("hand it in anew"))
    begun = Import.objects.filter(pk=upload.pk, state=State.TAKING).first()
    if begun is not None:
        return begun
    today = timezone.localdate(timezone=ZoneInfo(site.time_zone))
    refuse_nothing(plan(incoming, site, upload.digest, today))
    return Import.objects.create(
        pk=upload.pk,
        site=site,
        by=by.held(Role.ADMINISTRATOR),
        table=upload.table,
        digest=upload.digest,
        state=State.TAKING,
    )


def refuse_nothing(planned: Planned) -> None:
    """Refuse what was taken in already, or would change nothing."""
    if planned.again:
        raise Problem(_("this very file has been taken in already"), _("undo that import first"))
    if not planned.new_clients and planned.scores.is_empty():
        raise Problem(
            _("everything in this file is there already"), _("there is nothing to take in")
        )


def go_on(made: Import, upload: Upload, incoming: Incoming, by: Actor) -> Import:
    """Do what is left to do of an import."""
    today = day_of(made)
    incoming = dated(incoming, today)
    parts = list(in_parts(incoming)) if upload.large else [incoming.clients]
    for codes in parts:
        store_part(made, incoming.of(codes), today)
    names = learn_from(made)
    courses = all_courses(made, names)
    norms = usual(made.site, courses["scale"].unique(), courses)
    for codes in parts:
        notice_part(made, codes, names, norms)
    return finish(made, upload, incoming, today, by)


def day_of(made: Import) -> date:
    """Say on which day an import was begun, at its site."""
    return timezone.localdate(made.at, timezone=ZoneInfo(made.site.time_zone))


def in_parts(incoming: Incoming) -> Iterator[list[str]]:
    """Give the clients of a file, so many together that their rows make a part."""
    table = incoming.scores if incoming.answers is None else incoming.answers
    rows = dict(table.group_by("client").len().iter_rows())
    part: list[str] = []
    size = 0
    for code in incoming.clients:
        if part and size + rows.get(code, 0) > PART:
            yield part
            part, size = [], 0
        part.append(code)
        size += rows.get(code, 0)
    yield part


def going_on(made: Import) -> Site:
    """Hold the site, and see that the import is being taken in still, and how far it is.

    A worker that was too slow, and the one that took over from it, may be at it together.

    Raises
    ------
    Problem
        If it was undone meanwhile.
    """
    site = hold_site(made.site_id)
    now = Import.objects.filter(pk=made.pk, state=State.TAKING).values(*COUNTED).first()
    if now is None:
        raise Problem(_("the import was undone while it was taken in"), _("hand the file in anew"))
    for name, value in now.items():
        setattr(made, name, value)
    return site


@transaction.atomic
def store_part(made: Import, part: Incoming, today: date) -> None:
    """Store what is new of some clients."""
    site = going_on(made)
    hold_episodes(client__in=Client.objects.filter(site=site, code__in=part.clients))
    store_planned(plan(part, site, made.digest, today), site, today, made)


@transaction.atomic
def learn_from(made: Import) -> list[str]:
    """Learn what is usual, where that is not known yet; give the scales of the import."""
    made.site = going_on(made)
    names = list(Score.objects.filter(imported=made).values_list("scale", flat=True).distinct())
    made.learnt = sorted({*made.learnt, *learn(made.site, names)})
    made.save(update_fields=["learnt"])
    return watchable(names)


def all_courses(made: Import, names: Collection[str]) -> pl.DataFrame:
    """Give every score, on these scales, of everyone whom an import touches."""
    touched = Score.objects.filter(imported=made).values("episode")
    return course_table(Score.objects.filter(episode__in=touched, scale__in=names))


@transaction.atomic
def notice_part(
    made: Import, codes: Collection[str], names: Collection[str], norms: dict[str, Norms]
) -> None:
    """Notice what there is to notice about some clients."""
    site = going_on(made)
    mine = Score.objects.filter(imported=made, episode__client__code__in=codes)
    episodes = list(mine.values_list("episode", flat=True).distinct())
    hold_episodes(pk__in=episodes)
    renew(site, episodes, names, norms)


@transaction.atomic
def finish(made: Import, upload: Upload, incoming: Incoming, today: date, by: Actor) -> Import:
    """Open alerts, say that all is taken in, and forget the file."""
    going_on(made)
    tell(made, incoming, today, by)
    made.state = State.APPLIED
    made.save(update_fields=["state"])
    audit(by, "import.applied", made, clients=made.clients, scores=made.rows, table=made.table)
    upload.delete()
    return made


def tell(made: Import, incoming: Incoming, today: date, by: Actor) -> None:
    """Open alerts, in the caller's transaction, with the site held."""
    hold_episodes(Q(pk__in=made.episodes.values("pk")) | Q(pk__in=made.scores.values("episode")))
    alert(incoming, made, today, by)
