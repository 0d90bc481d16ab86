"""What things are called on the page."""

from attunement.measures.instruments.catalogue import find_scale
from attunement.problems import Problem

OUTCOMES = {
    "reliable_improvement": "Reliable improvement",
    "recovery": "Recovery",
    "reliable_recovery": "Reliable recovery",
    "deterioration": "Reliable deterioration",
}
LATER = {0: "at the same session", 1: "at the next session"}


def scale_name(scale: str) -> str:
    """Give a scale's title where an instrument in the box has it, else its own name."""
    try:
        return find_scale(scale).title or scale
    except Problem:
        return scale


def plural(word: str) -> str:
    """Name several of a kind."""
    return f"{word}s"


def later(lag: int) -> str:
    """Say how many sessions later."""
    return LATER.get(lag, f"{lag} sessions later")
