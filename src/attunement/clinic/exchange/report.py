"""What was found in a file, kept as text: a page shows it without reading the file again."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext as _

from attunement.clinic.exchange.plan import Planned
from attunement.clinic.exchange.reading import Columns
from attunement.intake.notes import Note
from attunement.intake.sentences import ON_A_PAGE
from attunement.problems import Problem, filled

OPTION = "--"


def said(template: str, values: Mapping[str, str]) -> str:
    """Say a sentence in the language of whoever looks.

    Of its values only ``kind`` is a word of ours; the others are the file's.
    """
    if not template:
        return ""
    words = dict(values) | ({"kind": gettext(values["kind"])} if "kind" in values else {})
    return filled(gettext(template), words)


@dataclass(frozen=True, kw_only=True)
class Remark:
    """A note about how a file was read, as a template."""

    template: str
    values: dict[str, str]

    @classmethod
    def of(cls, note: Note) -> "Remark":
        """Keep a note, without the name of the file."""
        return cls(template=ON_A_PAGE.get(note.template, note.template), values=note.values)

    @property
    def text(self) -> str:
        """What it says."""
        return said(self.template, self.values)


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """One thing that is in the way, as a template; said in the language of whoever looks."""

    template: str
    advice: str
    values: dict[str, str] = field(default_factory=dict)
    row: int | None = None
    column: str | None = None
    alike: int = 0

    @classmethod
    def of(cls, problem: Problem) -> "Mistake":
        """Keep a problem, without the name of the file."""
        return cls(
            template=ON_A_PAGE.get(problem.template, problem.template),
            advice=ON_A_PAGE.get(problem.advice, problem.advice),
            values=problem.values,
            row=problem.row,
            column=None if (problem.field or "").startswith(OPTION) else problem.field,
            alike=problem.alike,
        )

    @property
    def what(self) -> str:
        """What is wrong."""
        return said(self.template, self.values)

    @property
    def remedy(self) -> str:
        """What to do."""
        return said(self.advice, self.values)

    def __str__(self) -> str:
        sentence = "; ".join(filter(None, (self.what, self.remedy))) + "."
        if self.row is None:
            return sentence
        return _("row %(row)s: %(sentence)s") % {"row": self.row, "sentence": sentence}


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What taking the file in would add, in counts.

    Attributes
    ----------
    strangers : sequence of str
        Therapists of the file who are not at the site.
    dated : bool
        Whether the file has days.
    again : bool
        Whether this very file has been taken in.
    """

    clients: int
    new_clients: int
    sessions: int
    new_scores: int
    there: int
    therapists: int
    strangers: Sequence[str]
    dated: bool
    again: bool
    notes: Sequence[Remark]

    @classmethod
    def of(cls, planned: Planned, clients: int) -> "Summary":
        """Count what is planned."""
        return cls(
            clients=clients,
            new_clients=len(planned.new_clients),
            sessions=planned.sessions,
            new_scores=planned.new_scores,
            there=planned.there,
            therapists=len(planned.therapists),
            strangers=planned.strangers,
            dated=planned.dated,
            again=planned.again,
            notes=[Remark.of(note) for note in planned.notes],
        )

    @classmethod
    def kept(cls, stored: Mapping[str, Any]) -> "Summary":
        """Give what was stored."""
        return cls(**{**stored, "notes": [Remark(**one) for one in stored["notes"]]})

    @property
    def adds(self) -> bool:
        """Whether anything would be added."""
        return bool(self.new_clients or self.new_scores) and not self.again


@dataclass(frozen=True, kw_only=True)
class Report:
    """What was found: what would be added, or the first mistakes.

    Attributes
    ----------
    columns : Columns or None
        What the header offers; None where the file cannot be opened.
    """

    columns: Columns | None = None
    summary: Summary | None = None
    mistakes: Sequence[Mistake] = ()

    def written(self) -> str:
        """Write it as text."""
        return json.dumps(asdict(self))

    @classmethod
    def of(cls, text: str) -> "Report":
        """Read it again."""
        kept = json.loads(text or "{}")
        columns, summary = kept.get("columns"), kept.get("summary")
        return cls(
            columns=Columns(**columns) if columns else None,
            summary=Summary.kept(summary) if summary else None,
            mistakes=[Mistake(**one) for one in kept.get("mistakes", ())],
        )
