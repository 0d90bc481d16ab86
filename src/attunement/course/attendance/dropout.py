"""What counts as dropping out: several definitions, which may disagree.

Every definition reads one row per client (see ``overview.py``) and answers true, false, or empty
where it cannot be said: the episode may still be open, or what it needs is missing. An open
episode is empty in every definition, even where it can no longer come true: counting those who
are sure to have stayed, but not those who may yet leave, would make every rate too low.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import polars as pl

from attunement.course.proportions import share


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Numbers that definitions of drop-out need.

    Attributes
    ----------
    dose : int
        Fewer attended sessions than this are too few.
    days : int
        So many days without an appointment and an episode counts as ended.
    """

    dose: int = 4
    days: int = 60


@dataclass(frozen=True, kw_only=True)
class Definition:
    """One way to say that somebody dropped out.

    Attributes
    ----------
    name, text, source : str
        ``text`` may name ``{dose}`` and ``{days}``.
    verdict : callable
        From the limits to an expression over one row per client.
    needs_change : bool
        Whether it asks for reliable change.
    """

    name: str
    text: str
    source: str
    verdict: Callable[[Limits], pl.Expr]
    needs_change: bool = False


def _ended(dropped: pl.Expr) -> pl.Expr:
    """Say it only of episodes that are over."""
    return pl.when(pl.col("ended")).then(dropped)


REACHED = (pl.col("last_session") >= pl.col("planned_end")).fill_null(value=False)
ALL_RECORDED = pl.col("unrecorded") == 0
PLANNED = pl.col("planned_end").is_not_null()

DEFINITIONS = (
    Definition(
        name="last-appointment-not-attended",
        text="over for {days} days; missed or cancelled the last appointment there was",
        source="Hatchett & Park 2003, Psychotherapy 40:226-231 (one of four definitions compared; "
        "the waiting time is ours)",
        verdict=lambda _: _ended(pl.col("last_status").is_in(["missed", "cancelled"])),
    ),
    Definition(
        name="before-planned-end",
        text="over for {days} days, without having attended the session planned as the last",
        source="Swift & Greenberg 2012, J. Consult. Clin. Psychol. 80:547-559 (treatment protocol "
        "not completed; the waiting time is ours)",
        verdict=lambda _: _ended(
            pl.when(PLANNED & REACHED)
            .then(pl.lit(value=False))
            .when(PLANNED & ALL_RECORDED)
            .then(pl.lit(value=True))
        ),
    ),
    Definition(
        name="too-few-sessions",
        text="over for {days} days, after fewer than {dose} attended sessions",
        source="Swift & Greenberg 2012, J. Consult. Clin. Psychol. 80:547-559 (number of sessions "
        "attended; choose the number for your service)",
        verdict=lambda limits: _ended(
            pl.when(pl.col("attended") >= limits.dose)
            .then(pl.lit(value=False))
            .when(ALL_RECORDED)
            .then(pl.lit(value=True))
        ),
    ),
    Definition(
        name="came-only-once",
        text="over for {days} days, after one attended session; whoever never came did not begin, "
        "and is unknown",
        source="Hatchett & Park 2003, Psychotherapy 40:226-231 (no return after intake, one of "
        "four definitions compared; cited from memory; the waiting time is ours)",
        verdict=lambda _: _ended(
            pl.when(pl.col("attended") >= 2)
            .then(pl.lit(value=False))
            .when((pl.col("attended") == 1) & ALL_RECORDED)
            .then(pl.lit(value=True))
        ),
    ),
    Definition(
        name="without-reliable-change",
        text="over for {days} days, without reliable improvement",
        source="Swift, Callahan & Levine 2009, Psychotherapy 46:328-335, who ask for clinically "
        "significant change (proposed by Hatchett & Park 2003, Psychotherapy 40:226-231)",
        verdict=lambda _: _ended(~pl.col("improved")),
        needs_change=True,
    ),
)


def verdicts(
    people: pl.DataFrame, *, limits: Limits, until: date | None, improved: pl.DataFrame | None
) -> pl.DataFrame:
    """Apply every definition to every client.

    Each definition names its own source (:class:`Definition`; Swift & Greenberg 2012, *J. Consult.
    Clin. Psychol.* 80:547-559, on how much hangs on the choice).

    Parameters
    ----------
    people
        A row per client: ``client``, ``attended``, ``unrecorded``, ``last_session``,
        ``last_status``, ``last_date``, ``planned_end``.
    limits
        Of dose and days.
    until
        The day the data end.
    improved
        ``client``, ``improved`` (reliably; empty where unknown); leaves out the definition that
        needs it where absent.

    Returns
    -------
    A row per client and definition: ``client``, ``definition``, ``dropped_out``.

    Examples
    --------
    >>> from datetime import date
    >>> people = pl.DataFrame({"client": ["a"], "attended": [3], "unrecorded": [0],
    ...                        "last_session": [3], "last_status": ["attended"],
    ...                        "last_date": [date(2026, 1, 19)], "planned_end": [12]})
    >>> found = verdicts(people, limits=Limits(), until=date(2026, 6, 1), improved=None)
    >>> found.select("definition", "dropped_out").rows()[:2]
    [('before-planned-end', True), ('came-only-once', False)]
    """
    quiet = (pl.lit(until, dtype=pl.Date) - pl.col("last_date")).dt.total_days()
    known = people.with_columns(ended=quiet > limits.days)
    if improved is not None:
        known = known.join(improved, on="client", how="left")
    used = [each for each in DEFINITIONS if improved is not None or not each.needs_change]
    return pl.concat(
        known.select(
            "client",
            definition=pl.lit(each.name),
            dropped_out=each.verdict(limits),
        )
        for each in used
    ).sort("client", "definition")


def rates(found: pl.DataFrame, limits: Limits) -> pl.DataFrame:
    """Count drop-out by every definition that was applied, each row with its definition."""
    rows = []
    for each in DEFINITIONS:
        people = found.filter(pl.col("definition") == each.name)
        if people.is_empty():
            continue
        known = people["dropped_out"].drop_nulls()
        events = share(int(known.sum()), known.len())
        rows.append(
            {
                "definition": each.name,
                "text": each.text.format(dose=limits.dose, days=limits.days),
                "source": each.source,
                "n": events.of,
                "unknown": people.height - events.of,
                "events": events.n,
                "rate": events.share,
                "low": events.low,
                "high": events.high,
            }
        )
    return pl.DataFrame(rows, schema=RATES)


RATES = {
    "definition": pl.String,
    "text": pl.String,
    "source": pl.String,
    "n": pl.Int64,
    "unknown": pl.Int64,
    "events": pl.Int64,
    "rate": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
}
