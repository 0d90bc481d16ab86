"""What a comparison of costs says, in words."""

from math import isfinite

from attunement.programme.cost.differences import Difference
from attunement.programme.cost.perspective import Perspective


def sentence(
    cost: Difference,
    effect: Difference,
    icer: float,
    perspective: Perspective,
    *,
    unit: str,
    level: float,
    randomised: bool,
    missing: tuple[int, int] = (0, 0),
    beyond: float | None = None,
) -> str:
    """Put cost, effect and their ratio into words, with the perspective.

    ``beyond`` is the least that the ratio can be, where no interval holds all that it can be.
    """
    several = f"{unit[:-1]}ies" if unit.endswith("y") else f"{unit}s"
    said = (
        f"Per client the new way cost {perspective.money(abs(cost.value))} "
        f"{'more' if cost.value > 0 else 'less'} "
        f"({level:.0%} interval {perspective.money(cost.low)} to {perspective.money(cost.high)}), "
        f"with {abs(effect.value) * 100:.1f} {'fewer' if effect.value < 0 else 'more'} {several} "
        f"per 100 clients ({effect.low * 100:.1f} to {effect.high * 100:.1f})"
    )
    verdict = _verdict(cost, effect, icer, perspective, unit)
    if beyond is not None:
        least = perspective.money(beyond)
        verdict += (
            f" At {level:.0%} confidence that ratio is {least} or any sum above, or the new way "
            f"does no {'more' if effect.value > 0 else 'less'}."
        )
    standing = _standing(randomised) + _unknown(missing, unit)
    return f"{said}: {verdict} {standing} Counted are {perspective}."


def _verdict(
    cost: Difference, effect: Difference, icer: float, perspective: Perspective, unit: str
) -> str:
    if cost.value <= 0 and effect.value > 0:
        said = "the new way costs less and does more."
    elif cost.value > 0 and effect.value <= 0:
        said = "the new way costs more and does no more."
    elif not isfinite(icer):
        said = "the two differ in nothing that a ratio could be made of."
    elif effect.value > 0:
        said = f"each further {unit} cost {perspective.money(icer)}."
    else:
        said = f"each {unit} given up saved {perspective.money(icer)}."
    if cost.low <= 0 <= cost.high or effect.low <= 0 <= effect.high:
        said += " The data leave open whether that is so."
    return said


def _unknown(missing: tuple[int, int], unit: str) -> str:
    if not any(missing):
        return ""
    return (
        f" Of {missing[0]:,} with the new way and {missing[1]:,} with the old the outcome is not "
        f"known; they count as without {unit}."
    )


def _standing(randomised: bool) -> str:
    return (
        "Chance decided who had which."
        if randomised
        else "Who had which was not left to chance: this is an association."
    )
