"""When to show ways out of a run of poor sessions: three or more that went without much."""

from collections.abc import Mapping
from dataclasses import dataclass

from attunement.guidance.voice.low import BELOW_THE_MIDDLE

LEAST, WITHIN = 3, 5
THEMES: Mapping[str, tuple[str, ...]] = {
    "heard": ("heard",),
    "validated": ("understood", "safe"),
    "useful": ("progress", "takeaway"),
}
"""Not feeling heard, not validated, getting little from it: the items that say so."""


@dataclass(frozen=True, kw_only=True)
class Signposts:
    """What a run of poor sessions was about.

    Attributes
    ----------
    themes : tuple of str
        Of ``heard``, ``validated`` and ``useful``, those that were low, the most frequent first.
    sessions : tuple of int
        The poor sessions, in order.
    """

    themes: tuple[str, ...]
    sessions: tuple[int, ...]


def signposts(answers: Mapping[int, Mapping[str, float]]) -> Signposts | None:
    """Say whether three or more of the newest sessions were poor, the newest among them.

    A session is poor when one of the answers about being heard, being validated (understood, safe)
    or getting something from it (getting somewhere, something to take away) is 4 or less of 10.
    Only the level counts, not the client's usual: after some poor sessions, poor is usual.
    Three of the newest five sessions with answers must be poor; what was left out is not low.
    The numbers are our own choice.

    Parameters
    ----------
    answers
        The client's own answers by session and item, 0 to 10, whoever may see them: what
        follows is for the client's own page alone.

    Examples
    --------
    >>> poor = {"heard": 3.0, "useful": 4.0}
    >>> signposts({1: {"heard": 8.0}, 2: poor, 3: poor, 4: {"heard": 2.0}})
    Signposts(themes=('heard',), sessions=(2, 3, 4))
    """
    known = [number for number in sorted(answers) if any(map(answers[number].__contains__, ITEMS))]
    poor = {number: low for number in known[-WITHIN:] if (low := low_themes(answers[number]))}
    if len(poor) < LEAST or known[-1] not in poor:
        return None
    counts = {name: sum(name in low for low in poor.values()) for name in THEMES}
    named = sorted((name for name in THEMES if counts[name]), key=lambda name: -counts[name])
    return Signposts(themes=tuple(named), sessions=tuple(poor))


def low_themes(given: Mapping[str, float]) -> tuple[str, ...]:
    """Name what was low in one session."""
    return tuple(
        name
        for name, items in THEMES.items()
        if any(given.get(item, BELOW_THE_MIDDLE + 1) <= BELOW_THE_MIDDLE for item in items)
    )


ITEMS = tuple(item for items in THEMES.values() for item in items)
