"""Results are written whole or not at all, and open harmlessly in a spreadsheet."""

import csv
import os
import subprocess
import sys

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from attunement.frames import to_lazy, to_polars
from attunement.intake import read_scores, write_file, write_table, write_tables, writing
from attunement.intake.formulas import bare, guarded
from attunement.problems import Problem

FRAME = pl.DataFrame({"client": ["A", "=1+1", None], "score": [1.5, None, -3.0]})
texts = st.text(
    st.one_of(st.sampled_from("'=+-@\t\r\uff1d\uff0b"), st.characters(codec="utf-8")), max_size=6
)


@pytest.mark.parametrize("form", ["csv", "parquet"])
@pytest.mark.parametrize("kind", ["polars", "lazy", "pandas", "arrow", "duckdb"])
def test_any_kind_of_table_is_written(kind, form, tmp_path):
    table = {
        "polars": lambda: FRAME,
        "lazy": FRAME.lazy,
        "pandas": FRAME.to_pandas,
        "arrow": FRAME.to_arrow,
        "duckdb": lambda: duckdb.connect().from_arrow(FRAME.to_arrow()),
    }[kind]()
    (path,) = write_tables(tmp_path / "deep" / "down", {"scores": table}, form)
    read = pl.read_csv(path) if form == "csv" else pl.read_parquet(path)
    first = "'=1+1" if form == "csv" else "=1+1"
    assert read.rows() == [("A", 1.5), (first, None), (None, -3.0)]
    assert list(path.parent.iterdir()) == [path]


@given(st.lists(texts, min_size=1, max_size=8))
@settings(max_examples=60)
def test_guarding_formulas_can_be_undone(names):
    frame = pl.DataFrame({"client": names})
    written = to_polars(guarded(to_lazy(frame)))
    assert not any(name.startswith(tuple("=+-@\t\r")) for name in written["client"])
    assert_frame_equal(bare(written["client"]).to_frame(), frame)


def test_a_table_replaces_an_older_one(tmp_path):
    write_table(tmp_path / "a.csv", FRAME)
    write_table(tmp_path / "a.csv", FRAME.head(1))
    with (tmp_path / "a.csv").open() as opened:
        assert list(csv.reader(opened)) == [["client", "score"], ["A", "1.5"]]


def test_all_tables_are_written_or_none(tmp_path, monkeypatch):
    write_tables(tmp_path, {"a": FRAME}, "csv")
    before = (tmp_path / "a.csv").read_bytes()

    def full(table, place):
        place.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(writing.WRITERS, "csv", full)
    with pytest.raises(
        Problem, match=r"nothing could be written .no space left on device.; choose"
    ):
        write_tables(tmp_path, {"a": FRAME, "b": FRAME}, "csv")
    assert (tmp_path / "a.csv").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_an_interruption_leaves_nothing(tmp_path, monkeypatch):
    def interrupted(table, place):
        place.write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setitem(writing.WRITERS, "parquet", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_tables(tmp_path / "new" / "deep", {"a": FRAME}, "parquet")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["a.parquet", "a.csv"])
def test_a_disk_that_really_fills_up_gives_one_sentence_and_leaves_nothing(name, tmp_path):
    code = (
        "import resource, sys, polars as pl\n"
        "from attunement.intake import write_table\n"
        "from attunement.problems import Problem\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "frame = pl.DataFrame({'x': pl.int_range(3_000_000, eager=True).shuffle(seed=1)})\n"
        "try:\n    write_table(sys.argv[1], frame)\n"
        "except Problem as problem:\n    print(problem)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, tmp_path / name], capture_output=True, text=True, check=False
    )
    assert ran.stderr == ""
    assert "nothing could be written" in ran.stdout
    assert "file too large" in ran.stdout
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_a_folder_is_said(tmp_path):
    write_file(tmp_path / "a", "text")
    with pytest.raises(Problem, match=r"nothing could be written .not a directory"):
        write_tables(tmp_path / "a" / "b", {"x": FRAME})
    with pytest.raises(Problem, match=r"nothing could be written .file exists"):
        write_tables(tmp_path / "a", {"x": FRAME})


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(Problem, match="this is a folder; name a file"):
        write_file(tmp_path, "text")


def test_what_is_no_ordinary_file_is_refused_and_stays(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    (tmp_path / "loop").symlink_to("loop")
    for name in ("pipe", "link"):
        with pytest.raises(Problem, match="no ordinary file; name another place"):
            write_file(tmp_path / name, "text")
        assert (tmp_path / name).is_fifo()
    with pytest.raises(Problem, match="this link leads to itself"):
        write_file(tmp_path / "loop", "text")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "loop", "pipe"]


def test_a_symbolic_link_is_followed(tmp_path):
    (tmp_path / "there").mkdir()
    for name in ("old", "new"):
        (tmp_path / name).symlink_to(f"there/{name}")
    (tmp_path / "there" / "old").write_text("before")
    for name in ("old", "new"):
        assert write_file(tmp_path / name, "after") == tmp_path / name
        assert (tmp_path / name).is_symlink()
        assert (tmp_path / "there" / name).read_text() == "after"
    assert sorted(path.name for path in (tmp_path / "there").iterdir()) == ["new", "old"]


@pytest.mark.parametrize("names", [["a", "a"], ["a", "link"], ["link", "b/../a"]])
def test_two_outputs_need_two_files(names, tmp_path):
    (tmp_path / "link").symlink_to("a")
    (tmp_path / "b").mkdir()
    outputs = [
        writing.file_output(tmp_path / name, "x", option)
        for name, option in zip(names, ("--out", "--pdf"), strict=True)
    ]
    with pytest.raises(Problem, match="--out and --pdf name one file twice"):
        writing.write_all(outputs)
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize(
    "error", [PermissionError(1, "Operation not permitted"), KeyboardInterrupt]
)
@pytest.mark.parametrize("links", [True, False])
def test_if_a_file_cannot_be_moved_those_before_are_as_they_were(
    error, links, tmp_path, monkeypatch
):
    (tmp_path / "a").write_text("before")
    moved = []

    def replace(file, target):
        moved.append(target.name)
        if target.name == "c":
            raise error
        os.rename(file, target)  # noqa: PTH104

    def no_links(*_):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(writing.os, "replace", replace)
    if not links:
        monkeypatch.setattr(writing.Path, "hardlink_to", no_links)
    outputs = [writing.file_output(tmp_path / name, "after", f"--{name}") for name in "abc"]
    outputs.append(writing.file_output(tmp_path / "new" / "d", "after"))
    with pytest.raises((Problem, KeyboardInterrupt)):
        writing.write_all(outputs)
    assert moved == ["a", "b", "c", "a"]
    assert (tmp_path / "a").read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_an_unknown_suffix_is_refused(tmp_path):
    with pytest.raises(Problem, match=r"let its name end in .csv or .parquet"):
        write_table(tmp_path / "a.doc", FRAME)


def test_scores_that_were_written_read_back_the_same(tmp_path):
    scores = pl.DataFrame(
        {
            "client": ["=1+1", "'=x", "@a", "-3", 'a "b", c', "007", "O'Brien"],
            "scale": "phq9",
            "session": 1,
            "score": [1.5, None, 0.1 + 0.2, 27.0, 0.0, 1e-9, 3.0],
        },
        schema_overrides={"session": pl.Int64},
    )
    for form in ("csv", "parquet"):
        (path,) = write_tables(tmp_path, {"scores": scores}, form)
        assert_frame_equal(read_scores(path).scores, scores)
