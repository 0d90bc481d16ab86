"""From answers to scores: all instruments, all scales, at once."""

from typing import Any

import narwhals as nw

from attunement.frames import Lazy, any_table
from attunement.measures.instruments.catalogue import Instruments, library
from attunement.measures.scoring.beside import beside
from attunement.measures.scoring.definitions import key_table, safety_table, scale_table
from attunement.measures.scoring.responses import prepared, refuse_mistakes

FORM = ("client", "session", "instrument")
CARRIED = ("therapist", "site", "date")


def score(responses: Any, instruments: Instruments | None = None) -> Any:
    """Score every scale of every instrument that was handed out.

    A reversed item counts as lowest plus highest possible answer less the answer. A missing answer
    is never a zero: where all items must be answered and one is not, the score is null. Where the
    instrument's source lets fewer do, the mean of the answers given stands for the missing ones
    ("proration": Mazza, Enders & Ruehlman 2015, *Multivariate Behav. Res.* 50:504-519, who also
    show when it misleads)::

        mean scale: multiplier * (sum of the answers) / (number answered)
        sum scale:  multiplier * (number of items) * (sum of the answers) / (number answered)

    Parameters
    ----------
    responses
        One row an answer: ``client``, ``session``, ``instrument``, ``item``, ``value``, and
        optionally ``rater``, ``answered_at``, ``therapist``, ``site``, ``date``; any kind of table.
        It is read once beforehand to refuse answers that cannot be scored.
    instruments
        By id, as from :func:`attunement.measures.library`; those in the box where None.

    Returns
    -------
    One row for every scale of an instrument of which the session has any row: ``client``,
    ``scale`` (full name), ``session``, ``score`` (scale units; null where too few items were
    answered), ``rater``, and ``therapist``, ``site`` and ``date`` where given (``date`` else from
    ``answered_at``), sorted by client, scale and session; the same kind of table.

    Raises
    ------
    Problem
        For the first answer that cannot be scored; see :func:`check_responses`.

    Examples
    --------
    >>> import polars as pl
    >>> answers = pl.DataFrame({"client": "a", "session": 1, "instrument": "phq9",
    ...                         "item": [str(n) for n in range(1, 10)], "value": [2.0] * 8 + [0]})
    >>> score(answers).select("scale", "score").rows()
    [('phq9', 16.0)]
    """
    known = library() if instruments is None else instruments
    refuse_mistakes(responses, known)
    return _scored(responses, known)


@any_table
def _scored(responses: Lazy, instruments: Instruments) -> Lazy:
    answers = prepared(responses)
    total = nw.col("sign") * nw.col("value") + nw.col("shift")
    totals = (
        answers.join(beside(answers, key_table(instruments)), on=["instrument", "item"])
        .with_columns(counted=total)
        .group_by("client", "session", "scale")
        .agg(total=nw.col("counted").sum(), answered=nw.col("counted").count())
    )
    enough = nw.col("answered") >= nw.col("fewest")
    about = _about_the_form(answers)
    return (
        answers.group_by(*FORM)
        .agg(**about)
        .join(beside(answers, scale_table(instruments)), on="instrument")
        .join(totals, on=["client", "session", "scale"], how="left")
        .with_columns(
            score=nw.when(enough).then(nw.col("total") * nw.col("factor") / nw.col("answered"))
        )
        .select("client", "scale", "session", "score", "rater", *about)
        .sort("client", "scale", "session")
    )


def _about_the_form(answers: Lazy) -> dict[str, nw.Expr]:
    schema = answers.collect_schema()
    about = {name: nw.col(name).max() for name in CARRIED if name in schema}
    if "date" not in about and schema.get("answered_at") in (nw.Date, nw.Datetime):
        about["date"] = nw.col("answered_at").max().cast(nw.Date)
    return about


@any_table
def safety(responses: Lazy, instruments: Instruments | None = None) -> Lazy:
    """Find the answers that must reach a person.

    Nothing is refused here: an answer is found although others in the table are mistaken.

    The rules, with their sources, are those of each instrument
    (:class:`~attunement.measures.instruments.model.Instrument`).

    Parameters
    ----------
    responses
        As for :func:`score`.
    instruments
        By id; those in the box where None.

    Returns
    -------
    One row an answer that meets a safety rule: ``client``, ``session``, ``instrument``, ``item``,
    ``value`` and ``meaning``, what the rule says it means; the same kind of table.

    Examples
    --------
    >>> import polars as pl
    >>> answers = pl.DataFrame({"client": "a", "session": 1, "instrument": "phq9", "item": ["9"],
    ...                         "value": [1.0]})
    >>> safety(answers).select("client", "item", "value").rows()
    [('a', '9', 1.0)]
    """
    answers = prepared(responses)
    rules = safety_table(library() if instruments is None else instruments)
    value, threshold, operator = nw.col("value"), nw.col("threshold"), nw.col("operator")
    met = (
        ((operator == ">") & (value > threshold))
        | ((operator == ">=") & (value >= threshold))
        | ((operator == "<") & (value < threshold))
        | ((operator == "<=") & (value <= threshold))
    )
    return (
        answers.join(beside(answers, rules), on=["instrument", "item"])
        .filter(met)
        .select(*FORM, "item", "value", "meaning")
        .sort(*FORM, "item")
    )
