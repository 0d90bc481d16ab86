"""What alliance and outcome have to do with each other, in words."""

from dataclasses import dataclass

from attunement.programme.alliance_outcome.associations import Association
from attunement.programme.alliance_outcome.ladder import Ladder


@dataclass(frozen=True, kw_only=True)
class About:
    """What was related, and in whom.

    Attributes
    ----------
    alliance, outcome : str
        Scales.
    lag : int
        Sessions from one to the other.
    clients, pairs : int
        Clients, and sessions with both scores.
    level : float
        Confidence of the intervals.
    randomised : bool
        Whether chance decided the alliance.
    """

    alliance: str
    outcome: str
    lag: int
    clients: int
    pairs: int
    level: float
    randomised: bool


def sentences(about: About, found: Ladder) -> tuple[str, ...]:
    """Say what holds within clients, what holds between them, and what neither shows."""
    counted = (
        f"{about.pairs:,} sessions of {about.clients:,} clients have {about.alliance} and, "
        f"{_later(about.lag)}, {about.outcome}."
    )
    said = [
        counted,
        *([_within(about, found.within)] if found.within else found.refused[:1]),
        _between(about, found),
    ]
    if found.therapists is not None:
        of = found.therapists
        said.append(
            f"Split by {of.count:,} therapists: {_size(of.clients, about)} between clients of one "
            f"therapist, {_size(of.therapists, about)} between therapists."
        )
    said.append(_standing(about))
    return tuple(said)


def _within(about: About, one: Association) -> str:
    return (
        f"Within clients: after a session rated one point above the client's own usual "
        f"{about.alliance}, {about.outcome} {_later(about.lag)} is {_size(one, about)}"
        f"{_doubt(one)}."
    )


def _between(about: About, found: Ladder) -> str:
    one = found.latent.slope if found.latent else found.between
    corrected = ""
    if found.latent:
        corrected = (
            f", corrected for the noise of observed means (reliability "
            f"{found.latent.reliability:.2f}; correlation {found.latent.correlation.value:.2f})"
        )
    return (
        f"Between clients: those whose usual {about.alliance} is one point above others' have "
        f"{about.outcome} {_size(one, about)}{corrected}{_doubt(one)}."
    )


def _size(one: Association, about: About) -> str:
    """Write a size: "0.20 lower (95% interval -0.23 to -0.17)"."""
    way = "lower" if one.value < 0 else "higher"
    return (
        f"{abs(one.value):.2f} {way} ({about.level:.0%} interval {one.low:.2f} to {one.high:.2f})"
    )


def _doubt(one: Association) -> str:
    return ", which chance alone could explain" if one.low <= 0 <= one.high else ""


def _later(lag: int) -> str:
    if lag == 0:
        return "at the same session"
    return "at the next session" if lag == 1 else f"{lag} sessions later"


def _standing(about: About) -> str:
    if about.randomised:
        return "Chance decided the alliance, so the figures may be read as effects."
    return (
        "This is an association: nothing here shows that one brings the other about, since "
        "nobody's alliance was left to chance."
    )
