"""Arguments and options that several commands share."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from attunement.problems import Problem


class Panel(StrEnum):
    """Headings under which the help lists the commands."""

    NOTICE = "Notice: whom to look at, and why"
    OUTCOME = "Outcome: what became of them"
    ASK = "Ask: instruments and what their answers are worth"
    TRY = "Try it on made-up people"
    CLINIC = "Clinic: the web application"


Scores = Annotated[
    Path,
    typer.Argument(
        metavar="SCORES",
        show_default=False,
        help="CSV, TSV, Parquet or Excel; long (client, scale, session, score) or wide "
        "(client, session, one column per scale).",
    ),
]
Responses = Annotated[
    Path,
    typer.Argument(
        metavar="RESPONSES",
        show_default=False,
        help="CSV, TSV, Parquet or Excel with client, session, instrument, item, value.",
    ),
]
Rename = Annotated[
    list[str] | None,
    typer.Option(
        "--rename",
        metavar="OURS=THEIRS",
        show_default=False,
        help="What your file calls its columns: --rename client=subject session=time.",
    ),
]
Meanings = Annotated[
    list[str] | None,
    typer.Option(
        "--scale",
        metavar="COLUMN=SCALE",
        show_default=False,
        help="What a column means: higher-is-better or lower-is-better, with its range where known "
        "(mood=higher-is-better:0-10); or an instrument's scale such as phq9. Several may follow.",
    ),
]
OneScale = Annotated[
    list[str] | None,
    typer.Option(
        "--scale",
        metavar="SCALE",
        show_default=False,
        help="Which scale: phq9; or, to say what a column means, bdi=lower-is-better.",
    ),
]
Missing = Annotated[
    list[str] | None,
    typer.Option(
        "--missing",
        metavar="CODE",
        show_default=False,
        help="A code that stands for a missing score, such as -9 or 99. May be repeated.",
    ),
]
NormsFile = Annotated[
    Path | None,
    typer.Option(
        "--norms",
        metavar="FILE",
        show_default=False,
        help="From 'attunement norms'; estimated from SCORES where absent.",
    ),
]
Json = Annotated[
    bool, typer.Option("--json", help="Print JSON for machines; all else goes to standard error.")
]
OutFile = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="FILE", show_default=False, help="Write the table too: .csv or .parquet."
    ),
]


def known_kind(place: Path | None) -> Path | None:
    """Refuse a picture of an unknown kind before anything is computed.

    Of a file that is there, whether the command reads it is asked first, later on.
    """
    if place is not None and not place.exists():
        from attunement.report.picture import kind_of

        kind_of(place)
    return place


PictureFile = Annotated[
    Path | None,
    typer.Option(
        "--picture",
        metavar="FILE",
        show_default=False,
        callback=known_kind,
        help="Draw it: .svg, .png, .pdf or .html.",
    ),
]


def pairs(given: Sequence[str] | None, option: str) -> dict[str, str]:
    """Read ``NAME=VALUE`` pairs.

    Raises
    ------
    Problem
        If there is no ``=``, a side is empty, or a name comes twice.
    """
    read: dict[str, str] = {}
    for pair in given or ():
        name, equals, value = (part.strip() for part in pair.partition("="))
        if not (name and equals and value):
            raise Problem(f"'{pair}' has not the form NAME=VALUE", field=option)
        if name in read:
            raise Problem(f"'{name}' is given twice", "give it once", field=option)
        read[name] = value
    return read
