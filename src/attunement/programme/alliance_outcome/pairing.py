"""Sessions with an alliance score, beside the outcome that followed."""

from typing import Any

import narwhals as nw
import polars as pl

from attunement.frames import to_lazy, to_polars
from attunement.intake.handed_in import check_rows
from attunement.problems import Problem
from attunement.tables import SCORES

FEWEST_CLIENTS = 10


def pairs_of(scores: Any, *, alliance: str, outcome: str, lag: int = 1) -> pl.DataFrame:
    """Put each alliance score beside the outcome ``lag`` sessions later.

    The layout is our own; it estimates nothing.

    Parameters
    ----------
    scores
        The table ``scores``, of any kind.
    alliance, outcome
        Names of scales.
    lag
        Sessions from the alliance score to the outcome. 1 where the outcome is measured before a
        session and the alliance after it, so that the alliance comes first.

    Returns
    -------
    ``client``, ``session`` (of the alliance score), ``alliance``, ``outcome``, and ``therapist``
    where the table has it; one row for each session with both.

    Raises
    ------
    Problem
        If a scale is not there, it is the same twice, the lag is below zero, or fewer than ten
        clients have both.

    Examples
    --------
    >>> scores = pl.DataFrame({"client": [n // 4 for n in range(40)], "session": [1, 1, 2, 2] * 10,
    ...                        "scale": ["alliance", "phq9"] * 20, "score": [7.0, 15, 8, 12] * 10})
    >>> pairs_of(scores, alliance="alliance", outcome="phq9").row(0)
    (0, 1, 7.0, 12.0)
    """
    SCORES.require(scores)
    check_rows(scores, {})
    if alliance == outcome or lag < 0:
        raise Problem(
            f"the alliance is '{alliance}', the outcome '{outcome}', and the lag {lag}",
            "name two different scales, and a lag of 0 or more",
        )
    table = to_lazy(scores)
    _check_scales(table, alliance, outcome)
    therapist = ["therapist"] if "therapist" in table.collect_schema() else []
    first = _one_scale(table, alliance, "alliance").select(
        "client", "session", "alliance", *therapist
    )
    later = _one_scale(table, outcome, "outcome").select(
        "client", "outcome", session=nw.col("session") - lag
    )
    pairs = to_polars(first.join(later, on=["client", "session"], how="inner"))
    clients = pairs["client"].n_unique()
    if clients < FEWEST_CLIENTS:
        raise Problem(
            f"{clients} clients have both {alliance} and, {_later(lag)}, {outcome}",
            f"this needs {FEWEST_CLIENTS} or more",
        )
    return pairs.sort("client", "session")


def _later(lag: int) -> str:
    return "one session later" if lag == 1 else f"{lag} sessions later"


def _one_scale(table: nw.LazyFrame[Any], scale: str, name: str) -> nw.LazyFrame[Any]:
    score = nw.col("score").cast(nw.Float64)
    return table.filter(nw.col("scale") == scale, ~score.is_null(), score.is_finite()).with_columns(
        score.alias(name)
    )


def _check_scales(table: nw.LazyFrame[Any], alliance: str, outcome: str) -> None:
    known = to_polars(table.select("scale").unique())["scale"].drop_nulls().sort().to_list()
    for name in (alliance, outcome):
        if name not in known:
            raise Problem(
                f"there is no scale '{name}' in the table",
                f"its scales are {', '.join(map(str, known[:12]))}",
            )
