"""What was known of a client before each next session, and nothing that came later."""

from dataclasses import dataclass
from typing import Any

import narwhals as nw

from attunement.course.attendance.appointments import CAME, missed_in_a_row, open_appointments
from attunement.course.days import day_number
from attunement.course.person_tables import open_table
from attunement.course.windows import known_scores
from attunement.frames import Lazy, any_table, to_lazy
from attunement.measures.scale import Scale
from attunement.tables import SCORES

WORDS = {
    "sessions": "sessions attended so far (natural logarithm)",
    "after_first": "only one session attended so far",
    "gap_weeks": "weeks between the last two attended sessions",
    "missed_in_a_row": "sessions missed in a row",
    "missed_share": "share of sessions missed so far",
    "late_share": "share of attended sessions begun late",
    "unanswered_share": "share of check-ins unanswered so far",
    "unanswered_last": "the last check-in unanswered",
    "alliance": "last alliance score",
    "alliance_drop": "last alliance score below the client's own usual",
    "symptoms_first": "first symptom score",
    "symptom_change": "improvement of symptoms since the first score",
}
FEATURES = tuple(WORDS)
ANSWERED_ON, MOST_DAYS = "answered_on", 14


@dataclass(frozen=True, kw_only=True)
class Watched:
    """Which scales are looked at.

    Attributes
    ----------
    alliance : Scale
        The client's rating of the relationship, asked at every session.
    symptoms : Scale or None
        Symptoms or functioning.

    Examples
    --------
    >>> from attunement.measures import find_scale
    >>> Watched(alliance=find_scale("session-check-in.alliance")).alliance.name
    'session-check-in.alliance'
    """

    alliance: Scale
    symptoms: Scale | None = None


@any_table
def known_before(appointments: Lazy, scores: Any, watched: Watched) -> Lazy:
    """Gather what was known after each appointment, before the next.

    Every feature of a row rests on this client's rows up to and with that appointment: take away
    all later rows, and nothing changes. Clients are followed from their first attended session.

    Which features are looked at is our own choice; they are plain counts, means and differences.

    Parameters
    ----------
    appointments
        Table of attendance (``attunement.tables.ATTENDANCE``) of any kind.
    scores
        Table of scores (``attunement.tables.SCORES``) of the same kind. Where it says when a score
        was ``answered_on``, one answered after the client's next appointment, or more than 14 days
        after its own, counts as unanswered: it was not known when it would have helped.
    watched
        Which scales to look at. Alliance is turned so that higher is better, and so is the change
        of symptoms.

    Returns
    -------
    A table of the same kind, a row per client and appointment: ``client``, ``after`` (its
    session), ``date``, ``status``, ``planned_end``, and the features of :data:`WORDS`, null where
    not known. A gap is in weeks, a score in its scale's unit; a share lies between 0 and 1.

    Raises
    ------
    Problem
        If a table cannot be used.

    Examples
    --------
    >>> from attunement import Plan, simulate
    >>> from attunement.measures import find_scale
    >>> made = simulate(Plan(clients=30, responses=False), seed=7)
    >>> known = known_before(made.attendance, made.scores,
    ...                      Watched(alliance=find_scale("session-check-in.alliance")))
    >>> known.sort("client", "after").select("client", "after", "alliance").row(0)
    ('client-01', 1, 8.0)
    """
    rows = open_appointments(appointments.to_native(), None)
    rows = to_lazy(missed_in_a_row(_with_scores(rows, scores, watched).to_native()))
    rows = _changes(_counts(rows)).filter(nw.col("_attended") > 0)
    attended = nw.col("_attended").cast(nw.Float64)
    sign = 1 if watched.symptoms is None else watched.symptoms.sign
    return rows.select(
        "client",
        "date",
        "status",
        "planned_end",
        "gap_weeks",
        "alliance",
        "alliance_drop",
        "symptoms_first",
        "unanswered_last",
        after="session",
        sessions=attended.log(),
        after_first=_one(nw.col("_attended") == 1),
        missed_in_a_row=nw.col("missed_in_a_row").cast(nw.Float64),
        missed_share=nw.col("_missed") / (attended + nw.col("_missed")),
        late_share=nw.col("_late") / attended,
        unanswered_share=nw.col("_unanswered") / attended,
        symptom_change=sign * (nw.col("_symptoms_last") - nw.col("symptoms_first")),
    )


def _with_scores(rows: Lazy, scores: Any, watched: Watched) -> Lazy:
    """Put beside every appointment the scores of its session."""
    table = _in_time(open_table(scores, SCORES), rows)
    for name, scale in (("_alliance", watched.alliance), ("_symptoms", watched.symptoms)):
        if scale is None:
            rows = rows.with_columns(nw.lit(None, dtype=nw.Float64).alias(name))
            continue
        own = known_scores(table, [scale.name]).select("client", "session", _score="score")
        rows = rows.join(own, on=["client", "session"], how="left").rename({"_score": name})
    return rows.with_columns(_alliance=watched.alliance.sign * nw.col("_alliance"))


def _in_time(scores: Lazy, rows: Lazy) -> Lazy:
    """Leave out what was answered too late to be known before the next session."""
    if ANSWERED_ON not in scores.collect_schema().names():
        return scores
    late = day_number(nw.col(ANSWERED_ON)) > nw.col("_until")
    ends = rows.select("client", "session", _until=known_until())
    joined = scores.join(ends, on=["client", "session"], how="left")
    return joined.with_columns(_on_time=nw.when(late).then(nw.lit(0)).otherwise(nw.lit(1))).filter(
        nw.col("_on_time") == 1
    )


def known_until() -> nw.Expr:
    """Give the last day, as a number, on which an answer about each appointment still counts."""
    day = day_number(nw.col("date"))
    following = day.shift(-1).over("client", order_by="session")
    return nw.min_horizontal(following, day + MOST_DAYS)


def _counts(rows: Lazy) -> Lazy:
    """Count what happened up to and with each appointment."""
    came = nw.col("status").is_in(CAME)
    silent = nw.col("_alliance").is_null()
    return rows.with_columns(
        _came=_one(came),
        _day=nw.when(came).then(day_number(nw.col("date"))),
        _silent=nw.when(came).then(_one(silent)),
    ).with_columns(
        _attended=_so_far(nw.col("_came")),
        _missed=_so_far(_one(nw.col("status") == "missed")),
        _late=_so_far(_one(nw.col("status") == "late")),
        _unanswered=_so_far(nw.col("_silent").fill_null(0.0)),
        _rated=_so_far(_one(~silent)),
        _sum=_so_far(nw.col("_alliance").fill_null(0.0)),
        _symptom_scores=_so_far(_one(~nw.col("_symptoms").is_null())),
        _last_day=_newest(nw.col("_day")),
    )


def _changes(rows: Lazy) -> Lazy:
    """Carry forward the newest of what is not seen at every appointment."""
    alliance, symptoms = nw.col("_alliance"), nw.col("_symptoms")
    below = (nw.col("_sum") - alliance) / (nw.col("_rated") - 1) - alliance
    again = ~alliance.is_null() & (nw.col("_rated") > 1)
    first = ~symptoms.is_null() & (nw.col("_symptom_scores") == 1)
    day_before = nw.col("_last_day").shift(1).over("client", order_by="session")
    return rows.with_columns(
        _gap=(nw.col("_day") - day_before) / 7,
        _drop=nw.when(again & (below > 0)).then(below).otherwise(nw.when(again).then(nw.lit(0.0))),
        _start=nw.when(first).then(symptoms),
    ).with_columns(
        gap_weeks=_newest(nw.col("_gap")),
        alliance=_newest(alliance),
        alliance_drop=_newest(nw.col("_drop")),
        symptoms_first=_newest(nw.col("_start")),
        _symptoms_last=_newest(symptoms),
        unanswered_last=_newest(nw.col("_silent")),
        planned_end=_newest(nw.col("planned_end")),
    )


def _one(condition: nw.Expr) -> nw.Expr:
    return nw.when(condition).then(nw.lit(1.0)).otherwise(nw.lit(0.0))


def _so_far(value: nw.Expr) -> nw.Expr:
    return value.cum_sum().over("client", order_by="session")


def _newest(value: nw.Expr) -> nw.Expr:
    return value.fill_null(strategy="forward").over("client", order_by="session")
