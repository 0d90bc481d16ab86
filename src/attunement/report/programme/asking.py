"""What a report on a programme shall be about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from attunement.measures.scale import Scale
from attunement.problems import Problem
from attunement.programme.disclosure.withholding import FEWEST
from attunement.programme.outcomes.measure import Measure
from attunement.programme.outcomes.regression_to_mean import Population

THERAPIST = "therapist"
UNITS = ("site", THERAPIST)
SMALLEST = 50


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which scales to look at, and whom to compare.

    Attributes
    ----------
    alliance : Scale or None
        The client's rating of the relationship; None where nobody rates it.
    measures : tuple of Measure
        Outcomes, with the criteria by which they are judged. The first is related to the alliance.
    by : tuple of str
        Columns of people to group by, one at a time; small numbers are withheld, and groups
        stand in the order of their names. Never ``therapist``: plain rates of named therapists
        would be a league table.
    units : tuple of str
        Columns of people to compare in funnels. What is among ``by`` is left out here: a funnel
        would show what the groups withhold.
    adjust : tuple of str
        Columns of people, numbers or groups that were there before therapy, to adjust funnels for
        beside the first scores, which always are.
    lag : int
        Sessions from the alliance to the outcome that is related to it.
    imputations : int
        How often to fill in missing scores; 0 leaves it out.
    fewest : int
        The smallest count of a group that is shown.
    smallest : int
        Of fewer who began, nothing is said but their number: sums over everybody are printed as
        they are, and of a few dozen people they tell of single persons. 50 unless told; 0 for a
        study whose participants cannot be known by whoever reads it.
    populations : Mapping of str to Population
        By scale, from whom those in treatment come. Without it all who have a first score stand
        for them, and what regression to the mean gives is a lower bound of getting better.
    learn : bool
        Whether to learn who drifts away.

    Raises
    ------
    Problem
        If groups would be those of therapists, or ``fewest`` hides nobody.
    """

    alliance: Scale | None = None
    measures: tuple[Measure, ...] = ()
    by: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    adjust: tuple[str, ...] = ()
    lag: int = 1
    imputations: int = 20
    fewest: int = FEWEST
    smallest: int = SMALLEST
    populations: Mapping[str, Population] = field(default_factory=dict)
    learn: bool = True

    def __post_init__(self) -> None:
        if self.fewest < 2:
            raise Problem(f"{self.fewest} hides nobody", "choose 2 or more", field="fewest")
        if THERAPIST in self.by:
            raise Problem(
                "plain rates of named therapists would be a league table",
                "compare them in a funnel, which names nobody (--compare therapist, or units)",
                field="by",
            )

    @property
    def scales(self) -> tuple[str, ...]:
        """Names of all scales that are looked at."""
        alliance = () if self.alliance is None else (self.alliance.name,)
        return (*alliance, *(measure.scale for measure in self.measures))

    @property
    def compared(self) -> tuple[str, ...]:
        """Columns to compare in funnels, without those that are grouped by."""
        return tuple(name for name in self.units if name not in self.by)


def units_among(columns: Sequence[str]) -> tuple[str, ...]:
    """Name the columns that hold units a manager answers for."""
    return tuple(name for name in UNITS if name in columns)
