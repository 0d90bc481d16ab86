"""Whatever is wrong with a file, it is said in one sentence, and nothing is written."""

import io
import zipfile
from dataclasses import dataclass

import openpyxl
import polars as pl
import pytest

from attunement.cli.run import run

HEADER = "client,scale,session,score\n"
GOOD = "A,phq9,1,10\nA,phq9,2,9\nB,phq9,1,20\n"
RENAMED = ("--rename", "client=subject")


@dataclass(frozen=True)
class Hostile:
    about: str
    content: bytes | str
    says: str
    options: tuple[str, ...] = ()
    name: str = "scores.csv"

    @property
    def data(self) -> bytes:
        return self.content if isinstance(self.content, bytes) else self.content.encode()


def long(*rows: str) -> str:
    return HEADER + GOOD + "".join(f"{row}\n" for row in rows)


def workbook(*sheets: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets, 1):
        sheet = book.create_sheet(f"Sheet {number}")
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("holiday.txt", "no workbook at all")
    return out.getvalue()


def parquet(**columns: list[object]) -> bytes:
    out = io.BytesIO()
    pl.DataFrame(columns, strict=False).write_parquet(out)
    return out.getvalue()


TABLE = {
    "client": ["A", "A", "B"],
    "scale": ["phq9"] * 3,
    "session": [1, 2, 1],
    "score": [10.0, 9.0, 20.0],
}
SHEET = [["client", "scale", "session", "score"], ["A", "phq9", 1, 10], ["A", "phq9", 2, 9]]
WIDE = "client,session,mood\nA,1,10\nA,2,9\n"

HOSTILE = [
    Hostile("an empty file", "", "scores.csv: the file is empty"),
    Hostile("only blank lines", "\n\n\n", "the file is empty"),
    Hostile("only a header", HEADER, "there is a header but no row"),
    Hostile("a header and blank rows", HEADER + ",,,\n , ,,\n", "there is a header but no row"),
    Hostile("two columns of one name", "client,client,session\nA,B,1\n", "row 1: two columns are"),
    Hostile(
        "a repeated key", long("A,phq9,2,8"), "row 5: client A, scale phq9, session 2 is there"
    ),
    Hostile(
        "repeated keys in a wide file",
        "client,session,phq9\nA,1,3\nA,1,4\nA,1,5\n",
        "row 3: client A, session 1 is there already in row 2 (and 1 more like it)",
    ),
    Hostile("text in numbers", long("B,phq9,2,ten"), "row 5, score: 'ten' is not a number"),
    Hostile(
        "much text in numbers",
        long("B,phq9,2,ten", "B,phq9,3,x", "B,phq9,4,y"),
        "'ten' is not a number (and 2 more like it)",
    ),
    Hostile("dates for sessions", long("B,phq9,2024-03-01,9"), "row 5, session: '2024-03-01' is a"),
    Hostile("slashed dates for sessions", long("B,phq9,3/1/24,9"), "'3/1/24' is a date"),
    Hostile("half a session", long("B,phq9,1.5,9"), "row 5, session: '1.5' is not a whole number"),
    Hostile("a negative session", long("B,phq9,-1,9"), "row 5, session: '-1' is negative"),
    Hostile("a missing session", long("B,phq9,,9"), "row 5, session: the session has no number"),
    Hostile("a huge session", long("B,phq9,99999999999999999999,9"), "no therapy has a session"),
    Hostile(
        "an infinite score", long("B,phq9,2,inf"), "row 5, score: 'inf' is not a finite number"
    ),
    Hostile("a number too large", long("B,phq9,2,1e999"), "'1e999' is not a finite number"),
    Hostile("an impossible score", long("B,phq9,2,28"), "outside the range of phq9, 0 to 27"),
    Hostile("a score below the range", long("B,phq9,2,-1"), "row 5, score: '-1' is outside the"),
    Hostile("a blank client", long(" ,phq9,2,9"), "row 5, client: no client is named"),
    Hostile("a client NA", long("NA,phq9,2,9"), "row 5, client: no client is named"),
    Hostile("a blank scale", long("B,,2,9"), "row 5, scale: no scale is named"),
    Hostile(
        "a million columns",
        "client," + ",".join(f"q{n}" for n in range(1_000_000)) + "\nA,1\n",
        "columns, and more than 5,000 are not read",
    ),
    Hostile("six thousand columns", ",".join(f"q{n}" for n in range(6000)), "has 6,000 columns"),
    Hostile("binary garbage", bytes(range(256)) * 8, "it is not readable text"),
    Hostile("NUL bytes", long("B,phq9,2,9\0"), "it is not readable text"),
    Hostile("a PDF", b"%PDF-1.7 rest", "it is a PDF, not a table of scores"),
    Hostile("a compressed file", b"\x1f\x8b\x08 rest", "it is compressed (gzip)"),
    Hostile(
        "an old or locked workbook", b"\xd0\xcf\x11\xe0" + bytes(600), "password", (), "a.xlsx"
    ),
    Hostile("a damaged workbook", workbook(SHEET)[:900], "workbook is damaged", (), "a.xlsx"),
    Hostile("a zip of something else", zipped(), "the Excel workbook is damaged", (), "a.xlsx"),
    Hostile("text called xlsx", long(), "it is not an Excel workbook", (), "a.xlsx"),
    Hostile("an empty workbook", workbook([], []), "every sheet is empty", (), "a.xlsx"),
    Hostile("a workbook's header", workbook(SHEET[:1]), "a header but no row", (), "a.xlsx"),
    Hostile(
        "text in a workbook's numbers",
        workbook([*SHEET, ["B", "phq9", 1, "ten"]]),
        "a.xlsx, row 4, score: 'ten' is not a number",
        (),
        "a.xlsx",
    ),
    Hostile("a cut-off Parquet file", parquet(**TABLE)[:-9], "damaged or cut off", (), "a.parquet"),
    Hostile(
        "a Parquet file with a hole",
        parquet(**TABLE)[:4] + bytes(200) + parquet(**TABLE)[204:],
        "damaged or cut off",
        (),
        "a.parquet",
    ),
    Hostile("text called parquet", long(), "it is not a Parquet file", (), "a.parquet"),
    Hostile(
        "dates as sessions in Parquet",
        parquet(**TABLE | {"session": pl.Series(["2024-01-01"] * 3).str.to_date()}),
        "a.parquet, session: the column holds dates, not numbers of sessions",
        (),
        "a.parquet",
    ),
    Hostile(
        "lists as scores in Parquet",
        parquet(**TABLE | {"score": [[1], [2], [3]]}),
        "score: the column holds lists or records, not numbers",
        (),
        "a.parquet",
    ),
    Hostile("a row too long", long("B,phq9,2,9,9"), "row 5: this row has 5 cells where the header"),
    Hostile("a row too short", long("B,phq9,2"), "row 5: this row has 3 cells where the header"),
    Hostile("an unclosed quotation mark", long('"B,phq9,2,9'), "opened and never closed"),
    Hostile("text after a quotation mark", long('"B"x,phq9,2,9'), "row 5: text follows a closing"),
    Hostile(
        "two encodings",
        (HEADER + "Zoë,phq9,1,3\n").encode() + "Zoë,phq9,2,3\n".encode("cp1252"),
        "row 3: some rows are UTF-8 and this one is not",
    ),
    Hostile("no known encoding", HEADER.encode() + b"\x81\xff,phq9,1,3\n", "encoding is not known"),
    Hostile("broken UTF-16", "client,x".encode("utf-16") + b"\x00", "does not fit"),
    Hostile(
        "an unknown separator",
        "client:scale:session:score\nA:phq9:1:3\n",
        "only one column was found",
    ),
    Hostile(
        "a header of another separator", "client;session;phq9\nA,1,3\n", "1 cell where the header"
    ),
    Hostile("a comma that may be either", long('B,phq9,2,"1,234"'), "decimal comma or a thousands"),
    Hostile(
        "thousands in a semicolon file",
        "client;session;phq9\nA;1;1.234,5\n",
        "'1.234,5' has a comma and a point",
    ),
    Hostile(
        "commas and points in one column",
        "client;session;phq9\nA;1;3,5\nA;2;4.5\n",
        "row 2, phq9: '3,5' has a comma where other numbers",
    ),
    Hostile(
        "a name given twice",
        "client,subject,session,phq9\nA,B,1,3\n",
        "there is a column 'client' already",
        RENAMED,
    ),
    Hostile("an unknown column renamed", long(), "there is no column 'subject'", RENAMED),
    Hostile(
        "renamed to what is not ours",
        long(),
        "'clent' is no column of scores; did you mean 'client'? Its columns are 'client', ",
        ("--rename", "clent=client"),
    ),
    Hostile(
        "one column renamed twice",
        "subject,session,phq9\nA,1,3\n",
        "one column is given two names",
        (*RENAMED, "--rename", "therapist=subject"),
    ),
    Hostile("a rename without =", long(), "has not the form NAME=VALUE", ("--rename", "client")),
    Hostile("an unknown scale", WIDE, "no column is known as a scale ('mood')"),
    Hostile(
        "an unknown scale, long", HEADER + "A,mood,1,3\n", "no scale is known as a scale ('mood')"
    ),
    Hostile(
        "an unknown direction",
        WIDE,
        "no such direction; did you mean higher-is-better? The directions are ",
        ("--scale", "mood=higher-is-beter"),
    ),
    Hostile(
        "a range upside down", WIDE, "'10-0' is no range", ("--scale", "mood=lower-is-better:10-0")
    ),
    Hostile(
        "beyond a range", WIDE, "range of mood, 0 to 9", ("--scale", "mood=lower-is-better:0-9")
    ),
    Hostile("an unknown meaning", WIDE, "there is no instrument", ("--scale", "mood=happyness")),
    Hostile("a scale that is no column", WIDE, "there is no column 'mod'", ("--scale", "mod=phq9")),
    Hostile(
        "a scale that no row has",
        long(),
        "no row has the scale 'gad7'",
        ("--scale", "gad7=lower-is-better"),
    ),
    Hostile("a scale without a score", "client,session,phq9\nA,1,\nA,2,NA\n", "no score of phq9"),
    Hostile(
        "two columns for one scale",
        "client,session,phq9,mood\nA,1,1,2\n",
        "'phq9' and 'mood' both mean phq9",
        ("--scale", "mood=phq9"),
    ),
    Hostile("no client", "session,phq9\n1,3\n", "there is no column client"),
    Hostile("neither session nor date", "client,phq9\nA,3\n", "no column session or date"),
    Hostile(
        "a day that is none", "client,date,phq9\nA,2024-02-30,3\n", "'2024-02-30' is not a date"
    ),
    Hostile("a day of the first century", "client,date,phq9\nA,01.02.24,3\n", "is not a date"),
    Hostile(
        "scores in the column of scales",
        HEADER + "".join(f"A,s{n},1,{n}\n" for n in range(5001)),
        "there are 5,001 scales, and more than 5,000 are not read",
    ),
    Hostile("an escape sequence", long("\x1b[31mB,phq9,2,9"), "it is not readable text"),
    Hostile("a missing day", "client,date,phq9\nA,2024-02-01,3\nA,,3\n", "there is no date"),
]

TITLE = "Scores of spring"
HOSTILE += [
    Hostile("a session in words", long("B,phq9,intake,9"), "'intake' is not a number; number each"),
    Hostile("a total", long("Mean,,,13"), "delete the row if it is a total"),
    Hostile(
        "a total in a wide file",
        WIDE.replace("mood", "phq9") + "Mean,,13\n",
        "row 4, session: the session has no number; number each client's sessions 1, 2, 3 and so "
        "on, or delete the row if it is a total",
    ),
    Hostile("a title above", f"{TITLE}\n{long()}", "row 1: 'Scores of spring' looks like a title"),
    Hostile("a title over all", f"{TITLE},,,\n{long()}", "the header must be the first row"),
    Hostile(
        "two rows of header",
        f"Who,,When,What\n{long()}",
        "row 2: this row looks like the header; the header must be the first row",
    ),
    Hostile(
        "a title in a workbook",
        workbook([[TITLE], *SHEET]),
        "a.xlsx, row 1: 'Scores of spring' looks like a title",
        (),
        "a.xlsx",
    ),
    Hostile(
        "a workbook without a column client",
        workbook([["read me"], ["first"]], [["who", "phq9"], ["A", 3]]),
        "a.xlsx, sheet 'Sheet 1': there is no column client",
        (),
        "a.xlsx",
    ),
    Hostile(
        "two columns of other names",
        "Who,Visit,PHQ9\nA,1,3\n",
        "no column client and no column session or date; name them: --rename client=COLUMN "
        "--rename session=COLUMN, where COLUMN is one of 'Who', 'Visit', 'PHQ9'",
    ),
    Hostile(
        "a name nearly right",
        "client,session,Mood\nA,1,3\n",
        "did you mean 'Mood'? The columns are 'client', 'session', 'Mood'.",
        ("--scale", "mood=higher-is-better"),
    ),
    Hostile("a day of two readings", "client,date,phq9\nA,3/2/2026,3\n", "write dates as YYYY-"),
]

ENGINES = ["polars", "duckdb"]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("hostile", HOSTILE, ids=[hostile.about for hostile in HOSTILE])
def test_a_broken_file_gives_one_sentence_and_exit_code_2_and_leaves_nothing(
    hostile, engine, tmp_path, capsys
):
    file = tmp_path / hostile.name
    file.write_bytes(hostile.data)
    out = tmp_path / "results"
    code = run(["course", str(file), "--out", str(out), "--engine", engine, *hostile.options])
    said = capsys.readouterr()
    assert code == 2
    assert said.out == ""
    assert hostile.says in said.err
    assert said.err.count("\n") == 1
    assert said.err.endswith(".\n")
    assert "Traceback" not in said.err
    assert [path.name for path in tmp_path.iterdir()] == [hostile.name]


ANSWERS = "client,session,instrument,item,value\n"
APPOINTMENTS = "client,session,date,status\n"
OTHER_TABLES = [
    ("score", ANSWERS + "A,1,phq9,1,often\n", "row 2, value: 'often' is not a number"),
    ("score", ANSWERS + "A,1,phq9,,2\n", "row 2, item: no item is named"),
    ("score", ANSWERS + "A,1,phq9,1,7\n", "phq9"),
    ("score", ANSWERS + "A,1,phq99,1,1\n", "phq99"),
    ("score", "client,session,item,value\nA,1,1,2\n", "there is no column instrument"),
    ("attendance", APPOINTMENTS + "A,1,2024-01-01,ill\n", "'ill' is no status"),
    ("attendance", APPOINTMENTS + "A,1,1/2/24,missed\n", "'1/2/24' is not a date"),
    ("attendance", APPOINTMENTS + "A,1,2024-01-01,missed\n" * 2, "is there already in row 2"),
    ("attendance", "client,session,status\nA,1,missed\n", "there is no column date"),
]


@pytest.mark.parametrize(("command", "content", "says"), OTHER_TABLES)
def test_broken_answers_and_appointments_are_told_alike(command, content, says, tmp_path, capsys):
    file = tmp_path / "a.csv"
    file.write_text(content)
    assert run([command, str(file), "--out", str(tmp_path / "out.csv")]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert says in said.err
    assert said.err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
