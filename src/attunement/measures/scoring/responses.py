"""Are these answers ones that can be scored, and if not, which is wrong."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

import narwhals as nw

from attunement.frames import Lazy, to_lazy, to_polars
from attunement.measures.instruments.catalogue import Instruments, library
from attunement.measures.instruments.model import Rater
from attunement.measures.scoring import sentences as said
from attunement.measures.scoring.beside import beside
from attunement.measures.scoring.definitions import item_table
from attunement.problems import Problem
from attunement.tables import RESPONSES

ANSWER = ("client", "session", "instrument", "item")


def check_responses(
    responses: Any, instruments: Instruments | None = None, file: str | None = None, most: int = 100
) -> list[Problem]:
    """Find the answers that cannot be scored, a sentence each.

    Looked for: a client, session, instrument or item that is missing; an instrument or item that
    is not known; someone else's instrument (``rater``); an answer outside its range or between two
    answers; an item answered twice in a session. An empty value is no mistake.

    What is held against each answer is what its instrument says
    (:class:`~attunement.measures.instruments.model.Instrument`).

    Parameters
    ----------
    responses
        A table of responses of any kind.
    instruments
        By id; those in the box where None.
    file
        The name to give in each :class:`Problem`, beside the row as a spreadsheet counts it.
    most
        How many to report at most, from the top of the table.

    Examples
    --------
    >>> import polars as pl
    >>> answers = pl.DataFrame({"client": "a", "session": 1, "instrument": "phq9",
    ...                         "item": ["1", "2"], "value": [2.0, 7.0]})
    >>> for one in check_responses(answers):
    ...     print(one)
    row 3, value: answers to item 2 of phq9 go from 0 to 3, not 7; correct it or leave it empty.
    """
    known = library() if instruments is None else instruments
    try:
        table = to_polars(prepared(to_lazy(responses)))
    except Problem as problem:
        return [Problem(problem.what, problem.remedy, file=file, field=problem.field)]
    numbered = nw.from_native(table.with_row_index("_row", offset=2).lazy())
    return list(_found(numbered, known, file, most))


def refuse_mistakes(responses: Any, instruments: Instruments) -> None:
    """Raise the first :class:`Problem`; on DuckDB, Spark and lazy frames it has no row number."""
    if isinstance(nw.from_native(responses), nw.LazyFrame):
        first = next(_found(prepared(to_lazy(responses)), instruments, None, 1), None)
    else:
        first = next(iter(check_responses(responses, instruments, most=1)), None)
    if first:
        raise first


def prepared(responses: Lazy) -> Lazy:
    """Bring the columns of responses to the types we reckon with; NaN becomes null.

    Raises
    ------
    Problem
        If a column is missing or the values are not numbers.
    """
    RESPONSES.require(responses.to_native())
    schema = responses.collect_schema()
    item = nw.col("item").cast(nw.String)
    if schema["item"].is_float():  # a spreadsheet's 1.0 is item 1
        item = item.str.replace_all(r"\.0$", "")
    value = nw.col("value").cast(nw.Float64)
    names = [nw.col(name).cast(nw.String) for name in ("instrument", "rater") if name in schema]
    return responses.with_columns(
        *names,
        item=item,
        value=nw.when(~value.is_nan()).then(value),
    )


def _found(frame: Lazy, instruments: Instruments, file: str | None, most: int) -> Iterator[Problem]:
    place = [name for name in ("_row",) if name in frame.collect_schema()]
    bad = to_polars(_mistaken(frame, instruments, place).sort(*place or ANSWER).head(most))
    again = to_polars(_repeated(frame, place).sort(*place or ANSWER).head(most))
    rows = [*bad.iter_rows(named=True), *again.iter_rows(named=True)]
    for row in sorted(rows, key=lambda row: row.get("_row", 0))[:most]:
        yield _problem(row, instruments, file)


def _mistaken(frame: Lazy, instruments: Instruments, place: list[str]) -> Lazy:
    """Keep the answers that are wrong by themselves, with the column ``mistake``."""
    value, step = nw.col("value"), nw.col("step")
    above = value - nw.col("lowest")
    tests = [
        (
            "incomplete",
            nw.any_horizontal(*[nw.col(n).is_null() for n in ANSWER], ignore_nulls=True),
        ),
        ("instrument", ~nw.col("instrument").is_in(list(instruments))),
        ("item", nw.col("lowest").is_null()),
        ("range", (value < nw.col("lowest")) | (value > nw.col("highest"))),
        ("between", above != step * (above / nw.when(step > 0).then(step)).round()),
    ]
    if "rater" in frame.collect_schema():
        tests.insert(3, ("rater", nw.col("rater") != nw.col("answered_by")))
    mistake = nw.lit(None, nw.String)
    for name, test in reversed(tests):
        mistake = nw.when(test).then(nw.lit(name)).otherwise(mistake)
    return (
        frame.select(*place, *ANSWER, "value", *_rater(frame))
        .join(beside(frame, item_table(instruments)), on=["instrument", "item"], how="left")
        .with_columns(mistake=mistake)
        .filter(~nw.col("mistake").is_null())
        .drop("step", "answered_by")
    )


def _rater(frame: Lazy) -> list[str]:
    return ["rater"] if "rater" in frame.collect_schema() else []


def _repeated(frame: Lazy, place: list[str]) -> Lazy:
    """Keep the last of each set of answers to one item in one session."""
    return (
        frame.drop_nulls(list(ANSWER))
        .group_by(*ANSWER)
        .agg(nw.len().alias("times"), *[nw.col(name).max() for name in place])
        .filter(nw.col("times") > 1)
        .with_columns(mistake=nw.lit("repeated"))
    )


def _problem(row: dict[str, Any], instruments: Instruments, file: str | None) -> Problem:
    what, remedy, field, values = _SAID[row["mistake"]](row, instruments)
    if "_row" not in row:
        what = f"client {row['client']}, session {row['session']}: {what}"
    return Problem(what, remedy, values=values, file=file, row=row.get("_row"), field=field)


Mistaken = tuple[str, str, str, dict[str, object]]


def _incomplete(row: dict[str, Any], _: Instruments) -> Mistaken:
    missing = next(name for name in ANSWER if row[name] is None)
    return said.NOTHING, said.FILL, missing, {"missing": missing}


def _instrument(row: dict[str, Any], instruments: Instruments) -> Mistaken:
    close = get_close_matches(row["instrument"].lower(), list(instruments), n=1, cutoff=0.5)
    values = {"instrument": row["instrument"], "near": close[0] if close else ""}
    return said.NO_INSTRUMENT, said.NEAR if close else said.ADD_ITS_FILE, "instrument", values


def _item(row: dict[str, Any], instruments: Instruments) -> Mistaken:
    ids = [item.id for item in instruments[row["instrument"]].items]
    listed = f"{', '.join(ids[:12])}{' ...' if len(ids) > 12 else ''}"
    values = {"instrument": row["instrument"], "item": row["item"], "items": listed}
    return said.NO_ITEM, said.ITS_ITEMS, "item", values


def _wrong_rater(row: dict[str, Any], instruments: Instruments) -> Mistaken:
    instrument = instruments[row["instrument"]]
    by_client = instrument.rater is Rater.CLIENT
    what = said.ANSWERED_BY_CLIENT if by_client else said.ANSWERED_BY_THERAPIST
    return what, said.RIGHT_FORM, "rater", {"instrument": instrument.id, "rater": row["rater"]}


def _range(row: dict[str, Any], _: Instruments) -> Mistaken:
    return said.OUTSIDE, said.CORRECT, "value", _answer(row, "lowest", "highest", "value")


def _between(row: dict[str, Any], _: Instruments) -> Mistaken:
    return said.BETWEEN, said.CORRECT, "value", _answer(row, "value")


def _repeated_answer(row: dict[str, Any], _: Instruments) -> Mistaken:
    return said.TWICE, said.KEEP_ONE, "item", _answer(row) | {"times": row["times"]}


def _answer(row: dict[str, Any], *numbers: str) -> dict[str, object]:
    """Give what names an answer, and these numbers of it."""
    named = {name: row[name] for name in ("instrument", "item")}
    return named | {name: f"{row[name]:g}" for name in numbers}


_SAID = {
    "incomplete": _incomplete,
    "instrument": _instrument,
    "item": _item,
    "rater": _wrong_rater,
    "range": _range,
    "between": _between,
    "repeated": _repeated_answer,
}
