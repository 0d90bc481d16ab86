"""What an outcome is judged by: a cut-off and a reliable change, given and never guessed."""

from dataclasses import dataclass

from attunement.measures.scale import Direction
from attunement.problems import Problem


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One scale with its criteria.

    Attributes
    ----------
    scale : str
        As in the column ``scale`` of the table of scores.
    direction : Direction
        Which way is better.
    case_at : float
        A score there, or worse, makes a case, in scale units.
    reliable : float
        A change of so much, or more, is reliable, in scale units.
    reliability : float or None
        Of the scale, for what regression to the mean would do.
    low, high : float or None
        Ends of the scale.
    source : str
        Where the criteria are from, and how far that was checked.

    Raises
    ------
    Problem
        If the reliable change is not above 0.

    Examples
    --------
    >>> found = Measure(scale="phq9", direction=Direction.LOWER, case_at=10, reliable=6)
    >>> found.sign
    -1
    """

    scale: str
    direction: Direction
    case_at: float
    reliable: float
    reliability: float | None = None
    low: float | None = None
    high: float | None = None
    source: str = ""

    def __post_init__(self) -> None:
        if not self.reliable > 0:
            raise Problem(
                f"{self.reliable} is no reliable change", "give one above 0", field="reliable"
            )

    @property
    def sign(self) -> int:
        """+1 where higher is better, -1 where lower is better."""
        return 1 if self.direction is Direction.HIGHER else -1


MANUAL = "NHS Talking Therapies manual (from memory)"
PHQ9 = Measure(
    scale="phq9",
    direction=Direction.LOWER,
    case_at=10,
    reliable=6,
    reliability=0.84,
    low=0,
    high=27,
    source=MANUAL,
)
GAD7 = Measure(
    scale="gad7",
    direction=Direction.LOWER,
    case_at=8,
    reliable=4,
    reliability=0.83,
    low=0,
    high=21,
    source=MANUAL,
)
TALKING_THERAPIES = (PHQ9, GAD7)
