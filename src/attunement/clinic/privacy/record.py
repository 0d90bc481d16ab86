"""Everything that is kept about one client, as tables: for an export, and to say what there is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from attunement.clinic.audit.models import Event
from attunement.clinic.caseload.models import EarlierNote
from attunement.clinic.checkins.models import Answer, Audience, CheckIn, Comment, Note, Session
from attunement.clinic.noticing.models import Alert, AlertStep, Rupture, Score
from attunement.clinic.people.models import BreakGlass, Client, Episode
from attunement.clinic.privacy.models import Consent, Correction, Erasure

Rows = list[dict[str, Any]]
Read = Callable[[Client, bool], Rows]


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
        Gives the rows of a client; the second argument says whether the client themselves reads.
    own : bool
        Whether the client's own copy has it. What therapists wrote down for themselves, and what
        was noticed about a course, they hand out and explain in person.
    """

    name: str
    about: Promise
    read: Read
    own: bool = True


def of(client: Client, rows: QuerySet[Any], path: str, *columns: str) -> Rows:
    """Read columns of the rows that belong to a client."""
    return list(rows.filter(**{path: client}).order_by("pk").values(*columns))


def texts(client: Client, rows: QuerySet[Any], path: str, text: str, *columns: str) -> Rows:
    """Read rows with a text that has to be decrypted."""
    found = rows.filter(**{path: client}).order_by("pk")
    return [{name: read_path(one, name) for name in (*columns, text)} for one in found]


def read_path(row: Any, path: str) -> Any:
    """Follow ``a__b`` from a row."""
    for name in path.split("__"):
        row = getattr(row, name)
    return row


def person(client: Client, own: bool) -> Rows:  # noqa: ARG001
    """Read the client's own row."""
    return [
        {
            "code": client.code,
            "name": client.name,
            "email": client.email,
            "language": client.language,
            "site": client.site.name,
            "account": client.account.email if client.account else "",
            "created_at": client.created_at,
        }
    ]


def answers(client: Client, own: bool) -> Rows:
    """Read answers: staff get those that the therapist may see, the client all of theirs."""
    rows = Answer.objects.filter(checkin__rater="client") if own else shared(Answer.objects.all())
    return of(
        client,
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


def comments(client: Client, own: bool) -> Rows:
    """Read comments, under the same rule as answers."""
    rows = Comment.objects.filter(checkin__rater="client") if own else shared(Comment.objects.all())
    return texts(
        client,
        rows.select_related("checkin"),
        "checkin__session__episode__client",
        "text",
        "checkin_id",
        "audience",
    )


def scores(client: Client, own: bool) -> Rows:
    """Read scores: the client's own are made of all their answers."""
    rows = Score.objects.filter(rater="client") if own else Score.objects.filter(private=False)
    columns = ["scale", "rater", "number", "on", "value", "private"]
    if not own:
        columns += ["prior_n", "prior_mean", "limit_watch", "limit_review", "signal", "change"]
    return of(client, rows, "episode__client", *columns)


def visits(client: Client, own: bool) -> Rows:  # noqa: ARG001
    """Read who read or changed the record, without names: staff are numbered."""
    numbers: dict[str, int] = {}
    found = []
    for event in Event.objects.filter(client_id=str(client.pk)).order_by("at"):
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
        read=lambda client, own: of(  # noqa: ARG005
            client,
            Episode.objects.all(),
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
        read=lambda client, own: of(  # noqa: ARG005
            client, Session.objects.all(), EPISODE, "episode", "number", "starts_at", "status"
        ),
    ),
    Table(
        name="checkins",
        about=_("What was asked when, and when it was answered"),
        read=lambda client, own: of(  # noqa: ARG005
            client,
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
        read=lambda client, own: texts(  # noqa: ARG005
            client,
            Correction.objects.select_related("checkin"),
            "checkin__session__episode__client",
            "reason",
            "checkin_id",
            "instrument",
            "item",
            "before",
            "after",
            "at",
        ),
    ),
    Table(
        name="consents",
        about=_("What was agreed to, and when it was taken back"),
        read=lambda client, own: of(  # noqa: ARG005
            client,
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
        read=lambda client, own: of(  # noqa: ARG005
            client, Erasure.objects.all(), "client", "state", "asked_at", "due_at", "done_at"
        ),
    ),
    Table(name="visits", about=_("Who read or changed the record, and when"), read=visits),
    Table(
        name="ruptures",
        about=_("Drops in how the work together was rated, and repairs"),
        own=False,
        read=lambda client, own: of(  # noqa: ARG005
            client,
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
        read=lambda client, own: of(  # noqa: ARG005
            client,
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
        read=lambda client, own: texts(  # noqa: ARG005
            client,
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
        read=lambda client, own: texts(  # noqa: ARG005
            client, Note.objects.all(), "client", "text", "id", "session_id", "written_at"
        ),
    ),
    Table(
        name="earlier-notes",
        about=_("What notes said before they were changed"),
        own=False,
        read=lambda client, own: texts(  # noqa: ARG005
            client, EarlierNote.objects.all(), "note__client", "text", "note_id", "until"
        ),
    ),
    Table(
        name="records-opened",
        about=_("When someone outside the care opened the record, and why"),
        own=False,
        read=lambda client, own: texts(  # noqa: ARG005
            client, BreakGlass.objects.all(), "client", "reason", "opened_at", "ends_at"
        ),
    ),
)


def tables(*, own: bool) -> tuple[Table, ...]:
    """Give the tables of a copy for staff, or for the client themselves."""
    return tuple(table for table in TABLES if table.own or not own)


def counts(client: Client) -> Mapping[str, int]:
    """Say how many rows there are, without reading any."""
    episode = {"episode__client": client}
    return {
        "sessions": Session.objects.filter(**episode).count(),
        "answers": Answer.objects.filter(checkin__session__episode__client=client).count(),
        "comments": Comment.objects.filter(checkin__session__episode__client=client).count(),
        "scores": Score.objects.filter(**episode).count(),
        "alerts": Alert.objects.filter(**episode).count(),
        "notes": Note.objects.filter(client=client).count(),
    }
