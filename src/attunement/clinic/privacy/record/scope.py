"""Whose record is read and how far, and the readers that every table is made of."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise

from attunement.clinic.checkins.models import Note
from attunement.clinic.people.models import Client, Episode, Person

Rows = list[dict[str, Any]]

EPISODE = "episode__client"
SESSION = "session__episode__client"
AROUND = "checkin__session__episode__client"


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
    account : Person or None
        The account in which the client reads: what they kept to themselves elsewhere is not
        shown there.
    """

    client: Client
    own: bool
    episodes: QuerySet[Episode]
    notes: QuerySet[Note]
    whole: bool = True
    account: Person | None = None


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
