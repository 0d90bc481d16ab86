"""Reasons for a few clients at once, as a page asks for them: planned once, run in milliseconds."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from attunement.course.baseline import Norms, default_norms
from attunement.frames import prepare, to_lazy
from attunement.guidance.reasons.judging import Judged, judge
from attunement.guidance.reasons.library import ITEMS, reasons_library
from attunement.guidance.reasons.model import Part, Reason, Reasons
from attunement.guidance.reasons.rows import Viewer, beside, side_by_side
from attunement.guidance.reasons.told import MOST, Told, audience_of, told_of
from attunement.guidance.reasons.usual import Usual
from attunement.measures.scale import Scale

SCHEMA = pl.Schema(
    {
        "client": pl.String,
        "session": pl.Int64,
        "instrument": pl.String,
        "item": pl.String,
        "value": pl.Float64,
        "audience": pl.String,
        "seconds": pl.Float64,
    }
)

Index = NDArray[np.int64]
Find = Callable[..., tuple[Reasons, ...]]


def prepare_reasons(
    usual: Usual,
    scales: Mapping[str, Scale],
    norms: Mapping[str, Norms] | None = None,
    *,
    viewer: Viewer = "therapist",
    most: int = MOST,
    asked: bool = False,
) -> Find:
    """Prepare :func:`~attunement.guidance.reasons.finding.reasons` for many small tables.

    Parameters
    ----------
    usual, norms
        What is usual of the check-in, and of each symptom scale; documented defaults for scales
        without.
    scales
        Symptom scales on which lower is better, by name.
    viewer, most, asked
        As there.

    Returns
    -------
    A function of ``responses`` (Polars, of :data:`SCHEMA`) and, by name, ``symptoms``,
    ``attendance`` and ``goals``, to the reasons of each client's newest session; or of the last
    with a check-in, where nothing is told of a later one without.
    """
    plan = prepare(lambda answers: side_by_side(to_lazy(answers), viewer).to_native(), SCHEMA)
    known = {
        name: (norms or {}).get(name) or default_norms(scale) for name, scale in scales.items()
    }

    def find(responses: pl.DataFrame, **others: Any) -> tuple[Reasons, ...]:
        table = beside(plan(responses), **others)
        newest, answered = _newest(table)
        rows = np.unique(np.concatenate([newest, answered]))
        here = {name: norm for name, norm in known.items() if f"symptoms:{name}" in table.columns}
        split = most if asked else 0
        judged = judge(table, rows, reasons_library(), usual, here, asked=split)
        told: dict[int, list[Told]] = {}
        for one in told_of(judged, most, asked=asked):
            told.setdefault(one.place, []).append(one)
        places = {int(row): place for place, row in enumerate(rows)}
        return tuple(
            _reasons(table, int(row), places[int(row)], told, judged)
            for row in (
                first if _any_told(told.get(places[int(first)], ())) else other
                for first, other in zip(newest, answered, strict=True)
            )
        )

    return find


def _newest(table: pl.DataFrame) -> tuple[Index, Index]:
    """Give each client's newest row, and the newest with an answer (or the newest, if none has)."""
    place = np.arange(len(table))
    last = (table["client"] != table["client"].shift(-1)).fill_null(value=True).to_numpy()
    given = table.select(pl.any_horizontal(pl.col(ITEMS).is_not_null())).to_series().to_numpy()
    start = np.maximum.accumulate(np.where(np.roll(last, 1), place, 0))
    latest = np.maximum.accumulate(np.where(given, place, -1))
    newest = np.flatnonzero(last)
    return newest, np.where(latest[newest] >= start[newest], latest[newest], newest)


def _reasons(
    table: pl.DataFrame, row: int, place: int, told: Mapping[int, list[Told]], judged: Judged
) -> Reasons:
    return Reasons(
        client=table["client"][row],
        session=table["session"][row],
        found=tuple(_reason(table, row, one) for one in told.get(place, ()) if one.told),
        thin=judged.thin[place],
        general=bool(judged.general[place]),
        weaker=tuple(_reason(table, row, one) for one in told.get(place, ()) if not one.told),
    )


def _any_told(several: Iterable[Told]) -> bool:
    return any(one.told for one in several)


def _reason(table: pl.DataFrame, row: int, one: Told) -> Reason:
    return Reason(
        id=one.reason,
        strength=one.strength,
        parts=tuple(
            Part(
                source=source,
                value=about[0],
                usual=about[1],
                unusual=about[2],
                strength=adds,
                audience=audience_of(table, row, source),
            )
            for source, about, adds in one.parts
        ),
    )
