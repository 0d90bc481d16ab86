"""What must be true of the scales of an instrument beyond the shape of its file."""

from collections.abc import Iterator
from itertools import pairwise

from attunement.measures.instruments.model import Figure, Instrument, Item, ScoredScale

Found = Iterator[tuple[str, str, str]]  # what is wrong, what to do, where


def scale_mistakes(instrument: Instrument) -> Found:
    """Find what contradicts itself in ranges, missing answers, cut-offs, bands and figures."""
    for id_, scale in instrument.scales.items():
        field = f"scales, {id_}"
        items = instrument.items_of(id_)
        if not items:
            yield "no item counts for this scale", f'add "{id_}" to the scales of an item', field
            continue
        yield from _prorate(scale, len(items), field)
        wrong_range = list(_range(instrument, scale, items, field))
        yield from wrong_range or [*_figures(scale, field), *_bands(scale, field)]


def _range(
    instrument: Instrument, scale: ScoredScale, items: tuple[Item, ...], field: str
) -> Found:
    answers = [instrument.answer_of(item) for item in items]
    share = scale.multiplier / (len(items) if scale.scoring == "mean" else 1)
    low = sum(answer.lowest for answer in answers) * share
    high = sum(answer.highest for answer in answers) * share
    if abs(low - scale.range[0]) > 1e-9 or abs(high - scale.range[1]) > 1e-9:
        yield (
            (
                f"the range {span(*scale.range)} cannot be right: "
                f"the {scale.scoring} of {len(items)} answers goes {span(low, high)}"
            ),
            "check the range, the answers, the multiplier and the items",
            f"{field}, range",
        )


def span(low: float, high: float) -> str:
    """Say a range in words."""
    return f"from {low:g} to {high:g}"


def _prorate(scale: ScoredScale, items: int, field: str) -> Found:
    fewest = scale.fewest_answered
    if fewest is not None and fewest > items:
        yield f"only {items} items count for this scale", "lower it", f"{field}, fewest_answered"
    elif fewest is not None and fewest < items and not scale.prorate:
        yield (
            f"{fewest} of {items} answers are said to do, but not who says so",
            'add prorate = { source = "...", standing = "..." }, or ask for all',
            f"{field}, fewest_answered",
        )
    elif scale.prorate and (fewest is None or fewest == items):
        yield (
            "it is not said from how many answers a score may be made",
            f"add fewest_answered, below {items}",
            f"{field}, prorate",
        )


def _figures(scale: ScoredScale, field: str) -> Found:
    low, high = scale.range
    for cutoff in scale.cutoffs:
        if not low <= cutoff.value <= high:
            yield (
                f"the cut-off {cutoff.value:g} lies outside the range {span(low, high)}",
                "check both",
                f"{field}, cutoffs",
            )
    for change in scale.reliable_change:
        if not 0 < change.value <= high - low:
            yield (
                f"a reliable change of {change.value:g} does not fit the range {span(low, high)}",
                "check both",
                f"{field}, reliable_change",
            )
    if any(not 0 <= value <= 1 for figure in scale.reliability for value in _values(figure)):
        yield "a reliability lies between 0 and 1", "check it", f"{field}, reliability"
    if any(not 0 < value < high - low for figure in scale.sd for value in _values(figure)):
        yield "a standard deviation must fit the range", "check it", f"{field}, sd"


def _values(figure: Figure) -> tuple[float, ...]:
    return figure.value if isinstance(figure.value, tuple) else (figure.value,)


def _bands(scale: ScoredScale, field: str) -> Found:
    if scale.bands is None:
        return
    steps = scale.bands.steps
    ends = (steps[0].from_, steps[-1].to)
    upside_down = any(step.from_ > step.to for step in steps)
    overlapping = any(lower.to >= upper.from_ for lower, upper in pairwise(steps))
    if ends != scale.range or upside_down or overlapping:
        yield (
            f"the bands must rise without overlap and span the range {span(*scale.range)}",
            "check where each begins and ends",
            f"{field}, bands",
        )
