"""From the tables to all that a report says."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from importlib.metadata import version
from typing import Any, TypeVar

import polars as pl

from attunement.course.baseline import Norms
from attunement.course.strain.ruptures import REPAIRED_WITHIN
from attunement.course.strain.signals import Rule
from attunement.frames import to_lazy, to_polars
from attunement.guidance.advice import advise
from attunement.guidance.reasons.library import general_sentence
from attunement.guidance.reasons.model import Reasons
from attunement.guidance.reasons.words import sentence as reason_sentence
from attunement.measures.instruments.catalogue import Instruments, library
from attunement.measures.scale import Scale
from attunement.problems import Problem
from attunement.report.bands import bands_of
from attunement.report.clients import client_page
from attunement.report.methods import methods, summary
from attunement.report.model import FalseAlarms, Group, Kind, Report, Setting
from attunement.report.notices import Tables, notices
from attunement.report.order import counts, order
from attunement.report.safety import safety_answers, safety_notices
from attunement.report.words import client_name, plain
from attunement.tables import RUPTURES, SIGNALS

Part = TypeVar("Part")

MOST = 200
RULE = Rule()


def build(
    signals: Any,
    ruptures: Any,
    scales: Mapping[str, Scale],
    *,
    drawn_on: date,
    norms: Mapping[str, Norms],
    rule: Rule = RULE,
    within: int = REPAIRED_WITHIN,
    false_alarms: FalseAlarms | None = None,
    relationship: Collection[str] | None = None,
    scores: Any = None,
    expected: Any = None,
    off_track: Any = None,
    ceiling: Any = None,
    tensions: Any = None,
    gaps: Any = None,
    attendance: Any = None,
    responses: Any = None,
    reasons: Iterable[Reasons] = (),
    instruments: Instruments | None = None,
    title: str = "Whom to look at first",
    synthetic: bool = False,
    notes: Sequence[str] = (),
    most: int = MOST,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Gather what a report says; nothing is estimated here.

    Nothing is estimated here; the order of people is our own.

    Parameters
    ----------
    signals, ruptures
        The tables of those names, of any kind.
    scales
        Every scale in ``signals``, by name.
    drawn_on
        The day of the report.
    norms, rule, within
        What ``signals`` and ``ruptures`` were computed with.
    false_alarms
        What chance alone would show among these clients.
    relationship
        Names of the scales that rate the working relationship; where None, none does. The
        others are called by their own names, and a drop on them is no rupture.
    scores
        The table ``scores``, for ``date`` and ``therapist``.
    expected, off_track, ceiling, tensions, gaps, attendance
        Further tables where there are any, with the columns that
        :class:`attunement.report.notices.Tables` names.
    responses
        Single answers. Those that meet a safety rule put their client first; without this table
        the methods say that none could be seen.
    reasons
        What may be behind clients' newest sessions
        (:func:`attunement.guidance.reasons.finding.reasons`), as a therapist may read it.
    instruments
        By id, for the safety rules; those in the box where None.
    title
        Of the page.
    synthetic
        Whether the people in it are made up; the page then says so at its top.
    notes
        Sentences to add to the methods, such as what was missing from the file.
    most
        How many clients get a section, beside all whose answer must reach a person.
    progress
        Called with the number of clients drawn and of all to draw.

    Raises
    ------
    Problem
        If a required column is missing, or a scale is not in ``scales``.

    Examples
    --------
    >>> from attunement.course import notice
    >>> from attunement.course.baseline import Norms
    >>> from attunement.measures import find_scale
    >>> name = "session-check-in.alliance"
    >>> scales, norms = {name: find_scale(name)}, {name: Norms(sd=0.6)}
    >>> scores = pl.DataFrame({"client": ["A"] * 5 + ["B"] * 5, "scale": name,
    ...                        "session": [1, 2, 3, 4, 5] * 2,
    ...                        "score": [8.0, 8.2, 7.9, 8.1, 4.5, 7, 7.4, 7.1, 7.2, 7.3]})
    >>> noticed = notice(scores, scales, norms)
    >>> report = build(*noticed, scales, drawn_on=date(2026, 3, 2), norms=norms,
    ...                relationship=[name])
    >>> print(report.summary)
    1 to look at first · 1 as usual
    """
    SIGNALS.require(signals)
    RUPTURES.require(ruptures)
    check_scales(signals, scales)
    known = library() if instruments is None else instruments
    detailed = with_details(frame(signals), scores)
    answers = None if responses is None else safety_answers(responses, known)
    tables = Tables(
        signals=detailed,
        ruptures=frame(ruptures),
        expected=maybe(expected),
        off_track=maybe(off_track),
        ceiling=maybe(ceiling),
        tensions=maybe(tensions),
        gaps=maybe(gaps),
        attendance=maybe(attendance),
        safety=None if answers is None else safety_notices(answers, known, detailed),
    )
    related = frozenset(relationship or ())
    noticed = notices(tables, scales, related)
    strained = clients_in_strain(noticed)
    likely = [one.beside(strain=one.client in strained) for one in reasons]
    setting = Setting(
        scales=scales,
        relationship=related,
        norms=norms,
        rule=rule,
        within=within,
        false_alarms=false_alarms,
        bands=bands_of(scales, known),
        reasons={
            one.client: (
                *map(reason_sentence, one.found),
                *((general_sentence(),) if one.general else ()),
            )
            for one in likely
        },
        advice={
            one.client: tuple(
                helpful.strategy.title for helpful in advise(one, rupture=one.client in strained)
            )
            for one in likely
        },
    )
    ordered = order(noticed, setting.relationship)
    found = counts(ordered)
    shown = ordered.head(max(most, found[Group.SAFETY]))
    return Report(
        title=plain(title),
        synthetic=synthetic,
        drawn_on=long_date(drawn_on),
        version=version("attunement"),
        summary=summary(found),
        counts=found,
        clients=tuple(
            client_page(row, mine, setting, anchor=f"client-{place}")
            for place, (row, mine) in counting(each(shown, noticed, tables), progress)
        ),
        unlisted=names_by_group(ordered.slice(shown.height)),
        methods=methods(
            tables.signals,
            setting,
            [plain(note) for note in notes],
            asked=None if answers is None else answers.height,
        ),
    )


def clients_in_strain(noticed: pl.DataFrame) -> frozenset[Any]:
    """Pick clients with an open rupture or a drop, or who told of tension."""
    strain = [int(kind) for kind in (Kind.RUPTURE_OPEN, Kind.REVIEW, Kind.TENSION)]
    return frozenset(noticed.filter(pl.col("kind").is_in(strain))["client"].to_list())


def counting(
    clients: Sequence[Part], progress: Callable[[int, int], None] | None
) -> Iterator[tuple[int, Part]]:
    """Give each client a number from 1, and say how many are done."""
    for place, client in enumerate(clients, start=1):
        yield place, client
        if progress:
            progress(place, len(clients))


def names_by_group(rest: pl.DataFrame) -> dict[str, tuple[str, ...]]:
    """Name the clients under each heading."""
    named = rest.group_by("group", maintain_order=True).agg("client").iter_rows()
    return {group: tuple(client_name(client) for client in clients) for group, clients in named}


def check_scales(signals: Any, scales: Mapping[str, Scale]) -> None:
    """Raise a :class:`Problem` where a scale is not known."""
    present = to_polars(to_lazy(signals).select("scale").unique())["scale"].to_list()
    unknown = sorted(set(present) - set(scales))
    if unknown:
        raise Problem(
            f"nothing is known of the scale {unknown[0]}",
            "say which way on it is better, in scales",
            field="scale",
        )


def frame(table: Any) -> pl.DataFrame:
    """Bring a table into memory, with clients as text."""
    read = table if isinstance(table, pl.DataFrame) else to_polars(to_lazy(table))
    return read.with_columns(pl.col("client").cast(pl.String))


def maybe(table: Any) -> pl.DataFrame | None:
    """Bring a table into memory where there is one."""
    return None if table is None else frame(table)


def with_details(signals: pl.DataFrame, scores: Any) -> pl.DataFrame:
    """Add date and therapist to the signals where the scores have them; dates as in ISO 8601."""
    wanted = [name for name in ("date", "therapist") if name not in signals.columns]
    if scores is not None and wanted:
        read = frame(scores)
        if "therapist" in read.columns:
            read = read.with_columns(pl.col("therapist").cast(pl.String))
        known = [name for name in wanted if name in read.columns]
        if known:
            key = ["client", "scale", "session"]
            signals = signals.join(read.select(*key, *known), on=key, how="left")
    signals = signals.with_columns(
        **{
            name: pl.lit(None, kind)
            for name, kind in (("date", pl.Date), ("therapist", pl.String))
            if name not in signals.columns
        }
    )
    written = signals.schema["date"] == pl.String
    day = pl.col("date")
    return signals.with_columns(
        day.str.to_date("%Y-%m-%d", strict=False) if written else day.cast(pl.Date)
    )


def each(
    shown: pl.DataFrame, noticed: pl.DataFrame, tables: Tables
) -> list[tuple[dict[str, Any], tuple[pl.DataFrame, Tables]]]:
    """Give each client shown their own rows of every table."""
    clients = shown["client"].to_list()

    def own(table: pl.DataFrame | None) -> dict[Any, pl.DataFrame]:
        if table is None:
            return {}
        chosen = table.filter(pl.col("client").is_in(clients))
        return {key[0]: rows for key, rows in chosen.partition_by("client", as_dict=True).items()}

    signals, ruptures = own(tables.signals), own(tables.ruptures)
    expected, rows = own(tables.expected), own(noticed)
    return [
        (
            row,
            (
                rows[row["client"]],
                Tables(
                    signals=signals.get(row["client"], tables.signals.clear()),
                    ruptures=ruptures.get(row["client"], tables.ruptures.clear()),
                    expected=expected.get(row["client"]),
                ),
            ),
        )
        for row in shown.to_dicts()
    ]


def long_date(value: date) -> str:
    """Write a date in full."""
    return f"{value.day} {value:%B %Y}"
