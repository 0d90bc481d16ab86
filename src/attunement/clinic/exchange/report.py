"""What was found in a file, kept as text: a page shows it without reading the file again."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from django.utils.translation import gettext

from attunement.clinic.exchange.plan import Planned
from attunement.clinic.exchange.reading import Columns
from attunement.intake import sentences as said
from attunement.problems import Problem, filled

ON_A_PAGE = {said.CORRECT: said.CORRECT_HERE, said.NUMBER_OR_DATE: said.DATE_HERE}
"""Advice without the options of the command line."""


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """One thing that is in the way, as a template; said in the language of whoever looks."""

    template: str
    advice: str
    values: dict[str, str] = field(default_factory=dict)
    row: int | None = None
    column: str | None = None

    @classmethod
    def of(cls, problem: Problem) -> "Mistake":
        """Keep a problem, without the name of the file."""
        return cls(
            template=problem.template,
            advice=ON_A_PAGE.get(problem.advice, problem.advice),
            values=problem.values,
            row=problem.row,
            column=problem.field,
        )

    @property
    def what(self) -> str:
        """What is wrong."""
        return self.filled(self.template)

    @property
    def remedy(self) -> str:
        """What to do."""
        return self.filled(self.advice)

    def filled(self, template: str) -> str:
        """Translate a template and fill its blanks."""
        return filled(gettext(template), self.values) if template else ""


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
    notes: Sequence[str]

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
            notes=planned.notes,
        )

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
            summary=Summary(**summary) if summary else None,
            mistakes=[Mistake(**one) for one in kept.get("mistakes", ())],
        )
