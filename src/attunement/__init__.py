"""Attunement: strengthens the working relationship between client and therapist.

``import attunement as at`` gives what :mod:`attunement.toolkit` offers, loaded when first used.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from attunement.toolkit import (
        Direction,
        Norms,
        Plan,
        Problem,
        Rule,
        Scale,
        alliance_outcome,
        alliance_outcome_chart,
        attendance,
        change,
        course,
        fit,
        library,
        norms,
        outcomes,
        psychometrics,
        reasons,
        retention,
        safety,
        score,
        simulate,
        sudden_gains,
        tensions,
    )

__all__ = [
    "Direction",
    "Norms",
    "Plan",
    "Problem",
    "Rule",
    "Scale",
    "alliance_outcome",
    "alliance_outcome_chart",
    "attendance",
    "change",
    "course",
    "fit",
    "library",
    "norms",
    "outcomes",
    "psychometrics",
    "reasons",
    "retention",
    "safety",
    "score",
    "simulate",
    "sudden_gains",
    "tensions",
]


def __getattr__(name: str) -> Any:
    """Load the toolkit when one of its names is first used: the command line starts faster."""
    if name not in __all__:
        raise AttributeError(f"module 'attunement' has no attribute '{name}'")
    from attunement import toolkit

    return getattr(toolkit, name)


def __dir__() -> list[str]:
    """List the public names."""
    return __all__
