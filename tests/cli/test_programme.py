"""The report on a whole programme, from the command line."""

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from attunement.cli.run import run

QUICK = ("--no-drift", "--smallest", "0")


@pytest.fixture
def folder(clinic):
    (clinic / "truth-clients.csv").rename(clinic / "people.csv")
    return clinic


def test_it_writes_the_page_the_pdf_and_every_figure(folder, attunement):
    said = attunement(
        "programme", "report", ".", "--out", "r.html", "--pdf", "r.pdf", "--figures", "f.csv",
        "--figures", "f.parquet", "--by", "site", "--synthetic", *QUICK,
    )  # fmt: skip
    assert "40 people began" in said
    assert "Written: r.html, r.pdf, f.csv and f.parquet" in said
    assert (folder / "r.pdf").read_bytes().startswith(b"%PDF")
    assert "Made-up people" in (folder / "r.html").read_text("utf-8")
    one, other = pl.read_csv("f.csv", infer_schema_length=None), pl.read_parquet("f.parquet")
    assert one["figure"].to_list() == other["figure"].to_list()
    assert one["value"].to_list() == pytest.approx(other["value"].to_list(), nan_ok=True)


def test_every_picture_is_written_and_every_step_timed(folder, attunement):
    said = attunement("programme", "report", ".", "--pictures", "seen", "--times", *QUICK)
    drawn = sorted((folder / "seen").iterdir())
    assert [one.stem for one in drawn] == ["leaving", "outcomes", "relationship-and-outcome"]
    assert all("<desc>" in one.read_text("utf-8") for one in drawn)
    steps = ["Loading the program", "Opening the files", "Outcomes", "Writing", "everything"]
    places = [said.index(step) for step in steps]
    assert places == sorted(places)


def test_parquet_is_scanned_and_says_the_same(folder, as_json):
    plain = as_json("programme", "report", ".", *QUICK)["figures"]
    for name in ("scores", "attendance", "people"):
        pl.read_csv(f"{name}.csv", try_parse_dates=True).write_parquet(f"{name}.parquet")
    other = as_json("programme", "report", ".", *QUICK)["figures"]
    assert_frame_equal(pl.DataFrame(other), pl.DataFrame(plain), rel_tol=1e-7)


def test_scores_alone_are_enough(folder, as_json):
    for name in ("attendance", "people"):
        (folder / f"{name}.csv").unlink()
    said = as_json("programme", "report", ".", *QUICK)
    assert list(said["absent"]) == ["retention"]
    assert (folder / "programme.html").is_file()


def test_an_outcome_of_ones_own_is_judged_as_told(folder, as_json):
    said = as_json("programme", "report", ".", "--measure", "phq9:12:5", *QUICK)
    names = [one["figure"] for one in said["figures"]]
    assert "outcomes/recovery/left out" in names
    assert not [name for name in names if name.startswith("had-nobody-changed")]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere"], "there is no such folder"),
        (["own"], "there is no table of scores in the folder"),
        ([".", "--measure", "bdi:14:9"], "there is no scale 'bdi'"),
        ([".", "--measure", "phq9:many"], "has not the form SCALE:CASE:CHANGE"),
        ([".", "--by", "funding"], "there is no column 'funding'"),
        ([".", "--by", "therapist"], "a league table; compare"),
        ([".", "--adjust", "sit"], "did you mean 'site'?"),
        ([".", "--figures", "f.txt"], "the kind of file is not known"),
        ([".", "--out", "people.csv"], "people.csv"),
    ],
)
def test_what_can_be_mended_is_said_in_a_sentence(folder, capsys, arguments, words):
    (folder / "own").mkdir(exist_ok=True)
    assert run(["programme", "report", *arguments, *QUICK]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1


def as_parquet(folder):
    for name in ("scores", "attendance", "people"):
        pl.read_csv(folder / f"{name}.csv", try_parse_dates=True).write_parquet(
            folder / f"{name}.parquet"
        )


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_every_engine_says_the_same(folder, as_json, engine):
    plain = as_json("programme", "report", ".", *QUICK)["figures"]
    as_parquet(folder)
    other = as_json("programme", "report", ".", "--engine", engine, *QUICK)["figures"]
    assert_frame_equal(pl.DataFrame(other), pl.DataFrame(plain), rel_tol=1e-8)


@pytest.mark.spark
def test_spark_says_the_same_of_a_file_and_of_a_folder_of_parts(folder, as_json, spark):
    as_parquet(folder)
    plain = as_json("programme", "report", ".", *QUICK)["figures"]
    whole = as_json("programme", "report", ".", "--engine", "spark", *QUICK)["figures"]
    assert_frame_equal(pl.DataFrame(whole), pl.DataFrame(plain), rel_tol=1e-8)
    spark.read.parquet(str(folder / "scores.parquet")).repartition(4).write.parquet(
        str(folder / "parts")
    )
    (folder / "scores.parquet").unlink()
    (folder / "parts").rename(folder / "scores.parquet")
    parts = as_json("programme", "report", ".", "--engine", "spark", *QUICK)["figures"]
    assert_frame_equal(pl.DataFrame(parts), pl.DataFrame(plain), rel_tol=1e-8)
    assert run(["programme", "report", ".", *QUICK]) == 2
