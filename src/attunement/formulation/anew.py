"""When the way of working goes on not to fit: two or three questions from another lens."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from attunement.formulation.lenses import ORDER, Asked, Lens, lenses

REASON = "way_does_not_fit"
LEAST, WITHIN = 2, 3
MOST_QUESTIONS = 3
WORDS_OF = {
    "cbt": ("cbt", "cognitive", "behavio"),
    "act": ("act", "acceptance"),
    "psychodynamic": ("psychodynamic", "psychoanaly", "analytic"),
    "person-centred": ("person", "humanistic", "rogerian"),
}
"""How words of a therapist's own way of working begin, by lens."""
NEXT = {
    "cbt": "person-centred",
    "act": "psychodynamic",
    "psychodynamic": "act",
    "person-centred": "cbt",
}
"""Which lens is asked first about a case seen through another: the one least like it."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question about this case.

    Attributes
    ----------
    lens : str
    id : str
    text : str
        The question, to be translated; with ``%(words)s`` where it takes something up.
    taken_up : str
        The part (``cbt.thoughts``) whose words it takes up; empty where it takes up none.
    words : str
        What is written there, shortened.
    """

    lens: str
    id: str
    text: str
    taken_up: str = ""
    words: str = ""


def persists(reasons: Mapping[int, Collection[str]]) -> bool:
    """Say whether "the way of working does not fit" goes on.

    It does where that reason is among those found for two or more of the last three sessions
    about which anything could be said. Both numbers are our own choice: one session may be chance,
    and three in a row is late.

    Parameters
    ----------
    reasons
        The ids of the reasons found, by session; empty where nothing stood out. A session about
        which nothing can be said is not in it.

    Examples
    --------
    >>> persists({3: ["way_does_not_fit"], 4: ["not_heard"], 5: ["way_does_not_fit"]})
    True
    """
    newest = [reasons[number] for number in sorted(reasons)[-WITHIN:]]
    return sum(REASON in found for found in newest) >= LEAST


def questions(
    written: Mapping[str, str],
    *,
    orientation: str = "",
    low: Collection[str] = (),
    session: int = 0,
    most: int = MOST_QUESTIONS,
) -> tuple[Question, ...]:
    """Choose two or three questions from a lens other than the one the case is seen through.

    The lens in use is the one with most parts written, else that of the therapist's orientation.
    The other is the one least like it, unless it too has been written in: then the next without.
    Questions that take up the therapist's own words come first, then those whose answers are
    low now, then the others; among equals the session's number decides, so that they change
    from session to session and never at random.

    The order is our own, and the questions too.

    Parameters
    ----------
    written
        What is written, by lens and part (``cbt.thoughts``).
    orientation
        The therapist's way of working, as on their membership; any text.
    low
        Items of the check-in that are low now, as far as the therapist may see them.
    session
        The number of the newest session.

    Examples
    --------
    >>> found = questions({"cbt.thoughts": "I always get it wrong"}, orientation="cbt", session=4)
    >>> len(found), found[0].lens
    (3, 'person-centred')
    """
    used = in_use(written, orientation)
    other = lenses()[another(used, written)]
    ranked = sorted(
        enumerate(other.questions),
        key=lambda pair: (
            not taken_up(pair[1], written),
            not set(pair[1].items) & set(low),
            (pair[0] - session) % len(other.questions),
        ),
    )
    return tuple(put(other, one, written) for _place, one in ranked[:most])


def in_use(written: Mapping[str, str], orientation: str) -> str:
    """Name the lens through which the case is seen; empty where that is not known."""
    counts = {
        name: sum(bool(text.strip()) for at, text in written.items() if at.startswith(f"{name}."))
        for name in ORDER
    }
    most = max(ORDER, key=lambda name: counts[name])
    if counts[most]:
        return most
    said = re.findall(r"[^\W_]+", orientation.casefold())
    return next(
        (
            lens
            for lens, starts in WORDS_OF.items()
            if any(word.startswith(starts) for word in said)
        ),
        "",
    )


def another(used: str, written: Mapping[str, str]) -> str:
    """Name the lens to ask."""
    first = NEXT.get(used, ORDER[0])
    order = [first, *(name for name in ORDER if name not in {first, used})]
    fresh = [
        name
        for name in order
        if not any(at.startswith(f"{name}.") and text.strip() for at, text in written.items())
    ]
    return (fresh or order)[0]


def taken_up(asked: Asked, written: Mapping[str, str]) -> str:
    """Name the first part a question can take up; empty where none is written."""
    return next((at for at in asked.quotes if written.get(at, "").strip()), "")


def put(lens: Lens, asked: Asked, written: Mapping[str, str]) -> Question:
    """Make the question about this case."""
    at = taken_up(asked, written)
    return Question(
        lens=lens.id,
        id=asked.id,
        text=asked.taking_up if at else asked.text,
        taken_up=at,
        words=shortened(written[at]) if at else "",
    )


def shortened(text: str, most: int = 90) -> str:
    """Cut a text at a word."""
    plain = " ".join(text.split())
    if len(plain) <= most:
        return plain
    return plain[:most].rsplit(" ", 1)[0] + " …"
