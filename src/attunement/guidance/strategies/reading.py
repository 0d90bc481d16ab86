"""From a strategy's file to a strategy: front matter in TOML, then sections in Markdown."""

import re
import tomllib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from attunement.guidance.sources import Kind, Source, first_problem
from attunement.guidance.strategies.model import (
    LOOKED_FOR,
    REASONS,
    Evidence,
    Lean,
    LookFor,
    School,
    Step,
    Strategy,
)
from attunement.problems import Problem

FENCE = "+++"
SECTIONS = {
    "What to do": "do",
    "Words to try": "words",
    "Why it may help": "why",
    "When not to": "not_when",
    "In CBT": School.CBT,
    "In ACT": School.ACT,
    "In psychodynamic work": School.PSYCHODYNAMIC,
    "In person-centred work": School.PERSON_CENTRED,
}
NUMBERED = re.compile(r"^\d+\. ", re.MULTILINE)
DASHED = re.compile(r"^- ", re.MULTILINE)

Short = Annotated[str, Field(min_length=3, max_length=120)]
Sentence = Annotated[str, Field(min_length=15, max_length=300)]


class _Fields(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _LookFor(_Fields):
    items: Annotated[tuple[Literal[LOOKED_FOR], ...], Field(min_length=1)]  # type: ignore[valid-type]
    within: Annotated[int, Field(ge=1, le=6)]


class _Bearing(_Fields):
    finding: str
    bears: Sentence
    tested: bool = False


class _FrontMatter(_Fields):
    title: Short
    reasons: Annotated[tuple[Literal[REASONS], ...], Field(min_length=1)]  # type: ignore[valid-type]
    step: Step
    minutes: Annotated[int, Field(ge=1, le=60)]
    leans: tuple[Lean, ...]
    at_home_in: Annotated[tuple[School, ...], Field(min_length=1)]
    look_for: _LookFor
    evidence: Annotated[tuple[_Bearing, ...], Field(min_length=1)]
    guards: tuple[Sentence, ...] = ()


def parse(text: str, name: str, sources: Mapping[str, Source]) -> Strategy:
    """Make a strategy of the text of its file.

    Parameters
    ----------
    text
        Front matter in TOML between two lines of ``+++``, then Markdown.
    name
        What the file is called; without ``.md`` it is the strategy's id.
    sources
        The bibliography that its evidence points to.

    Raises
    ------
    Problem
        For the first mistake: file, field, and what is wrong.
    """
    front, body = _split(text, name)
    fields = _front(front, name)
    summary, sections = _sections(body, name)
    evidence = tuple(_evidence(one, sources, name) for one in fields.evidence)
    return Strategy(
        id=name.removesuffix(".md"),
        title=fields.title,
        summary=summary,
        reasons=fields.reasons,
        step=fields.step,
        minutes=fields.minutes,
        leans=fields.leans,
        at_home_in=fields.at_home_in,
        look_for=LookFor(items=fields.look_for.items, within=fields.look_for.within),
        evidence=evidence,
        do=_items(sections["do"], NUMBERED, "What to do", name),
        words=_quotes(sections["words"], name),
        why=_flowing(sections["why"]),
        not_when=_items(sections["not_when"], DASHED, "When not to", name),
        schools=MappingProxyType({school: _flowing(sections[school]) for school in School}),
        guards=_guards(fields, evidence, name),
    )


def _split(text: str, name: str) -> tuple[str, str]:
    parts = text.split(f"{FENCE}\n", 2)
    if len(parts) != 3 or parts[0].strip():
        raise Problem(
            "the front matter is missing", f"begin the file with it, between {FENCE}", file=name
        )
    return parts[1], parts[2]


def _front(text: str, name: str) -> _FrontMatter:
    try:
        return _FrontMatter.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise Problem(f"the front matter is not TOML ({error})", "mend it", file=name) from error
    except ValidationError as error:
        raise first_problem(error, name) from error


def _sections(body: str, name: str) -> tuple[str, Mapping[str, str]]:
    summary, *pieces = re.split(r"^## ", body, flags=re.MULTILINE)
    titled = [piece.split("\n", 1) for piece in pieces]
    headings = [piece[0].strip() for piece in titled]
    if headings != list(SECTIONS):
        wrong = next(
            (name for name in SECTIONS if name not in headings), "the order of the headings"
        )
        raise Problem(
            "the headings are not those of a strategy",
            f"write {', '.join(SECTIONS)}",
            file=name,
            field=wrong,
        )
    found = {SECTIONS[piece[0].strip()]: piece[1].strip() for piece in titled}
    empty = next((heading for heading, key in SECTIONS.items() if not found[key]), None)
    if empty is not None or not summary.strip():
        raise Problem("nothing is written here", "write it", file=name, field=empty or "summary")
    return _flowing(summary), found


def _flowing(text: str) -> str:
    return " ".join(text.split())


def _items(text: str, mark: re.Pattern[str], heading: str, name: str) -> tuple[str, ...]:
    before, *items = mark.split(text)
    if before.strip() or len(items) < 2:
        raise Problem("this is not a list of at least two", "write one", file=name, field=heading)
    return tuple(_flowing(item) for item in items)


def _quotes(text: str, name: str) -> tuple[str, ...]:
    lines = text.splitlines()
    if any(line and not line.startswith(">") for line in lines):
        raise Problem("words to try begin with >", "mark them", file=name, field="Words to try")
    joined = "\n".join(line.removeprefix(">").strip() for line in lines)
    return tuple(_flowing(quote) for quote in joined.split("\n\n"))


def _evidence(bearing: _Bearing, sources: Mapping[str, Source], name: str) -> Evidence:
    source_id, _, finding_id = bearing.finding.partition("/")
    source = sources.get(source_id)
    if source is None or finding_id not in source.findings:
        raise Problem(
            f"{bearing.finding!r} is not in the bibliography",
            "add it there first, with its source",
            file=name,
            field="evidence",
        )
    finding = source.findings[finding_id]
    return Evidence(
        id=bearing.finding,
        source=source,
        finding=finding,
        bears=bearing.bears,
        tested=bearing.tested,
    )


def _guards(fields: _FrontMatter, evidence: tuple[Evidence, ...], name: str) -> tuple[str, ...]:
    if any(one.finding.kind is Kind.LEVER for one in evidence) and not fields.guards:
        raise Problem(
            "a lever from behavioural science needs guards",
            "say what keeps it from doing harm",
            file=name,
            field="guards",
        )
    return fields.guards
