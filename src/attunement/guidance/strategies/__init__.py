"""What could help: strategies, one file each, with their evidence and their limits."""

from attunement.guidance.strategies.catalogue import Strategies, find_strategy, strategies
from attunement.guidance.strategies.model import (
    REASONS,
    SIMILAR,
    SIMILAR_WORDS,
    Evidence,
    Lean,
    LookFor,
    School,
    Step,
    Strategy,
)

__all__ = [
    "REASONS",
    "SIMILAR",
    "SIMILAR_WORDS",
    "Evidence",
    "Lean",
    "LookFor",
    "School",
    "Step",
    "Strategies",
    "Strategy",
    "find_strategy",
    "strategies",
]
