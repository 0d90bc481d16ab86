"""What may be behind a session that was unlike the others, and what speaks for it."""

from dataclasses import dataclass, replace
from math import isclose

from attunement.problems import Problem

ADDS_UP = 1e-9
NOT_CANDID = "not_candid"
OTHERS, RARITY = "others", "rarity"
WEIGHTS = ("much", "something", "little", "nothing")
SOMETHING = 1.0
SLIGHTLY = -0.5
"""An answer is below usual from half of an own SD on."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """What one source adds to a reason.

    Attributes
    ----------
    source : str
        An item of the check-in (``heard``), the therapist's own form (``view``), another source
        (``tension``, ``therapist_tension``, ``attendance``, ``symptoms``, ``goal_agreement``,
        ``uniform``, ``hurried``, ``ceiling``), what the other answers say of the day (``others``),
        or how rare the reason is (``rarity``).
    value : float or None
        What it was at this session, in the source's own unit; None where it has none.
    usual : float or None
        What it usually is for this client, in the same unit; None where that is not known.
    unusual : float or None
        How far from usual, in this client's own SDs; below zero is worse. None where not known.
    strength : float
        How much it speaks for the reason (above zero) or against it, as a logarithm of odds.
    audience : str
        Who may see it: the audience that the client chose for the answer.
    """

    source: str
    value: float | None
    usual: float | None
    unusual: float | None
    strength: float
    audience: str


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One named guess; its strength is the sum of its parts.

    Attributes
    ----------
    id : str
        As the library names it (``not_heard``).
    strength : float
        How much more the session looks like this reason than like an undisturbed one, as a
        logarithm of odds.
    parts : tuple of Part
        What speaks for and against it, strongest first.

    Raises
    ------
    Problem
        If the parts do not add up to the strength.
    """

    id: str
    strength: float
    parts: tuple[Part, ...]

    def __post_init__(self) -> None:
        total = sum(part.strength for part in self.parts)
        if not isclose(total, self.strength, rel_tol=ADDS_UP, abs_tol=ADDS_UP):
            raise Problem(f"the parts of {self.id} add up to {total:g}, not {self.strength:g}")

    @property
    def weight(self) -> str:
        """How much speaks for it, in a word: see :func:`weight_of`."""
        rarity = sum(part.strength for part in self.parts if part.source == RARITY)
        return weight_of(self.strength, -rarity)


def weight_of(strength: float, rarity: float) -> str:
    """Say in a word how much speaks for a reason: ``much`` where that outweighs its rarity.

    ``something`` where the session is more than *e* times as likely under it as without any
    strain, ``little`` where it is more likely at all, else ``nothing``.
    """
    if strength > 0:
        return "much"
    speaks = strength + rarity
    return "something" if speaks >= SOMETHING else "little" if speaks > 0 else "nothing"


@dataclass(frozen=True, kw_only=True)
class Reasons:
    """What may be behind one session of one client.

    Attributes
    ----------
    client : str or int
        Whose session it is.
    session : int
        The session's number.
    found : tuple of Reason
        What is told, strongest first; empty where nothing stands out.
    weaker : tuple of Reason
        What would come next if something was off, in order: not to be told unasked, and here
        only where it was asked for. ``all_answers`` among them is no reason but a fall of
        all answers.
    thin : str or None
        Why little or nothing can be said (an id of a sentence of the library), or None.
    general : bool
        Whether all answers fell together, and no reason fits as well. Worth saying unasked only
        beside a drop or rupture that was noticed: see :meth:`beside`.
    """

    client: str | int
    session: int
    found: tuple[Reason, ...]
    thin: str | None = None
    general: bool = False
    weaker: tuple[Reason, ...] = ()

    def beside(self, *, strain: bool) -> "Reasons":
        """Give what may be said, knowing whether a drop or rupture was noticed.

        While one is open, nobody is told that answers may not be candid; while none is, nothing
        is made of answers that fell together.
        """
        if not strain:
            return replace(self, general=False)
        found, weaker = (
            tuple(one for one in some if one.id != NOT_CANDID) for some in (self.found, self.weaker)
        )
        return replace(self, found=found, weaker=weaker)
