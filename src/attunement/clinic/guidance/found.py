"""One episode as the room of guidance reads it: what the therapist may see, and nothing else."""

import json
from datetime import datetime
from functools import lru_cache

import polars as pl

from attunement.clinic.caseload.history import History, Row
from attunement.clinic.caseload.scales import ALLIANCE, all_scales
from attunement.clinic.caseload.tables import ATTENDANCE, responses, table
from attunement.clinic.goals.selectors.agreement import standing
from attunement.clinic.guidance.hurry import counted, taken_over
from attunement.clinic.guidance.models import CheckInNorms
from attunement.clinic.guidance.usual import in_force
from attunement.clinic.noticing.models import Alert
from attunement.clinic.people.models import Episode
from attunement.course.baseline import Norms
from attunement.guidance.reasons.library import CHECK_IN, ITEMS
from attunement.guidance.reasons.model import Reasons
from attunement.guidance.reasons.rows import rows
from attunement.guidance.reasons.small import Find, prepare_reasons
from attunement.guidance.reasons.usual import default_usual, from_figures
from attunement.measures.scale import Direction, Scale

STRAIN = (Alert.Kind.DROP, Alert.Kind.TOLD)
AGREEMENT = {"client": pl.String, "session": pl.Int64, "agreement": pl.Float64}
SYMPTOMS = {"client": pl.String, "session": pl.Int64, "scale": pl.String, "score": pl.Float64}


def answered(history: History) -> bool:
    """Say whether there is a check-in of the client that the therapist may read."""
    return any(_is_check_in(row) and row["item"] in ITEMS for row in history.answers)


def newest_check_in(history: History) -> int:
    """Give the session of the newest check-in of the client: by what was known then it is weighed.

    No other form counts, so that one filled in before the next session changes nothing.
    """
    return max(int(row["session"]) for row in history.answers if _is_check_in(row))


def _is_check_in(row: Row) -> bool:
    return (row["rater"], row["instrument"]) == ("client", CHECK_IN)


def laid_out(history: History) -> pl.DataFrame:
    """Lay all sources side by side, a row for each session."""
    return rows(responses(history), symptoms=_symptoms(history), attendance=_attendance(history))


def likely(history: History) -> Reasons | None:
    """Say what may be behind the newest session, and what would come next for whoever asks.

    None where nothing was answered. What is told depends on whether a drop or rupture is open: see
    ``Reasons.beside``.
    """
    if not answered(history):
        return None
    started = {one.number: one.starts_at for one in history.sessions}
    began = started[newest_check_in(history)]
    find = finder(site_norms(history.episode, began), asked=True)
    found = find(
        responses(history).with_columns(audience=pl.lit(None), seconds=_seconds(history)),
        symptoms=_symptoms(history),
        attendance=_attendance(history),
        goals=_goals(history),
    )
    return next((one.beside(strain=unsettled(history)) for one in found), None)


def unsettled(history: History) -> bool:
    """Say whether a rupture is open, or a drop or tension was noticed that is not closed yet."""
    return any(one["status"] == "open" for one in history.ruptures) or any(
        alert.kind in STRAIN for alert in history.open_alerts
    )


def site_norms(episode: Episode, at: datetime | None = None) -> str:
    """Write down what was known at a site when a session began; by now where None."""
    site = episode.client.site
    return in_force(site, CheckInNorms.objects.filter(site=site).order_by("-version"), at)


@lru_cache(maxsize=64)
def finder(norms: str, *, asked: bool = False) -> Find:
    """Prepare finding reasons with what is usual at a site; documented defaults without."""
    known = json.loads(norms)
    learned = {name: Norms(**one) for name, one in known["norms"].items()}
    mean = learned.get(ALLIANCE)
    usual = default_usual(mean.sd, mean.df) if mean else default_usual()
    if "usual" in known:
        usual = from_figures(known["usual"])
    return prepare_reasons(usual, symptom_scales(), learned, asked=asked)


@lru_cache(maxsize=1)
def symptom_scales() -> dict[str, Scale]:
    """Give the scales on which lower is better and that are not told outright."""
    return {
        name: scale
        for name, scale in all_scales().items()
        if scale.direction is Direction.LOWER and not scale.told and scale.high is not None
    }


def _seconds(history: History) -> pl.Expr:
    known = counted(
        {one.number: taken_over(one.checkins.all()) for one in history.sessions},
        (
            (int(row["session"]), str(row["item"]), float(row["value"]))
            for row in history.answers
            if _is_check_in(row)
        ),
    )
    return pl.col("session").replace_strict(known, default=None, return_dtype=pl.Float64)


def _symptoms(history: History) -> pl.DataFrame | None:
    scales = symptom_scales()
    known = [
        {"session": row["number"], "scale": row["scale"], "score": row["value"]}
        for row in history.scores
        if row["rater"] == "client" and row["scale"] in scales
    ]
    return table(known, SYMPTOMS) if known else None


def _attendance(history: History) -> pl.DataFrame | None:
    held = [
        {"session": one.number, "status": one.status}
        for one in history.sessions
        if one.status != "planned"
    ]
    return table(held, ATTENDANCE) if held else None


def _goals(history: History) -> pl.DataFrame | None:
    newest = newest_check_in(history)
    line = standing({history.episode.pk: newest}).get(history.episode.pk, ())
    known = [{"session": one.session, "agreement": one.agreement} for one in line]
    return table(known, AGREEMENT) if known else None
