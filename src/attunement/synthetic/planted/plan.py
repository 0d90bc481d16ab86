"""What is planted: which sources each reason shows in, and how strongly."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from attunement.problems import Problem

UNDISTURBED = "undisturbed"
TOGETHER = "all_answers"
Answers = Literal["all", "main"]

ANSWERS: Mapping[str, tuple[str, ...]] = {
    "fear_of_judgement": ("safe", "depth"),
    "not_heard": ("heard", "understood"),
    "not_understood": ("understood", "way"),
    "goals_not_shared": ("goals", "way"),
    "way_does_not_fit": ("way", "takeaway"),
    "staying_on_surface": ("depth", "takeaway"),
    "no_progress": ("progress", "goals"),
    "nothing_to_take_away": ("takeaway", "progress"),
}
"""The answers that belong to a reason, the one it is named after first."""

BOND = ("heard", "understood", "safe")
OTHER_SOURCES = ("unsettled_rupture", "practical_barriers", "life_outside", "not_candid")
REASONS = (*ANSWERS, *OTHER_SOURCES)
STRENGTHS: Mapping[str, float] = {"weak": 1.0, "medium": 2.0, "strong": 3.0}


@dataclass(frozen=True, kw_only=True)
class PlantedPlan:
    """How many sessions are planted, and what answers are like without any strain.

    Attributes
    ----------
    each : int
        Clients for every reason and strength.
    undisturbed : int
        Clients to whom nothing happens.
    together : int
        Clients for every strength all of whose answers fall.
    answers : {"all", "main"}
        Whether a reason lowers all answers that belong to it, or only the one that it is named
        after.
    fewest, most : int
        Earlier check-ins of a client.
    correlation : float
        Of two answers within a client.
    autocorrelation : float
        Of an answer with the same one a session earlier.
    ceiling : float
        Share of clients whose level is near the top of the scale.
    missing : float
        Share of answers that are missing.
    sd, sd_spread : float
        A client's own SD of an answer: its median, in points, and the SD of its logarithm.
    planting_noise : float
        SD of the factor by which the planted depth varies between answers.

    Raises
    ------
    Problem
        If a number is out of range.
    """

    each: int = 200
    undisturbed: int = 4000
    together: int = 0
    answers: Answers = "all"
    fewest: int = 4
    most: int = 8
    correlation: float = 0.6
    autocorrelation: float = 0.3
    ceiling: float = 0.2
    missing: float = 0.1
    sd: float = 1.0
    sd_spread: float = 0.2
    planting_noise: float = 0.2

    def __post_init__(self) -> None:
        for name in ("correlation", "autocorrelation", "ceiling", "missing"):
            if not 0 <= getattr(self, name) < 1:
                raise Problem(f"{getattr(self, name)} is not a share below 1", field=name)
        if not 1 <= self.fewest <= self.most:
            raise Problem("there are no such numbers of sessions", field="fewest, most")
        clients = (self.each, self.undisturbed, self.together)
        if min(clients) < 0 or sum(clients) == 0:
            raise Problem("there are no clients", field="each, undisturbed")
        if self.sd <= 0 or self.sd_spread < 0 or self.planting_noise < 0:
            raise Problem("a spread cannot be below 0", field="sd, sd_spread, planting_noise")
