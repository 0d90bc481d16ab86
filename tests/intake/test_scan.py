"""DuckDB's quick way agrees with the careful one wherever it dares to answer."""

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from attunement.intake import read_scores
from attunement.intake.scan import scan_scores

LONG = "client,scale,session,score\n007,phq9,1,10\n007,phq9,2,NA\nB,phq9,1,3.5\n"


def same(path, **options):
    scan = scan_scores(path, **options)
    assert scan is not None
    careful = read_scores(path, **options)
    keys = ["client", "scale", "session", "score"]
    assert_frame_equal(scan.scores.pl(), careful.scores.select(keys), check_row_order=False)
    assert scan.scales == careful.scales


def test_a_plain_csv_file_is_scanned(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(LONG)
    same(path)


def test_another_separator_and_other_names_are_scanned(tmp_path):
    path = tmp_path / "a.tsv"
    path.write_text(LONG.replace(",", "\t").replace("client", "who"))
    same(path, rename={"client": "who"})


def test_a_parquet_file_is_scanned(tmp_path):
    path = tmp_path / "a.parquet"
    frame = pl.DataFrame(
        {"client": [1, 1], "scale": ["x", "x"], "session": [1, 2], "score": [1.5, float("nan")]}
    )
    frame.write_parquet(path)
    same(path, scales={"x": "higher-is-better"})


@pytest.mark.parametrize(
    "content",
    [
        "client,session,phq9\nA,1,3\n",
        LONG + " B ,phq9,2,3\n",
        LONG + "'=B,phq9,2,3\n",
        LONG + "B,phq9,2.0,3\n",
        LONG + "B,phq9,2,+3\n",
        LONG + "B,mood,2,3\n",
        "\ufeff" + LONG,
    ],
)
def test_anything_out_of_the_ordinary_goes_the_careful_way(content, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(content)
    assert scan_scores(path) is None
    assert read_scores(path).scores.height >= 1


def test_a_name_that_is_a_pattern_goes_the_careful_way(tmp_path):
    path = tmp_path / "a[1].csv"
    path.write_text(LONG)
    assert scan_scores(path) is None
