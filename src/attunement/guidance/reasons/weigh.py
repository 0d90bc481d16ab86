"""Weigh all sources for each reason, and split the sum into its parts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from attunement.guidance.reasons.library import ITEMS, VIEW, Named
from attunement.guidance.reasons.likelihood import Chances
from attunement.guidance.reasons.model import OTHERS, RARITY
from attunement.guidance.reasons.sources import (
    DEPTH_CHANCES,
    DEPTHS,
    STRANGE,
    STRANGE_CHANCE,
    Source,
)
from attunement.guidance.reasons.usual import TOP

Array = NDArray[np.float64]
Index = NDArray[np.int64]

COLUMNS = (*ITEMS, VIEW)
ALL_ANSWERS, MAIN_ALONE = 0.8, 0.2
PAT = np.array([0.5, 0.8, 0.95, 1 - 1e-6])
PAT_IS_TOP, OTHER_PATS = 0.7, 10.0
NEAR_TOP, NOT_BELOW = 1.0, 1.0
UNIFORM = "uniform"


@dataclass(frozen=True)
class Way:
    """One way in which a reason may show: which columns fall by which of the shifts."""

    depth: int
    chance: float
    falls: tuple[tuple[int, int], ...]


def shifts_of(library: Mapping[str, Named]) -> Array:
    """List by how many SDs anything may fall, for any reason, 0 first; infinity is any fall."""
    shares = {0.0}
    for named in library.values():
        shares |= {_fall(share, depth) for share in _falls(named).values() for depth in DEPTHS}
    return np.array(sorted(shares))


def _fall(share: float, depth: float) -> float:
    """Give by how many SDs an answer falls; what falls fully may fall any far at the last depth."""
    return float("inf") if share == 1 and depth == DEPTHS[-1] else round(share * depth, 6)


def ways_of(named: Named, shifts: Array) -> list[Way]:
    """List the ways in which a reason may show in the answers, with their chances."""
    falls = _falls(named)
    main = list(falls.items())[:1]
    kinds = [(list(falls.items()), 1.0)]
    if 1 < len(named.answers) < len(ITEMS) and not named.view:
        kinds = [(list(falls.items()), ALL_ANSWERS), (main, MAIN_ALONE)]
    return [
        Way(
            depth=number,
            chance=chance * float(DEPTH_CHANCES[number]),
            falls=tuple(
                (COLUMNS.index(column), int(np.searchsorted(shifts, _fall(share, depth))))
                for column, share in kind
            ),
        )
        for (number, depth), (kind, chance) in product(enumerate(DEPTHS), kinds)
    ]


def _falls(named: Named) -> dict[str, float]:
    return {**named.answers, **({VIEW: named.view} if named.view else {})}


@dataclass(frozen=True)
class Evidence:
    """What speaks for one reason, at the sessions of one batch.

    Attributes
    ----------
    strength : shape (rows,)
        Logarithm of odds against an undisturbed session, less the rarity.
    ways : shape (rows, ways, days)
        How likely each way and day is if the reason holds; sums to one.
    of_answers : list over ways of (column, shape (rows, days)) pairs
        What each answer adds.
    of_sources : mapping of str to shape (rows, ways)
        What each other source adds.
    beside : shape (rows,)
        Logarithm of odds by other sources alone, without any answer.
    """

    named: Named
    strength: Array
    ways: Array
    of_answers: list[list[tuple[str, Array]]]
    of_sources: dict[str, Array]
    beside: Array

    def parts(self, row: int) -> Iterator[tuple[str, float]]:
        """Split one row's strength.

        If the chance of the data is a sum over hidden ways and days, its logarithm is what each
        source adds on average over them, as they look afterwards, less how far
        they have moved from what was thought before (the identity behind variational inference:
        Neal & Hinton 1998, in *Learning in Graphical Models*). That last term is the part of
        the other answers: they say what kind of day it was.
        """
        sums: dict[str, float] = {}
        for number, pieces in enumerate(self.of_answers):
            for name, adds in pieces:
                sums[name] = sums.get(name, 0.0) + float(self.ways[row, number] @ adds[row])
        depth = self.ways[row].sum(axis=1)
        for name, by_way in self.of_sources.items():
            sums[name] = sums.get(name, 0.0) + float(depth @ by_way[row])
        rest = float(self.strength[row]) + self.named.rarity - sum(sums.values())
        yield from sums.items()
        yield OTHERS, rest
        yield RARITY, -self.named.rarity


def weigh(
    named: Named,
    chances: Chances,
    now: Array,
    level: Array,
    compare: NDArray[np.bool_],
    shifts: Array,
    sources: Mapping[str, Source],
) -> Evidence:
    """Weigh one reason at every session of a batch.

    Parameters
    ----------
    named
        The reason.
    chances
        Of the answers; see :func:`~attunement.guidance.reasons.likelihood.chances`.
    now : shape (rows, 8)
        The answers.
    level : shape (rows, 8)
        The client's usual ones.
    compare : shape (rows,)
        Where answers may be compared with earlier ones.
    shifts
        As for ``chances``.
    sources
        What else there is, by name.
    """
    if UNIFORM in named.sources:
        ways, of_answers = _patly(chances, now, level)
    else:
        ways = ways_of(named, shifts)
        of_answers = [
            [
                (COLUMNS[column], chances.answers[:, column, shift] - chances.answers[:, column, 0])
                for column, shift in way.falls
            ]
            for way in ways
        ]
    of_answers = [
        [(name, np.where(compare[:, None], adds, 0.0)) for name, adds in pieces]
        for pieces in of_answers
    ]
    depth = np.array([way.depth for way in ways])
    of_sources = {
        name: sources[name].evidence[:, depth] for name in named.sources if name in sources
    }
    total = np.empty((len(now), len(ways), chances.days.shape[1]))
    for number, (way, pieces) in enumerate(zip(ways, of_answers, strict=True)):
        total[:, number] = chances.days + np.log(way.chance)
        for _, adds in pieces:
            total[:, number] += adds
    for by_way in of_sources.values():
        total += by_way[:, :, None]
    chance_of_way = np.log([way.chance for way in ways])
    alone = sum(of_sources.values(), np.zeros((len(now), len(ways))))
    sum_of_all = logsumexp(total, axis=(1, 2))
    return Evidence(
        named=named,
        strength=sum_of_all - named.rarity,
        ways=np.exp(total - sum_of_all[:, None, None]),
        of_answers=of_answers,
        of_sources=of_sources,
        beside=np.asarray(logsumexp(alone + chance_of_way, axis=1)),
    )


def _patly(
    chances: Chances, now: Array, level: Array
) -> tuple[list[Way], list[list[tuple[str, Array]]]]:
    """Compare the answers with one and the same answer to most questions: the best, or another.

    Another counts where it is near the best, or not below what this client usually answers: low
    marks everywhere are no sign of politeness. One check-in in four thousand is taken to be alike
    for no reason, as with other sources, which keeps this one from deciding all.
    """
    there = np.isfinite(now)
    points = np.arange(TOP + 1)
    often = (np.where(there, now, -1.0)[:, :, None] == points).sum(axis=1)
    most = points[often[:, :-1].argmax(axis=1)]
    polite = (most >= TOP - NEAR_TOP) | (most >= level.clip(None, TOP).mean(axis=1) - NOT_BELOW)
    ways, of_answers = [], []
    for number, share in enumerate(PAT):
        kinds = (
            (np.full(len(now), TOP), PAT_IS_TOP, np.full(len(now), fill_value=True)),
            (most, (1 - PAT_IS_TOP) / OTHER_PATS, polite),
        )
        for pat, chance, counts in kinds:
            same = there & (now == pat[:, None])
            usually = chances.answers[:, : len(ITEMS), 0, :]
            patly = np.logaddexp(
                np.log(1 - share) + usually, np.where(same, np.log(share), -np.inf)[:, :, None]
            )
            adds = np.where(there[:, :, None], patly - usually, 0.0).sum(axis=1)
            whole = logsumexp(chances.days + adds, axis=1)
            adds -= (whole + np.logaddexp(-whole, np.log(STRANGE * STRANGE_CHANCE)))[:, None]
            adds = np.where(counts[:, None], adds, 0.0)
            prior = chance * float(DEPTH_CHANCES[number])
            ways.append(Way(depth=number, chance=prior, falls=()))
            of_answers.append([(UNIFORM, adds)])
    return ways, of_answers
