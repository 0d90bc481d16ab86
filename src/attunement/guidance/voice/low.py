"""Which answers of a check-in are low for this client, by their own usual and by themselves."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

BELOW_THE_MIDDLE = 4.0
TOLD, UNSETTLED_BELOW = 3.0, 5.0
FEWEST_TOGETHER = 2
Why = Literal["usual", "level", "told", "open"]


@dataclass(frozen=True, kw_only=True)
class Low:
    """One answer that is low.

    Attributes
    ----------
    item : str
        Which of the check-in's items.
    value : float
        The answer, 0 to 10.
    usual : float or None
        What this client usually answers; None while that is not known.
    why : str
        ``usual``: well below this client's own usual; ``level``: below the middle of the scale,
        whatever is usual; ``told``: tension that was told and not settled; ``open``: tension of
        which it was not said how far it was settled.
    """

    item: str
    value: float
    usual: float | None
    why: Why


def low_answers(
    noticed: Iterable[Mapping[str, Any]],
    tension: float | None = None,
    settled: float | None = None,
) -> tuple[Low, ...]:
    """Find the low answers of one check-in.

    An answer is low by itself at 4 or less of 10. It is low for this client when it lies beyond
    the limit of a review, or when two or more lie beyond the limit of a watch: eight answers are
    eight chances, and one of them dips below a watch in many sessions in which nothing was wrong.
    Tension of 3 or more counts among them unless it was settled by at least half. The limits of 4,
    3 and half are our own choice.

    Parameters
    ----------
    noticed
        Rows of :func:`attunement.course.strain.answers.answer_signals` for one client and one
        session: ``scale``, ``score``, ``prior_mean``, ``stands``.
    tension, settled
        The answers about tension, 0 to 10; None where they were left out.

    Returns
    -------
    The low answers, lowest first against what is usual, tension last.

    Examples
    --------
    >>> row = {"scale": "session-check-in.heard", "score": 3.0, "prior_mean": 8.0,
    ...        "stands": "much-lower"}
    >>> [(one.item, one.value, one.why) for one in low_answers([row], tension=5, settled=1)]
    [('heard', 3.0, 'usual'), ('tension', 5, 'told')]
    """
    rows = [row for row in noticed if row["score"] is not None]
    apart = [row for row in rows if row["stands"] in {"lower", "much-lower"}]
    together = len(apart) >= FEWEST_TOGETHER
    found = [
        Low(item=item_of(row), value=row["score"], usual=row["prior_mean"], why=why)
        for row in rows
        if (why := reason(row, together=together))
    ]
    found.sort(key=lambda one: (one.value - (one.usual or one.value), one.value, one.item))
    if tension is not None and tension >= TOLD and (settled or 0.0) < UNSETTLED_BELOW:
        found.append(Low(item="tension", value=tension, usual=None, why=why_told(settled)))
    return tuple(found)


def reason(row: Mapping[str, Any], *, together: bool) -> Why | None:
    """Say why an answer is low; None where it is not."""
    if row["stands"] == "much-lower" or (together and row["stands"] == "lower"):
        return "usual"
    return "level" if row["score"] <= BELOW_THE_MIDDLE else None


def why_told(settled: float | None) -> Why:
    """Tell tension that was not settled from tension of which nobody said."""
    return "open" if settled is None else "told"


def item_of(row: Mapping[str, Any]) -> str:
    """Name an item without its instrument."""
    return str(row["scale"]).rpartition(".")[2]
