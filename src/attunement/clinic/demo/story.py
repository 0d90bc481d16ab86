"""What is drawn before anything is stored: a cohort up to today, with answers to every item."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from attunement.synthetic.cohort import simulate
from attunement.synthetic.plan import SYMPTOMS, Plan

CLIENTS, THERAPISTS, SITES = 150, 8, 2
WEEKS = 52
ITEMS, MOST = 8, 3
DISTRESSED, KEPT_BACK, TOLD_BEFORE = 6, 5, 0.15
KEPT_ITEMS = ("safe", "goals", "depth")
SAFETY_ITEM = "9"

Progress = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class Story:
    """Two tables, of past and coming appointments and of answers that were given.

    Attributes
    ----------
    attendance : polars.DataFrame
        ``client``, ``therapist``, ``session``, ``date``, ``status`` (null where it is
        still to come) and ``planned_end``.
    responses : polars.DataFrame
        As in :data:`attunement.tables.RESPONSES`, with ``audience``; only what was answered.
    """

    attendance: pl.DataFrame
    responses: pl.DataFrame


def story(today: date, seed: int, progress: Progress | None = None) -> Story:
    """Draw a year that ends today, so that some appointments are today and some to come.

    The week begins two days before today's weekday: whatever day it is, people have
    appointments today.
    """
    plan = Plan(
        clients=CLIENTS,
        therapists=THERAPISTS,
        sites=SITES,
        mean_sessions=30,
        rupture=0.06,
        depth=3.5,
        dropout=0.006,
        missed_sessions=0.06,
        start=today - timedelta(weeks=WEEKS, days=2),
        intake_weeks=WEEKS - 1,
    )
    cohort = simulate(plan, seed, progress=progress)
    draw = np.random.default_rng([seed, 1])
    coming = pl.col("date") > today + timedelta(days=8)
    past = pl.col("date") < today
    whose = cohort.truth.clients.select("client", therapist=caseload())
    appointments = cohort.attendance.join(whose, on="client", maintain_order="left")
    attendance = appointments.filter(~coming).with_columns(status=pl.when(past).then("status"))
    check_ins = cohort.responses.filter(
        pl.col("answered_at") < today, pl.col("value").is_not_null()
    )
    symptoms = questionnaire(cohort.scores.filter(past), today, draw)
    columns = ["client", "session", "instrument", "item", "value", "rater"]
    responses = pl.concat([check_ins.select(columns), symptoms.select(columns)])
    return Story(attendance=attendance, responses=kept_back(responses, draw))


def caseload() -> pl.Expr:
    """Give the first therapist some clients of the colleagues at the same site."""
    first, *others = (f"therapist-{number}" for number in range(1, THERAPISTS + 1, SITES))
    moved = pl.col("therapist").is_in(others) & (pl.int_range(pl.len()) % 3 == 0)
    return pl.when(moved).then(pl.lit(first)).otherwise("therapist")


def questionnaire(scores: pl.DataFrame, today: date, draw: np.random.Generator) -> pl.DataFrame:
    """Split PHQ-9 scores into answers; a few people also have thoughts that need care."""
    known = scores.filter(pl.col("scale") == SYMPTOMS, pl.col("score").is_not_null())
    newest = pl.col("date") == pl.col("date").max().over("client")
    recent = known.select(newest & (pl.col("date") > today - timedelta(days=8))).to_series()
    in_care = known.filter(recent)["client"].sort().to_list()
    distressed = draw.choice(in_care, DISTRESSED, replace=False).tolist()
    theirs = known["client"].is_in(distressed).to_numpy()
    total = known["score"].to_numpy().astype(int)
    above = np.maximum(total - ITEMS * MOST, 0)
    told = theirs & (recent.to_numpy() | (draw.random(len(total)) < TOLD_BEFORE))
    ninth = np.where(told & (total > 1), np.maximum(above, 1), above)
    split = np.array([draw.multivariate_hypergeometric([MOST] * ITEMS, n) for n in total - ninth])
    return (
        known.select("client", "session", instrument=pl.lit(SYMPTOMS), rater=pl.lit("client"))
        .with_columns(
            *(pl.Series(str(item + 1), split[:, item]) for item in range(ITEMS)),
            pl.Series(SAFETY_ITEM, ninth),
        )
        .unpivot(index=["client", "session", "instrument", "rater"], variable_name="item")
    )


def kept_back(responses: pl.DataFrame, draw: np.random.Generator) -> pl.DataFrame:
    """Let a few people keep an answer for themselves, or until they raise it."""
    clients = responses["client"].unique().sort().to_list()
    some = draw.choice(clients, KEPT_BACK, replace=False).tolist()
    audience = dict(zip(some, ("later", "self", "service", "later", "self"), strict=True))
    item = {name: KEPT_ITEMS[place % len(KEPT_ITEMS)] for place, name in enumerate(some)}
    of_theirs = (
        (pl.col("instrument") == "session-check-in")
        & (pl.col("item") == pl.col("client").replace_strict(item, default=None))
        & (pl.col("value") < 10)
    )
    return responses.with_columns(
        audience=pl.when(of_theirs)
        .then(pl.col("client").replace_strict(audience, default=None))
        .otherwise(pl.lit("therapist"))
    )
