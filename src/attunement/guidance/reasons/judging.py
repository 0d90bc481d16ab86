"""From rows of sources to the strength of every reason at every session, and its parts."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from attunement.course.baseline import Norms
from attunement.guidance.reasons import sources as sources_
from attunement.guidance.reasons.level import all_fell, own_usual, usual_answer
from attunement.guidance.reasons.library import ITEMS, VIEW, Named, together
from attunement.guidance.reasons.likelihood import chances
from attunement.guidance.reasons.model import SLIGHTLY, SOMETHING
from attunement.guidance.reasons.past import earlier, history
from attunement.guidance.reasons.sources import DEPTHS, Source
from attunement.guidance.reasons.usual import Usual
from attunement.guidance.reasons.weigh import Evidence, shifts_of, weigh

Array = NDArray[np.float64]
Index = NDArray[np.int64]
Flags = NDArray[np.bool_]
About = tuple[Array, Array, Array]

FEWEST_SESSIONS = 3
FEWEST_ANSWERS = 3
LEAST, LEAST_BESIDE = 1e-6, 0.2
BATCH = 500


@dataclass(frozen=True)
class Judged:
    """What was found at some sessions.

    Attributes
    ----------
    row : shape (n,)
        Which rows of the table were judged.
    strength : shape (n, reasons)
        Of every reason in the order of the library; above zero it is told. The last column is
        the fall of all answers, which competes with them; minus infinity where not all fell.
    speaks : shape (n, reasons)
        The same without the rarity: how much speaks for each; minus infinity where nothing is
        known of it.
    thin : list of str or None
        Why little can be said, for each of them.
    parts : list of tuple
        For every reason above zero, and the first few of those asked for: place in ``row``, the
        reason's id, source, strength.
    about : mapping
        For every source: value, usual and unusual at the rows judged.
    general : shape (n,)
        Where something speaks for a fall of all answers together, and no reason fits as well; not
        where other sources than answers would be enough to tell a reason.
    tellable : shape (n, reasons)
        What may be told unasked: where an answer that belongs to the reason is lower than usual,
        or another source speaks for it; and where no fall of all answers fits better, or other
        sources would be enough. The last column never is.
    """

    row: Index
    strength: Array
    speaks: Array
    thin: list[str | None]
    parts: list[tuple[int, str, str, float]]
    about: Mapping[str, About]
    general: Flags
    tellable: Flags


def judge(
    table: pl.DataFrame,
    judged: Index,
    library: Mapping[str, Named],
    usual: Usual,
    norms: dict[str, Norms],
    *,
    asked: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Judged:
    """Weigh every reason at some rows of the table that ``rows`` makes.

    Parameters
    ----------
    table
        All sessions of the clients, sorted.
    judged
        Which of its rows to judge, ascending.
    library, usual
        The reasons, and what is usual at the site.
    norms
        What is usual of each symptom scale in the table, by name.
    asked
        How many of the strongest to split into parts even where they are not above zero.
    progress
        Called with the number of sessions done, and of all.
    """
    start = _starts(table)
    batches = []
    for first in range(0, len(judged), BATCH):
        part = judged[first : first + BATCH]
        low, high = int(start[part[0]]), int(part[-1]) + 1
        batches.append(
            _batch(table[low:high], part - low, start[low:high] - low, library, usual, norms, asked)
        )
        if progress:
            progress(min(first + BATCH, len(judged)), len(judged))
    return _joined(judged, batches, len(library) + 1)


def _starts(table: pl.DataFrame) -> Index:
    """Give the first row of each row's client."""
    begins = (table["client"] != table["client"].shift(1)).fill_null(value=True).to_numpy()
    return np.maximum.accumulate(np.where(begins, np.arange(len(table)), 0))


def _batch(
    table: pl.DataFrame,
    judged: Index,
    start: Index,
    library: Mapping[str, Named],
    usual: Usual,
    norms: dict[str, Norms],
    asked: int,
) -> Judged:
    answers = table.select(ITEMS).to_numpy().astype(float)
    view = table.select(VIEW).to_numpy().astype(float)
    view_n = table["view_n"].fill_null(0).to_numpy().astype(float)
    own = own_usual(history(answers, start, judged), earlier(view, start, judged), usual)
    now, shifts = answers[judged], shifts_of(library)
    given = np.isfinite(now).sum(axis=1)
    compare = (own.sessions >= FEWEST_SESSIONS) & (given >= FEWEST_ANSWERS)
    chance = chances(now, view[judged, 0], view_n[judged], own, usual, shifts)
    other, about = _others(table, answers, start, judged, usual, norms)
    about |= _of_answers(now, own.level, own.sd, compare)
    weighed = [
        weigh(named, chance, now, own.level, compare, shifts, _for(named, other))
        for named in (*library.values(), together())
    ]
    strength = np.stack([one.strength for one in weighed], axis=1)
    strength[~(compare & all_fell(now, own)), -1] = -np.inf
    speaks = strength + [one.named.rarity for one in weighed]
    speaks[np.abs(speaks) < LEAST] = -np.inf
    split = (strength > 0) | _among_first(speaks, asked)
    parts = [
        (int(row), one.named.id, source, adds)
        for number, one in enumerate(weighed)
        for row in np.flatnonzero(split[:, number])
        for source, adds in one.parts(int(row))
    ]
    thin = [_thin(n, given[i], own.sessions[i]) for i, n in enumerate(given)]
    outright = np.stack([one.beside > one.named.rarity for one in weighed], axis=1)
    fits = speaks[:, -1] > speaks[:, :-1].max(axis=1).clip(SOMETHING)
    general = fits & ~outright.any(axis=1)
    below = _below(about) | {VIEW: view[judged, 0] < own.view + SLIGHTLY * usual.view_sd}
    tellable = np.stack([_tellable(one, below) for one in weighed], axis=1)
    tellable &= outright | ~fits[:, None]
    tellable[:, -1] = False
    return Judged(judged, strength, speaks, thin, parts, about, general, tellable)


def _below(about: Mapping[str, About]) -> dict[str, Flags]:
    """Say of each of the eight answers where it is lower than usual, also once rounded."""
    return {
        item: (about[item][2] < SLIGHTLY) & (np.rint(about[item][0]) < np.rint(about[item][1]))
        for item in ITEMS
    }


def _tellable(one: Evidence, below: Mapping[str, Flags]) -> Flags:
    """Say where a lower answer, or another source, speaks for a reason that rests on answers."""
    if not one.named.answers:
        return np.ones(len(one.strength), dtype=bool)
    own = [*one.named.answers, *([VIEW] if one.named.view else [])]
    return np.asarray(np.any([below[name] for name in own], axis=0) | (one.beside > LEAST_BESIDE))


def _among_first(strength: Array, number: int) -> Flags:
    """Say which columns are among the strongest of each row."""
    place = np.argsort(np.argsort(-strength, axis=1, kind="stable"), axis=1)
    return np.asarray((place < number) & np.isfinite(strength))


def _thin(answered: float, given: float, sessions: float) -> str | None:
    if answered == 0:
        return "no_check_in"
    if given < FEWEST_ANSWERS:
        return "too_few_answers"
    return "too_few_sessions" if sessions < FEWEST_SESSIONS else None


def _of_answers(now: Array, level: Array, sd: Array, compare: Flags) -> dict[str, About]:
    expected = np.where(compare[:, None], usual_answer(level, sd), np.nan)
    away = (now - expected) / sd
    return {item: (now[:, i], expected[:, i], away[:, i]) for i, item in enumerate(ITEMS)}


def _others(
    table: pl.DataFrame,
    answers: Array,
    start: Index,
    judged: Index,
    usual: Usual,
    norms: dict[str, Norms],
) -> tuple[dict[str, Source | Callable[[float], Source]], dict[str, About]]:
    """Gather what the other sources say; symptoms depend on how far a reason moves them."""

    def column(name: str) -> Array:
        return np.asarray(table[name].to_numpy().astype(float))

    said: dict[str, Source | Callable[[float], Source]] = {
        "tension": sources_.tension(column("tension"), column("settled"), start, judged),
        "therapist_tension": sources_.tension(
            column("therapist_tension"), column("therapist_settled"), start, judged, 0.7
        ),
        "attendance": sources_.attendance(table, usual, start, judged),
        "goal_agreement": sources_.agreement(table, start, judged),
        "hurried": sources_.hurried(table, start, judged),
        "ceiling": sources_.ceiling(answers, start, judged),
    }
    z, variance, per_sd, change = sources_.symptoms(table, norms, usual, start, judged)

    def symptoms(share: float) -> Source:
        shift = share * per_sd[:, None] * DEPTHS
        unknown = np.full(len(judged), np.nan)
        return Source(unknown, unknown, change, sources_.shifted(z, variance, shift))

    said["symptoms"] = symptoms
    about = {
        name: (source.value, source.usual, source.unusual)
        for name, source in said.items()
        if isinstance(source, Source)
    }
    unknown = np.full(len(judged), np.nan)
    return said, about | {"symptoms": (unknown, unknown, change)}


def _for(named: Named, said: Mapping[str, Source | Callable[[float], Source]]) -> dict[str, Source]:
    """Pick the sources that a reason rests on."""
    picked = {}
    for name, share in named.sources.items():
        source = said.get(name)
        if source is not None:
            picked[name] = source if isinstance(source, Source) else source(share)
    return picked


def _joined(judged: Index, batches: list[Judged], reasons: int) -> Judged:
    """Put batches one after the other."""
    if not batches:
        nowhere = np.zeros(0, dtype=bool)
        nothing = np.empty((0, reasons))
        return Judged(judged, nothing, nothing, [], [], {}, nowhere, nothing.astype(bool))
    offsets = np.cumsum([0, *(len(one.row) for one in batches)])
    return Judged(
        row=judged,
        strength=np.concatenate([one.strength for one in batches]),
        speaks=np.concatenate([one.speaks for one in batches]),
        thin=[why for one in batches for why in one.thin],
        parts=[
            (row + int(offset), reason, source, adds)
            for one, offset in zip(batches, offsets, strict=False)
            for row, reason, source, adds in one.parts
        ],
        about={name: _end_to_end(one.about[name] for one in batches) for name in batches[0].about},
        general=np.concatenate([one.general for one in batches]),
        tellable=np.concatenate([one.tellable for one in batches]),
    )


def _end_to_end(about: Iterable[About]) -> About:
    value, usual, unusual = (np.concatenate(one) for one in zip(*about, strict=True))
    return value, usual, unusual
