"""However a file is damaged, the answer is a table or one sentence, never anything else."""

import io

import openpyxl
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from attunement.intake import read_scores
from attunement.intake.scan import scan_scores
from attunement.problems import Problem

ROWS = [("client", "scale", "session", "score"), ("Zoë", "phq9", 1, 10.5), ("B", "phq9", 2, 3)]


def text():
    return "".join(",".join(map(str, row)) + "\n" for row in ROWS).encode()


def workbook():
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in ROWS:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def parquet():
    out = io.BytesIO()
    pl.DataFrame(ROWS[1:], schema=ROWS[0], orient="row", strict=False).write_parquet(out)
    return out.getvalue()


SOUND = {"a.csv": text(), "a.xlsx": workbook(), "a.parquet": parquet()}
WOUNDS = st.tuples(
    st.floats(0, 1),
    st.integers(0, 12),
    st.one_of(
        st.sampled_from([b'"', b"\n", b",", b";", b"\0", b"NA", b"1e999", b"\xff", b"'=", b"-"]),
        st.binary(max_size=6),
    ),
)


@given(st.sampled_from(list(SOUND)), st.lists(WOUNDS, min_size=1, max_size=3))
@settings(max_examples=150, deadline=None)
def test_damage_gives_a_table_or_one_sentence(tmp_path_factory, name, wounds):
    content = bytearray(SOUND[name])
    for place, lost, put in wounds:
        start = int(place * len(content))
        content[start : start + lost] = put
    path = tmp_path_factory.mktemp("damaged") / name
    path.write_bytes(content)
    assert "\n" not in sentence(read_scores, path) + sentence(scan_scores, path)


def sentence(read, path):
    """What is said about a file: nothing where it can be read."""
    try:
        read(path)
    except Problem as problem:
        return str(problem)
    return ""
