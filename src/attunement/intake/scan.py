"""Files larger than memory: scanned by DuckDB where everything in them is plainly in order."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from pathlib import Path

import duckdb

from attunement.intake.files import first_bytes
from attunement.intake.formulas import GUARDED
from attunement.intake.meanings import FindScale, known_meanings
from attunement.intake.text import HEAD, refuse_wide_header
from attunement.intake.values import LAST_SESSION, MISSING
from attunement.measures.catalogue import find_scale
from attunement.measures.scale import Scale

OURS = ("client", "scale", "session", "score")
READ_CSV = (
    "SELECT * FROM read_csv(?, header = true, strict_mode = true, nullstr = ?, types = {{{types}}})"
)


@dataclass(frozen=True, kw_only=True)
class Scan:
    """Scores in a file that were checked but never all in memory.

    Attributes
    ----------
    scores : duckdb.DuckDBPyRelation
        ``client`` (text), ``scale``, ``session``, ``score``.
    scales : dict of str to Scale
        What each value of the column ``scale`` means.
    """

    scores: duckdb.DuckDBPyRelation
    scales: dict[str, Scale]


def scan_scores(
    path: str | Path,
    *,
    rename: Mapping[str, str] | None = None,
    scales: Mapping[str, str] | None = None,
    find: FindScale = find_scale,
) -> Scan | None:
    """Open a long CSV or Parquet file of scores without reading it into memory.

    Returns
    -------
    Scan or None
        None where anything is out of the ordinary: then :func:`read_scores` reads the file into
        memory and either understands it or says what is wrong, and in which row.

    Raises
    ------
    Problem
        If the file is not there, or a scale's declaration cannot be understood.
    """
    path = Path(path)
    parquet = first_bytes(path).startswith(b"PAR1")
    if not parquet:
        with path.open("rb") as opened:
            refuse_wide_header(path.name, opened.read(HEAD))
    theirs = {name: (rename or {}).get(name, name) for name in OURS}
    try:
        found = opened_as(path, theirs, parquet=parquet)
        names = [row[0] for row in found.aggregate("scale").fetchall()]
        meanings = known_meanings(names, scales or {}, find)
        ordinary = set(names) == set(meanings) and is_ordinary(found, meanings)
    except duckdb.Error:
        return None
    ordinary = ordinary and set(scales or {}) <= set(names)
    return Scan(scores=found, scales=meanings) if ordinary else None


def opened_as(path: Path, theirs: Mapping[str, str], *, parquet: bool) -> duckdb.DuckDBPyRelation:
    """Open the four columns that signals need, under our names."""
    database = duckdb.connect()
    if parquet:
        found = database.read_parquet(str(path))
    else:
        kinds = dict(zip(OURS, ("VARCHAR", "VARCHAR", "BIGINT", "DOUBLE"), strict=True))
        types = ", ".join(f"{quoted(theirs[name])}: '{kind}'" for name, kind in kinds.items())
        missing = [*MISSING, *(word.upper() for word in MISSING)]
        found = database.sql(READ_CSV.format(types=types), params=[str(path), missing])
    whole = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT"}
    session = str(found.types[found.columns.index(theirs["session"])])
    if session not in whole:
        raise duckdb.InvalidInputException("sessions are no whole numbers")
    client, scale, session, score = (quoted(theirs[name]) for name in OURS)
    return found.project(
        f"CAST({client} AS VARCHAR) AS client, CAST({scale} AS VARCHAR) AS scale, "
        f"CAST({session} AS BIGINT) AS session, "
        f"CASE WHEN NOT isnan(CAST({score} AS DOUBLE)) THEN CAST({score} AS DOUBLE) END AS score"
    )


def is_ordinary(found: duckdb.DuckDBPyRelation, scales: Mapping[str, Scale]) -> bool:
    """Whether no cell needs a second look and no key comes twice."""
    text = "client IS NULL OR trim(client) <> client OR lower(client) IN ({}) OR {} OR {}".format(
        ", ".join(f"'{word}'" for word in MISSING),
        f"regexp_matches(client, '{GUARDED.replace(chr(39), chr(39) * 2)}')",
        r"regexp_matches(client, '\p{Cc}')",
    )
    session = f"session IS NULL OR session NOT BETWEEN 0 AND {LAST_SESSION}"
    score = " OR ".join(
        f"scale = '{name.replace(chr(39), chr(39) * 2)}' AND ({outside(scale)})"
        for name, scale in scales.items()
        if name == scale.name
    )
    if any(name != scale.name for name, scale in scales.items()) or not score:
        return False
    odd = found.filter(f"({text}) OR ({session}) OR isinf(score) OR {score}").limit(1)
    twice = found.aggregate("client, scale, session, count(*) AS n").filter("n > 1").limit(1)
    return not odd.fetchall() and not twice.fetchall()


def outside(scale: Scale) -> str:
    """When a score is impossible, in SQL."""
    low = -inf if scale.low is None else scale.low
    high = inf if scale.high is None else scale.high
    return f"score NOT BETWEEN CAST('{low}' AS DOUBLE) AND CAST('{high}' AS DOUBLE)"


def quoted(name: str) -> str:
    """Quote a name for SQL."""
    return '"' + name.replace('"', '""') + '"'
