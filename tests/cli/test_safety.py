"""Answers that must reach a person are named by whoever reads them, and never kept to JSON."""

import polars as pl
import pytest

from attunement.cli.run import run

MEANING = "thoughts of being better off dead or of self-harm in the last two weeks"
HEAD = "client,session,instrument,item,value\n"


@pytest.fixture
def answers(tmp_path, monkeypatch):
    """Three people's answers to the PHQ-9; two of them must reach a person."""
    rows = [
        f"{client},{session},phq9,{item},{value if item == 9 else 1}\n"
        for client, session, value in (("Ana", 1, 0), ("Ana", 2, 2), ("Ben", 1, 3), ("Cleo", 1, 0))
        for item in range(1, 10)
    ]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "responses.csv").write_text(HEAD + "".join(rows))
    scores = "client,session,phq9\nAna,1,8\nAna,2,10\nBen,1,11\nCleo,1,8\n"
    (tmp_path / "scores.csv").write_text(scores)
    return tmp_path


def test_score_names_who_when_where_and_what_before_the_scores(answers, attunement):
    said = attunement("score", "responses.csv", "--out", "out.csv")
    named, _, scores = said.partition("Scores")
    lines = [line.split() for line in named.splitlines()]
    assert ["Ana", "2", "phq9", "9", "2", *MEANING.split()] in lines
    assert ["Ben", "1", "phq9", "9", "3", *MEANING.split()] in lines
    assert "Cleo" not in named
    assert "speak with these people, or with whoever is on call" in named
    assert "phq9" in scores


def test_where_no_answer_must_reach_a_person_none_is_spoken_of(answers, attunement):
    kept = pl.read_csv("responses.csv").filter(pl.col("client") == "Cleo")
    kept.write_csv("calm.csv")
    assert "reach a person" not in attunement("score", "calm.csv", "--out", "out.csv")


def test_score_writes_them_as_a_table_of_their_own(answers, attunement, as_json):
    attunement("score", "responses.csv", "--out", "out.csv", "--safety", "safety.csv")
    found = pl.read_csv("safety.csv")
    columns = ["client", "session", "instrument", "item", "value", "meaning"]
    assert found.columns == columns
    told = as_json("score", "responses.csv", "--out", "out.csv", "--safety", "safety.parquet")
    assert [row["client"] for row in told["safety"]] == found["client"].to_list() == ["Ana", "Ben"]
    assert pl.read_parquet("safety.parquet")["meaning"].unique().to_list() == [MEANING]


@pytest.mark.parametrize("name", ["out.csv", "safety.doc"])
def test_a_place_where_they_cannot_be_written_is_one_sentence_and_leaves_nothing(
    answers, capsys, name
):
    assert run(["score", "responses.csv", "--out", "out.csv", "--safety", name]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert sorted(path.name for path in answers.iterdir()) == ["responses.csv", "scores.csv"]


def test_the_report_puts_them_first(answers, as_json):
    given = ["scores.csv", "--responses", "responses.csv", "--out", "r.html"]
    found = as_json("report", *given)
    assert found["counts"]["Answers that need a person today"] == 2
    assert found["summary"].startswith("2 with an answer that needs a person today")
    page = (answers / "r.html").read_text()
    assert f"question 9 of the PHQ-9: {MEANING}." in page


def test_a_later_answer_takes_an_earlier_one_back(answers, as_json):
    with (answers / "responses.csv").open("a") as file:
        file.write("Ana,3,phq9,9,0\nBen,2,phq9,9,\n")
    found = as_json("report", "scores.csv", "--responses", "responses.csv", "--out", "r.html")
    assert found["counts"]["Answers that need a person today"] == 1
    assert found["counts"]["Keep an eye on"] == 1


def test_a_report_without_answers_says_that_it_has_seen_none(answers, attunement):
    attunement("report", "scores.csv", "--out", "r.html")
    page = (answers / "r.html").read_text()
    assert "This page has not seen single answers, so it cannot show safety answers." in page


def test_answers_of_an_unknown_instrument_are_spoken_of(answers, capsys):
    text = (answers / "responses.csv").read_text().replace("phq9", "phq-nine")
    (answers / "other.csv").write_text(text)
    assert run(["report", "scores.csv", "--responses", "other.csv", "--out", "r.html"]) == 0
    sentence = "there is no instrument &#39;phq-nine&#39;, so its answers were not read"
    assert sentence.replace("&#39;", "'") in capsys.readouterr().err
    assert sentence in (answers / "r.html").read_text()


def test_an_appointment_still_to_come_is_neither_attended_nor_missed(answers, as_json):
    rows = [("Cleo", 1, "attended"), ("Cleo", 2, "missed"), ("Cleo", 3, "cancelled")]
    rows += [("Cleo", 4, "missed"), ("Cleo", 5, ""), ("Ana", 2, "cancelled"), ("Ana", 3, "")]
    lines = [f"{client},{session},2026-01-0{session},{status}" for client, session, status in rows]
    (answers / "attendance.csv").write_text("\n".join(["client,session,date,status", *lines]))
    given = ["scores.csv", "--attendance", "attendance.csv", "--out", "r.html"]
    assert as_json("report", *given)["counts"]["Not heard from"] == 1
    page = (answers / "r.html").read_text()
    assert "Cleo did not come to the last two appointments." in page
