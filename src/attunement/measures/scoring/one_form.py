"""The scores of the forms that one person has just filled in, without a table around them."""

from collections.abc import Callable, Iterable

from attunement.measures.instruments.catalogue import Instruments
from attunement.measures.scoring.definitions import key_table, scale_table

Given = tuple[str, str, float]
Scores = dict[str, float | None]


def prepare_form(instruments: Instruments) -> Callable[[Iterable[Given]], Scores]:
    """Prepare :func:`~attunement.measures.scoring.scores.score` for one person's forms at a time.

    It reckons with the same definitions of items and scales and comes to the same scores, tens of
    times faster than a table of a few rows can be set up.

    Parameters
    ----------
    instruments
        Those that were handed out, by id.

    Returns
    -------
    A function from the answers (instrument, item and value, each item once) to the score of every
    scale of these instruments, by its full name; None where too few items were answered. The
    answers are not checked: hand in only such as :meth:`Answer.allows` lets pass.

    Examples
    --------
    >>> from attunement.measures import library
    >>> scored = prepare_form({"phq9": library()["phq9"]})
    >>> scored([("phq9", str(n), 2.0) for n in range(1, 10)])
    {'phq9': 18.0}
    """
    counts: dict[tuple[str, str], list[tuple[str, float, float]]] = {}
    for instrument, item, scale, sign, shift in key_table(instruments).iter_rows():
        counts.setdefault((instrument, item), []).append((scale, sign, shift))
    scales = {
        scale: (factor, fewest)
        for _, scale, factor, fewest, _ in scale_table(instruments).iter_rows()
    }

    def scores(given: Iterable[Given]) -> Scores:
        totals, answered = dict.fromkeys(scales, 0.0), dict.fromkeys(scales, 0)
        for instrument, item, value in given:
            for scale, sign, shift in counts.get((instrument, item), ()):
                totals[scale] += sign * value + shift
                answered[scale] += 1
        return {
            scale: totals[scale] * factor / answered[scale] if answered[scale] >= fewest else None
            for scale, (factor, fewest) in scales.items()
        }

    return scores
