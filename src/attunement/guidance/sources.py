"""The bibliography: every figure that guidance may quote, once, with its source and standing."""

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from attunement.problems import Problem

FILE = "bibliography.toml"
ID = r"^[a-z0-9]+(-[a-z0-9]+)*$"


class Kind(StrEnum):
    """What sort of evidence a finding is."""

    RANDOMISED = "randomised"
    CONTROLLED = "controlled"
    CORRELATIONAL = "correlational"
    CONSENSUS = "consensus"
    LEVER = "lever"
    DESCRIPTIVE = "descriptive"

    @property
    def words(self) -> str:
        """The kind, as people read it."""
        return _WORDS[self]


_WORDS = {
    Kind.RANDOMISED: "randomised trials",
    Kind.CONTROLLED: "comparisons with a control group, not known to be randomised throughout",
    Kind.CORRELATIONAL: "correlations: what goes together, not what causes what",
    Kind.CONSENSUS: "consensus of experts",
    Kind.LEVER: "a lever from behavioural science",
    Kind.DESCRIPTIVE: "a survey, a qualitative review, or before and after",
}


class Standing(StrEnum):
    """How a figure came here: it was read, or it is from memory."""

    READ = "read"
    UNVERIFIED = "unverified"


class _Fixed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Finding(_Fixed):
    """One result of one source.

    Attributes
    ----------
    kind : Kind
        What sort of evidence it is.
    says : str
        The result in words, without figures.
    effect : str or None
        What the figure measures, with its unit.
    value : float or None
        The figure, in that unit.
    versus : float or None
        What it is compared with, in that unit.
    interval : pair of float or None
        The published interval around the value.
    range : pair of float or None
        Instead of one value, the lowest and highest of several reviews.
    k : int or None
        How many studies.
    n : int or None
        How many people.
    """

    kind: Kind
    says: Annotated[str, Field(min_length=20)]
    effect: str | None = None
    value: float | None = None
    versus: float | None = None
    interval: tuple[float, float] | None = None
    range: tuple[float, float] | None = None
    k: Annotated[int, Field(gt=0)] | None = None
    n: Annotated[int, Field(gt=0)] | None = None

    @property
    def figures(self) -> str:
        """The figures in one line; empty where there are none."""
        return ", ".join(part for part in (self._effect(), *self._counts()) if part)

    def _effect(self) -> str:
        if self.effect is None:
            return ""
        if self.range is not None:
            return f"{self.effect} from {self.range[0]:g} to {self.range[1]:g}"
        number = f"{self.value:g}"
        if self.versus is not None:
            number += f" against {self.versus:g}"
        counted = self.effect.startswith("percent")
        said = f"{number} {self.effect}" if counted else f"{self.effect} {number}"
        if self.interval is None:
            return said
        return f"{said} (interval {self.interval[0]:g} to {self.interval[1]:g})"

    def _counts(self) -> tuple[str, ...]:
        studies = "" if self.k is None else f"{self.k} studies"
        people = "" if self.n is None else f"{self.n:,} people"
        return studies, people


class Source(_Fixed):
    """A publication, and what of it was read."""

    citation: str
    doi: Annotated[str, Field(pattern=r"^10\.\d{4,9}/\S+$")] | None = None
    doi_standing: Standing | None = None
    read: str
    standing: Standing
    findings: Mapping[Annotated[str, Field(pattern=ID)], Finding]

    @property
    def name(self) -> str:
        """Authors and year, to cite it by in a sentence."""
        return self.citation.split(").", 1)[0] + ")"


def parse(text: str, name: str = FILE) -> Mapping[str, Source]:
    """Read a bibliography.

    Raises
    ------
    Problem
        For the first mistake: file, field, and what is wrong.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Problem(f"this is not TOML ({error})", "mend that line", file=name) from error
    return MappingProxyType({key: _source(key, value, name) for key, value in data.items()})


def _source(key: str, data: object, name: str) -> Source:
    try:
        source = Source.model_validate(data)
    except ValidationError as error:
        raise first_problem(error, name, key) from error
    for finding_id, finding in source.findings.items():
        _hangs_together(finding, name, f"{key}.findings.{finding_id}")
    if (source.doi is None) != (source.doi_standing is None):
        raise Problem("a DOI and its standing belong together", "give both", file=name, field=key)
    return source


def _hangs_together(finding: Finding, name: str, field: str) -> None:
    said = finding.value is not None or finding.range is not None
    if (finding.effect is None) == said:
        raise Problem(
            "an effect and its figure belong together", "give both", file=name, field=field
        )
    if finding.interval is not None and finding.value is not None:
        low, high = finding.interval
        if not low <= finding.value <= high:
            raise Problem(
                "the interval does not hold the value", "check it", file=name, field=field
            )
    if any(letter.isdigit() for letter in finding.says):
        raise Problem("figures stand in fields, not in words", "move them", file=name, field=field)


def first_problem(error: ValidationError, file: str, place: str = "") -> Problem:
    """Make one sentence of the first mistake that a check of fields found."""
    one = error.errors(include_url=False)[0]
    field = ".".join(str(part) for part in (place, *one["loc"]) if part != "")
    message = one["msg"][:1].lower() + one["msg"][1:]
    return Problem(message, "look at that field", file=file, field=field)


@cache
def bibliography() -> Mapping[str, Source]:
    """Every source in the box, by id."""
    return parse((files("attunement.guidance") / "library" / FILE).read_text(encoding="utf-8"))
