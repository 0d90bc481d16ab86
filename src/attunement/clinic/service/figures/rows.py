"""One figure as it may be seen, rounded so that no count can be read off it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from math import ceil, floor, isfinite
from typing import Any

from attunement.clinic.service.cells import SMALLEST, alone, step_of
from attunement.clinic.service.selectors import Share, per_cent
from attunement.course import proportions
from attunement.report.programme.figures import Figure

ROUNDED, BETWEEN, WITHHELD = "rounded", "between", "withheld"
FEW_MISSING, SMALL = "fewer than ten are missing", "what is counted is small"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One figure.

    Attributes
    ----------
    figure, what : str
        Its name, as in a report on a programme, and what it is.
    told : str
        ``rounded``: a value, with its 95 % interval where there is one; ``between``: only that it
        lies from ``low`` to ``high``, for what is counted is small; ``withheld``: nothing.
    value, low, high : float or None
    of : int or None
        Out of how many, to the nearest five.
    unit : str
        share (0 to 1), count, points (of the scale), SD or number.
    why : str
        Why something is withheld that would give a small number back by subtraction.
    """

    figure: str
    what: str
    told: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    of: int | None = None
    unit: str = "share"
    why: str = ""


Rows = dict[str, Row]
COLUMNS = tuple(field.name for field in fields(Row))


def plain(row: Row) -> dict[str, Any]:
    """Give a row as JSON holds it."""
    return asdict(row)


def read(kept: Mapping[str, Mapping[str, Any]]) -> Rows:
    """Give rows as they were kept."""
    return {name: Row(**one) for name, one in kept.items()}


def withheld(one: Figure, why: str = "") -> Row:
    """Tell nothing but that there is such a figure."""
    return Row(figure=one.figure, what=one.what, told=WITHHELD, unit=one.unit, why=why)


def count(one: Figure) -> Row:
    """Round a count to the nearest five; one below ten is withheld."""
    shown = None if one.value is None else alone(round(one.value)).count
    if shown is None:
        return withheld(one)
    return Row(figure=one.figure, what=one.what, told=ROUNDED, value=shown, unit=one.unit)


def share(one: Figure) -> Row:
    """Round a share, or give bounds where what is counted is small.

    The interval of what is counted is worked out anew from what is rounded, so that it tells no
    more; another is rounded outward.
    """
    if one.value is None or not one.of:
        return withheld(one)
    shown = per_cent(round(one.value * one.of) if one.n is None else one.n, one.of)
    if shown is None:
        return withheld(one)
    found = Row(figure=one.figure, what=one.what, told=BETWEEN, of=shown.whole)
    if not shown.exact:
        return replace(found, low=shown.low / 100, high=shown.high / 100)
    low, high = interval(one, step_of(one.of) / 100) if one.n is None else _around(shown)
    return replace(found, told=ROUNDED, value=shown.low / 100, low=low, high=high)


def _around(shown: Share) -> tuple[float, float]:
    found = proportions.share(round(shown.low * shown.whole / 100), shown.whole)
    return outward(found.low or 0.0, found.high or 1.0, 0.01)


def chance(one: Figure) -> Row:
    """Round what would be seen by chance: it counts nobody."""
    if not _known(one.value):
        return withheld(one)
    return Row(figure=one.figure, what=one.what, told=ROUNDED, value=round(one.value, 2))  # type: ignore[arg-type]


def number(one: Figure, step: float) -> Row:
    """Round what is no count to a step, its interval outward; of few it is withheld."""
    if not _known(one.value) or (one.of is not None and one.of < 2 * SMALLEST):
        return withheld(one)
    low, high = interval(one, step)
    return Row(
        figure=one.figure,
        what=one.what,
        told=ROUNDED,
        value=stepped(one.value, step),  # type: ignore[arg-type]
        low=low,
        high=high,
        of=None if one.of is None else alone(one.of).count,
        unit=one.unit,
    )


def interval(one: Figure, step: float) -> tuple[float | None, float | None]:
    """Round an interval outward to a step; that of a share stays between 0 and 1."""
    if not (_known(one.low) and _known(one.high)):
        return None, None
    low, high = outward(one.low, one.high, step)  # type: ignore[arg-type]
    return (max(low, 0.0), min(high, 1.0)) if one.unit == "share" else (low, high)


def outward(low: float, high: float, step: float) -> tuple[float, float]:
    """Round both ends of an interval away from its middle."""
    return (
        _clean(floor(round(low / step, 6)) * step),
        _clean(ceil(round(high / step, 6)) * step),
    )


def stepped(value: float, step: float) -> float:
    """Round to a step."""
    return _clean(round(value / step) * step)


def _clean(value: float) -> float:
    """Take off what binary fractions add, and the sign of nought."""
    return round(value, 4) + 0.0


def _known(value: float | None) -> bool:
    return value is not None and isfinite(value)
