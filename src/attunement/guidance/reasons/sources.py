"""What other sources than the answers say: tension, symptoms, attendance, goals, hurry, ceiling.

Each gives, for every session that is judged, the logarithm of how much likelier it is under a
strain of each depth than without any.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from attunement.course.baseline import Norms
from attunement.guidance.reasons.bounded import counted
from attunement.guidance.reasons.past import earlier
from attunement.guidance.reasons.usual import TOP, Usual

Array = NDArray[np.float64]
Index = NDArray[np.int64]

DEPTHS = np.array([1.0, 2.0, 3.0, 4.0])
"""Strains that are weighed, in own SDs; the last stands for anything larger."""

DEPTH_CHANCES = np.array([0.3, 0.35, 0.25, 0.1])
STRANGE, STRANGE_CHANCE = 0.005, 0.05

UNSETTLED_EDGES = np.array([-np.inf, 0.5, 1.5, 2.5, 3.5, 5.0, np.inf])
UNSETTLED_IN_PEACE = np.array([0.86, 0.06, 0.04, 0.02, 0.012, 0.008])
UNSETTLED_PER_SD, UNSETTLED_SD = 1.7, 1.5
SETTLED_IF_UNSAID = 5.0

RECENT_SCORES = 2
RECENT_APPOINTMENTS, FEWEST_FAILED = 4, 2
WORTH = 10.0
AGREEMENT, AGREEMENT_WORTH, AGREEMENT_SD = 0.7, 2.0, 0.2
HURRY_SD, HURRY_DF = 0.35, 6.0
FEWEST_TIMES = 3
RUN_WORTH, LONGEST_RUN = 0.35, 4


@dataclass(frozen=True)
class Source:
    """One source at every judged session.

    ``value``, ``usual`` and ``unusual`` are as in :class:`~.model.Part`, NaN where unknown;
    ``evidence`` has the shape (rows, depths).
    """

    value: Array
    usual: Array
    unusual: Array
    evidence: Array


def shifted(z: Array, variance: Array, shift: Array) -> Array:
    """Compare a standardised value under a fall of ``shift`` SDs with none; 0 where it is NaN.

    The last shift stands for any fall, all alike. One value in two hundred is taken to be strange,
    which keeps any single source from deciding all; a value that is further away never counts for
    less (:func:`.bounded.counted`).
    """
    spread = np.sqrt(variance)[:, None]
    strange = np.full_like(spread, STRANGE * STRANGE_CHANCE / (1 - STRANGE))
    shift = np.broadcast_to(shift, (len(z), len(DEPTHS)))
    bounded = counted(z[:, None], shift, spread, strange)
    bounded[:, -1] = np.minimum(z, 0.0)

    def chance(away: Array) -> Array:
        normal = np.exp(-((away / spread) ** 2) / 2) / (spread * np.sqrt(2 * np.pi))
        return np.asarray((1 - STRANGE) * normal + STRANGE * STRANGE_CHANCE)

    far = np.where(z[:, None] < 0, STRANGE_CHANCE, STRANGE * STRANGE_CHANCE)
    fallen = chance(bounded + shift)
    fallen = np.where(np.arange(len(DEPTHS)) == len(DEPTHS) - 1, far, fallen)
    ratio = np.log(fallen / chance(bounded))
    return np.asarray(np.where(np.isfinite(z)[:, None], ratio, 0.0))


def tension(told: Array, settled: Array, start: Index, judged: Index, share: float = 1.0) -> Source:
    """Tension that was told and not settled, at the session, or at the one before if unsaid."""
    left = told * (TOP - np.where(np.isfinite(settled), settled, SETTLED_IF_UNSAID)) / TOP
    before = np.where(judged > start[judged], left[np.maximum(judged - 1, 0)], np.nan)
    value = np.where(np.isfinite(left[judged]), left[judged], before)
    place = np.searchsorted(UNSETTLED_EDGES, np.nan_to_num(value), side="left") - 1
    place = place.clip(0, len(UNSETTLED_IN_PEACE) - 1)
    centre = UNSETTLED_PER_SD * share * DEPTHS
    chance = np.diff(ndtr((UNSETTLED_EDGES[None, :] - centre[:, None]) / UNSETTLED_SD), axis=1)
    chance = (1 - STRANGE) * chance + STRANGE * UNSETTLED_IN_PEACE
    ratio = np.log(chance / UNSETTLED_IN_PEACE).T[place]
    known = np.isfinite(value)
    nothing = np.full(len(judged), np.nan)
    return Source(
        np.where(known, told[judged], np.nan),
        nothing,
        nothing,
        np.where(known[:, None], ratio, 0.0),
    )


def symptoms(
    table: pl.DataFrame, norms: dict[str, Norms], usual: Usual, start: Index, judged: Index
) -> tuple[Array, Array, Array, Array]:
    """Compare the last two symptom scores with the client's earlier ones, scales taken together.

    Returns
    -------
    ``z`` (below zero is worse), its variance, how many own SDs of one score it would move for a
    strain of one, and the mean change in own SDs; NaN where there are too few.
    """
    n = len(judged)
    total, scales, variance = np.zeros(n), np.zeros(n), np.zeros(n)
    for name, norm in norms.items():
        score = table[f"symptoms:{name}"].to_numpy().astype(float)
        score = score - norm.trend * table["session"].to_numpy().astype(float)
        before = judged - (RECENT_SCORES - 1)
        known_before = before >= start[judged]
        two = np.stack(
            [score[judged], np.where(known_before, score[np.maximum(before, 0)], np.nan)]
        )
        recent = np.isfinite(two).sum(axis=0)
        mean = np.where(np.isfinite(two), two, 0.0).sum(axis=0) / np.maximum(recent, 1)
        past = earlier(score[:, None], start, judged, lag=RECENT_SCORES - 1)
        count, sums, squares = past.count[:, 0], past.total[:, 0], past.squares[:, 0]
        safe = np.maximum(count, 1)
        scatter = np.maximum(squares - sums**2 / safe, 0.0)
        sd = np.sqrt((scatter + norm.df * norm.sd**2) / (np.maximum(count - 1, 0) + norm.df))
        fit = (recent > 0) & (count >= FEWEST_TIMES)
        total += np.where(fit, -(mean - sums / safe) / sd, 0.0)
        of_mean = np.where(recent == RECENT_SCORES, (1 + usual.carries) / 2, 1.0)
        variance += np.where(fit, of_mean + 1 / safe, 0.0)
        scales += fit
    several = np.maximum(scales, 1)
    width = np.sqrt(several + several * (several - 1) * usual.symptoms_shared)
    known = scales > 0
    z = np.where(known, total / width, np.nan)
    return (
        z,
        np.where(known, variance / several, 1.0),
        several / width,
        np.where(known, total / several, np.nan),
    )


def attendance(table: pl.DataFrame, usual: Usual, start: Index, judged: Index) -> Source:
    """Compare the last appointments, up to this one, with how often they failed before.

    One that failed is no pattern: it never speaks for anything by itself.
    """
    status = table["status"].to_numpy()
    absent = np.isin(status, ("missed", "cancelled")).astype(float)
    late = (status == "late").astype(float)
    known = np.isin(status, ("missed", "cancelled", "late", "attended")).astype(float)
    columns = np.stack([known, absent, late], axis=1)
    sums = np.concatenate([np.zeros((1, 3)), np.cumsum(columns, axis=0)])
    first = np.maximum(judged + 1 - RECENT_APPOINTMENTS, start[judged])
    recent = sums[judged + 1] - sums[first]
    past = sums[first] - sums[start[judged]]
    site = np.array([usual.absent, usual.late])
    rate = (past[:, 1:] + WORTH * site) / (past[:, :1] + WORTH)
    then = ndtr(ndtri(rate)[:, :, None] + DEPTHS)
    then = then / np.maximum(then.sum(axis=1, keepdims=True) / 0.98, 1.0)
    came, came_then = 1 - rate.sum(axis=1), 1 - then.sum(axis=1)
    ratio = (recent[:, 1:, None] * np.log(then / rate[:, :, None])).sum(axis=1)
    present = recent[:, 0] - recent[:, 1] - recent[:, 2]
    ratio += present[:, None] * np.log(came_then / came[:, None])
    some = recent[:, 0] > 0
    few = recent[:, 1] + recent[:, 2] < FEWEST_FAILED
    ratio = np.where(few[:, None], np.minimum(ratio, 0.0), ratio)
    return Source(
        np.where(some, recent[:, 1] + recent[:, 2], np.nan),
        np.where(some, rate.sum(axis=1) * recent[:, 0], np.nan),
        np.full(len(judged), np.nan),
        np.where(some[:, None], ratio, 0.0),
    )


def agreement(table: pl.DataFrame, start: Index, judged: Index) -> Source:
    """Compare agreement on goals with what it was; with what is common where nothing earlier is."""
    index = table["agreement"].to_numpy().astype(float)
    past = earlier(index[:, None], start, judged)
    count, sums = past.count[:, 0], past.total[:, 0]
    usual = (sums + AGREEMENT_WORTH * AGREEMENT) / (count + AGREEMENT_WORTH)
    z = (index[judged] - usual) / AGREEMENT_SD
    variance = 1 + 1 / (count + AGREEMENT_WORTH)
    known = np.where(count > 0, usual, np.nan)
    return Source(
        index[judged], known, np.where(count > 0, z, np.nan), shifted(z, variance, DEPTHS)
    )


def hurried(table: pl.DataFrame, start: Index, judged: Index) -> Source:
    """Compare the time that the form took with the client's earlier times."""
    seconds = table["seconds"].to_numpy().astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        time = np.where(seconds > 0, np.log(seconds), np.nan)
    past = earlier(time[:, None], start, judged)
    count, sums, squares = past.count[:, 0], past.total[:, 0], past.squares[:, 0]
    safe = np.maximum(count, 1)
    scatter = np.maximum(squares - sums**2 / safe, 0.0) + HURRY_DF * HURRY_SD**2
    sd = np.sqrt(scatter / (np.maximum(count - 1, 0) + HURRY_DF))
    enough = count >= FEWEST_TIMES
    z = np.where(enough, (time[judged] - sums / safe) / sd, np.nan)
    usual = np.where(enough, np.exp(sums / safe), np.nan)
    return Source(seconds[judged], usual, z, shifted(z, 1 + 1 / safe, DEPTHS))


def ceiling(answers: Array, start: Index, judged: Index) -> Source:
    """Count for how many check-ins running every answer was the best possible one."""
    there = np.isfinite(answers)
    given = there.any(axis=1)
    all_top = given & (np.where(there, answers, TOP) >= TOP).all(axis=1)
    place = np.cumsum(given)
    broken = np.where(given & ~all_top, place, 0)
    base = np.where(start > 0, place[np.maximum(start - 1, 0)], 0)
    last = np.maximum(np.maximum.accumulate(broken), base)
    run = np.where(all_top, place - last, 0)[judged].astype(float)
    evidence = RUN_WORTH * (run - 1).clip(0, LONGEST_RUN)
    return Source(
        run,
        np.full(len(judged), np.nan),
        np.full(len(judged), np.nan),
        np.repeat(evidence[:, None], len(DEPTHS), axis=1),
    )
