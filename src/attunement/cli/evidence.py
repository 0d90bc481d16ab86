"""What reasons rest on: the files that ``reasons`` and ``advise`` read."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from attunement.cli import show, sources
from attunement.cli.options import pairs
from attunement.cli.sources import Given

Symptoms = Annotated[
    Path | None,
    typer.Option(
        "--symptoms",
        metavar="SCORES",
        show_default=False,
        help="Scores of symptoms; where absent, from other instruments in RESPONSES.",
    ),
]
Appointments = Annotated[
    Path | None,
    typer.Option(
        "--attendance",
        metavar="FILE",
        show_default=False,
        help="Appointments: adds missed ones.",
    ),
]
Goals = Annotated[
    Path | None,
    typer.Option(
        "--goals",
        metavar="FILE",
        show_default=False,
        help="Adds agreement on goals: client, session and agreement from 0 to 1; or the goals of "
        "both: client, session, rater, goal, rank, pair.",
    ),
]


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Tables, as :func:`attunement.guidance.reasons.finding.reasons` takes them.

    Attributes
    ----------
    responses, symptoms, attendance, goals
        Tables; None where no file was named.
    scales
        What the scales of the symptoms mean.
    files
        Which files were read.
    """

    responses: Any
    symptoms: Any
    scales: Any
    attendance: Any
    goals: Any
    files: tuple[Path | None, ...]

    @property
    def tables(self) -> dict[str, Any]:
        """Everything but the answers, by the name of its parameter."""
        return {
            "symptoms": self.symptoms,
            "scales": self.scales,
            "attendance": self.attendance,
            "goals": self.goals,
            "instruments": sources.instruments(),
        }


def read_evidence(
    responses: Path,
    symptoms: Path | None,
    attendance: Path | None,
    goals: Path | None,
    *,
    rename: Given,
    scale: Given,
    missing: Given,
) -> Evidence:
    """Read all that is named."""
    from attunement.goals.reading import read_agreement
    from attunement.intake import read_attendance, read_responses

    with show.working(f"Reading {responses.name} ..."):
        answers = read_responses(responses, rename=pairs(rename, "--rename"))
        appointments = None if attendance is None else read_attendance(attendance)
        agreed = None if goals is None else read_agreement(goals)
    scores, scales = (None, None) if symptoms is None else symptoms_of(symptoms, scale, missing)
    return Evidence(
        responses=answers,
        symptoms=scores,
        scales=scales,
        attendance=appointments,
        goals=agreed,
        files=(responses, symptoms, attendance, goals),
    )


def in_strain(responses: Any) -> frozenset[str]:
    """Name those whose newest check-in, as therapists see it, is a drop, or who have one open.

    What is usual is learnt from the same answers, of all clients.
    """
    import polars as pl

    from attunement.course.noticing import course
    from attunement.guidance.reasons.library import CHECK_IN
    from attunement.guidance.reasons.rows import OPEN
    from attunement.measures.scoring.scores import score

    seen = responses.filter(instrument=CHECK_IN)
    if "audience" in seen.columns:
        seen = seen.filter(pl.col("audience").is_null() | (pl.col("audience") == OPEN))
    scores = score(seen, sources.instruments()) if seen.height else None
    if scores is None or not (alliance := scores.filter(scale=f"{CHECK_IN}.alliance")).height:
        return frozenset()
    noticed = course(alliance)
    newest = noticed.signals.filter(session=pl.col("session").max().over("client"))
    some = (newest.filter(signal="review"), noticed.ruptures.filter(status="open"))
    return frozenset(str(client) for table in some for client in table["client"])


def symptoms_of(path: Path, scale: Given, missing: Given) -> tuple[Any, Any]:
    """Read scores, and keep those on which lower is better."""
    import polars as pl

    intake = sources.scores(path, None, scale, missing)
    kept = {name: one for name, one in intake.scales.items() if one.sign < 0 and not one.told}
    return intake.scores.filter(pl.col("scale").is_in(list(kept))), kept
