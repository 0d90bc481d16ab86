"""Answers that must reach a person: which still stand, and how they are told."""

from typing import Any

import narwhals as nw
import polars as pl

from attunement.frames import to_lazy, to_polars
from attunement.measures.instruments.catalogue import Instruments
from attunement.measures.scoring.definitions import safety_table
from attunement.measures.scoring.responses import prepared
from attunement.measures.scoring.scores import safety
from attunement.report.model import Kind

QUESTION = ["instrument", "item"]
RECENT = 3


def safety_answers(responses: Any, instruments: Instruments) -> pl.DataFrame:
    """Keep the answers, of any kind of table, to questions that have a safety rule.

    Returns
    -------
    ``client``, ``session``, ``instrument``, ``item``, ``value``, without empty answers.
    """
    rules = safety_table(instruments).select(QUESTION).unique()
    asked = prepared(to_lazy(responses)).filter(
        nw.col("instrument").is_in(rules["instrument"].unique().to_list())
    )
    return (
        to_polars(asked.select("client", "session", *QUESTION, "value"))
        .join(rules, on=QUESTION, how="semi")
        .drop_nulls("value")
        .with_columns(pl.col("client").cast(pl.String), pl.col("session").cast(pl.Int64))
    )


def safety_notices(
    answers: pl.DataFrame, instruments: Instruments, signals: pl.DataFrame
) -> pl.DataFrame:
    """Say for each client and question whether an answer must reach a person now.

    The client's newest answer to the question decides. While it meets a safety rule, it stands,
    however long ago it was given: an empty answer, and a form that was not handed out again,
    take nothing back. Once a newer answer to the same question meets no rule, the last one that
    did is told as eased for three sessions, and as past after that.

    Parameters
    ----------
    answers
        From :func:`safety_answers`.
    instruments
        By id.
    signals
        The table of that name, to count the sessions since.

    Returns
    -------
    ``client``, ``kind``, ``session`` (of the answer), ``until`` (of the newer answer that eased
    it), ``ago`` (sessions since), ``answer``, ``question`` and ``meaning``, in words.
    """
    question = ["client", *QUESTION]
    met = safety(answers, instruments)
    meaning = met.group_by("client", "session", *QUESTION).agg(
        pl.col("meaning").unique(maintain_order=True).str.join("; ")
    )
    seen = pl.concat(
        [table.select("client", pl.col("session").cast(pl.Int64)) for table in (answers, signals)]
    )
    latest = seen.group_by("client").agg(latest=pl.col("session").max())
    last = (
        answers.join(meaning, on=["client", "session", *QUESTION])
        .sort(*question, "session")
        .group_by(question, maintain_order=True)
        .agg(pl.all().last())
    )
    eased = (
        answers.join(last.select(*question, since="session"), on=question)
        .filter(pl.col("session") > pl.col("since"))
        .group_by(question)
        .agg(until=pl.col("session").min())
    )
    found = (
        last.join(eased, on=question, how="left")
        .join(latest, on="client")
        .with_columns(ago=pl.col("latest") - pl.coalesce("until", "session"))
        .with_columns(
            kind=pl.when(pl.col("until").is_null())
            .then(int(Kind.SAFETY))
            .when(pl.col("ago") < RECENT)
            .then(int(Kind.SAFETY_EASED))
            .otherwise(int(Kind.SAFETY_PAST))
        )
        .sort(*question)
    )
    return found.with_columns(**worded(found, instruments))


def worded(answers: pl.DataFrame, instruments: Instruments) -> dict[str, pl.Series]:
    """Put each answer, and the question it was given to, into words."""
    rows = answers.select(*QUESTION, "value").rows()
    return {
        "answer": pl.Series([answer(instruments, *row) for row in rows], dtype=pl.String),
        "question": pl.Series([question(instruments, *row[:2]) for row in rows], dtype=pl.String),
    }


def answer(instruments: Instruments, instrument: str, item: str, value: float) -> str:
    """Write an answer as it was given: its label where it has one, and its number."""
    form = instruments[instrument]
    asked = form.answer_of(next(one for one in form.items if one.id == item))
    number = f"{value:g}, from {asked.lowest:g} to {asked.highest:g}"
    labels = [option.label for option in asked.options if option.value == value]
    if not labels:
        return f"{value:g} (from {asked.lowest:g} to {asked.highest:g})"
    return f"\u201c{labels[0][:1].lower()}{labels[0][1:]}\u201d ({number})"


def question(instruments: Instruments, instrument: str, item: str) -> str:
    """Name a question by its number and its instrument, as briefly as that is called."""
    form = instruments[instrument]
    return f"question {item} of the {min((form.title, *form.aliases), key=len)}"
