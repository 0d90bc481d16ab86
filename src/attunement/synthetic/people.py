"""Who is in a synthetic cohort, and how they are on an ordinary day."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from attunement.synthetic.plan import MOST_SESSIONS, Plan

Vector = NDArray[np.float64]
Index = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class People:
    """One value per client, except ``site_of``, which has one per therapist.

    Attributes
    ----------
    therapist, site_of : shape (clients,), (therapists,)
        Numbers from 0.
    level, trend : shape (clients,)
        Alliance before the first session, and its change per session.
    symptoms : shape (clients,)
        PHQ-9 before the first session, neither rounded nor cut off.
    planned : shape (clients,)
        Planned number of sessions.
    first_day : shape (clients,)
        Days from the plan's start to the first session.
    at_ceiling : shape (clients,)
        Who always gives the best answer.
    """

    therapist: Index
    site_of: Index
    level: Vector
    trend: Vector
    symptoms: Vector
    planned: Index
    first_day: Index
    at_ceiling: NDArray[np.bool_]


def draw_people(plan: Plan, rng: np.random.Generator) -> People:
    """Draw sites, therapists in them, and clients of theirs."""
    site_of = np.arange(plan.therapists) % plan.sites
    therapist = rng.integers(0, plan.therapists, plan.clients)
    of_site = rng.normal(0, plan.between_sd(plan.site_icc), plan.sites)
    of_therapist = rng.normal(0, plan.between_sd(plan.therapist_icc), plan.therapists)
    of_client = rng.normal(0, plan.between_sd(plan.client_icc), plan.clients)
    away = of_site[site_of[therapist]] + of_therapist[therapist] + of_client
    spread = plan.between_sd(plan.site_icc + plan.therapist_icc + plan.client_icc)
    shared = away / spread if spread > 0 else away
    own = rng.normal(0, 1, plan.clients)
    severity = plan.symptom_r * shared + (1 - plan.symptom_r**2) ** 0.5 * own
    planned = 1 + rng.poisson(plan.mean_sessions - 1, plan.clients)
    weeks = rng.integers(0, plan.intake_weeks, plan.clients)
    return People(
        therapist=therapist,
        site_of=site_of,
        level=plan.level + away,
        trend=rng.normal(plan.trend, plan.trend_sd, plan.clients),
        symptoms=plan.symptom_level + plan.symptom_sd * severity,
        planned=planned.clip(max=MOST_SESSIONS),
        first_day=7 * weeks + rng.integers(0, 5, plan.clients),
        at_ceiling=rng.random(plan.clients) < plan.ceiling,
    )
