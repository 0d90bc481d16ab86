"""A cohort with planted reasons, as a site would have it on file, and the truth."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from attunement.synthetic.answers import CLIENT_ITEMS, THERAPIST_ITEMS
from attunement.synthetic.planted.courses import Drawn, draw
from attunement.synthetic.planted.plan import REASONS, STRENGTHS, TOGETHER, UNDISTURBED, PlantedPlan


@dataclass(frozen=True, kw_only=True)
class Planted:
    """Tables as in :mod:`attunement.tables`, and what was planted.

    Attributes
    ----------
    responses : polars.DataFrame
        Both forms of the session check-in, with ``seconds`` that the client's form took.
    scores : polars.DataFrame
        PHQ-9 and GAD-7.
    attendance : polars.DataFrame
        Every appointment.
    goals : polars.DataFrame
        ``client``, ``session``, ``agreement`` on goals from 0 to 1.
    truth : polars.DataFrame
        ``client``, ``session`` (the planted one), ``reason`` (or ``undisturbed``, or
        ``all_answers``), ``strength``
        (weak, medium, strong; none), and ``depth`` in own SDs.
    drawn : Drawn
        What was drawn, in the order of ``truth``: levels and SDs that no site would know.
    """

    responses: pl.DataFrame
    scores: pl.DataFrame
    attendance: pl.DataFrame
    goals: pl.DataFrame
    truth: pl.DataFrame
    drawn: Drawn


def plant(plan: PlantedPlan | None = None, seed: int = 0) -> Planted:
    """Draw sessions in each of which one reason is at work, and sessions without any.

    Every client's last check-in is the planted one; the same seed gives the same cohort.
    """
    plan = plan or PlantedPlan()
    kinds = [(reason, name) for reason in REASONS for name in STRENGTHS] * plan.each
    kinds += [(TOGETHER, name) for name in STRENGTHS] * plan.together
    kinds += [(UNDISTURBED, "none")] * plan.undisturbed
    reason = np.array([kind for kind, _ in kinds])
    depth = np.array([STRENGTHS.get(name, 0.0) for _, name in kinds])
    drawn = draw(plan, reason, depth, seed)
    client = np.array([f"P{number:06d}" for number in range(1, len(kinds) + 1)])
    number = np.cumsum(drawn.there * (1 + drawn.absent), axis=1)
    truth = pl.DataFrame(
        {
            "client": client,
            "session": number[:, -1],
            "reason": reason,
            "strength": [name for _, name in kinds],
            "depth": depth,
        }
    )
    rows = pl.DataFrame(
        {
            "client": np.repeat(client, drawn.there.shape[1])[drawn.there.ravel()],
            "session": number[drawn.there],
        }
    )
    return Planted(
        responses=_responses(rows, drawn),
        scores=_scores(rows, drawn),
        attendance=_attendance(rows, drawn),
        goals=rows.with_columns(agreement=pl.Series(drawn.agreement[drawn.there]))
        .with_columns(pl.col("agreement").fill_nan(None))
        .drop_nulls("agreement"),
        truth=truth,
        drawn=drawn,
    )


def _responses(rows: pl.DataFrame, drawn: Drawn) -> pl.DataFrame:
    there = drawn.there
    forms = {
        "client": ("session-check-in", CLIENT_ITEMS, drawn.answers, 0),
        "therapist": ("session-check-in-therapist", THERAPIST_ITEMS, drawn.therapist, 1),
    }
    pages = []
    for rater, (instrument, items, answers, which) in forms.items():
        given = {item: answers[there][:, i] for i, item in enumerate(items)}
        given["tension"] = drawn.tension[there][:, which]
        given["settled"] = drawn.settled[there][:, which]
        seconds = drawn.seconds[there] if rater == "client" else np.nan
        pages.append(
            rows.with_columns(pl.Series(name, values) for name, values in given.items())
            .with_columns(seconds=seconds)
            .unpivot(index=["client", "session", "seconds"], variable_name="item")
            .select(
                "client",
                "session",
                pl.lit(instrument).alias("instrument"),
                "item",
                pl.col("value").fill_nan(None),
                pl.lit(rater).alias("rater"),
                pl.col("seconds").fill_nan(None),
            )
        )
    return pl.concat(pages).sort("client", "session", "instrument", "item")


def _scores(rows: pl.DataFrame, drawn: Drawn) -> pl.DataFrame:
    sums = {name: pl.Series(sums[drawn.there]) for name, sums in drawn.symptoms.items()}
    return (
        rows.with_columns(**sums)
        .unpivot(index=["client", "session"], variable_name="scale", value_name="score")
        .with_columns(pl.col("score").fill_nan(None))
        .select("client", "scale", "session", "score")
        .sort("client", "scale", "session")
    )


def _attendance(rows: pl.DataFrame, drawn: Drawn) -> pl.DataFrame:
    late, absent = drawn.late[drawn.there], drawn.absent[drawn.there]
    came = rows.with_columns(status=pl.Series(np.where(late, "late", "attended")))
    away = rows.filter(pl.Series(absent)).with_columns(
        session=pl.col("session") - 1, status=pl.lit("missed")
    )
    return pl.concat([came, away]).sort("client", "session")
