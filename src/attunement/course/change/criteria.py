"""What a judgement of change rests on, settled before anybody is judged."""

from dataclasses import dataclass
from typing import Literal

from attunement.course.change.methods import Method, Norm, cutoff_a, cutoff_b, cutoff_c, z_of
from attunement.measures.scale import Direction
from attunement.problems import Problem

Cutoff = Literal["a", "b", "c"] | float


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the user asked for.

    Raises
    ------
    Problem
        If a setting is impossible, or one needs another that is absent.
    """

    scale: str
    direction: Direction
    pre: int
    post: int | Literal["last"]
    reliability: float | None
    sd: float | None
    functional: Norm | None
    cutoff: Cutoff | None
    method: Method
    confidence: float

    def __post_init__(self) -> None:
        z_of(self.confidence)
        if self.post != "last" and self.post <= self.pre:
            raise Problem(
                f"session {self.post} is not after session {self.pre}",
                "choose a later one",
                field="post",
            )
        if self.reliability is not None and not 0 < self.reliability < 1:
            raise Problem(
                f"{self.reliability} is not a reliability",
                "give a number between 0 and 1",
                field="reliability",
            )
        well = None if self.functional is None else self.functional.sd
        for field, sd in (("sd", self.sd), ("functional", well)):
            if sd is not None and not sd > 0:
                raise Problem(f"{sd} is not a standard deviation", "give one above 0", field=field)
        if isinstance(self.cutoff, str):
            self._check_kind(self.cutoff)

    def _check_kind(self, kind: str) -> None:
        if kind not in {"a", "b", "c"}:
            raise Problem(f"{kind!r} is no cut-off", "choose a, b, c or a number", field="cutoff")
        if kind in {"b", "c"} and self.functional is None:
            raise Problem(
                f"cut-off {kind} needs the mean and SD of people who are well",
                "give them as functional, or use cut-off a, which needs none",
                field="cutoff",
            )

    @property
    def sign(self) -> int:
        """+1 where higher is better, -1 where lower is better."""
        return 1 if self.direction is Direction.HIGHER else -1

    @property
    def z(self) -> float:
        """How many standard errors a reliable change exceeds."""
        return z_of(self.confidence)


@dataclass(frozen=True, kw_only=True)
class Criteria:
    """What everybody was held against, in scale units.

    Attributes
    ----------
    clinical : Norm or None
        The people used, before treatment; with the SD that was given, where one was. None where
        there are too few to tell.
    functional : Norm or None
        People who are well.
    cutoff : float or None
        Between the clinical and the functional side.
    cutoff_kind : str or None
        ``a``, ``b``, ``c`` or ``given``.
    reliable_change : float or None
        What a difference has to exceed: the plain change (Jacobson-Truax), the change from the
        regressed score (Edwards-Nunnally) or the estimated true change (Hageman-Arrindell). None
        where it is unknown, and for the multilevel method, where it differs between people.
    z, confidence, reliability
        As used; ``reliability`` is None where none was given.
    """

    clinical: Norm | None
    functional: Norm | None
    cutoff: float | None
    cutoff_kind: str | None
    reliable_change: float | None
    z: float
    confidence: float
    reliability: float | None


def place_cutoff(settings: Settings, clinical: Norm | None) -> tuple[float | None, str | None]:
    """Find the cut-off and say which it is."""
    wanted, functional = settings.cutoff, settings.functional
    if wanted is None:
        wanted = "c" if functional is not None else None
    if isinstance(wanted, str):
        if wanted == "b" and functional is not None:
            return cutoff_b(functional, settings.sign), "b"
        if clinical is None:
            return None, None
        if functional is not None and wanted == "c":
            return cutoff_c(functional, clinical), "c"
        return cutoff_a(clinical, settings.sign), "a"
    return (None, None) if wanted is None else (float(wanted), "given")


def remarks(settings: Settings, clinical: Norm | None, cutoff: float | None) -> list[str]:
    """Say what is missing, and what looks the wrong way round."""
    said = []
    if clinical is None:
        said.append("fewer than two people have both scores, or all were equal before: no SD")
    if settings.reliability is None and settings.method is not Method.MULTILEVEL:
        said.append("no reliability was given: whose change is reliable cannot be said")
    if cutoff is None:
        said.append("no functional norms and no cut-off were given: recovery cannot be said")
    well = settings.functional
    if well and clinical and settings.sign * (well.mean - clinical.mean) <= 0:
        said.append(
            "people who are well score no better than this sample before treatment: "
            "check the direction and the norms"
        )
    return said
