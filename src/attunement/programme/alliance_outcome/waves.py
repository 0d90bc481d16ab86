"""Alliance and outcome of the first sessions, side by side: one row per client."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl

from attunement.frames import to_lazy, to_polars
from attunement.intake.handed_in import check_rows
from attunement.problems import Problem
from attunement.programme.alliance_outcome.associations import Array
from attunement.tables import SCORES

FEWEST_WAVES, MOST_WAVES = 3, 5
UTMOST_WAVES = 20
FEWEST_CLIENTS = 50


@dataclass(frozen=True, kw_only=True)
class Waves:
    """Scores by wave.

    Attributes
    ----------
    values : shape (clients, 2 * waves)
        Alliance and outcome of the first wave, of the second ...; NaN where missing.
    sessions : tuple of int
        Which session each wave is.
    """

    values: Array
    sessions: tuple[int, ...]


def waves_of(
    scores: Any, *, alliance: str, outcome: str, sessions: Sequence[int] | None = None
) -> Waves:
    """Lay out two scales by session.

    The layout is our own; it estimates nothing.

    Parameters
    ----------
    scores
        The table ``scores``, of any kind.
    alliance, outcome
        Names of scales.
    sessions
        Which sessions are the waves, evenly apart. Where absent, the first up to five at which
        half of the clients or more have both scores.

    Raises
    ------
    Problem
        With fewer than three waves or more than twenty, or fewer than fifty clients.

    Examples
    --------
    >>> from attunement import Plan, simulate
    >>> scores = simulate(Plan(clients=60, responses=False), seed=7).scores
    >>> found = waves_of(scores, alliance="session-check-in.alliance", outcome="phq9",
    ...                  sessions=[1, 2, 3])
    >>> found.values.shape, found.sessions
    ((60, 6), (1, 2, 3))
    """
    SCORES.require(scores)
    check_rows(scores, {})
    table = to_lazy(scores).filter(nw.col("scale").is_in([alliance, outcome]))
    rows = to_polars(table.select("client", "scale", "session", "score")).select(
        "client",
        "session",
        pl.col("scale").replace_strict({alliance: "alliance", outcome: "outcome"}).alias("what"),
        pl.col("score").cast(pl.Float64).fill_nan(None),
    )
    rows = rows.drop_nulls()
    chosen = tuple(sessions) if sessions is not None else _usual(rows)
    if len(chosen) > UTMOST_WAVES:
        raise Problem(f"{len(chosen)} waves are too many", f"choose {UTMOST_WAVES} or fewer")
    if len(chosen) < FEWEST_WAVES:
        raise Problem(
            f"{len(chosen)} sessions have both {alliance} and {outcome} from half of the clients",
            f"a cross-lagged model needs {FEWEST_WAVES} waves or more",
        )
    wide = rows.filter(pl.col("session").is_in(chosen)).pivot(
        on=["what", "session"], index="client", values="score"
    )
    names = [f'{{"{what}",{session}}}' for session in chosen for what in ("alliance", "outcome")]
    absent = [name for name in names if name not in wide.columns]
    if absent or len(wide) < FEWEST_CLIENTS:
        raise Problem(
            f"{len(wide)} clients have scores in the sessions {', '.join(map(str, chosen))}",
            f"this needs {FEWEST_CLIENTS} or more, and both scales in each session",
        )
    return Waves(values=wide.select(names).to_numpy().astype(float), sessions=chosen)


def _usual(rows: pl.DataFrame) -> tuple[int, ...]:
    """Take the first run of sessions at which half of the clients have both scores."""
    both = rows.group_by("client", "session").agg(both=pl.col("what").n_unique() == 2)
    often = (
        both.filter("both")
        .group_by("session")
        .len()
        .filter(pl.col("len") >= rows["client"].n_unique() / 2)
    )
    sessions = np.sort(often["session"].to_numpy())
    run = sessions[: np.argmax(np.append(np.diff(sessions) != 1, True)) + 1]
    return tuple(int(session) for session in run[:MOST_WAVES])
