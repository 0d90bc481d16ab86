"""A model's formula, as researchers write it, in its parts."""

import re
from dataclasses import dataclass

from attunement.problems import Problem

EXAMPLE = "write it like 'score ~ time + treatment + (1 + time | client)'"
NOTHING = "\0"
RANDOM = re.compile(r"\(([^|]+)(\|{1,2})([^|]+)\)")
NAME = re.compile(r"`([^`]+)`|([^\W\d][\w.]*)")


@dataclass(frozen=True, kw_only=True)
class RandomTerm:
    """Effects that vary over groups.

    Attributes
    ----------
    effects : str
        The part before the bar: ``1 + time``.
    groups : tuple of str
        The columns that name a group: ``("therapist", "client")``.
    correlated : bool
        Whether the effects may vary together: one bar, not two.
    """

    effects: str
    groups: tuple[str, ...]
    correlated: bool


@dataclass(frozen=True, kw_only=True)
class Formula:
    """A mixed model's formula.

    Attributes
    ----------
    text : str
        As it was written.
    outcome : str
        The left-hand side.
    fixed : str
        The effects common to all, random parts taken out.
    random : tuple of RandomTerm
        ``(1 | a/b)`` stands for ``(1 | a)`` and one for each b within a.
    """

    text: str
    outcome: str
    fixed: str
    random: tuple[RandomTerm, ...]


def read_formula(text: str) -> Formula:
    """Take a formula apart.

    Raises
    ------
    Problem
        If it has no outcome, or a random part cannot be understood.
    """
    outcome, tilde, right = text.partition("~")
    if not tilde or not outcome.strip() or "~" in right:
        raise Problem(f"'{text}' is no formula of a model", EXAMPLE, field="formula")
    fixed, terms = right, []
    for part in random_parts(right):
        fixed = fixed.replace(part, NOTHING, 1)
        terms.extend(random_terms(part))
    fixed = re.sub(rf"\+?\s*{NOTHING}", "", fixed).strip().removeprefix("+").strip()
    return Formula(
        text=text.strip(), outcome=outcome.strip(), fixed=fixed or "1", random=tuple(terms)
    )


def random_parts(text: str) -> list[str]:
    """Find the parentheses that hold a bar."""
    found, depth, start = [], 0, 0
    for place, letter in enumerate(text):
        if letter == "(":
            start = place if depth == 0 else start
            depth += 1
        elif letter == ")":
            depth -= 1
            if depth == 0 and "|" in text[start:place]:
                found.append(text[start : place + 1])
        if depth < 0:
            break
    if depth:
        raise Problem("the parentheses of the formula do not match", EXAMPLE, field="formula")
    return found


def random_terms(part: str) -> list[RandomTerm]:
    """Read ``(1 + time | site/client)``."""
    found = RANDOM.fullmatch(part)
    if not found:
        raise unreadable(part)
    effects, bars, groups = found.groups()
    names = [plain_name(name, part) for name in groups.split("/")]
    return [
        RandomTerm(
            effects=effects.strip(), groups=tuple(names[: depth + 1]), correlated=bars == "|"
        )
        for depth in range(len(names))
    ]


def plain_name(text: str, part: str) -> str:
    """Read one name of a column, in backticks or not."""
    found = NAME.fullmatch(text.strip())
    if not found:
        raise unreadable(part)
    return found[1] or found[2]


def unreadable(part: str) -> Problem:
    """Say that a random part cannot be understood."""
    return Problem(
        f"'{part}' cannot be understood",
        "write what varies, a bar and who it varies over: (1 + time | client), or "
        "(1 | therapist/client) for clients within therapists",
        field="formula",
    )
