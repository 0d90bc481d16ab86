"""What a room above needs to know about a scale: which way is better, and its range."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from attunement.problems import Problem


class Direction(StrEnum):
    """Which way on a scale is better for the client.

    Examples
    --------
    >>> Direction("lower-is-better")
    <Direction.LOWER: 'lower-is-better'>
    """

    HIGHER = "higher-is-better"
    LOWER = "lower-is-better"


@dataclass(frozen=True, kw_only=True)
class Scale:
    """One scale of one instrument.

    Attributes
    ----------
    name : str
        As in the column ``scale`` of the table of scores: the instrument's id, followed by a dot
        and the scale's id where the instrument has several (``phq9``, ``wai-sr.bond``).
    direction : Direction
        Which way is better.
    low, high : float or None
        The range of possible scores, in scale units; None where it is not known.
    title : str
        For people.
    told : bool
        Whether it is what people say outright about strain: heard as such, and never watched for
        drops.

    Examples
    --------
    >>> alliance = Scale(name="alliance", direction=Direction.HIGHER, low=0, high=10)
    >>> alliance.best, alliance.sign
    (10, 1)
    """

    name: str
    direction: Direction
    low: float | None = None
    high: float | None = None
    title: str = ""
    told: bool = False

    @property
    def sign(self) -> int:
        """+1 where higher is better, -1 where lower is better."""
        return 1 if self.direction is Direction.HIGHER else -1

    @property
    def best(self) -> float | None:
        """The best possible score, in scale units."""
        return self.high if self.direction is Direction.HIGHER else self.low


def watched(scales: Mapping[str, Scale]) -> dict[str, Scale]:
    """Keep the scales that are watched for drops: what people tell outright is a source apart.

    Raises
    ------
    Problem
        If none is left.
    """
    kept = {name: scale for name, scale in scales.items() if not scale.told}
    if not kept:
        raise Problem(
            f"{' and '.join(scales)} hold what people tell outright, and there is no other scale",
            "add the scores of a scale that can be watched",
        )
    return kept


def subset(scales: Mapping[str, Scale], names: Iterable[str]) -> dict[str, Scale]:
    """Keep the scales named, in the order of the names."""
    return {name: scales[name] for name in names}
