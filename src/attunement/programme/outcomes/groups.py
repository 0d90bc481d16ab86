"""Outcomes by group, with small numbers withheld for good."""

from collections.abc import Sequence

import polars as pl

from attunement.course.proportions import share
from attunement.programme.disclosure.grouping import count_groups
from attunement.programme.disclosure.withholding import FEWEST, Figure
from attunement.programme.outcomes.judged import OUTCOMES

FIGURES = (
    Figure(name="clients"),
    Figure(name="both", of="clients", rest=True),
    Figure(name="case", of="both"),
    Figure(name="reliable_improvement", of="both", telling=True),
    Figure(name="deterioration", of="both", telling=True, apart_from="reliable_improvement"),
    Figure(name="recovery", of="case", telling=True),
    Figure(
        name="reliable_recovery",
        of="case",
        telling=True,
        within=("recovery", "reliable_improvement"),
    ),
)


def outcomes_by_group(
    people: pl.DataFrame, by: Sequence[str], fewest: int = FEWEST
) -> pl.DataFrame:
    """Give the rates of every outcome by group, one column at a time.

    Rates are of those with first and last score, and so for description: groups differ in what
    they bring with them, and in who is missing, whose share stands beside.

    Parameters
    ----------
    people
        From :func:`~attunement.programme.outcomes.judged.judge`, with the columns of ``by``.
    by
        Columns such as age band, gender, ethnicity, language or funding.
    fewest
        The smallest count that is shown.

    Returns
    -------
    A row per column, group and outcome: ``by``, ``group``, ``clients`` who began, ``both`` (with
    first and last score), ``missing`` (share without), ``outcome``, ``n``, ``of``, ``share``,
    ``low``, ``high`` (Wilson 1927); null where withheld.

    Examples
    --------
    >>> from attunement.programme.outcomes.judged import judge
    >>> from attunement.programme.outcomes.measure import PHQ9
    >>> people = pl.DataFrame({"client": range(60), "funding": ["public", "own"] * 30,
    ...                        "pre phq9": [18.0] * 60, "post phq9": [7.0, 8, 15, 16] * 15})
    >>> found = outcomes_by_group(judge(people, [PHQ9]), ["funding"])
    >>> found.filter(outcome="recovery").select("group", "n", "of", "share").rows()
    [('own', 15, 30, 0.5), ('public', 15, 30, 0.5)]
    """
    rows = people.with_columns(
        clients=pl.lit(value=True),
        case=pl.col("both") & pl.col("case").fill_null(value=False),
        **{name: pl.col(name).fill_null(value=False) for name in OUTCOMES},
    )
    counted = count_groups(rows, by, FIGURES, fewest)
    wholes = {figure.name: str(figure.of) for figure in FIGURES}
    return pl.concat(_shares(counted, name, wholes[name]) for name in OUTCOMES).sort(
        "by", "group", maintain_order=True
    )


def _shares(counted: pl.DataFrame, outcome: str, whole: str) -> pl.DataFrame:
    found = [
        (None, None, None) if n is None else _interval(n, of)
        for n, of in counted.select(outcome, whole).iter_rows()
    ]
    ends = pl.DataFrame(found, schema=dict.fromkeys(("share", "low", "high"), pl.Float64),
                        orient="row")  # fmt: skip
    return counted.select(
        "by",
        "group",
        "clients",
        "both",
        missing=1 - pl.col("both") / pl.col("clients"),
        outcome=pl.lit(outcome),
        n=pl.col(outcome),
        of=pl.when(pl.col(outcome).is_not_null()).then(pl.col(whole)),
    ).hstack(ends)


def _interval(n: int, of: int) -> tuple[float | None, float | None, float | None]:
    found = share(n, of)
    return found.share, found.low, found.high
