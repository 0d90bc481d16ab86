"""Erase a client's record, but for what the law asks to keep, after some days to think again."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta

import structlog
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from attunement.clinic.audit.record import audit
from attunement.clinic.checkins.models import CheckIn, Note, PlanItem, Token
from attunement.clinic.drift.models import Suggestion
from attunement.clinic.formulation.models import Worksheet
from attunement.clinic.goals.models import Goal, Round
from attunement.clinic.guidance.models import Attempt, Wish
from attunement.clinic.noticing.models import Alert, AlertStep, Rupture, Score
from attunement.clinic.people.actor import Actor, check
from attunement.clinic.people.holding import hold_record
from attunement.clinic.people.models import BreakGlass, Client, Episode, Site
from attunement.clinic.people.permissions import Permission
from attunement.clinic.people.problems import Refused
from attunement.clinic.privacy.consent import require_client
from attunement.clinic.privacy.mails import say_last, tell_administrators, tell_client
from attunement.clinic.privacy.models import Erasure
from attunement.clinic.voice.models import Matter, Word

State = Erasure.State
log = structlog.get_logger("attunement.erasure")

UNDO = timedelta(days=7)

KEPT: tuple[tuple[Promise, Promise], ...] = (
    (
        _("Dates of care and of sessions, without a name"),
        _("to show that care took place, and for counts"),
    ),
    (
        _("When a safety alert was opened and closed, without its text"),
        _("to show that someone looked after it"),
    ),
    (
        _("The log of who read and changed what, without names"),
        _("to show how the record was used"),
    ),
    (_("The day on which the record was erased"), _("to show that it was")),
)
GONE: tuple[Promise, ...] = (
    _("Name, e-mail and code"),
    _("The account, if there is one"),
    _("All answers, comments and scores"),
    _("All notes, and every text about an alert"),
    _("What was to be brought up, what was written to the service, and how it was seen"),
    _("All goals, with their steps and ratings"),
    _("What was tried, with notes on it, and wishes for how to work"),
)


@transaction.atomic
def ask(*, client: Client, by: Actor) -> Erasure:
    """Ask for one's own record to be erased. Asking twice changes nothing."""
    check(by, Permission.OWN_RIGHTS)
    require_client(by, client)
    under_way = open_erasure(client)
    if under_way is not None:
        return under_way
    made = Erasure.objects.create(client=client, state=State.ASKED, reason="asked", by=by.person)
    tell_administrators(made)
    audit(by, "erasure.asked", made, client=client)
    return made


@transaction.atomic
def plan(*, client: Client, reason: str, by: Actor) -> Erasure:
    """Set a record down to be erased after the days to think again.

    Raises
    ------
    Refused
        If care goes on.
    """
    check(by, Permission.CLIENT_ERASE)
    if by.site is None or client.site_id != by.site.pk or client.erased_at:
        raise Http404
    refuse_in_care(client)
    due = timezone.now() + UNDO
    under_way = open_erasure(client)
    if under_way is None:
        made = Erasure.objects.create(
            client=client, state=State.DUE, reason=reason, due_at=due, by=by.person
        )
    else:
        move(under_way, State.DUE, due_at=due)
        made = under_way
    Token.objects.filter(checkin__session__episode__client=client, revoked_at__isnull=True).update(
        revoked_at=timezone.now()
    )
    tell_client(made)
    audit(by, "erasure.planned", made, client=client)
    return made


def in_care() -> QuerySet[Client]:
    """Give the clients whose care goes on."""
    return Client.objects.filter(episodes__ended_on__isnull=True, episodes__isnull=False)


def refuse_in_care(client: Client) -> None:
    """Refuse to erase the record of care that goes on."""
    if in_care().filter(pk=client.pk).exists():
        raise Refused(gettext("Care goes on. Ask the therapist to end the episode first."))


@transaction.atomic
def call_off(*, erasure: Erasure, note: str = "", by: Actor) -> None:
    """Keep the record after all: the client takes it back, or the law forbids it.

    Raises
    ------
    Refused
        If staff do not say why: the client is told.
    """
    own = by.client is not None and by.client.pk == erasure.client_id
    check(by, Permission.OWN_RIGHTS if own else Permission.CLIENT_ERASE)
    if not own and (by.site is None or erasure.client.site_id != by.site.pk):
        raise Http404
    if not own and not note.strip():
        raise Refused(gettext("Say why the record stays. Your client reads it."))
    move(erasure, State.OFF)
    if not own:
        erasure.note = note.strip()
        erasure.save(update_fields=["note"])
        tell_client(erasure)
    audit(by, "erasure.called-off", erasure, client=erasure.client)


def move(erasure: Erasure, to: State, **values: object) -> None:
    """Bring an erasure into its next state, unless someone was quicker."""
    allowed = [state for state, after in Erasure.MOVES.items() if to in after]
    if not Erasure.objects.filter(pk=erasure.pk, state__in=allowed).update(state=to, **values):
        raise Refused(gettext("Someone else has changed this meanwhile."))
    erasure.refresh_from_db()


def open_erasure(client: Client) -> Erasure | None:
    """Give the erasure that is under way."""
    return Erasure.objects.filter(client=client, state__in=[State.ASKED, State.DUE]).first()


def refused(client: Client) -> Erasure | None:
    """Give the newest request, where staff decided that the record stays."""
    newest = Erasure.objects.filter(client=client).order_by("asked_at").last()
    return newest if newest and newest.state == State.OFF and newest.note else None


def under_way(site: Site) -> QuerySet[Erasure]:
    """Give what is asked for and what is due at a site."""
    return (
        Erasure.objects.filter(client__site=site, state__in=[State.ASKED, State.DUE])
        .select_related("client")
        .order_by("due_at", "asked_at")
    )


def kept_long_enough(site: Site, today: date) -> QuerySet[Client]:
    """Give the clients whose last care ended longer ago than the site keeps records."""
    open_ = Episode.objects.filter(client=OuterRef("pk"), ended_on__isnull=True)
    return (
        Client.objects.filter(site=site, erased_at__isnull=True)
        .exclude(Exists(open_))
        .exclude(erasures__state__in=[State.ASKED, State.DUE])
        .annotate(ended_on=Max("episodes__ended_on"))
        .filter(ended_on__lt=months_before(today, site.retention_months))
        .order_by("ended_on", "code")
    )


def months_before(day: date, months: int) -> date:
    """Give the day so many months earlier, or the last one there is before it."""
    index = day.year * 12 + day.month - 1 - months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def carry_out_due() -> None:
    """Erase what is due: the work of a job, each record in a transaction of its own."""
    due = Erasure.objects.filter(state=State.DUE, due_at__lte=timezone.now()).exclude(
        client__in=in_care()
    )
    for pk in list(due.values_list("pk", flat=True)):
        erasure = Erasure.objects.select_related("client__site").get(pk=pk)
        carry_out(erasure=erasure, by=Actor.worker(erasure.client.site))


@transaction.atomic
def carry_out(*, erasure: Erasure, by: Actor, tell: bool = True) -> Mapping[str, int]:
    """Erase a record now, and tell its client once more. There is no way back but a backup.

    Raises
    ------
    Refused
        If care has begun again since it was planned: then it waits until it ends, or is called off.
    """
    check(by, Permission.CLIENT_ERASE)
    client = hold_record(erasure.client_id)
    if client is None:
        return {}
    refuse_in_care(client)
    move(erasure, State.DONE, done_at=timezone.now())
    gone = empty(client)
    account = client.account
    if tell:
        say_last(client)
    client.name = client.email = ""
    client.code = f"erased {client.pk.hex[:12]}"
    client.account, client.erased_at = None, timezone.now()
    client.save()
    if account is not None and not account.memberships.exists():
        account.delete()
    audit(by, "erasure.done", erasure, client=client, **gone)
    transaction.on_commit(lambda: log.info("record erased", client=str(client.pk)))
    return gone


def empty(client: Client) -> dict[str, int]:
    """Delete what is not kept, and the texts of what is."""
    mine = Q(episode__client=client)
    gone = {
        "checkins": CheckIn.objects.filter(session__episode__client=client).delete()[0],
        "scores": Score.objects.filter(mine).delete()[0],
        "ruptures": Rupture.objects.filter(mine).delete()[0],
        "alerts": Alert.objects.filter(mine).exclude(kind=Alert.Kind.SAFETY).delete()[0],
        "notes": Note.objects.filter(client=client).delete()[0],
        "goals": Goal.objects.filter(mine).delete()[0] + Round.objects.filter(mine).delete()[0],
        "matters": Matter.objects.filter(mine).delete()[0],
        "words": Word.objects.filter(client=client).delete()[0],
        "worksheets": Worksheet.objects.filter(mine).delete()[0],
        "suggestions": Suggestion.objects.filter(mine).delete()[0],
        "attempts": Attempt.objects.filter(mine).delete()[0],
        "wishes": Wish.objects.filter(mine).delete()[0],
        "plans": PlanItem.objects.filter(mine).delete()[0],
    }
    Alert.objects.filter(mine).update(evidence={})
    for step in AlertStep.objects.filter(alert__episode__client=client):
        step.text = ""
        step.save(update_fields=["text"])
    for opened in BreakGlass.objects.filter(client=client):
        opened.reason = ""
        opened.save(update_fields=["reason"])
    for asked in Erasure.objects.filter(client=client):
        asked.note = ""
        asked.save(update_fields=["note"])
    return gone
