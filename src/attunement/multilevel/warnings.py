"""What a fit must say of itself."""

import numpy as np

from attunement.multilevel.estimation import Estimates

FEWEST_GROUPS = 6


def warnings_of(found: Estimates) -> tuple[str, ...]:
    """Say, a sentence each, what a reader must know before leaning on a fit."""
    said = []
    if not found.optimum.converged:
        said.append("The search did not converge: do not rely on these figures.")
    smallest, size = found.nesting.levels[0], found.nesting.sizes[0]
    if size == found.products.rows:
        said.append(
            f"No {smallest.name} has two rows: what varies between them and what varies within "
            "cannot be told apart."
        )
    if found.singular:
        said.append(
            "Singular fit: some effect hardly varies over its groups, or effects go in step "
            "entirely; a simpler random part would say the same."
        )
    said.extend(
        f"There are only {size} groups of {level.name}: their variance is hardly known, and "
        "intervals of effects that depend on it may be too narrow."
        for level, size in zip(found.nesting.levels, found.nesting.sizes, strict=True)
        if size < FEWEST_GROUPS
    )
    dropped = [name for name in found.units.design.fixed if name not in found.units.kept]
    if dropped:
        said.append(
            f"Collinear: {', '.join(dropped)} cannot be told apart from the columns before and "
            "got no estimate."
        )
    if not np.isfinite(found.deviance):
        said.append("The likelihood is not finite: check for an outcome that never varies.")
    return tuple(said)
