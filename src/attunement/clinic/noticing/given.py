"""One answer on its way in."""

from dataclasses import dataclass

from attunement.clinic.checkins.models import Audience


@dataclass(frozen=True, kw_only=True)
class Given:
    """One answer as it was given, and who may see it."""

    instrument: str
    item: str
    value: float
    audience: str = Audience.THERAPIST

    @property
    def shared(self) -> bool:
        """Whether the therapist may see it now."""
        return self.audience == Audience.THERAPIST
