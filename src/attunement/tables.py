"""The tables every room speaks: their columns, keys, types and units."""

from dataclasses import dataclass
from enum import StrEnum

import narwhals as nw
from narwhals.typing import IntoFrame

from attunement.problems import Problem


class Kind(StrEnum):
    """What a column holds."""

    NAME = "text or whole number"
    TEXT = "text"
    WHOLE = "whole number"
    NUMBER = "number"
    FLAG = "true or false"
    DATE = "date"


@dataclass(frozen=True)
class Column:
    """One column: its name, what it holds, and what that means (with its unit)."""

    name: str
    kind: Kind
    meaning: str
    optional: bool = False


@dataclass(frozen=True)
class Table:
    """A contract: one row is what ``about`` says, and ``key`` tells rows apart."""

    name: str
    about: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def required(self) -> list[str]:
        """Names of the columns that must be there."""
        return [column.name for column in self.columns if not column.optional]

    @property
    def names(self) -> list[str]:
        """Names of all columns, in order."""
        return [column.name for column in self.columns]

    def require(self, table: IntoFrame) -> None:
        """Raise a :class:`Problem` when a required column is missing, or holds no numbers."""
        schema = nw.from_native(table).collect_schema()
        missing = [name for name in self.required if name not in schema]
        if missing:
            raise Problem(
                f"the table of {self.name} has no column {' or '.join(missing)}",
                f"rename or add it; the columns here are {', '.join(list(schema)[:12])}",
            )
        for column in self.columns:
            kind = nw.Unknown() if column.optional else schema[column.name]
            whole = column.kind is Kind.WHOLE and column.name in self.key and not kind.is_integer()
            number = column.kind is Kind.NUMBER and not kind.is_numeric()
            if kind != nw.Unknown and (whole or number):
                raise Problem(
                    f"the column {column.name} of {self.name} holds {kind}, not a {column.kind}",
                    f"convert it: every row needs a {column.kind} there",
                )


CLIENT = Column("client", Kind.NAME, "who answered, or whom it is about; a pseudonym will do")
SCALE = Column("scale", Kind.TEXT, "which scale of which instrument")
SESSION = Column("session", Kind.WHOLE, "number of the session within the episode of care")

RESPONSES = Table(
    "responses",
    "one answer to one item",
    ("client", "session", "instrument", "item", "rater"),
    (
        CLIENT,
        SESSION,
        Column("instrument", Kind.TEXT, "the instrument's id"),
        Column("item", Kind.TEXT, "the item's id within its instrument"),
        Column("value", Kind.NUMBER, "the answer as a number; empty where it was not answered"),
        Column("rater", Kind.TEXT, "client or therapist; client where absent", optional=True),
        Column("answered_at", Kind.DATE, "when it was answered", optional=True),
        Column("audience", Kind.TEXT, "who may see it", optional=True),
        Column(
            "seconds",
            Kind.NUMBER,
            "how long the whole form took; the same for all its answers",
            optional=True,
        ),
    ),
)

SCORES = Table(
    "scores",
    "one score of one scale at one session",
    ("client", "scale", "session"),
    (
        CLIENT,
        SCALE,
        SESSION,
        Column("score", Kind.NUMBER, "the score in the scale's unit; empty where missing"),
        Column("therapist", Kind.NAME, "who works with the client", optional=True),
        Column("site", Kind.NAME, "where", optional=True),
        Column("date", Kind.DATE, "the day of the session", optional=True),
        Column("rater", Kind.TEXT, "client or therapist", optional=True),
        Column("answered_on", Kind.DATE, "the day on which it was answered", optional=True),
    ),
)

SIGNALS = Table(
    "signals",
    "what was noticed about one score, from this session and earlier ones only",
    ("client", "scale", "session"),
    (
        CLIENT,
        SCALE,
        SESSION,
        Column("score", Kind.NUMBER, "the score in the scale's unit; empty where missing"),
        Column("prior_n", Kind.WHOLE, "how many earlier scores this client has"),
        Column(
            "prior_mean",
            Kind.NUMBER,
            "the level expected from earlier scores, in the scale's unit; "
            "empty while there are fewer than three",
        ),
        Column(
            "sigma",
            Kind.NUMBER,
            "spread of this client's scores around their level, moderated by the programme's, "
            "in the scale's unit",
        ),
        Column("limit_watch", Kind.NUMBER, "beyond it is worth watching, in the scale's unit"),
        Column("limit_review", Kind.NUMBER, "beyond it is worth a review, in the scale's unit"),
        Column("signal", Kind.TEXT, "none, watch or review; empty where nothing can be said"),
        Column(
            "change",
            Kind.NUMBER,
            "difference to the row before, in the scale's unit; empty where either score is",
        ),
        Column(
            "ewma",
            Kind.NUMBER,
            "exponentially weighted mean of standardised surprises; below zero is worse",
        ),
        Column("ewma_limit", Kind.NUMBER, "below it the surprises have drifted"),
        Column("cusum", Kind.NUMBER, "lower cumulative sum of standardised surprises"),
        Column("cusum_alarm", Kind.FLAG, "the cumulative sum has passed its decision interval"),
    ),
)

RUPTURES = Table(
    "ruptures",
    "one strain from its onset to its repair: on a scale that rates the relationship a rupture, "
    "on any other a setback",
    ("client", "scale", "onset"),
    (
        CLIENT,
        SCALE,
        Column("onset", Kind.WHOLE, "the session at which it opened"),
        Column("level", Kind.NUMBER, "the client's level before it, in the scale's unit"),
        Column("depth", Kind.NUMBER, "how far below that level, in within-client SDs"),
        Column("repaired", Kind.WHOLE, "the session at which it was repaired; empty if not"),
        Column("sessions_to_repair", Kind.WHOLE, "scored sessions from onset to repair"),
        Column("status", Kind.TEXT, "open, repaired or unrepaired"),
    ),
)

ATTENDANCE = Table(
    "attendance",
    "one appointment",
    ("client", "session"),
    (
        CLIENT,
        SESSION,
        Column("date", Kind.DATE, "the day of the appointment"),
        Column(
            "status", Kind.TEXT, "attended, late, cancelled or missed; empty while it is to come"
        ),
        Column("planned_end", Kind.WHOLE, "the session at which therapy was to end", optional=True),
    ),
)

TABLES = (RESPONSES, SCORES, SIGNALS, RUPTURES, ATTENDANCE)
