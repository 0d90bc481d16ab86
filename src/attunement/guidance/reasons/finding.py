"""What may be behind each client's session: a short ranked list of reasons with their evidence."""

from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from attunement.course.baseline import Norms
from attunement.frames import hand_back, to_lazy, to_polars
from attunement.guidance.reasons.judging import Judged, judge
from attunement.guidance.reasons.learning import learn_usual
from attunement.guidance.reasons.library import reasons_library
from attunement.guidance.reasons.model import Part, Reason, Reasons
from attunement.guidance.reasons.reading import read
from attunement.guidance.reasons.rows import Viewer
from attunement.guidance.reasons.told import MOST, audience_of, told_of
from attunement.guidance.reasons.usual import Usual
from attunement.intake.handed_in import Meanings
from attunement.measures.instruments.catalogue import Instruments
from attunement.problems import Problem

PARTS = {
    "reason": pl.String,
    "source": pl.String,
    "value": pl.Float64,
    "usual": pl.Float64,
    "unusual": pl.Float64,
    "strength": pl.Float64,
    "audience": pl.String,
}
Sessions = Literal["newest", "all"]


class Found(NamedTuple):
    """Tables, of the kind that was handed in.

    Attributes
    ----------
    sessions
        ``client``, ``session``, ``reasons`` (how many are told), ``thin`` (why little can be
        said, or null), ``general`` (whether all answers fell together and no reason fits as well):
        one row for every session that was looked at.
    reasons
        ``client``, ``session``, ``rank`` (from 1), ``reason``, ``strength``, ``told``: one row for
        every reason that is told, and if asked for those that come next.
    parts
        ``client``, ``session``, ``reason``, ``source``, ``value``, ``usual``, ``unusual``,
        ``strength``, ``audience``: what each source adds; they sum to the reason's strength.
    """

    sessions: Any
    reasons: Any
    parts: Any


def reasons(
    responses: Any,
    *,
    symptoms: Any = None,
    scales: Meanings | None = None,
    attendance: Any = None,
    goals: Any = None,
    viewer: Viewer = "therapist",
    usual: Usual | None = None,
    norms: Mapping[str, Norms] | None = None,
    sessions: Sessions = "newest",
    most: int = MOST,
    asked: bool = False,
    instruments: Instruments | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Found:
    """Say what may be behind each client's session, from that session and earlier ones.

    A reason is told where the session looks more like it than like an undisturbed one by more
    than the reason's rarity, where an answer that belongs to it is lower than usual or another
    source speaks for it, where no other is more than thirty times as likely, and where a fall of
    all answers does not fit better. It is a guess to be talked about, and never a cause.

    The strength of a reason is ``log P(session | reason) - log P(session | undisturbed) - rarity``,
    summed over sources; the model is our own, and its parts name their sources
    (:mod:`attunement.guidance.reasons.level`, :mod:`attunement.guidance.reasons.weigh`).

    Parameters
    ----------
    responses
        The table ``responses`` of any kind, with the session check-in of client and, where
        there is one, of therapist; optionally ``audience``, and ``seconds`` that a form took.
    symptoms
        The table ``scores`` of symptoms; where absent, from whatever other instruments
        ``responses`` hold on which lower is better.
    scales
        What the names in its column ``scale`` mean, as for :func:`attunement.course`.
    attendance
        The table ``attendance``.
    goals
        ``client``, ``session`` and ``agreement`` on goals, from 0 to 1.
    viewer
        Who will read it. What is said to a therapist rests on nothing that the client keeps from
        them; what is said to a client, on nothing that the therapist answered.
    usual, norms
        What is usual at the site of the check-in, and of each symptom scale; learnt from the
        tables themselves where absent.
    sessions
        Each client's newest session, or all.
    most
        How many reasons to tell of a session at most.
    asked
        Whether somebody asks what would fit best if something was off. Then the list goes on to
        what is not told unasked, down to the rank ``most``, in the same order; and a fall of
        all answers (``all_answers``) stands in it where it fits.
    instruments
        To score answers with; those in the box where None.
    progress
        Called with the number of sessions done, and of all.

    Returns
    -------
    Found

    Raises
    ------
    Problem
        If a table lacks a column, a scale is not known, or a setting is out of range.

    Examples
    --------
    >>> import attunement as at
    >>> cohort = at.simulate(at.Plan(clients=30), seed=7)
    >>> at.reasons(cohort.responses).reasons.columns
    ['client', 'session', 'rank', 'reason', 'strength', 'told']
    """
    if sessions not in ("newest", "all"):
        raise Problem(f"{sessions!r} is neither newest nor all", field="sessions")
    if most < 1:
        raise Problem("one reason or more can be told", field="most")
    table, known = read(
        responses,
        symptoms=symptoms,
        scales=scales,
        attendance=attendance,
        goals=goals,
        viewer=viewer,
        norms=norms,
        instruments=instruments,
    )
    judged = judge(
        table,
        which(table, sessions),
        reasons_library(),
        usual or learn_usual(table),
        known,
        asked=most if asked else 0,
        progress=progress,
    )
    found = _tables(table, judged, most, asked=asked)
    return Found(*(hand_back(one, responses) for one in found))


def as_objects(found: Found) -> tuple[Reasons, ...]:
    """Give what was found as :class:`~attunement.guidance.reasons.model.Reasons`, in order."""
    said, told, parts = (to_polars(to_lazy(one)) for one in found)
    split: dict[tuple[Any, Any, Any], list[Part]] = {}
    for row in parts.iter_rows(named=True):
        key = (row.pop("client"), row.pop("session"), row.pop("reason"))
        split.setdefault(key, []).append(Part(**row))
    found_of: dict[tuple[Any, Any], list[Reason]] = {}
    weaker: dict[tuple[Any, Any], list[Reason]] = {}
    for row in told.sort("rank").iter_rows(named=True):
        whose = (row["client"], row["session"])
        parts_of = tuple(split[*whose, row["reason"]])
        reason = Reason(id=row["reason"], strength=row["strength"], parts=parts_of)
        (found_of if row["told"] else weaker).setdefault(whose, []).append(reason)
    return tuple(
        Reasons(
            client=row["client"],
            session=row["session"],
            found=tuple(found_of.get((row["client"], row["session"]), ())),
            thin=row["thin"],
            general=row["general"],
            weaker=tuple(weaker.get((row["client"], row["session"]), ())),
        )
        for row in said.iter_rows(named=True)
    )


def which(table: pl.DataFrame, sessions: Sessions) -> NDArray[np.int64]:
    """Say which rows to look at."""
    if sessions == "all":
        return np.arange(len(table))
    last = (table["client"] != table["client"].shift(-1)).fill_null(value=True)
    return np.flatnonzero(last.to_numpy())


def _tables(
    table: pl.DataFrame, judged: Judged, most: int, *, asked: bool
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Lay out sessions, what is told of them, and what each source adds, the strongest first."""
    where = table[judged.row].select("client", "session")
    told = told_of(judged, most, asked=asked)
    place = [one.place for one in told]
    told_at = np.array([one.place for one in told if one.told], dtype=np.int64)
    number = np.bincount(told_at, minlength=len(where))
    said = where.with_columns(
        reasons=pl.Series(number, dtype=pl.Int64),
        thin=pl.Series(judged.thin, dtype=pl.String),
        general=pl.Series(judged.general, dtype=pl.Boolean),
    )
    listed = where[place].with_columns(
        rank=pl.Series([one.rank for one in told], dtype=pl.Int64),
        reason=pl.Series([one.reason for one in told], dtype=pl.String),
        strength=pl.Series([one.strength for one in told], dtype=pl.Float64),
        told=pl.Series([one.told for one in told], dtype=pl.Boolean),
    )
    rows_of = [
        {
            "reason": one.reason,
            "source": source,
            **dict(zip(("value", "usual", "unusual"), about, strict=True)),
            "strength": adds,
            "audience": audience_of(table, int(judged.row[one.place]), source),
        }
        for one in told
        for source, about, adds in one.parts
    ]
    whose = where[[one.place for one in told for _ in one.parts]]
    parts = pl.concat([whose, pl.DataFrame(rows_of, PARTS)], how="horizontal")
    return said, listed, parts
