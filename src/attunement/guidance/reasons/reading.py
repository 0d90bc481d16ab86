"""Read what was handed in: one row per session, symptoms as scores on which lower is better."""

from collections.abc import Mapping
from typing import Any

import narwhals as nw
import polars as pl

from attunement.course.baseline import Norms, estimate_norms
from attunement.frames import to_lazy, to_polars
from attunement.guidance.reasons.library import CHECK_IN, THERAPIST_CHECK_IN
from attunement.guidance.reasons.rows import OPEN, Viewer, rows
from attunement.intake.handed_in import Meanings, meanings_of
from attunement.measures.instruments.catalogue import Instruments, library
from attunement.measures.scale import Direction, Scale, subset
from attunement.measures.scoring.scores import score
from attunement.tables import RESPONSES

SYMPTOMS = "symptoms:"


def read(
    responses: Any,
    *,
    symptoms: Any,
    scales: Meanings | None,
    attendance: Any,
    goals: Any,
    viewer: Viewer,
    norms: Mapping[str, Norms] | None,
    instruments: Instruments | None,
) -> tuple[pl.DataFrame, dict[str, Norms]]:
    """Lay all sources side by side, and say what is usual of each symptom scale among them.

    Parameters and errors are those of :func:`attunement.guidance.reasons.finding.reasons`.
    """
    RESPONSES.require(responses)
    scores, meanings = _symptoms(responses, symptoms, scales, viewer, instruments)
    table = rows(responses, symptoms=scores, attendance=attendance, goals=goals, viewer=viewer)
    here = [name[len(SYMPTOMS) :] for name in table.columns if name.startswith(SYMPTOMS)]
    wanted = subset(meanings, here)
    known = dict(norms) if norms is not None else estimate_norms(scores, wanted) if here else {}
    return _lower_is_better(table, wanted), {name: known[name] for name in here if name in known}


def _symptoms(
    responses: Any,
    symptoms: Any,
    scales: Meanings | None,
    viewer: Viewer,
    instruments: Instruments | None,
) -> tuple[Any, dict[str, Scale]]:
    """Give the scores of symptoms: those handed in, or what the answers give."""
    if symptoms is not None:
        return symptoms, meanings_of(symptoms, scales)
    known = library() if instruments is None else instruments
    below = {
        name: one
        for name, one in known.items()
        if name not in (CHECK_IN, THERAPIST_CHECK_IN)
        and all(scale.direction == Direction.LOWER.value for scale in one.scales.values())
    }
    answers = to_lazy(responses).filter(nw.col("instrument").is_in(list(below)))
    if viewer == "therapist" and "audience" in answers.collect_schema().names():
        audience = nw.col("audience").cast(nw.String)
        answers = answers.filter(audience.is_null() | (audience == OPEN))
    given = to_polars(answers)
    if given.is_empty():
        return None, {}
    scores = score(given, below)
    return scores, meanings_of(scores, None)


def _lower_is_better(table: pl.DataFrame, scales: Mapping[str, Scale]) -> pl.DataFrame:
    """Turn scales on which higher is better, so that a rise is worse on all."""
    turned = [f"{SYMPTOMS}{name}" for name, scale in scales.items() if scale.sign > 0]
    return table.with_columns(-pl.col(turned)) if turned else table
