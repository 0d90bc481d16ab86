"""What the caseload knows about scales: their direction, range, bands, and which rate what."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from attunement.charts.layout import number
from attunement.clinic.caseload.bands import band_name
from attunement.clinic.conf.numbers import in_language
from attunement.clinic.noticing.instruments import title_of
from attunement.measures.instruments.catalogue import library
from attunement.measures.scale import Direction, Scale, watched
from attunement.report.bands import Bands, bands_of

RATES_THE_RELATIONSHIP = ("alliance", "relationship")
CHECK_IN = "session-check-in"
ALLIANCE = "session-check-in.alliance"
THERAPIST_ALLIANCE = "session-check-in-therapist.alliance"


@cache
def all_scales() -> Mapping[str, Scale]:
    """Every scale that is watched, by its full name."""
    found: dict[str, Scale] = {}
    for instrument in library().values():
        found |= instrument.scales_by_name()
    return watched(found)


@cache
def relationship_scales() -> frozenset[str]:
    """Names of the scales on which people rate the working relationship."""
    return frozenset(
        name
        for instrument in library().values()
        if any(word in instrument.measures.lower() for word in RATES_THE_RELATIONSHIP)
        for name in instrument.scales_by_name()
    )


@cache
def all_bands() -> Mapping[str, Bands]:
    """Named stretches, such as *moderate*, of the scales that have them."""
    return bands_of(all_scales(), library())


@cache
def reliable_changes() -> Mapping[str, float]:
    """How many points of change are more than error, for the scales whose instrument says so."""
    return {
        instrument.full_name(id_): float(scale.reliable_change[0].value)
        for instrument in library().values()
        for id_, scale in instrument.scales.items()
        if scale.reliable_change
    }


@dataclass(frozen=True)
class About:
    """One scale, and how to speak of it."""

    scale: Scale

    @property
    def is_relationship(self) -> bool:
        """Whether it rates the working relationship."""
        return self.scale.name in relationship_scales()

    @property
    def variant(self) -> str:
        """Which sentences suit it."""
        if self.is_relationship:
            return "relationship"
        return "lower" if self.scale.direction is Direction.LOWER else "higher"

    @property
    def title(self) -> str:
        """Its name for people."""
        return title_of(self.scale.name).text

    @property
    def language(self) -> str:
        """The language in which its name is."""
        return title_of(self.scale.name).language

    def score(self, value: float | None) -> str:
        """Write a score as it is read on this scale."""
        return "" if value is None else in_language(number(value, self.scale))

    def level(self, value: float | None) -> str:
        """Write a score with the name of its band, where it has one."""
        if value is None:
            return ""
        names = [name for begins, name in all_bands().get(self.scale.name, ()) if begins <= value]
        return ", ".join([self.score(value), *map(band_name, names[-1:])])

    def within(self, value: float) -> float:
        """Cut a limit off at the ends of the scale."""
        low, high = self.scale.low, self.scale.high
        return min(max(value, value if low is None else low), value if high is None else high)


def about(name: str) -> About:
    """Find a scale, also one that is not in the library: then nothing but its name is known."""
    return About(all_scales().get(name) or Scale(name=name, direction=Direction.HIGHER))
