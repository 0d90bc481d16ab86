"""Do client and therapist see it alike? The gap between them against their own usual one."""

from collections.abc import Iterable, Mapping
from typing import Any

import narwhals as nw

from attunement.course.baseline import Norms, estimate_norms
from attunement.course.prediction import predicted
from attunement.course.windows import COURSE
from attunement.frames import Lazy, any_table, to_lazy, to_polars
from attunement.measures.scale import Scale
from attunement.problems import Problem

FEWEST_EARLIER_GAPS = 3
WIDTH = 2.5
RATERS = ("client", "therapist")


@any_table
def gaps(
    scores: Lazy,
    norms: Mapping[str, Norms],
    *,
    width: float = WIDTH,
    fewest: int = FEWEST_EARLIER_GAPS,
) -> Lazy:
    """Compare the gap of every session with the same pair's earlier gaps.

    The pair's variance is moderated by the programme's, as for a client's own scores
    (:func:`attunement.course.prediction.predicted`); the limits lie ``width`` SDs of that
    prediction on either side of the pair's mean.

    Therapists usually rate a little lower than their clients (Atzil-Slonim et al. 2015, *J.
    Consult. Clin. Psychol.* 83:773), so only a departure from the usual is told. Which side
    it falls to matters: in 580 therapies, sessions that the client rated high and the
    therapist low were followed by more distress than the reverse (Rubel et al. 2018, *J.
    Consult. Clin. Psychol.* 86:341), an association.

    Parameters
    ----------
    scores
        The table ``scores`` with ``rater`` (client, therapist): at most one score of each
        per client, scale and session, both in the scale's unit.
    norms
        What is known of each scale's gaps, by name: see :func:`gap_norms`. Only ``sd`` and
        ``df`` are used. Rows of other scales are left out.
    width
        How many SDs of the prediction the limits lie away from the usual gap.
    fewest
        Earlier gaps needed before anything is said, two or more.

    Returns
    -------
    A row per client, scale and session, in that order: ``client``, ``scale``, ``session``,
    ``client_score``, ``therapist_score``, ``gap`` (therapist less client, in the scale's
    unit; empty where either is missing), ``prior_n`` (earlier gaps), ``usual_gap``,
    ``sigma``, ``limit_low``, ``limit_high`` (from earlier sessions only; empty while there
    are too few) and ``signal``: ``client-lower`` or ``therapist-lower`` where that one's
    score lies unusually far below the other's, ``none``, or empty where nothing can be said.

    Raises
    ------
    Problem
        If there is no column ``rater``, a row's rater is neither client nor therapist (in
        letters of either case), one of them rated the same scale twice at a session, or
        ``fewest`` is below 2. This is looked for at once, on every engine.

    Examples
    --------
    >>> import polars as pl
    >>> from attunement.course.baseline import Norms
    >>> scores = pl.DataFrame({"client": ["a"] * 10, "scale": ["alliance"] * 10,
    ...                        "session": [1, 1, 2, 2, 3, 3, 4, 4, 5, 5],
    ...                        "rater": ["client", "therapist"] * 5,
    ...                        "score": [8.0, 7.5, 8, 7.6, 7.8, 7.2, 8.1, 7.5, 5, 8]})
    >>> gaps(scores, {"alliance": Norms(sd=0.5)}).select("session", "gap", "signal").row(-1)
    (5, 3.0, 'client-lower')
    """
    if fewest < 2:
        raise Problem("a spread needs two earlier gaps or more", "set fewest to 2 or more")

    gap, usual, reach = nw.col("gap"), nw.col("usual_gap"), width * nw.col("_spread")
    signal = (
        nw.when(gap > nw.col("limit_high"))
        .then(nw.lit("client-lower"))
        .otherwise(
            nw.when(gap < nw.col("limit_low"))
            .then(nw.lit("therapist-lower"))
            .otherwise(nw.when(~(gap - nw.col("limit_low")).is_null()).then(nw.lit("none")))
        )
    )
    pairs = both_ratings(scores, norms).with_columns(
        gap=nw.col("therapist_score") - nw.col("client_score")
    )
    return (
        predicted(pairs, "gap", norms, fewest=fewest)
        .rename({"_mean": "usual_gap"})
        .with_columns(limit_low=usual - reach, limit_high=usual + reach)
        .with_columns(signal=signal)
        .drop("_spread")
        .sort(*COURSE, "session")
    )


def gap_norms(scores: Any, scales: Mapping[str, Scale]) -> dict[str, Norms]:
    """Learn each scale's usual spread of gaps from a site's own pairs.

    As :func:`attunement.course.baseline.estimate_norms` does for scores. Where too few pairs
    are known, the documented default for one score times the square root of 2: as if client
    and therapist moved independently, which makes the limits rather too wide than too narrow.

    That default is ``sqrt(2) * sd``.

    Parameters
    ----------
    scores
        As for :func:`gaps`.
    scales
        The scales to learn about, by name.

    Raises
    ------
    Problem
        As for :func:`gaps`; or if a scale has too few pairs and no known range.

    Examples
    --------
    >>> import polars as pl
    >>> from attunement.measures import Direction, Scale
    >>> scores = pl.DataFrame({"client": ["a", "a"], "scale": "alliance", "session": [1, 1],
    ...                        "rater": ["client", "therapist"], "score": [8.0, 7.5]})
    >>> scale = Scale(name="alliance", direction=Direction.HIGHER, low=0, high=10)
    >>> found = gap_norms(scores, {"alliance": scale})["alliance"]
    >>> found.origin, round(found.sd, 2)
    ('default', 0.82)
    """
    pairs = both_ratings(to_lazy(scores), scales)
    gap = nw.col("therapist_score") - nw.col("client_score")
    of_gaps = pairs.select(*COURSE, "session", score=gap).filter(~nw.col("score").is_null())
    return estimate_norms(
        of_gaps.to_native(), {name: _scale_of_gaps(scale) for name, scale in scales.items()}
    )


def both_ratings(scores: Lazy, scales: Iterable[str]) -> Lazy:
    """Put client's and therapist's score of a session in one row.

    Returns
    -------
    ``client``, ``scale``, ``session``, ``client_score`` and ``therapist_score``, empty where
    one is missing or no finite number.

    Raises
    ------
    Problem
        If there is no column ``rater``, a row's rater is neither client nor therapist, or a key
        stands twice. One small query looks for both before anything else is planned.
    """
    if "rater" not in scores.collect_schema().names():
        raise Problem(
            "the table of scores has no column rater",
            "add it, with client or therapist in every row",
        )
    score = nw.col("score").cast(nw.Float64)
    rated = scores.filter(nw.col("scale").is_in(list(scales))).select(
        *COURSE,
        "session",
        rater=nw.col("rater").cast(nw.String).str.strip_chars().str.to_lowercase(),
        score=nw.when(score.is_finite()).then(score),
    )
    _refuse_strangers_and_twins(rated)
    return (
        rated.with_columns(
            client_score=nw.when(nw.col("rater") == "client").then(nw.col("score")),
            therapist_score=nw.when(nw.col("rater") == "therapist").then(nw.col("score")),
        )
        .group_by(*COURSE, "session")
        .agg(nw.col("client_score", "therapist_score").max())
    )


def _refuse_strangers_and_twins(rated: Lazy) -> None:
    """Refuse a rater who is neither of the two, and two ratings where there can be one."""
    counted = rated.group_by(*COURSE, "session", "rater").agg(rows=nw.len())
    known = nw.col("rater").is_in(RATERS)
    wrong = counted.filter((nw.col("rows") > 1) | ~known | nw.col("rater").is_null()).head(1)
    for row in to_polars(wrong).iter_rows(named=True):
        where = f"client {row['client']}, scale {row['scale']}, session {row['session']}"
        if row["rater"] not in RATERS:
            given = "no rater" if row["rater"] is None else f"the rater {row['rater']!r}"
            raise Problem(
                f"{where} has {given}",
                "write client or therapist, or leave the row out",
                field="rater",
            )
        raise Problem(f"{where} has {row['rows']} scores by the {row['rater']}", "keep one of them")


def _scale_of_gaps(scale: Scale) -> Scale:
    """Make a scale whose default spread is that of a difference of two independent scores."""
    if scale.low is None or scale.high is None:
        return scale
    width = 2**0.5 * (scale.high - scale.low)
    return Scale(name=scale.name, direction=scale.direction, low=0.0, high=width)
