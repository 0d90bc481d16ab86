"""Sudden gains and losses: large and stable steps from one session to the next.

They are known only once the sessions after them are, so they are never signals.
"""

from dataclasses import dataclass
from typing import Any

import narwhals as nw
import polars as pl

from attunement.course.change.sudden_steps import Criteria, found, tested
from attunement.course.person_tables import open_table, scores_of
from attunement.course.proportions import Share, share
from attunement.course.settings import choose
from attunement.frames import Lazy, hand_back, to_polars
from attunement.measures.scale import Direction
from attunement.tables import SCORES

COLUMNS = (
    "client",
    "scale",
    "kind",
    "session_n",
    "score_before",
    "score_after",
    "mean_before",
    "mean_after",
    "magnitude",
    "magnitude_sd",
    "share_of_total",
    "reversed",
    "reversal_session",
)


@dataclass(frozen=True, kw_only=True)
class Summary:
    """How many clients had a sudden gain or loss, and by which criteria.

    Attributes
    ----------
    criteria : Criteria
        What counted as sudden.
    clients, testable : int
        With a row for the scale; with at least one step that all three criteria can be applied
        to. Shares of clients are out of the latter: of the others nothing is known.
    gains, losses : int
        Steps found; a client may have several.
    with_gain, with_loss : Share
        Clients who had any.
    gains_reversed : Share
        Gains of which at least half was lost later.
    """

    criteria: Criteria
    clients: int
    testable: int
    gains: int
    losses: int
    with_gain: Share
    with_loss: Share
    gains_reversed: Share


@dataclass(frozen=True, kw_only=True)
class SuddenGains:
    """What was found, in the user's kind of table.

    ``gains`` has a row per step: ``client``, ``scale``, ``kind`` (gain or loss), ``session_n`` (the
    session before the step), ``score_before`` and ``score_after`` it, ``mean_before`` and
    ``mean_after`` (of up to three sessions each), ``magnitude`` (scale units, never negative),
    ``magnitude_sd`` (in SDs of all clients' first scores), ``share_of_total`` (of the client's
    change from first to last score; empty unless that went the same way), ``reversed`` and
    ``reversal_session``.

    ``people`` has a row per client: ``scored`` (sessions with a score), ``testable`` (steps the
    criteria could be applied to), ``gains``, ``has_gain``, ``first_gain`` (its ``session_n``),
    ``losses``, ``has_loss``, ``first_loss``; empty, not zero, where nothing could be tested.
    """

    gains: Any
    people: Any
    summary: Summary


def sudden_gains(
    scores: Any,
    *,
    scale: str,
    direction: Direction | str,
    cutoff: float,
    fraction: float = 0.25,
    zero: float = 0.0,
    confidence: float = 0.95,
) -> SuddenGains:
    """Find sudden gains and losses.

    A gain lies between sessions n and n + 1 when (1) the step is at least ``cutoff``; (2) it is at
    least ``fraction`` of the score at n; (3) the mean of the three sessions up to n differs from
    that of the three from n + 1 by more than ``t * s``, s being the pooled SD within the two sides
    (Tang & DeRubeis 1999, *J. Consult. Clin. Psychol.* 67:894-904). The criterion 3 that is in use
    has no factor ``sqrt(1/n1 + 1/n2)``, so with three sessions on each side it is stricter than a
    t test. Where a session's score is missing, t follows the scores there are (2.776, 3.182 or
    4.303 for 6, 5 or 4 of them: Lutz et al. 2013, *Psychother. Res.* 23:14-24); at least two are
    needed on each side, those at n and n + 1 among them (Wiedemann, Thew, Stott & Ehlers 2020,
    *PLoS ONE* 15:e0230276).

    A loss is the same the other way round, with all three criteria mirrored. A step is reversed
    at the first later session at which at least half of it is lost (Tang & DeRubeis 1999).

    Parameters
    ----------
    scores
        Table of scores (``attunement.tables.SCORES``) of any kind. Sessions are counted by their
        number: where one is absent its score is missing, and no neighbour takes its place.
    scale, direction
        Which scale, and which way on it is better.
    cutoff
        Least step, in scale units; often the scale's reliable change.
    fraction, zero
        Least step as a share of the score before it, that score being counted from ``zero``.
    confidence
        Two-sided, of the t value.

    Raises
    ------
    Problem
        If the table or a setting cannot be used.

    Examples
    --------
    >>> import polars as pl
    >>> scores = pl.DataFrame({"client": "a", "scale": "phq9", "session": range(1, 7),
    ...                        "score": [20.0, 21, 20, 11, 10, 11]})
    >>> found = sudden_gains(scores, scale="phq9", direction="lower-is-better", cutoff=6)
    >>> found.summary.gains, found.summary.testable
    (1, 1)
    """
    criteria = Criteria(
        scale=scale,
        direction=choose(Direction, direction, "direction"),
        cutoff=cutoff,
        fraction=fraction,
        zero=zero,
        confidence=confidence,
    )
    frame = scores_of(open_table(scores, SCORES), scale)
    scored = frame.filter(~nw.col("score").is_null()).select("client", "scale", "session", "score")
    steps = tested(scored, criteria)
    gains = to_polars(found(steps, scored, criteria)).select(COLUMNS).sort("client", "session_n")
    people = _people(frame, steps)
    return SuddenGains(
        gains=hand_back(gains, scores),
        people=hand_back(people, scores),
        summary=_summary(criteria, gains, people),
    )


def _people(scores: Lazy, steps: Lazy) -> pl.DataFrame:
    """Count every client's steps; null where none could be tested."""
    session = nw.col("session")
    counts = (
        steps.with_columns(
            scored=nw.lit(1),
            _testable=nw.when(nw.col("testable")).then(1).otherwise(0),
            _gain=nw.when(nw.col("gain")).then(1).otherwise(0),
            _loss=nw.when(nw.col("loss")).then(1).otherwise(0),
            _gain_at=nw.when(nw.col("gain")).then(session),
            _loss_at=nw.when(nw.col("loss")).then(session),
        )
        .group_by("client")
        .agg(
            nw.col("scored").sum(),
            testable=nw.col("_testable").sum(),
            gains=nw.col("_gain").sum(),
            first_gain=nw.col("_gain_at").min(),
            losses=nw.col("_loss").sum(),
            first_loss=nw.col("_loss_at").min(),
        )
    )
    everybody = scores.select("client").unique().join(counts, on="client", how="left")
    known = pl.col("testable") > 0
    return (
        to_polars(everybody)
        .with_columns(pl.col("scored", "testable").fill_null(0))
        .with_columns(pl.when(known).then(pl.col(name)).alias(name) for name in ("gains", "losses"))
        .select(
            "client",
            "scored",
            "testable",
            "gains",
            (pl.col("gains") > 0).alias("has_gain"),
            "first_gain",
            "losses",
            (pl.col("losses") > 0).alias("has_loss"),
            "first_loss",
        )
        .sort("client")
    )


def _summary(criteria: Criteria, gains: pl.DataFrame, people: pl.DataFrame) -> Summary:
    tested_people = people.filter(pl.col("testable") > 0)
    only_gains = gains.filter(pl.col("kind") == "gain")
    return Summary(
        criteria=criteria,
        clients=people.height,
        testable=tested_people.height,
        gains=only_gains.height,
        losses=gains.height - only_gains.height,
        with_gain=share(tested_people.filter("has_gain").height, tested_people.height),
        with_loss=share(tested_people.filter("has_loss").height, tested_people.height),
        gains_reversed=share(only_gains.filter("reversed").height, only_gains.height),
    )
