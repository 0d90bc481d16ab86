"""Everything that is kept about one client, as tables: for an export, and to say what there is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from attunement.clinic.audit.models import Event
from attunement.clinic.caseload.models import EarlierNote
from attunement.clinic.checkins.models import Answer, Audience, CheckIn, Comment, Note, Session
from attunement.clinic.noticing.models import Alert, AlertStep, Rupture, Score
from attunement.clinic.people.models import BreakGlass, Client, Episode
from attunement.clinic.privacy.models import Consent, Correction, Erasure

Rows = list[dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Whose record is read, by whom, and how far.

    Attributes
    ----------
    client : Client
    own : bool
        Whether the client themselves reads.
    episodes : QuerySet of Episode
        The episodes that whoever reads may have.
    notes : QuerySet of Note
        The notes that whoever reads may have.
    whole : bool
        Whether they may have what belongs to no episode, as how to reach the client.
    """

    client: Client
    own: bool
    episodes: QuerySet[Episode]
    notes: QuerySet[Note]
    whole: bool = True


Read = Callable[[Scope], Rows]


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table of a client's record.

    Attributes
    ----------
    name : str
        Name of the file.
    about : Promise
        What it holds.
    read : callable
        Gives the rows of a client.
    own : bool
        Whether the client's own copy has it. What therapists wrote down for themselves, and what
        was noticed about a course, they hand out and explain in person.
    whole : bool
        Whether it belongs to no episode: for those who have the client in care now.
    """

    name: str
    about: Promise
    read: Read
    own: bool = True
    whole: bool = False


def reached(scope: Scope, rows: QuerySet[Any], path: str) -> QuerySet[Any]:
    """Keep the rows of a client, and of the episodes reached where they hang on one."""
    episode, hangs, _client = path.rpartition("episode__client")
    mine = {f"{episode}episode__in": scope.episodes} if hangs else {}
    return rows.filter(**{path: scope.client}, **mine).order_by("pk")


def of(scope: Scope, rows: QuerySet[Any], path: str, *columns: str) -> Rows:
    """Read columns of the rows that belong to a client."""
    return list(reached(scope, rows, path).values(*columns))


def texts(scope: Scope, rows: QuerySet[Any], path: str, text: str, *columns: str) -> Rows:
    """Read rows with a text that has to be decrypted."""
    found = reached(scope, rows, path)
    return [{name: read_path(one, name) for name in (*columns, text)} for one in found]


def read_path(row: Any, path: str) -> Any:
    """Follow ``a__b`` from a row."""
    for name in path.split("__"):
        row = getattr(row, name)
    return row


def person(scope: Scope) -> Rows:
    """Read the client's own row; how to reach them is for those who care for them now."""
    client = scope.client
    row = {
        "code": client.code,
        "name": client.name,
        "language": client.language,
        "site": client.site.name,
        "created_at": client.created_at,
    }
    if scope.whole:
        row["email"] = client.email
        row["account"] = client.account.email if client.account else ""
    return [row]


def answers(scope: Scope) -> Rows:
    """Read answers: staff get those that the therapist may see, the client all of theirs."""
    rows = (
        Answer.objects.filter(checkin__rater="client")
        if scope.own
        else shared(Answer.objects.all())
    )
    return of(
        scope,
        rows,
        "checkin__session__episode__client",
        "checkin",
        "checkin__session__number",
        "instrument",
        "item",
        "value",
        "audience",
        "corrected_at",
    )


def shared(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Keep what the person who gave it lets the therapist see."""
    return rows.filter(audience=Audience.THERAPIST)


def comments(scope: Scope) -> Rows:
    """Read comments, under the same rule as answers."""
    rows = (
        Comment.objects.filter(checkin__rater="client")
        if scope.own
        else shared(Comment.objects.all())
    )
    return texts(
        scope,
        rows.select_related("checkin"),
        "checkin__session__episode__client",
        "text",
        "checkin_id",
        "audience",
    )


def scores(scope: Scope) -> Rows:
    """Read scores: the client's own are made of all their answers."""
    rows = (
        Score.objects.filter(rater="client") if scope.own else Score.objects.filter(private=False)
    )
    columns = ["scale", "rater", "number", "on", "value", "private"]
    if not scope.own:
        columns += ["prior_n", "prior_mean", "limit_watch", "limit_review", "signal", "change"]
    return of(scope, rows, "episode__client", *columns)


def corrections(scope: Scope) -> Rows:
    """Read corrections, under the same rule as answers."""
    rows = Correction.objects.select_related("checkin")
    if scope.own:
        rows = rows.filter(checkin__rater="client")
    else:
        same = {name: OuterRef(name) for name in ("checkin", "instrument", "item")}
        rows = rows.filter(Exists(shared(Answer.objects.filter(**same))))
    return texts(
        scope,
        rows,
        "checkin__session__episode__client",
        "reason",
        "checkin_id",
        "instrument",
        "item",
        "before",
        "after",
        "at",
    )


def visits(scope: Scope) -> Rows:
    """Read who read or changed the record, without names: staff are numbered."""
    numbers: dict[str, int] = {}
    found = []
    for event in Event.objects.filter(client_id=str(scope.client.pk)).order_by("at"):
        number = numbers.setdefault(event.actor, len(numbers) + 1)
        kind = event.actor.partition(" ")[0]
        found.append({"at": event.at, "who": f"{kind} {number}", "action": event.action})
    return found


SESSION, EPISODE = "session__episode__client", "episode__client"

TABLES: tuple[Table, ...] = (
    Table(name="client", about=_("Who it is about"), read=person),
    Table(
        name="episodes",
        about=_("Stretches of care, and with whom"),
        read=lambda scope: of(
            scope,
            scope.episodes,
            "client",
            "id",
            "started_on",
            "ended_on",
            "planned_sessions",
            "therapist__person__name",
        ),
    ),
    Table(
        name="sessions",
        about=_("Sessions, when they were and what became of them"),
        read=lambda scope: of(
            scope, Session.objects.all(), EPISODE, "episode", "number", "starts_at", "status"
        ),
    ),
    Table(
        name="checkins",
        about=_("What was asked when, and when it was answered"),
        read=lambda scope: of(
            scope,
            CheckIn.objects.all(),
            SESSION,
            "id",
            "session__number",
            "rater",
            "moment",
            "instruments",
            "state",
            "due_at",
            "expires_at",
            "answered_at",
            "answered_in",
        ),
    ),
    Table(name="answers", about=_("Answers, one row each"), read=answers),
    Table(name="comments", about=_("What was written with answers"), read=comments),
    Table(name="scores", about=_("What was worked out from answers"), read=scores),
    Table(
        name="corrections",
        about=_("Answers that were corrected, and what they were before"),
        read=corrections,
    ),
    Table(
        name="consents",
        about=_("What was agreed to, and when it was taken back"),
        whole=True,
        read=lambda scope: of(
            scope,
            Consent.objects.all(),
            "client",
            "version",
            "agreed",
            "given_at",
            "withdrawn_at",
        ),
    ),
    Table(
        name="erasures",
        about=_("What was asked to be erased"),
        whole=True,
        read=lambda scope: of(
            scope, Erasure.objects.all(), "client", "state", "asked_at", "due_at", "done_at"
        ),
    ),
    Table(
        name="visits",
        about=_("Who read or changed the record, and when"),
        whole=True,
        read=visits,
    ),
    Table(
        name="ruptures",
        about=_("Drops in how the work together was rated, and repairs"),
        own=False,
        read=lambda scope: of(
            scope,
            Rupture.objects.all(),
            EPISODE,
            "scale",
            "onset",
            "level",
            "depth",
            "repaired",
            "status",
        ),
    ),
    Table(
        name="alerts",
        about=_("What someone was asked to look at"),
        own=False,
        read=lambda scope: of(
            scope,
            Alert.objects.all(),
            EPISODE,
            "id",
            "kind",
            "onset",
            "scale",
            "level",
            "state",
            "opened_at",
            "closed_at",
            "evidence",
        ),
    ),
    Table(
        name="alert-steps",
        about=_("What was done about alerts"),
        own=False,
        read=lambda scope: texts(
            scope,
            AlertStep.objects.all(),
            "alert__episode__client",
            "text",
            "alert_id",
            "at",
            "before",
            "after",
        ),
    ),
    Table(
        name="notes",
        about=_("Notes of therapists"),
        own=False,
        read=lambda scope: texts(
            scope, scope.notes, "client", "text", "id", "session_id", "written_at"
        ),
    ),
    Table(
        name="earlier-notes",
        about=_("What notes said before they were changed"),
        own=False,
        read=lambda scope: texts(
            scope,
            EarlierNote.objects.filter(note__in=scope.notes),
            "note__client",
            "text",
            "note_id",
            "until",
        ),
    ),
    Table(
        name="records-opened",
        about=_("When someone outside the care opened the record, and why"),
        whole=True,
        own=False,
        read=lambda scope: texts(
            scope, BreakGlass.objects.all(), "client", "reason", "opened_at", "ends_at"
        ),
    ),
)


def tables(*, own: bool, whole: bool = True) -> tuple[Table, ...]:
    """Give the tables of a copy for staff, or for the client themselves."""
    return tuple(table for table in TABLES if (table.own or not own) and (whole or not table.whole))


def counts(client: Client, *, own: bool = False) -> Mapping[str, int]:
    """Say how many rows there are, without reading any; the client's own for the client."""
    episode = {"episode__client": client}
    around = {"checkin__session__episode__client": client}
    if own:
        theirs = {**around, "checkin__rater": "client"}
        return {
            "sessions": Session.objects.filter(**episode).count(),
            "answers": Answer.objects.filter(**theirs).count(),
            "comments": Comment.objects.filter(**theirs).count(),
            "scores": Score.objects.filter(**episode, rater="client").count(),
        }
    return {
        "sessions": Session.objects.filter(**episode).count(),
        "answers": Answer.objects.filter(**around).count(),
        "comments": Comment.objects.filter(**around).count(),
        "scores": Score.objects.filter(**episode).count(),
        "alerts": Alert.objects.filter(**episode).count(),
        "notes": Note.objects.filter(client=client).count(),
    }
