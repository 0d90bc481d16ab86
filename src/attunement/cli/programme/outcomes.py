"""Which outcomes a report is about, as named on the command line."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from attunement.problems import Problem

if TYPE_CHECKING:
    from attunement.measures.scale import Scale
    from attunement.programme.outcomes.measure import Measure


def measures_of(scales: "dict[str, Scale]", own: Sequence[str]) -> "tuple[Measure, ...]":
    """Gather the outcomes: those named, else those in the scores whose criteria are known."""
    from attunement.programme.outcomes.measure import TALKING_THERAPIES

    known = {measure.scale: measure for measure in TALKING_THERAPIES}
    if not own:
        return tuple(measure for name, measure in known.items() if name in scales)
    return tuple(
        known[text] if text in known and text in scales else measure_of(text, scales)
        for text in own
    )


def measure_of(text: str, scales: "dict[str, Scale]") -> "Measure":
    """Read one outcome as ``SCALE:CASE:CHANGE[:RELIABILITY]``."""
    from attunement.programme.outcomes.measure import Measure

    name, *numbers = text.split(":")
    if name not in scales:
        raise Problem(
            f"there is no scale '{name}' in the scores",
            f"its scales are {', '.join(scales)}",
            field="--measure",
        )
    try:
        case, change, *reliability = (float(number) for number in numbers)
        (of,) = reliability or (None,)
    except ValueError as error:
        raise Problem(
            f"'{text}' has not the form SCALE:CASE:CHANGE[:RELIABILITY]",
            "write it such as bdi:14:9:0.86",
            field="--measure",
        ) from error
    own = scales[name]
    return Measure(
        scale=name,
        direction=own.direction,
        case_at=case,
        reliable=change,
        reliability=of,
        low=own.low,
        high=own.high,
        source="given with the command",
    )
