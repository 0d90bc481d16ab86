"""The same table comes out of every kind of file."""

import io
import os

import openpyxl
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from attunement.intake import read_attendance, read_responses, read_scores
from attunement.measures.scale import Direction, Scale
from attunement.problems import Problem

ROWS = [
    ("Zoë", "phq9", 1, "10.5"),
    ("Zoë", "phq9", 2, "NA"),
    ("007", "phq9", 1, ""),
    ("Müller, A", "phq9", 3, "20"),
]
EXPECTED = pl.DataFrame(
    {
        "client": ["Zoë", "Zoë", "007", "Müller, A"],
        "scale": ["phq9"] * 4,
        "session": [1, 2, 1, 3],
        "score": [10.5, None, None, 20.0],
    }
)


def text(separator=",", ends="\n", decimal="."):
    rows = [("client", "scale", "session", "score"), *ROWS]
    quoted = ([f'"{str(cell).replace(".", decimal)}"' for cell in row] for row in rows)
    return ends.join(separator.join(row) for row in quoted) + ends


def workbook(rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.create_sheet("notes")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def parquet():
    out = io.BytesIO()
    EXPECTED.with_columns(pl.col("score").cast(pl.Float32)).write_parquet(out)
    return out.getvalue()


FILES = {
    "comma.csv": text().encode(),
    "tab.tsv": text("\t").encode(),
    "semicolon.csv": text(";", decimal=",").encode(),
    "bar.txt": text("|").encode(),
    "byte-order-mark.csv": text().encode("utf-8-sig"),
    "utf-16.csv": text().encode("utf-16"),
    "utf-16-le.csv": text().encode("utf-16-le"),
    "windows-1252.csv": text().encode("cp1252"),
    "windows-ends.csv": text(ends="\r\n").encode(),
    "mac-ends.csv": text(ends="\r").encode(),
    "blank-lines.csv": b"\n\n" + text(ends="\n\n").encode(),
    "said-separator.csv": f"sep=;\n{text(';')}".encode(),
    "book.xlsx": workbook(
        [("client", "scale", "session", "score"), *((*row[:3], row[3] or None) for row in ROWS)]
    ),
    "moved.xlsx": workbook(
        [(), (), (None, "client", "scale", "session", "score")] + [(None, *row) for row in ROWS]
    ),
    "table.parquet": parquet(),
}


def written(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("name", FILES)
def test_every_kind_of_file_gives_the_same_table(name, tmp_path):
    intake = read_scores(written(tmp_path, name, FILES[name]))
    assert_frame_equal(intake.scores, EXPECTED)
    assert intake.scales["phq9"].high == 27


def test_a_guessed_encoding_is_said(tmp_path):
    intake = read_scores(written(tmp_path, "a.csv", text().encode("cp1252")))
    assert intake.notes == [
        "a.csv is not UTF-8; its letters were read as Windows-1252 (Western European)."
    ]


def test_a_wide_file_gives_one_row_for_each_scale_and_keeps_who_and_where(tmp_path):
    file = written(
        tmp_path,
        "wide.csv",
        "Client,Session,Therapist,phq9,GAD-7,mood,eyes\nA,1,T,10,5,3,blue\nA,2,T,,6,2,blue\n",
    )
    intake = read_scores(file, scales={"mood": "higher-is-better"})
    assert_frame_equal(
        intake.scores,
        pl.DataFrame(
            {
                "client": ["A"] * 6,
                "scale": ["phq9", "phq9", "gad7", "gad7", "mood", "mood"],
                "session": [1, 2] * 3,
                "score": [10.0, None, 5.0, 6.0, 3.0, 2.0],
                "therapist": ["T"] * 6,
            }
        ),
    )
    assert intake.scales["mood"] == Scale(
        name="mood", direction=Direction.HIGHER, low=None, high=None, title="mood"
    )
    assert intake.notes == ["wide.csv: ignored 'eyes' (not declared with --scale)."]


@pytest.mark.parametrize("meaning", ["higher-is-better:-1-10.5", "higher-is-better:-1 to 10.5"])
def test_a_direction_may_come_with_a_range(meaning, tmp_path):
    file = written(tmp_path, "a.csv", "client,session,mood\nA,1,10\n")
    scale = read_scores(file, scales={"mood": meaning}).scales["mood"]
    assert (scale.low, scale.high) == (-1, 10.5)


def test_a_column_declared_as_an_instruments_scale_takes_its_name(tmp_path):
    file = written(tmp_path, "a.csv", "client,session,bdi\nA,1,10\n")
    intake = read_scores(file, scales={"bdi": "BDI-II"})
    assert intake.scores["scale"].to_list() == ["bdi2"]
    assert list(intake.scales) == ["bdi2"]


def test_a_long_file_without_a_scale_needs_its_score_declared(tmp_path):
    file = written(tmp_path, "a.csv", "client,session,score\nA,1,10\n")
    with pytest.raises(Problem, match="--scale score=lower-is-better"):
        read_scores(file)
    assert read_scores(file, scales={"score": "phq9"}).scores["score"].to_list() == [10.0]


def test_unknown_scales_in_a_long_file_are_left_out_and_said(tmp_path):
    content = "client,scale,session,score\nA,phq9,1,10\nA,shoe size,1,44\n"
    intake = read_scores(written(tmp_path, "a.csv", content))
    assert intake.scores["scale"].to_list() == ["phq9"]
    assert intake.notes == ["a.csv: ignored 'shoe size' (not declared with --scale)."]


def test_sessions_are_numbered_by_date_where_they_have_no_number(tmp_path):
    content = "client,date,phq9\nA,2024-03-01,1\nA,2024-01-15,2\nB,05.02.2024,3\n"
    intake = read_scores(written(tmp_path, "a.csv", content))
    assert intake.scores["session"].to_list() == [2, 1, 1]
    assert intake.notes == ["a.csv: sessions were numbered by date within each client."]


def test_one_row_is_enough(tmp_path):
    assert (
        read_scores(written(tmp_path, "a.csv", "client,session,phq9\nA,1,3\n")).scores.height == 1
    )


def test_spaces_missing_words_and_whole_numbers_with_a_point_are_understood(tmp_path):
    content = "client , session,phq9\n A ,1.0, 3 \nA,2,NULL\nA,3,N/A\nA,4,.\nA,5,\u22120\n"
    scores = read_scores(written(tmp_path, "a.csv", content)).scores
    assert scores["client"].unique().to_list() == ["A"]
    assert scores["score"].to_list() == [3.0, None, None, None, 0.0]


def test_numbers_of_clients_in_a_workbook_stay_whole(tmp_path):
    file = written(tmp_path, "a.xlsx", workbook([("client", "session", "phq9"), (12, 1, 3.5)]))
    assert read_scores(file).scores.rows() == [("12", "phq9", 1, 3.5)]


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)"])
def test_names_that_look_like_formulas_are_only_names(name, tmp_path):
    content = f"client,session,phq9\n{name},1,3\n"
    assert read_scores(written(tmp_path, "a.csv", content)).scores["client"].to_list() == [name]


def test_the_sheet_with_clients_is_read_and_the_others_are_named(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "read me"
    book.active.append(("Scores of our practice",))
    book.create_sheet("empty")
    for row in (("Subject", "session", "phq9"), ("A", 1, 3)):
        for name in ("scores", "old"):
            sheet = book[name] if name in book.sheetnames else book.create_sheet(name)
            sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    intake = read_scores(tmp_path / "a.xlsx", rename={"client": "Subject"})
    assert intake.scores.rows() == [("A", "phq9", 1, 3.0)]
    assert intake.notes == ["a.xlsx, sheet 'scores': read this sheet and not 'read me', 'old'."]


@pytest.mark.reference
def test_beating_the_blues_has_its_published_counts(reference_data):
    intake = read_scores(
        reference_data / "BtheB_long.csv",
        rename={"client": "subject", "session": "time"},
        scales={"bdi": "lower-is-better"},
    )
    counts = intake.scores.drop_nulls("score").group_by("session").len().sort("session")
    assert intake.scores["client"].n_unique() == 100
    assert counts.rows() == [(2, 97), (3, 73), (5, 58), (8, 52)]
    assert intake.scales["bdi"].low is None


def test_answers_come_out_as_the_table_of_responses(tmp_path):
    content = "who,session,instrument,item,value\nA,1,phq9,1,3\nA,1,phq9,2,\n"
    responses = read_responses(written(tmp_path, "a.csv", content), rename={"client": "who"})
    assert responses.rows() == [
        ("A", 1, "phq9", "1", 3.0, "client"),
        ("A", 1, "phq9", "2", None, "client"),
    ]


def test_an_answer_given_twice_is_refused(tmp_path):
    content = "client,session,instrument,item,value\nA,1,phq9,1,3\nA,1,phq9,1,2\n"
    with pytest.raises(Problem, match="row 3: client A, session 1, instrument phq9, item 1"):
        read_responses(written(tmp_path, "a.csv", content))


def test_appointments_come_out_as_the_table_of_attendance(tmp_path):
    header = "client,session,date,status,planned_end\n"
    content = header + "A,1,2024-01-01,Attended,10\nA,2,2024-01-08,missed,\n"
    attendance = read_attendance(written(tmp_path, "a.csv", content))
    assert attendance["status"].to_list() == ["attended", "missed"]
    assert attendance["planned_end"].to_list() == [10, None]


def test_an_unknown_status_of_an_appointment_is_refused(tmp_path):
    content = "client,session,date,status\nA,1,2024-01-01,ill\n"
    with pytest.raises(Problem, match="'ill' is no status of an appointment; write attended, late"):
        read_attendance(written(tmp_path, "a.csv", content))


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_name_with_brackets_is_a_name_and_no_pattern(kind, tmp_path):
    content = parquet() if kind == "parquet" else text()
    assert read_scores(written(tmp_path, f"a[1]*.{kind}", content)).scores.height == 4


def test_a_pipe_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Problem, match="this is no ordinary file"):
        read_scores(tmp_path / "pipe")
