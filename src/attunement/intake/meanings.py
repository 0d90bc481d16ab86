"""What a column or a name means: which scale, and which way is better."""

import re
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches

from attunement.intake import sentences as said
from attunement.intake.sheet import shown
from attunement.measures.scale import Direction, Scale
from attunement.problems import Problem

FindScale = Callable[[str], Scale]
RANGE = re.compile(r"(-?\d+(?:\.\d+)?) *(?:-|to) *(-?\d+(?:\.\d+)?)")
DIRECTIONS = [str(direction) for direction in Direction]


def meaning_of(name: str, meaning: str, find: FindScale) -> Scale:
    """Turn ``lower-is-better``, ``higher-is-better:0-10`` or ``phq9`` into a scale.

    With a direction, the scale keeps its name, and its range is unknown unless given.

    Raises
    ------
    Problem
        If it is neither a direction nor a known instrument's scale.
    """
    field = f"--scale {shown(name)}={shown(meaning)}"
    direction, colon, limits = meaning.partition(":")
    if direction in DIRECTIONS:
        refuse_turned_round(name, Direction(direction), find, field)
        low, high = range_of(limits, field) if colon else (None, None)
        return Scale(name=name, direction=Direction(direction), low=low, high=high, title=name)
    if near := get_close_matches(direction, DIRECTIONS, n=1):
        raise Problem(
            "there is no such direction",
            f"did you mean {near[0]}? The directions are {' and '.join(DIRECTIONS)}",
            field=field,
        )
    try:
        return find(meaning)
    except Problem as problem:
        directions = f"say {' or '.join(DIRECTIONS)}"
        remedy = f"{problem.remedy}, or {directions}" if problem.remedy else directions
        raise Problem(problem.what, remedy, field=field) from problem


def refuse_turned_round(name: str, direction: Direction, find: FindScale, field: str) -> None:
    """Raise a :class:`Problem` when a known scale is said to point the other way."""
    known = known_scale(name, find)
    if known is not None and known.direction is not direction:
        raise Problem(
            f"'{shown(name)}' is a known scale, on which {known.direction.replace('-', ' ')}",
            "leave this out; or, if the column holds something else, give it another name",
            field=field,
        )


def range_of(limits: str, field: str) -> tuple[float, float]:
    """Read ``0-10``.

    Raises
    ------
    Problem
        If it is no range.
    """
    found = RANGE.fullmatch(limits.strip())
    if found is None or float(found[1]) >= float(found[2]):
        raise Problem(
            f"'{shown(limits)}' is no range of scores",
            "write its lowest and highest score, such as 0-10",
            field=field,
        )
    return float(found[1]), float(found[2])


def known_scale(name: str, find: FindScale) -> Scale | None:
    """Find the instrument's scale that is called so, if there is one."""
    try:
        return find(name)
    except Problem:
        return None


def known_meanings(
    names: Iterable[str], declared: Mapping[str, str], find: FindScale
) -> dict[str, Scale]:
    """Give each name its scale: as declared, or because a known scale is called so.

    Names that mean nothing are left out.

    Raises
    ------
    Problem
        If a declaration cannot be understood, or two names mean one scale.
    """
    meanings: dict[str, Scale] = {}
    for name in names:
        scale = (
            meaning_of(name, declared[name], find) if name in declared else known_scale(name, find)
        )
        if scale is None:
            continue
        for other, known in meanings.items():
            if known.name == scale.name:
                raise Problem(
                    said.BOTH_MEAN,
                    said.LEAVE_ONE_OUT,
                    values={"one": shown(other), "other": shown(name), "scale": scale.name},
                    field="--scale",
                )
        meanings[name] = scale
    return meanings
