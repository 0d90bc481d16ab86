"""Goals that people of the synthetic clinic wrote."""

from dataclasses import dataclass

Wish = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Lists:
    """What a client and a therapist wrote, and what came of it.

    Attributes
    ----------
    client, therapist : tuple of (text, purpose)
        The most important first.
    pairs : tuple of (int, int)
        Places in the two lists that belong together.
    shared : tuple of (text, purpose, client's place or None, therapist's place or None)
    steps : tuple of (place in ``shared``, text)
    """

    client: tuple[Wish, ...]
    therapist: tuple[Wish, ...]
    pairs: tuple[tuple[int, int], ...]
    shared: tuple[tuple[str, str, int | None, int | None], ...]
    steps: tuple[tuple[int, str], ...]


LISTS = (
    Lists(
        client=(
            ("Sleep through the night", "To have patience with the children"),
            ("Stop quarrelling with my sister", "I want someone to call"),
            ("Go back to work", ""),
        ),
        therapist=(
            ("Return to work step by step", "Structure, and being needed"),
            ("Sleep without tablets", ""),
            ("Grieve for the mother who died", "There has been no room for it"),
        ),
        pairs=((0, 1), (2, 0)),
        shared=(
            ("Sleep five nights a week, without tablets", "Patience with the children", 0, 1),
            ("Half days at work from spring on", "To be needed", 2, 0),
        ),
        steps=((0, "Phone out of the bedroom"), (0, "Same hour every morning"), (1, "Ring Ms Ode")),
    ),
    Lists(
        client=(
            ("Say what I need to my partner", "To be close again"),
            ("Fewer panic attacks on the bus", "To visit my father on my own"),
        ),
        therapist=(
            ("Take the bus without panic", ""),
            ("Say openly what is needed to the partner", "Less anger that comes out sideways"),
            ("Drink less in the evening", "Sleep, and mornings"),
        ),
        pairs=((0, 1), (1, 0)),
        shared=(
            ("Take the bus to my father's, also on bad days", "To see my father on my own", 1, 0),
            ("Say one thing a week that I need", "To be close again", 0, 1),
        ),
        steps=((0, "One stop with a friend"), (1, "Write it down first")),
    ),
    Lists(
        client=(
            ("Enjoy music again", "It used to be my home"),
            ("Say no at work", ""),
            ("Find a friend or two", "Sundays are long"),
        ),
        therapist=(
            ("Say no at work", "Energy for what matters"),
            ("Make friends", ""),
        ),
        pairs=((1, 0), (2, 1)),
        shared=(("Say no at work once a week", "Energy for music", 1, 0),),
        steps=((0, "Practise with a small request"),),
    ),
)
RATED = ("It was a calmer week.", "Harder than I thought.", "", "", "One good day.", "")
LEVELS = (
    (-2, "Hardly ever"),
    (-1, "Now and then"),
    (0, "About half of the time"),
    (1, "Most of the time"),
    (2, "Nearly always"),
)
