"""What followed a try: the next check-ins, read against what was to be looked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import polars as pl

from attunement.course.strain.ruptures import BACK_TO_USUAL
from attunement.course.strain.told import NOTABLE, SETTLED
from attunement.guidance.reasons.library import ITEMS
from attunement.guidance.reasons.usual import default_usual
from attunement.guidance.strategies.model import LookFor

FEWEST_EARLIER = 3
NOT_GOOD = 1.0
CAME = ("attended", "late")


class Outcome(StrEnum):
    """What can be said about what followed."""

    EASED = "eased"
    NOT_YET = "not_yet"
    TOO_EARLY = "too_early"
    CANNOT_SAY = "cannot_say"
    BEFORE = "before"


@dataclass(frozen=True, kw_only=True)
class FollowUp:
    """What followed one try. That something followed does not mean that the try caused it.

    Attributes
    ----------
    outcome : Outcome
        In one word.
    looked_at : tuple of str
        What was to be looked for, was low before, and can be read.
    check_ins : int
        How many answered check-ins there were since, up to the number to wait for.
    within : int
        How many to wait for.
    session : int or None
        The session at which it had eased; where that was before the try, the last one before it.
    """

    outcome: Outcome
    looked_at: tuple[str, ...]
    check_ins: int
    within: int
    session: int | None = None


def follow_up(table: pl.DataFrame, look_for: LookFor, *, strain: int, tried: int) -> FollowUp:
    """Read the check-ins after a try.

    An answer counts as low when it is more than half an own SD below what was usual before the
    strain, and as eased when it is back within that, as for the repair of a rupture
    (:func:`attunement.course.strain.ruptures.ruptures`). The SD is the client's own, moderated by
    what is usual (:func:`attunement.guidance.reasons.usual.default_usual`). Several things that
    were looked for are averaged. Where the last check-in between the strain and the try shows it
    back already, it had eased before, whatever came later.

    Parameters
    ----------
    table
        One client's rows, as from :func:`attunement.guidance.reasons.rows.rows` for the viewer
        who will read the result: what the client keeps from them is not in it.
    look_for
        What was to be looked for, and for how many check-ins.
    strain
        The session that gave the reason.
    tried
        The session in which the strategy was tried; its own check-in is the first that counts.

    Examples
    --------
    >>> from attunement.guidance.reasons.rows import rows
    >>> from attunement.guidance.strategies import LookFor
    >>> answers = pl.DataFrame({"client": "a", "session": range(1, 8), "rater": "client",
    ...                         "instrument": "session-check-in", "item": "heard",
    ...                         "value": [8.0, 8, 9, 8, 3, 5, 8]})
    >>> found = follow_up(rows(answers), LookFor(items=("heard",), within=3), strain=5, tried=6)
    >>> found.outcome.value, found.session
    ('eased', 7)
    """
    before = table.filter(pl.col("session") <= strain)
    after = table.filter(pl.col("session") > strain).sort("session")
    readers = {
        name: reader for name in look_for.items if (reader := _reader(name, table, strain, tried))
    }
    low = {name: read for name, read in readers.items() if _was_low(name, read, before)}
    read = _readings(low, after)
    between = [one for one in read if one[0] < tried][-1:]
    seen = [one for one in read if one[0] >= tried][: look_for.within]
    already = _first_back(between)
    eased = _first_back(seen)
    return FollowUp(
        outcome=Outcome.BEFORE if already else _outcome(low, seen, eased, look_for.within),
        looked_at=tuple(low),
        check_ins=len(seen),
        within=look_for.within,
        session=already or eased,
    )


Row = Mapping[str, object]
Reader = Callable[[Row], float | None]


def _readings(low: Mapping[str, Reader], rows: pl.DataFrame) -> list[tuple[int, float]]:
    """Average what can be read in each session, leaving out those with nothing to read."""
    found: list[tuple[int, float]] = []
    for row in rows.iter_rows(named=True):
        short = [value for read in low.values() if (value := read(row)) is not None]
        if short:
            found.append((row["session"], sum(short) / len(short)))
    return found


def _first_back(readings: list[tuple[int, float]]) -> int | None:
    return next((session for session, value in readings if value <= BACK_TO_USUAL), None)


def _outcome(
    low: Mapping[str, Reader], seen: list[tuple[int, float]], eased: int | None, within: int
) -> Outcome:
    if not low:
        return Outcome.CANNOT_SAY
    if eased is not None:
        return Outcome.EASED
    return Outcome.NOT_YET if len(seen) >= within else Outcome.TOO_EARLY


def _was_low(name: str, read: Reader, before: pl.DataFrame) -> bool:
    if name == "attendance":
        return True
    last = before.sort("session").tail(1)
    values = [read(row) for row in last.iter_rows(named=True)]
    return any(value is not None and value > BACK_TO_USUAL for value in values)


def _reader(name: str, table: pl.DataFrame, strain: int, tried: int) -> Reader | None:
    if name in ITEMS:
        return _answer(name, table, strain)
    if name == "symptoms":
        return _symptoms(table, strain)
    if name == "attendance":
        around = table.filter(pl.col("session") < tried).sort("session").tail(2)
        missed = around["status"].is_in(["missed", "cancelled"]).any()
        return _came(tried) if missed else None
    return {"tension": _tension, "settled": _settled, "uniform": _uniform}[name]


def _answer(name: str, table: pl.DataFrame, strain: int) -> Reader | None:
    earlier = table.filter(pl.col("session") < strain)[name].drop_nulls()
    if len(earlier) < FEWEST_EARLIER:
        return None
    usual = default_usual()
    sd = _moderated(earlier, float(usual.sds[ITEMS.index(name)]), usual.df)
    level = float(earlier.mean())  # type: ignore[arg-type]
    return lambda row: _shortfall(row[name], level, sd)


def _symptoms(table: pl.DataFrame, strain: int) -> Reader | None:
    known = {}
    for name in (column for column in table.columns if column.startswith("symptoms:")):
        earlier = table.filter(pl.col("session") < strain)[name].drop_nulls()
        if len(earlier) >= FEWEST_EARLIER and float(earlier.std() or 0.0) > 0:  # type: ignore[arg-type]
            known[name] = (float(earlier.mean()), float(earlier.std()))  # type: ignore[arg-type]
    if not known:
        return None

    def read(row: Row) -> float | None:
        found = [
            -value
            for name, (level, sd) in known.items()
            if (value := _shortfall(row[name], level, sd)) is not None
        ]
        return sum(found) / len(found) if found else None

    return read


def _moderated(values: pl.Series, usual: float, df: float) -> float:
    """Moderate the client's own SD, as in :mod:`attunement.course.baseline`."""
    n = len(values)
    own = float(values.var() or 0.0)  # type: ignore[arg-type]
    return float((((n - 1) * own + df * usual**2) / (n - 1 + df)) ** 0.5)


def _shortfall(value: object, level: float, sd: float) -> float | None:
    return None if value is None else (level - float(value)) / sd  # type: ignore[arg-type]


def _came(tried: int) -> Reader:
    def read(row: Row) -> float | None:
        if row["status"] is None or int(row["session"]) <= tried:  # type: ignore[call-overload]
            return None
        return 0.0 if row["status"] in CAME else NOT_GOOD

    return read


def _tension(row: Row) -> float | None:
    told = row["tension"]
    return None if told is None else NOT_GOOD * (float(told) >= NOTABLE)  # type: ignore[arg-type]


def _settled(row: Row) -> float | None:
    tension = _tension(row)
    settled = row["settled"]
    if not tension:
        return tension
    return NOT_GOOD if settled is None else NOT_GOOD * (float(settled) < SETTLED)  # type: ignore[arg-type]


def _uniform(row: Row) -> float | None:
    given = [row[name] for name in ITEMS if row[name] is not None]
    if len(given) < FEWEST_EARLIER:
        return None
    return NOT_GOOD * (len(set(given)) == 1)
