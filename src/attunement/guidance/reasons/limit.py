"""What nobody could better: how often a reason is found if everything but the reason is known."""

import numpy as np
from numpy.typing import NDArray

from attunement.guidance.reasons.level import Own
from attunement.guidance.reasons.library import ITEMS
from attunement.guidance.reasons.likelihood import chances
from attunement.guidance.reasons.usual import Usual
from attunement.synthetic.planted.cohort import Planted
from attunement.synthetic.planted.plan import ANSWERS, REASONS, UNDISTURBED, PlantedPlan

Array = NDArray[np.float64]

FALSE_REASONS = 0.05
FEW = 3
BATCH = 4000


def information_limit(
    planted: Planted, plan: PlantedPlan, depth: float
) -> dict[str, dict[str, float]]:
    """Give the shares of sessions in which an ideal observer would name the true reason.

    The observer is told each client's true level and spread, how far the session before lay from
    it, how strong the strain is if there is one, and which answers belong to each reason, and
    compares exact likelihoods (the most powerful test: Neyman & Pearson 1933, *Phil. Trans. R.
    Soc. A* 231:289). They have the same answers, whole, cut off at the top and partly
    missing. Unasked, they speak in the share of undisturbed sessions that falls to the reasons
    which show in answers, out of 5 %; or in 5 %, as if there were no other reasons. They speak or
    are silent, and whoever speaks may name three. The planted noise of the depth alone is not told.

    Parameters
    ----------
    planted
        A cohort.
    plan
        How it was drawn.
    depth
        Of the strain, in own SDs.

    Returns
    -------
    For each reason that shows in answers, shares of its sessions: ``limit`` (first, unasked) and
    ``limit_three`` (among three, unasked); ``limit_whole`` and ``limit_three_whole``, the same with
    the whole 5 %; ``asked_limit`` (first when asked, where there is no need for silence).
    """
    truth = planted.truth["reason"].to_numpy()
    depths = planted.truth["depth"].to_numpy()
    calm = truth == UNDISTURBED
    belongs = np.isin(truth, list(ANSWERS)) & (depths == depth)
    if not calm.any() or not belongs.any():
        return {}
    place = np.flatnonzero(calm | belongs)
    ratios = np.concatenate(
        [
            _ratios(planted, plan, depth, place[first : first + BATCH])
            for first in range(0, len(place), BATCH)
        ]
    )
    kinds = truth[place]
    best = ratios.max(axis=1)
    rank = (-ratios).argsort(axis=1, kind="stable").argsort(axis=1)
    own = FALSE_REASONS * len(ANSWERS) / len(REASONS)
    bars = [np.quantile(best[kinds == UNDISTURBED], 1 - share) for share in (own, FALSE_REASONS)]
    found = {}
    for number, name in enumerate(ANSWERS):
        here = kinds == name
        if not here.any():
            continue
        first, three = rank[here, number] == 0, rank[here, number] < FEW
        speaks, speaks_more = (best[here] > bar for bar in bars)
        found[name] = {
            "limit": float((first & speaks).mean()),
            "limit_three": float((three & speaks).mean()),
            "limit_whole": float((first & speaks_more).mean()),
            "limit_three_whole": float((three & speaks_more).mean()),
            "asked_limit": float(first.mean()),
        }
    return found


def _ratios(planted: Planted, plan: PlantedPlan, depth: float, place: NDArray[np.int64]) -> Array:
    """Compute the logarithm of the likelihood ratio of every reason that shows in answers."""
    drawn = planted.drawn
    level, sd = drawn.level[place], np.repeat(drawn.sd[place, None], len(ITEMS), axis=1)
    before = drawn.latent[place, -2] - level
    fresh = 1 - plan.autocorrelation**2
    none, one = np.zeros(len(place)), np.ones(len(place))
    own = Own(
        level=level,
        sd=sd,
        next=level + plan.autocorrelation * before,
        particular=fresh * (1 - plan.correlation) * sd**2,
        day=fresh * one,
        view=none,
        view_doubt=one,
        sessions=one,
    )
    usual = Usual(
        levels=np.zeros(len(ITEMS)),
        sds=np.ones(len(ITEMS)),
        shared=np.full(len(ITEMS), plan.correlation),
    )
    unseen = np.full(len(place), np.nan)
    seen = chances(drawn.answers[place, -1], unseen, none, own, usual, np.array([0.0, depth]))
    adds = seen.answers[:, :, 1] - seen.answers[:, :, 0]
    ratios = []
    for items in ANSWERS.values():
        belong = [ITEMS.index(item) for item in (items if plan.answers == "all" else items[:1])]
        ratios.append(np.logaddexp.reduce(seen.days + adds[:, belong].sum(axis=1), axis=1))
    return np.stack(ratios, axis=1)
