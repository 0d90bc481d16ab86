"""Reasons for a few clients at once, as a page asks for them: planned once, run in milliseconds."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import polars as pl

from attunement.course.baseline import Norms, default_norms
from attunement.frames import prepare, to_lazy
from attunement.guidance.reasons.judging import judge
from attunement.guidance.reasons.library import reasons_library
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

Find = Callable[..., tuple[Reasons, ...]]


def prepare_reasons(
    usual: Usual,
    scales: Mapping[str, Scale],
    norms: Mapping[str, Norms] | None = None,
    *,
    viewer: Viewer = "therapist",
    most: int = MOST,
) -> Find:
    """Prepare :func:`~attunement.guidance.reasons.finding.reasons` for many small tables.

    Parameters
    ----------
    usual, norms
        What is usual of the check-in, and of each symptom scale; documented defaults for scales
        without.
    scales
        Symptom scales on which lower is better, by name.
    viewer, most
        As there.

    Returns
    -------
    A function of ``responses`` (Polars, of :data:`SCHEMA`) and, by name, ``symptoms``,
    ``attendance`` and ``goals``, to the reasons of each client's newest session.
    """
    plan = prepare(lambda answers: side_by_side(to_lazy(answers), viewer).to_native(), SCHEMA)
    known = {
        name: (norms or {}).get(name) or default_norms(scale) for name, scale in scales.items()
    }

    def find(responses: pl.DataFrame, **others: Any) -> tuple[Reasons, ...]:
        table = beside(plan(responses), **others)
        last = (table["client"] != table["client"].shift(-1)).fill_null(value=True)
        here = {name: norm for name, norm in known.items() if f"symptoms:{name}" in table.columns}
        judged = judge(table, np.flatnonzero(last.to_numpy()), reasons_library(), usual, here)
        told: dict[int, list[Told]] = {}
        for one in told_of(judged, most):
            told.setdefault(one.place, []).append(one)
        return tuple(
            Reasons(
                client=table["client"][int(row)],
                session=table["session"][int(row)],
                found=tuple(_reason(table, int(row), one) for one in told.get(place, ())),
                thin=judged.thin[place],
            )
            for place, row in enumerate(judged.row)
        )

    return find


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
