"""What may be behind a session that was unlike the others, and what speaks for it."""

from dataclasses import dataclass, replace
from math import isclose

from attunement.problems import Problem

ADDS_UP = 1e-9
NOT_CANDID = "not_candid"


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
        Strongest first; empty where nothing stands out.
    thin : str or None
        Why little or nothing can be said (an id of a sentence of the library), or None.
    general : bool
        Whether all answers fell together, further than this client's answers do by chance, and
        no reason stands out. Worth saying only beside a drop or rupture that was noticed: see
        :meth:`beside`.
    """

    client: str | int
    session: int
    found: tuple[Reason, ...]
    thin: str | None = None
    general: bool = False

    def beside(self, *, strain: bool) -> "Reasons":
        """Give what may be said, knowing whether a drop or rupture was noticed.

        While one is open, nobody is told that answers may not be candid; while none is, nothing
        is made of answers that fell together.
        """
        if not strain:
            return replace(self, general=False)
        return replace(self, found=tuple(one for one in self.found if one.id != NOT_CANDID))
