"""Files larger than memory: scanned by DuckDB where everything in them is plainly in order."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from pathlib import Path

import duckdb

from attunement.intake.files import first_bytes, refuse_other_kinds
from attunement.intake.formulas import GUARDED
from attunement.intake.meanings import FindScale, known_meanings
from attunement.intake.missing import EDGE, code_notes, numbers_among, unbounded
from attunement.intake.notes import Note
from attunement.intake.places import is_utf8, spill_folder
from attunement.intake.sheet import WIDEST, checked_header
from attunement.intake.text import HEAD, find_separator, refuse_wide_header
from attunement.intake.values import LAST_SESSION, MISSING
from attunement.measures.instruments.catalogue import find_scale
from attunement.measures.scale import Scale
from attunement.problems import Problem
from attunement.tables import SCORES

PATTERN = set("*?[")
OURS = ("client", "scale", "session", "score")
WHOLE_TYPES = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT")
NUMBER_TYPES = (*WHOLE_TYPES, "FLOAT", "DOUBLE")
READ_CSV = (
    "SELECT * FROM read_csv(?, auto_detect = false, header = true, delim = ?, quote = '\"', "
    "escape = '\"', nullstr = ?, strict_mode = true, columns = {columns})"
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
    notes : list of Note
        What a careful reader would want to know.
    """

    scores: duckdb.DuckDBPyRelation
    scales: dict[str, Scale]
    notes: list[Note] = field(default_factory=list)


def scan_scores(
    path: str | Path,
    *,
    rename: Mapping[str, str] | None = None,
    scales: Mapping[str, str] | None = None,
    find: FindScale = find_scale,
    missing: Sequence[str] = (),
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
    theirs = dict(zip(OURS, OURS, strict=True)) | dict(rename or {})
    start = first_bytes(path)
    if (
        PATTERN & set(str(path))
        or not is_utf8(str(path))
        or set(theirs) - set(SCORES.names)
        or start.startswith((b"PK", b"\xef\xbb\xbf"))
        or len(numbers_among(missing)) < len(missing)
    ):
        return None
    if not start.startswith(b"PAR1"):
        refuse_other_kinds(path, start)
    try:
        opened = from_parquet(path) if start.startswith(b"PAR1") else from_csv(path)
        found = without_codes(under_our_names(opened, theirs), numbers_among(missing))
        names = [row[0] for row in found.aggregate("scale").limit(WIDEST + 1).fetchall()]
        if None in names or len(names) > WIDEST or not set(scales or {}) <= set(names):
            return None
        meanings = known_meanings(names, scales or {}, find)
        if set(names) != set(meanings) or not is_ordinary(found, meanings):
            return None
        notes = [
            note
            for name in unbounded(meanings)
            for note in code_notes(path.name, name, edges(found, name))
        ]
    except (duckdb.Error, RuntimeError, UnicodeDecodeError, csv.Error):
        return None
    return Scan(scores=found, scales=meanings, notes=notes)


def database() -> duckdb.DuckDBPyConnection:
    """Open a database in memory that spills over into a private temporary folder."""
    return duckdb.connect(config={"temp_directory": str(spill_folder())})


def from_parquet(path: Path) -> duckdb.DuckDBPyRelation:
    """Open a Parquet file."""
    return database().read_parquet(str(path))


def from_csv(path: Path) -> duckdb.DuckDBPyRelation:
    """Open a CSV file, every cell as text; DuckDB may guess nothing."""
    with path.open("rb") as opened:
        head = opened.read(HEAD)
    refuse_wide_header(path.name, head)
    line = head.split(b"\n", 1)[0].rstrip(b"\r") + b"\n"
    separator = find_separator(line)
    (names,) = csv.reader([line.decode("utf-8")], delimiter=separator, strict=True)
    try:
        header = checked_header(path.name, names)
    except Problem as problem:
        raise csv.Error("the header needs a second look") from problem
    columns = ", ".join(f"{quoted(name)}: 'VARCHAR'" for name in header)
    missing = [*MISSING, *(word.upper() for word in MISSING)]
    query = READ_CSV.format(columns=f"{{{columns}}}")
    return database().sql(query, params=[str(path), separator, missing])


def under_our_names(
    opened: duckdb.DuckDBPyRelation, theirs: Mapping[str, str]
) -> duckdb.DuckDBPyRelation:
    """Keep the four columns that signals need, converted; what does not convert is an error."""
    kinds = dict(zip(opened.columns, map(str, opened.types), strict=True))
    client, scale, session, score = (quoted(theirs[name]) for name in OURS)
    for ours, allowed, plain in (
        ("session", WHOLE_TYPES, r"\d{1,7}"),
        ("score", NUMBER_TYPES, r"-?\d+(\.\d+)?"),
    ):
        name = theirs[ours]
        if kinds.get(name) == "VARCHAR":
            odd = f"NOT regexp_full_match({quoted(name)}, '{plain}')"
            if opened.filter(odd).limit(1).fetchall():
                raise duckdb.ConversionException(f"{ours} needs a second look")
        elif kinds.get(name) not in allowed:
            raise duckdb.ConversionException(f"{ours} is {kinds.get(name)}")
    number = f"CAST({score} AS DOUBLE)"
    return opened.project(
        f"CAST({client} AS VARCHAR) AS client, CAST({scale} AS VARCHAR) AS scale, "
        f"CAST({session} AS BIGINT) AS session, "
        f"CASE WHEN NOT isnan({number}) THEN {number} END AS score"
    )


def without_codes(
    found: duckdb.DuckDBPyRelation, codes: Sequence[float]
) -> duckdb.DuckDBPyRelation:
    """Empty the scores that are a code for missing."""
    if not codes:
        return found
    listed = ", ".join(f"CAST('{code}' AS DOUBLE)" for code in codes)
    return found.project(
        f"client, scale, session, CASE WHEN score NOT IN ({listed}) THEN score END AS score"
    )


def edges(found: duckdb.DuckDBPyRelation, scale: str) -> list[tuple[float, int]]:
    """Count the lowest and the highest values of a scale."""
    name = scale.replace("'", "''")
    tally = found.filter(f"scale = '{name}' AND score IS NOT NULL").aggregate(
        "score, count(*) AS n"
    )
    ends = (tally.order(f"score {way}").limit(EDGE).fetchall() for way in ("ASC", "DESC"))
    return sorted({row for end in ends for row in end})


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
