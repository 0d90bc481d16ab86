"""Alliance and outcome: within clients and between them, never a blend."""

from dataclasses import dataclass, field
from typing import Any

import polars as pl

from attunement.problems import Problem
from attunement.programme.alliance_outcome.centring import centred
from attunement.programme.alliance_outcome.ladder import Ladder, climb, tabulated
from attunement.programme.alliance_outcome.pairing import pairs_of
from attunement.programme.alliance_outcome.words import About, sentences


@dataclass(frozen=True, kw_only=True)
class AllianceOutcome:
    """How alliance and outcome go together.

    Attributes
    ----------
    about : About
        What was related, and in how many clients and sessions.
    found : Ladder
        The estimates; ``within`` and ``between`` are never blended.
    table : polars.DataFrame
        ``model``, ``about`` (within, between, between clients of a therapist, between therapists,
        or blend), ``standing`` (answer; check; or contrast: known to mislead, shown beside the
        answer), ``estimate``, ``se``, ``low``, ``high`` (outcome units per alliance unit),
        ``standardised``.
    sentences : tuple of str
        The result in words.
    rows : polars.DataFrame
        What was analysed, for the picture.
    """

    about: About
    found: Ladder
    table: pl.DataFrame
    sentences: tuple[str, ...]
    rows: pl.DataFrame = field(repr=False)


def alliance_outcome(
    scores: Any,
    *,
    alliance: str,
    outcome: str,
    lag: int = 1,
    randomised: bool = False,
    level: float = 0.95,
) -> AllianceOutcome:
    r"""Relate the alliance to the outcome, within clients and between them.

    .. math:: y_{i,t+lag} = b_w (a_{it} - \bar a_i) + b_b \bar a_i + c\,t + u_i + v_i (a_{it} -
              \bar a_i) + w_i t + e_{it}

    Person-mean centring with time (Curran and Bauer 2011, *Annu. Rev. Psychol.* 62:583; Wang and
    Maxwell 2015, *Psychol. Methods* 20:63): without time, two trends pass for an association.
    Beside it a variant with each client's own trends taken off, true levels instead of observed
    means (:func:`attunement.programme.alliance_outcome.latent.latent_between`), and the split by
    therapists. The outcome's own past is no predictor, for that would bias the estimate (Nickell
    1981, *Econometrica* 49:1417); for what comes first see
    :func:`attunement.programme.alliance_outcome.cross_lagged.cross_lagged`. (Sources cited from
    memory.)

    Parameters
    ----------
    scores
        The table ``scores``, of any kind.
    alliance, outcome
        Names of scales.
    lag
        Sessions from the alliance score to the outcome; 1 where the outcome is measured before a
        session and the alliance after it.
    randomised
        Whether chance decided the alliance, as it hardly ever does; if not, the sentences say
        that this is an association.
    level
        Confidence of the intervals.

    Returns
    -------
    Within is refused where fewer than ten clients have three sessions with both scores, or less
    than one per cent of the alliance's variance lies within clients.

    Raises
    ------
    Problem
        If a scale is not there, fewer than ten clients have both scores, or the alliance or the
        outcome never differs.

    Examples
    --------
    >>> from attunement import Plan, simulate
    >>> scores = simulate(Plan(clients=100, responses=False), seed=7).scores
    >>> found = alliance_outcome(scores, alliance="session-check-in.alliance", outcome="phq9")
    >>> answers = found.table.filter(standing="answer").head(2)
    >>> answers.select("about", pl.col("estimate", "low", "high").round(2)).rows()
    [('within', -0.79, -1.0, -0.59), ('between', -1.11, -2.0, -0.22)]
    """
    rows = centred(pairs_of(scores, alliance=alliance, outcome=outcome, lag=lag))
    _check(rows, alliance, outcome)
    found = climb(rows, level)
    about = About(
        alliance=alliance,
        outcome=outcome,
        lag=lag,
        clients=rows["client"].n_unique(),
        pairs=len(rows),
        level=level,
        randomised=randomised,
    )
    return AllianceOutcome(
        about=about,
        found=found,
        table=tabulated(found),
        sentences=sentences(about, found),
        rows=rows,
    )


def _check(rows: pl.DataFrame, alliance: str, outcome: str) -> None:
    for name, column in ((alliance, "alliance"), (outcome, "outcome")):
        if rows[column].n_unique() < 2:
            raise Problem(f"every score of {name} is the same", "wait for scores that differ")
    if rows.group_by("client").agg(pl.col("between").first())["between"].std() == 0:
        raise Problem(f"all clients have the same level of {alliance}", "wait for more")
