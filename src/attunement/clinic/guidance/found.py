"""One episode as the room of guidance reads it: what the therapist may see, and nothing else."""

import polars as pl

from attunement.clinic.caseload.history import History
from attunement.clinic.caseload.scales import all_scales
from attunement.clinic.caseload.tables import ATTENDANCE, responses, table
from attunement.guidance.reasons.finding import as_objects, reasons
from attunement.guidance.reasons.library import CHECK_IN, ITEMS
from attunement.guidance.reasons.model import Reasons
from attunement.guidance.reasons.rows import rows
from attunement.guidance.reasons.usual import default_usual
from attunement.measures.scale import Direction

SYMPTOMS = {"client": pl.String, "session": pl.Int64, "scale": pl.String, "score": pl.Float64}


def answered(history: History) -> bool:
    """Say whether there is a check-in of the client that the therapist may read."""
    return any(
        (row["rater"], row["instrument"]) == ("client", CHECK_IN) and row["item"] in ITEMS
        for row in history.answers
    )


def laid_out(history: History) -> pl.DataFrame:
    """Lay all sources side by side, a row for each session."""
    return rows(responses(history), symptoms=_symptoms(history), attendance=_attendance(history))


def likely(history: History) -> Reasons | None:
    """Say what may be behind the newest session; None where nothing was answered."""
    if not answered(history):
        return None
    found = reasons(
        responses(history).filter(pl.col("instrument").str.starts_with(CHECK_IN)),
        symptoms=_symptoms(history),
        attendance=_attendance(history),
        usual=default_usual(),
    )
    return next(iter(as_objects(found)), None)


def _symptoms(history: History) -> pl.DataFrame | None:
    scales = all_scales()
    known = [
        {"session": row["number"], "scale": row["scale"], "score": row["value"]}
        for row in history.scores
        if row["rater"] == "client"
        and row["scale"] in scales
        and scales[row["scale"]].direction is Direction.LOWER
    ]
    return table(known, SYMPTOMS) if known else None


def _attendance(history: History) -> pl.DataFrame | None:
    held = [
        {"session": one.number, "status": one.status}
        for one in history.sessions
        if one.status != "planned"
    ]
    return table(held, ATTENDANCE) if held else None
