"""Nearest neighbours: how past clients who began like this one went on."""

from dataclasses import dataclass
from math import ceil
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from attunement.course.expected.model import COVERAGE, check_coverage
from attunement.course.expected.start import TooFewClients, with_start
from attunement.frames import hand_back, to_lazy, to_polars
from attunement.measures.scale import Scale
from attunement.problems import Problem
from attunement.tables import SCORES

NEIGHBOURS = 30
CLIENTS_AT_ONCE = 500
DECIMALS = 9
SUMMARY = ("expected", "low", "high", "sd", "n")

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Likeness:
    """What makes two clients alike.

    Attributes
    ----------
    neighbours : int
        How many of the most similar past clients to look at; those at the same distance as
        the last of them are looked at too.
    early : int or None
        Up to which session a client's change since the first score counts as well; then
        only later sessions are described.
    also : tuple of str
        Further columns of numbers in the table of scores, as they stand at the first score.
    """

    neighbours: int = NEIGHBOURS
    early: int | None = None
    also: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.neighbours < 1:
            raise Problem(f"there is no course of {self.neighbours} neighbours", "ask for 30")


def neighbour_band(
    scores: Any,
    scale: Scale,
    past: Any = None,
    *,
    likeness: Likeness | None = None,
    coverage: float = COVERAGE,
) -> Any:
    """Describe the courses of the past clients most similar to each client.

    Similar means a small Euclidean distance between first scores, and between whatever else
    ``likeness`` names, each divided by its SD among the past clients. The approach, with 30
    neighbours, is that of Lutz et al. 2005, *J. Consult. Clin. Psychol.* 73:904-913 (cited
    from memory), compared with other rules in Lutz et al. 2006, *Clin. Psychol. Psychother.*
    13:223-232. The band's ends are percentiles at rank ``(n + 1) p`` (definition 6 of Hyndman
    & Fan 1996, *Am. Stat.* 50:361-365), so that a new score of the same kind falls inside
    with the chance asked for, even from a few neighbours.

    Parameters
    ----------
    scores
        Clients to describe, one row per client, scale and session: ``client``, ``scale``,
        ``session``, ``score`` (scale units), and the columns that ``likeness`` names.
    scale
        Which scale.
    past
        Scores of clients to learn from, best those whose therapy has ended; ``scores``
        itself where None. A client is never among their own neighbours.
    likeness
        Number of neighbours and what makes them similar; 30 by the first score where None.
        Clients for whom a part of it is missing are neither described nor learned from, and
        nobody learns from a client without a later score.
    coverage
        Share of undisturbed scores that fall inside the band, between 0 and 1.

    Returns
    -------
    A table of the kind of ``scores``, one row per client and each session after the client's
    first score (and after ``early``) that any of the neighbours reached: ``client``,
    ``scale``, ``session``, ``expected`` (the neighbours' mean), ``low``, ``high``, ``sd``
    (their spread; all in scale units) and ``n``, how many of them have a score there.
    ``expected``, ``low`` and ``high`` are null where n is too small for such a percentile:
    under 9 for 80 %. Or, where too few past clients can be compared,
    :class:`~attunement.course.expected.start.TooFewClients`, which says so as a sentence.

    Raises
    ------
    Problem
        If a column is missing, or a setting is out of range.

    Notes
    -----
    Time grows with the number of clients times that of past clients.

    Examples
    --------
    >>> from attunement import Plan, simulate
    >>> from attunement.measures import find_scale
    >>> scores = simulate(Plan(clients=60, responses=False), seed=7).scores
    >>> rows = neighbour_band(scores, find_scale("phq9")).sort("client", "session")
    >>> rows.select("session", pl.col("expected", "low", "high").round(1), "n").row(1)
    (3, 11.5, 9.0, 14.0, 25)
    """
    likeness = likeness or Likeness()
    check_coverage(coverage)
    described = _courses(scores, scale, likeness)
    learned = described if past is None else _courses(past, scale, likeness)
    later = learned.filter(_is_later(likeness)).select(
        "session", "score", neighbour=pl.col("client")
    )
    targets, candidates = _features(described, likeness), _features(learned, likeness)
    cohort = candidates.join(later, left_on="client", right_on="neighbour", how="semi")
    cohort = cohort.sort("client")
    if cohort.height <= likeness.neighbours:
        return TooFewClients(
            scale=scale,
            clients=cohort.height,
            needed=likeness.neighbours + 1,
            kind="with later scores who can be compared",
        )
    parts = [
        _describe(_nearest(part, cohort, likeness), later, coverage)
        for part in targets.iter_slices(CLIENTS_AT_ONCE)
    ]
    nobody = _describe(_nearest(targets.clear(), cohort, likeness), later, coverage)
    result = pl.concat([nobody, *parts]).select(
        "client", pl.lit(scale.name).alias("scale"), "session", *SUMMARY
    )
    return hand_back(result, scores)


def _courses(scores: Any, scale: Scale, likeness: Likeness) -> pl.DataFrame:
    """Bring one scale's courses into memory, each row with its client's start."""
    SCORES.require(scores)
    frame = to_lazy(scores)
    schema = frame.collect_schema()
    for name in likeness.also:
        if name not in schema or not schema[name].is_numeric():
            raise Problem(
                f"clients cannot be compared by the column {name}",
                "name a column of numbers in the table of scores",
                field=name,
            )
    score = nw.col("score").cast(nw.Float64)
    rows = frame.filter(nw.col("scale") == scale.name).select(
        "client",
        "scale",
        "session",
        *likeness.also,
        score=nw.when(score.is_finite()).then(score),
    )
    return to_polars(with_start(rows))


def _features(courses: pl.DataFrame, likeness: Likeness) -> pl.DataFrame:
    """One row per client who can be compared: ``client``, ``start`` and what is compared."""
    also = {
        f"also {name}": pl.when(pl.col(name).is_finite()).then(pl.col(name).cast(pl.Float64))
        for name in likeness.also
    }
    features = courses.filter(pl.col("session") == pl.col("start")).select(
        "client", "start", "baseline", **also
    )
    if likeness.early is not None:
        early = (
            courses.filter(
                pl.col("session") > pl.col("start"),
                pl.col("session") <= likeness.early,
                pl.col("score").is_not_null(),
            )
            .sort("session")
            .group_by("client")
            .agg(change=(pl.col("score") - pl.col("baseline")).last())
        )
        features = features.join(early, on="client")
    return features.drop_nulls().sort("client")


def _nearest(part: pl.DataFrame, cohort: pl.DataFrame, likeness: Likeness) -> pl.DataFrame:
    """Pair each client with the past clients nearest to them, never with themselves."""
    compared = [name for name in cohort.columns if name not in {"client", "start"}]
    known = cohort.select(compared).to_numpy()
    spread = known.std(axis=0, ddof=1)
    spread[spread == 0] = 1.0
    distance: Array = cdist(part.select(compared).to_numpy() / spread, known / spread)
    distance = distance.round(DECIMALS)
    them, others = (table["client"].cast(pl.String).to_numpy() for table in (part, cohort))
    distance[them[:, None] == others] = np.inf
    furthest = np.partition(distance, likeness.neighbours - 1, axis=1)[:, likeness.neighbours - 1]
    row, column = np.nonzero(distance <= furthest[:, None])
    return pl.DataFrame(
        [
            part["client"].gather(row),
            part["start"].gather(row),
            cohort["client"].gather(column).alias("neighbour"),
        ]
    )


def _describe(pairs: pl.DataFrame, later: pl.DataFrame, coverage: float) -> pl.DataFrame:
    """Summarise the neighbours' scores at each session after the client's start."""
    tail = (1 - coverage) / 2
    fewest = ceil(1 / tail - 1 - 1e-9)
    n, score = pl.col("n"), pl.col("score")
    rank = ((n + 1) * tail).clip(1, n)
    enough = n >= fewest
    return (
        pairs.join(later, on="neighbour")
        .filter(pl.col("session") > pl.col("start"))
        .group_by("client", "session")
        .agg(
            expected=score.sort().mean(),
            sd=score.sort().std(),
            n=pl.len().cast(pl.Int64),
            _sorted=score.sort(),
        )
        .with_columns(
            expected=pl.when(enough).then("expected"),
            low=pl.when(enough).then(_at_rank(rank)),
            high=pl.when(enough).then(_at_rank(n + 1 - rank)),
        )
        .sort("client", "session")
    )


def _at_rank(rank: pl.Expr) -> pl.Expr:
    """Interpolate between the sorted scores on both sides of a rank, counted from 1."""
    below = rank.floor().cast(pl.Int64)
    above = rank.ceil().cast(pl.Int64)
    values = pl.col("_sorted").list
    lower, upper = values.get(below - 1), values.get(above - 1)
    return lower + (rank - below) * (upper - lower)


def _is_later(likeness: Likeness) -> pl.Expr:
    """Scored sessions after the start, and after those by which clients are compared."""
    session = pl.col("session")
    later = pl.col("score").is_not_null() & (session > pl.col("start"))
    return later if likeness.early is None else later & (session > likeness.early)
