"""What one week of a synthetic cohort writes on file, with clients as numbers."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from attunement.synthetic.answers import (
    CLIENT_ITEMS,
    HIGHEST,
    THERAPIST_ITEMS,
    Answers,
    answerable,
    settled,
    split,
    tension,
)
from attunement.synthetic.people import People
from attunement.synthetic.plan import ALLIANCE, SYMPTOMS, THERAPIST_ALLIANCE, Plan
from attunement.synthetic.sessions import Week

Vector = NDArray[np.float64]

MOST_SYMPTOMS = 27
LATE = 0.05
CANCELLED = 0.5
LEANING_SD = 0.6
LEANING_OF_STRAIN = -3.0


@dataclass(frozen=True, kw_only=True)
class Views:
    """Scores of one week, one per client who still comes; NaN where there is none.

    Attributes
    ----------
    client, therapist : shape (n,)
        Alliance as each of them rates it, 0 to 10.
    symptoms : shape (n,)
        PHQ-9, 0 to 27.
    """

    client: Vector
    therapist: Vector
    symptoms: Vector


def views(
    plan: Plan, people: People, week: Week, before: Vector, rng: np.random.Generator
) -> Views:
    """Score a week; ``before`` holds every client's departure at the appointment before."""
    client, n = week.client, week.client.size
    course = people.level[client] + people.trend[client] * week.session
    own = answerable(course + week.departure, len(CLIENT_ITEMS))
    own[people.at_ceiling[client]] = HIGHEST
    seen = plan.therapist_bias + plan.therapist_truth * week.departure
    other = course + seen + rng.normal(0, plan.therapist_sd, n)
    silent = rng.random(n) < plan.missed_check_ins
    lasting = people.symptoms[client] - plan.improvement * np.log(week.session)
    passing = plan.symptom_effect * before[client] / plan.within_sd
    symptoms = np.round(lasting + passing + rng.normal(0, plan.symptom_noise, n))
    return Views(
        client=np.where(week.answered, own, np.nan),
        therapist=np.where(
            week.attended & ~silent, answerable(other, len(THERAPIST_ITEMS)), np.nan
        ),
        symptoms=np.where(week.answered, symptoms.clip(0, MOST_SYMPTOMS), np.nan),
    )


def score_page(plan: Plan, week: Week, seen: Views) -> pl.DataFrame:
    """Write a week's scores: a row for every scale of every client who came."""
    scales = [(ALLIANCE, "client", seen.client)]
    if plan.therapist_form:
        scales.append((THERAPIST_ALLIANCE, "therapist", seen.therapist))
    if plan.symptoms:
        scales.append((SYMPTOMS, "client", seen.symptoms))
    return pl.concat(
        pl.DataFrame({"client": week.client[week.attended], "score": score[week.attended]}).select(
            "client",
            scale=pl.lit(scale),
            session=pl.lit(week.session, pl.Int64),
            score=pl.col("score").fill_nan(None),
            rater=pl.lit(rater),
        )
        for scale, rater, score in scales
    )


def attendance_page(week: Week, rng: np.random.Generator) -> pl.DataFrame:
    """Write a week's appointments."""
    chance = rng.random(week.client.size)
    came = np.where(chance < LATE, "late", "attended")
    absent = np.where(chance < CANCELLED, "cancelled", "missed")
    status = np.where(week.attended, came, absent)
    return pl.DataFrame({"client": week.client, "status": status}).select(
        "client", session=pl.lit(week.session, pl.Int64), status="status"
    )


def event_page(week: Week) -> pl.DataFrame:
    """Write where a rupture began or was mended, and who left."""
    happened = week.began | week.mended | week.left
    return pl.DataFrame(
        {
            "client": week.client[happened],
            "depth": week.strain[happened],
            "about": week.about[happened],
            "began": week.began[happened],
            "mended": week.mended[happened],
            "left": week.left[happened],
        }
    ).with_columns(session=pl.lit(week.session, pl.Int64))


def response_pages(
    plan: Plan, week: Week, seen: Views, profile: Vector, rng: np.random.Generator
) -> list[pl.DataFrame]:
    """Write a week's single answers: of clients, and of therapists where they answer too."""
    n = week.client.size
    leaning = profile[week.client] + rng.normal(0, LEANING_SD, (n, len(CLIENT_ITEMS)))
    strained = week.strain > 0
    leaning[strained, week.about[strained]] += LEANING_OF_STRAIN
    honest = np.where(seen.client < HIGHEST, week.strain, 0.0)
    pages = [_answers("client", CLIENT_ITEMS, week, seen.client, leaning, honest, rng)]
    if plan.therapist_form:
        shared = [CLIENT_ITEMS.index(item) for item in THERAPIST_ITEMS]
        felt = plan.therapist_truth * week.strain
        pages.append(
            _answers("therapist", THERAPIST_ITEMS, week, seen.therapist, leaning[:, shared],
                     felt, rng)
        )  # fmt: skip
    return pages


FORMS = {"client": "session-check-in", "therapist": "session-check-in-therapist"}


def _answers(
    rater: str,
    items: tuple[str, ...],
    week: Week,
    score: Vector,
    leaning: Vector,
    strain: Vector,
    rng: np.random.Generator,
) -> pl.DataFrame:
    """One form of everyone who came; unanswered forms are there, with missing values."""
    given = ~np.isnan(score)
    of_items: Answers = split(np.where(given, score, 0.0), leaning)
    felt = tension(strain, rng)
    asked = given & (felt > 0)
    columns = {
        **{item: (of_items[:, i], given) for i, item in enumerate(items)},
        "tension": (felt, given),
        "settled": (settled(strain, rng), asked),
    }
    wide = pl.DataFrame(
        {"client": week.client}
        | {item: pl.Series(values).set(pl.Series(~known), None)
           for item, (values, known) in columns.items()}
    )  # fmt: skip
    return (
        wide.filter(week.attended)
        .unpivot(index="client", variable_name="item")
        .select(
            "client",
            session=pl.lit(week.session, pl.Int64),
            instrument=pl.lit(FORMS[rater]),
            item="item",
            value="value",
            rater=pl.lit(rater),
        )
    )
