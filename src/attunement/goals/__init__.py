"""What client and therapist work towards: agreement, pairing, progress and attainment."""

from attunement.goals.agreement import Agreement, agreement, goal_agreement
from attunement.goals.attainment import attainment, t_score
from attunement.goals.pairing import Suggestion, suggest_pairs
from attunement.goals.progress import goal_progress
from attunement.goals.reading import read_agreement
from attunement.goals.standing import Opposing, Stale, opposing, stale
from attunement.goals.tables import (
    GOAL_AGREEMENT,
    GOAL_ATTAINMENT,
    GOAL_RATINGS,
    GOALS,
)
from attunement.goals.weights import rank_weights

__all__ = [
    "GOALS",
    "GOAL_AGREEMENT",
    "GOAL_ATTAINMENT",
    "GOAL_RATINGS",
    "Agreement",
    "Opposing",
    "Stale",
    "Suggestion",
    "agreement",
    "attainment",
    "goal_agreement",
    "goal_progress",
    "opposing",
    "rank_weights",
    "read_agreement",
    "stale",
    "suggest_pairs",
    "t_score",
]
