"""What calls for an alert, as data: one finding is one alert that should be there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from attunement.clinic.noticing.models import Alert
from attunement.clinic.people.models import Site

Number = float | int | str | None
Evidence = Mapping[str, Mapping[str, Number]]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something that a person should look at.

    Attributes
    ----------
    kind : Alert.Kind
    onset : int
        The number of the session at which it began.
    evidence : mapping
        By part (the scale of a drop or a gap, the instrument of a safety answer, who told of
        tension, or ``sessions``), the numbers from which a sentence is made.
    """

    kind: Alert.Kind
    onset: int
    evidence: Evidence = field(default_factory=dict)


@dataclass(frozen=True)
class Rule:
    """How soon a person should look, and what the site says of it."""

    level: Alert.Level
    wait: str

    def due_within(self, site: Site) -> timedelta:
        """Give the time in which someone is to take it on."""
        unit = self.wait.rpartition("_")[2]
        return timedelta(**{unit: getattr(site, self.wait)})


RULES: Mapping[Alert.Kind, Rule] = {
    Alert.Kind.SAFETY: Rule(Alert.Level.URGENT, "safety_minutes"),
    **{
        kind: Rule(Alert.Level.REVIEW, "alert_hours")
        for kind in Alert.Kind
        if kind is not Alert.Kind.SAFETY
    },
}
