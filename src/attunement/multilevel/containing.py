"""Whether one model contains another, and whether both saw the same rows."""

import numpy as np
from formulaic import Formula as Parsed  # type: ignore[import-untyped]

from attunement.multilevel.design import Level
from attunement.multilevel.results import Fit
from attunement.problems import Problem

SAME = 1e-6
CRITERIA = "compare their AIC or BIC"
ALIKE = "fit both by attunement.multilevel.fit_same_rows"


def require_same_rows(one: Fit, other: Fit) -> None:
    """Raise a :class:`Problem` where two fits cannot be of the same rows.

    Told by how many rows there are, and by the mean and the spread of their outcome.
    """
    first, second = one.estimates.units, other.estimates.units
    same = one.rows == other.rows and (
        first.design.formula.outcome == second.design.formula.outcome
    )
    if same and one.phi is None and other.phi is None:
        spread = first.scale[-1]
        apart = [first.mean[-1] - second.mean[-1], spread - second.scale[-1]]
        same = bool(np.abs(apart).max() <= SAME * spread)
    if not same:
        raise Problem("the two models were not fitted to the same rows", ALIKE)


def require_contained(small: Fit, large: Fit) -> str | None:
    """See whether the larger model contains the smaller, by the names of their columns.

    Returns
    -------
    What to warn of where names alone cannot tell, as of ``time`` within ``C(time)``.

    Raises
    ------
    Problem
        If it does not.
    """
    designs = [fit.estimates.units.design for fit in (small, large)]
    named = [{str(name) for name in Parsed(d.formula.fixed).required_variables} for d in designs]
    lacking = sorted(named[0] - named[1])
    lacking += [
        f"({' + '.join(block)} | {level.name})"
        for level in designs[0].levels
        for block in level.blocks
        if not any(set(block) <= set(wider) for wider in _blocks(small, level, large))
    ]
    if small.phi is not None and large.phi is None:
        lacking.append("the autocorrelation of residuals")
    if lacking:
        raise Problem(
            f"the larger model lacks {lacking[0]} of the smaller, so it does not contain it",
            CRITERIA,
        )
    unlike = sorted(set(small.estimates.units.kept) - set(designs[1].fixed))
    if not unlike:
        return None
    return (
        f"The larger model has no column {unlike[0]}: the test holds only if its other columns "
        "make it up."
    )


def _blocks(small: Fit, level: Level, large: Fit) -> list[tuple[str, ...]]:
    """List what varies in the larger model over the groups of a level of the smaller."""
    size = small.groups[level.name]
    return [
        block
        for other in large.estimates.units.design.levels
        if other.groups == level.groups
        or (other.groups[-1] == level.groups[-1] and large.groups[other.name] == size)
        for block in other.blocks
    ]
