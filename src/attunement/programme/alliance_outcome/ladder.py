"""Every model of the ladder that the data can carry, and what must be refused."""

from dataclasses import dataclass

import polars as pl

from attunement.programme.alliance_outcome import models
from attunement.programme.alliance_outcome.associations import Association
from attunement.programme.alliance_outcome.centring import within_share
from attunement.programme.alliance_outcome.latent import Latent, latent_between
from attunement.programme.alliance_outcome.therapists import TherapistSplit, therapist_split

FEWEST_SESSIONS = 3
FEWEST_CLIENTS = 10
LEAST_WITHIN = 0.01
ANSWER, CHECK, CONTRAST = "answer", "check", "contrast"
WITHIN, BETWEEN, BLEND = "within", "between", "blend"


@dataclass(frozen=True, kw_only=True)
class Ladder:
    """What the models found.

    Attributes
    ----------
    within, detrended : Association or None
    between : Association
    latent : Latent or None
    therapists : TherapistSplit or None
    slope_sd : float or None
        How much clients differ in the within association.
    contrasts : dict of str to Association
        Models known to mislead, by what they do wrong.
    refused : tuple of str
        What was not computed, and why.
    warnings : tuple of str
    """

    within: Association | None
    detrended: Association | None
    between: Association
    latent: Latent | None
    therapists: TherapistSplit | None
    slope_sd: float | None
    contrasts: dict[str, Association]
    refused: tuple[str, ...]
    warnings: tuple[str, ...]


def refusal(rows: pl.DataFrame) -> str | None:
    """Say why the within association cannot be had, or nothing where it can."""
    sessions = rows.group_by("client").len()["len"]
    enough = int((sessions >= FEWEST_SESSIONS).sum())
    if enough < FEWEST_CLIENTS:
        return (
            f"{enough} clients have {FEWEST_SESSIONS} sessions or more with both scores, "
            f"and {FEWEST_CLIENTS} are needed"
        )
    share = within_share(rows)
    if share < LEAST_WITHIN:
        return f"the alliance hardly moves within clients ({share:.1%} of its variance)"
    return None


def climb(rows: pl.DataFrame, level: float) -> Ladder:
    """Fit the models.

    The models and their sources are those of
    :func:`~attunement.programme.alliance_outcome.analysis.alliance_outcome`.

    Parameters
    ----------
    rows
        From :func:`attunement.programme.alliance_outcome.centring.centred`.
    level
        Confidence of the intervals.

    Examples
    --------
    >>> from attunement import Plan, simulate
    >>> from attunement.programme.alliance_outcome.centring import centred
    >>> from attunement.programme.alliance_outcome.pairing import pairs_of
    >>> scores = simulate(Plan(clients=100, responses=False), seed=7).scores
    >>> rows = centred(pairs_of(scores, alliance="session-check-in.alliance", outcome="phq9"))
    >>> round(climb(rows, 0.95).within.value, 2)
    -0.79
    """
    reason = refusal(rows)
    if reason is not None:
        return Ladder(
            within=None,
            detrended=None,
            between=models.between_alone(rows, level),
            latent=None,
            therapists=None,
            slope_sd=None,
            contrasts={"pooled over all sessions": models.pooled(rows, level)},
            refused=(f"Within clients nothing is said: {reason}.",),
            warnings=(),
        )
    main = models.centred_model(rows, level)
    unit_within, unit_between = models.units_of(rows)
    split = therapist_split(rows, level)
    spread = main.variances.row(by_predicate=pl.col("term") == WITHIN, named=True)["sd"]
    return Ladder(
        within=models.from_fit(main, WITHIN, unit_within),
        detrended=models.detrended_within(rows, level),
        between=models.from_fit(main, BETWEEN, unit_between),
        latent=latent_between(rows, level=level),
        therapists=None if isinstance(split, str) else split,
        slope_sd=spread,
        contrasts={
            "pooled over all sessions": models.pooled(rows, level),
            "own intercepts, not centred": models.uncentred(rows, level),
            "centred, time ignored": models.time_ignored(rows, level),
        },
        refused=(f"Therapists are not split off: {split}.",) if isinstance(split, str) else (),
        warnings=tuple(text for text in main.warnings if "Singular" not in text),
    )


def tabulated(found: Ladder) -> pl.DataFrame:
    """List all models: what each is about, its standing, and its estimate."""
    entries: list[tuple[str, str, str, Association | None]] = [
        ("centred, with time", WITHIN, ANSWER, found.within),
        ("own trends taken off", WITHIN, CHECK, found.detrended),
        ("observed means", BETWEEN, CHECK if found.latent else ANSWER, found.between),
        ("true levels", BETWEEN, ANSWER, found.latent.slope if found.latent else None),
    ]
    if found.therapists is not None:
        of = found.therapists
        entries += [
            ("within therapists", "between clients of a therapist", ANSWER, of.clients),
            ("therapists' means", "between therapists", ANSWER, of.therapists),
        ]
    entries += [
        (name, WITHIN if "centred, time" in name else BLEND, CONTRAST, one)
        for name, one in found.contrasts.items()
    ]
    return pl.DataFrame(
        [
            {
                "model": model,
                "about": about,
                "standing": standing,
                "estimate": one.value,
                "se": one.se,
                "low": one.low,
                "high": one.high,
                "standardised": one.standardised,
            }
            for model, about, standing, one in entries
            if one is not None
        ]
    ).with_columns(pl.col("standardised").fill_nan(None))
