"""Answers of many clients over sessions, before and while something is planted."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from attunement.synthetic.answers import CLIENT_ITEMS, HIGHEST, THERAPIST_ITEMS
from attunement.synthetic.planted.plan import ANSWERS, BOND, TOGETHER, PlantedPlan

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

LEVEL, LEVEL_SD, PROFILE_SD = 6.8, 1.1, 0.6
NEAR_TOP = (9.2, 10.2)
SYMPTOMS = {"phq9": 9, "gad7": 7}
MOST_POINTS = 3
SYMPTOM_LEVEL, SYMPTOM_LEVEL_SD, SYMPTOM_ITEM_SD, SYMPTOM_SD = 1.3, 0.45, 0.3, 0.5
SYMPTOM_SHARE_OF_STALL = 0.5
TENSION_PER_SD, TENSION_NOISE = 2.5, 1.0
SETTLED_THEN, UNSETTLED_THEN, SETTLED_NOISE = 8.0, 3.0, 1.5
TENSION_IN_PEACE = 0.06
BOND_SHARE_OF_RUPTURE = 0.5
ABSENT, LATE = 0.08, 0.06
TROUBLED_APPOINTMENTS = 3
PAT = {1.0: 0.5, 2.0: 0.8, 3.0: 0.95}
PAT_IS_TOP = 0.7
SECONDS, SECONDS_BETWEEN, SECONDS_WITHIN = 90.0, 0.4, 0.3
AGREEMENT, AGREEMENT_BETWEEN, AGREEMENT_SD, WITH_GOALS = 0.7, 0.1, 0.15, 0.5
THERAPIST_BIAS, THERAPIST_SEES, THERAPIST_SEES_REASON = -0.5, 0.3, 0.2
THERAPIST_DAY_SD, THERAPIST_SD = 0.4, 0.5
TOLD_BY_THERAPIST = 0.7


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """What is drawn: arrays of clients by check-ins (by answers); the last check-in is planted.

    A check-in that a client does not have is False in ``there``; a missing answer is NaN.
    ``answers``, ``therapist`` and ``tension``, ``settled`` (a client's, then a therapist's) are
    whole numbers from 0 to 10; ``symptoms`` sums by form; ``seconds`` that the form took;
    ``agreement`` on goals from 0 to 1; ``absent`` whether an appointment before it did not take
    place, ``late`` whether the client came late. ``level`` and ``sd`` are the truth.
    """

    there: Flags
    level: Array
    sd: Array
    latent: Array
    answers: Array
    therapist: Array
    tension: Array
    settled: Array
    symptoms: dict[str, Array]
    seconds: Array
    agreement: Array
    absent: Flags
    late: Flags


def draw(plan: PlantedPlan, reason: NDArray[np.str_], depth: Array, seed: int) -> Drawn:
    """Draw a client for every reason and depth (own SDs; 0 for the undisturbed)."""
    rng = np.random.default_rng(seed)
    n, many = reason.size, plan.most + 1
    earlier = rng.integers(plan.fewest, plan.most + 1, n)
    there = np.arange(many) >= plan.most - earlier[:, None]
    top = rng.random(n) < plan.ceiling
    general = np.where(
        top, rng.uniform(*NEAR_TOP, n), np.minimum(rng.normal(LEVEL, LEVEL_SD, n), NEAR_TOP[0])
    )
    level = general[:, None] + rng.normal(0, PROFILE_SD, (n, len(CLIENT_ITEMS)))
    sd = plan.sd * np.exp(rng.normal(0, plan.sd_spread, n))
    common = carried(rng, (n, many, 1), plan.autocorrelation)
    own = carried(rng, (n, many, len(CLIENT_ITEMS)), plan.autocorrelation)
    noise = plan.correlation**0.5 * common + (1 - plan.correlation) ** 0.5 * own
    drop = dropped(plan, reason, depth, rng)
    latent = level[:, None, :] + sd[:, None, None] * noise
    latent[:, -1] -= sd[:, None] * drop
    answers = whole(latent)
    _answer_patly(answers, reason == "not_candid", depth, level.mean(axis=1), rng)
    tension, settled = _tension(reason, depth, (n, many), rng)
    seen = np.array([CLIENT_ITEMS.index(item) for item in THERAPIST_ITEMS])
    view = level[:, None, seen] + THERAPIST_BIAS + sd[:, None, None] * THERAPIST_SEES * common
    view = view + rng.normal(0, THERAPIST_DAY_SD, (n, many, 1))
    view = view + rng.normal(0, THERAPIST_SD, view.shape)
    view[:, -1] -= THERAPIST_SEES_REASON * sd[:, None] * drop[:, seen]
    away, late = _appointments(reason, depth, (n, many), rng)
    for given in (answers, view, tension, settled):
        given[rng.random(given.shape) < plan.missing] = np.nan
    return Drawn(
        there=there,
        level=level,
        sd=sd,
        latent=latent,
        answers=answers,
        therapist=whole(view),
        tension=tension,
        settled=settled,
        symptoms=_symptoms(plan, reason, depth, (n, many), rng),
        seconds=_seconds(_lowered(plan, reason == "not_candid", depth, (n, many), rng), rng),
        agreement=_agreement(
            _lowered(plan, reason == "goals_not_shared", depth, (n, many), rng), rng
        ),
        absent=away,
        late=late,
    )


def carried(rng: np.random.Generator, shape: tuple[int, int, int], lag: float) -> Array:
    """Draw standard normal noise that carries over from one check-in to the next."""
    noise = rng.normal(size=shape)
    for step in range(1, shape[1]):
        noise[:, step] = lag * noise[:, step - 1] + (1 - lag**2) ** 0.5 * noise[:, step]
    return noise


def whole(latent: Array) -> Array:
    """Answer in whole numbers from 0 to 10."""
    return np.round(latent).clip(0, HIGHEST)


def dropped(
    plan: PlantedPlan, reason: NDArray[np.str_], depth: Array, rng: np.random.Generator
) -> Array:
    """Give the planted depth of every answer, in own SDs."""
    share = np.zeros((reason.size, len(CLIENT_ITEMS)))
    for name, items in ANSWERS.items():
        for item in items if plan.answers == "all" else items[:1]:
            share[reason == name, CLIENT_ITEMS.index(item)] = 1.0
    share[reason == TOGETHER] = 1.0
    for item in BOND:
        share[reason == "unsettled_rupture", CLIENT_ITEMS.index(item)] = BOND_SHARE_OF_RUPTURE
    factor = rng.normal(1, plan.planting_noise, share.shape).clip(0.2)
    return np.asarray(depth[:, None] * share * factor)


def _answer_patly(
    answers: Array, where: Flags, depth: Array, level: Array, rng: np.random.Generator
) -> None:
    """Let people give the best, or their usual, answer to most questions of the last check-in."""
    chance = np.vectorize(lambda one: PAT.get(one, 0.0))(depth)
    one = np.where(rng.random(where.size) < PAT_IS_TOP, HIGHEST, whole(level))
    pat = where[:, None] & (rng.random(answers[:, -1].shape) < chance[:, None])
    answers[:, -1] = np.where(pat, one[:, None], answers[:, -1])


def _tension(
    reason: NDArray[np.str_], depth: Array, shape: tuple[int, int], rng: np.random.Generator
) -> tuple[Array, Array]:
    """Tell of tension and how far it was settled: first the client, then the therapist."""
    some = rng.random(shape) < TENSION_IN_PEACE
    told = np.where(some, rng.normal(4, 1.5, shape), rng.normal(-1, 1, shape))
    settled = rng.normal(SETTLED_THEN, SETTLED_NOISE, shape)
    torn = reason == "unsettled_rupture"
    told[:, -1] = np.where(torn, rng.normal(TENSION_PER_SD * depth, TENSION_NOISE), told[:, -1])
    settled[:, -1] = np.where(
        torn, rng.normal(UNSETTLED_THEN, SETTLED_NOISE, len(torn)), settled[:, -1]
    )
    noise = rng.normal(0, 1, (2, *shape))
    of_both = np.stack([told, told * TOLD_BY_THERAPIST + noise[0]], axis=-1)
    settled_both = np.stack([settled, settled + noise[1]], axis=-1)
    told_both = whole(of_both)
    return told_both, np.where(told_both > 0, whole(settled_both), np.nan)


def _symptoms(
    plan: PlantedPlan,
    reason: NDArray[np.str_],
    depth: Array,
    shape: tuple[int, int],
    rng: np.random.Generator,
) -> dict[str, Array]:
    """Sum the answers to symptom questions, which ask about the last two weeks."""
    n, many = shape
    items = sum(SYMPTOMS.values())
    common = carried(rng, (n, many, 1), plan.autocorrelation)
    own = carried(rng, (n, many, items), plan.autocorrelation)
    noise = plan.correlation**0.5 * common + (1 - plan.correlation) ** 0.5 * own
    level = rng.normal(SYMPTOM_LEVEL, SYMPTOM_LEVEL_SD, (n, 1, 1)) + rng.normal(
        0, 0.3, (n, 1, items)
    )
    share = np.select(
        [reason == "life_outside", reason == "no_progress"], [1.0, SYMPTOM_SHARE_OF_STALL], 0.0
    )
    factor = rng.normal(1, plan.planting_noise, (n, 1, items)).clip(0.2)
    noise[:, -2:] += (share * depth)[:, None, None] * factor
    answers = np.round(level + SYMPTOM_SD * noise).clip(0, MOST_POINTS)
    unanswered = rng.random((n, many, len(SYMPTOMS))) < plan.missing
    ends = np.cumsum([0, *SYMPTOMS.values()])
    return {
        name: np.where(
            unanswered[:, :, i], np.nan, answers[:, :, ends[i] : ends[i + 1]].sum(axis=2)
        )
        for i, name in enumerate(SYMPTOMS)
    }


def _lowered(
    plan: PlantedPlan, where: Flags, depth: Array, shape: tuple[int, int], rng: np.random.Generator
) -> Array:
    """Draw noise that carries over, and lower it at the last check-in of some."""
    noise = carried(rng, (*shape, 1), plan.autocorrelation)[:, :, 0]
    noise[:, -1] -= np.where(where, depth, 0.0)
    return noise


def _seconds(noise: Array, rng: np.random.Generator) -> Array:
    """Say how long the form took."""
    usual = np.log(SECONDS) + rng.normal(0, SECONDS_BETWEEN, (len(noise), 1))
    return np.asarray(np.round(np.exp(usual + SECONDS_WITHIN * noise)))


def _agreement(noise: Array, rng: np.random.Generator) -> Array:
    """Measure agreement on goals, at half of the clients."""
    usual = rng.normal(AGREEMENT, AGREEMENT_BETWEEN, (len(noise), 1))
    index = (usual + AGREEMENT_SD * noise).clip(0, 1)
    return np.where(rng.random((len(noise), 1)) < WITH_GOALS, index, np.nan)


def _appointments(
    reason: NDArray[np.str_], depth: Array, shape: tuple[int, int], rng: np.random.Generator
) -> tuple[Flags, Flags]:
    """Let appointments fail or begin late, more often lately where practical barriers grow."""
    shift = np.zeros(shape)
    shift[:, -TROUBLED_APPOINTMENTS:] = np.where(reason == "practical_barriers", depth, 0.0)[
        :, None
    ]
    return (
        rng.random(shape) < ndtr(ndtri(ABSENT) + shift),
        rng.random(shape) < ndtr(ndtri(LATE) + shift),
    )
