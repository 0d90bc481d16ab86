"""The first mistakes of a file, all at once, each with its row, its column and what to do."""

import pytest

from attunement.intake import read_responses, read_scores
from attunement.intake.sentences import SENTENCES
from attunement.intake.sheet import MOST_MISTAKES, first_mistakes
from attunement.problems import Problem, filled

HEADER = "client,scale,session,score,date"


def mistakes(tmp_path, *rows, header=HEADER):
    path = tmp_path / "scores.csv"
    path.write_text("\n".join([header, *rows]))
    return first_mistakes(lambda: read_scores(path, scales={"mood": "higher-is-better"}))


def test_mistakes_of_several_kinds_are_listed_by_row(tmp_path):
    found = mistakes(
        tmp_path,
        "A,mood,1,5,2026-01-05",
        ",mood,2,5,2026-01-12",
        "A,mood,x,5,2026-01-19",
        "A,mood,4,much,2026-01-26",
        "A,mood,5.5,5,2026-13-40",
        "A,mood,-6,inf,2026-02-09",
    )
    assert [(one.row, one.field) for one in found] == [
        (3, "client"),
        (4, "session"),
        (5, "score"),
        (6, "date"),
        (6, "session"),
        (7, "score"),
        (7, "session"),
    ]
    assert all(one.remedy for one in found)


def test_a_cell_is_named_once_with_the_first_thing_that_is_wrong_with_it(tmp_path):
    found = mistakes(tmp_path, "A,mood,x,5,2026-01-05", "A,mood,y,5,2026-01-05")
    assert [one.what for one in found] == ["'x' is not a number", "'y' is not a number"]


def test_rows_that_are_there_twice_are_told_unless_they_are_wrong_already(tmp_path):
    found = mistakes(tmp_path, "A,mood,1,5,", "A,mood,1,6,", "A,mood,2,much,")
    assert [one.row for one in found] == [3, 4]
    assert "there already in row 2" in found[0].what
    twice = mistakes(tmp_path, "A,mood,x,5,", "A,mood,x,6,")
    assert [one.row for one in twice] == [2, 3]
    assert not any("already" in one.what for one in twice)


def test_no_more_than_ten_are_listed(tmp_path):
    found = mistakes(tmp_path, *(f"A,mood,{number},x," for number in range(1, 40)))
    assert [one.row for one in found] == list(range(2, 2 + MOST_MISTAKES))


def test_what_is_wrong_with_the_whole_file_is_the_only_mistake(tmp_path):
    found = mistakes(tmp_path, "1,2", header="one,two")
    assert [(one.row, one.field) for one in found] == [(None, None)]
    assert mistakes(tmp_path, "A,mood,1,5,") == []


def test_answers_are_looked_through_the_same_way(tmp_path):
    path = tmp_path / "answers.csv"
    path.write_text("client,session,instrument,item,value\nA,1,phq9,1,x\nA,y,phq9,2,1\n")
    found = first_mistakes(lambda: read_responses(path))
    assert [(one.row, one.field) for one in found] == [(2, "value"), (3, "session")]


def test_reading_without_looking_for_more_stops_at_the_first(tmp_path):
    path = tmp_path / "scores.csv"
    path.write_text("client,scale,session,score\nA,mood,x,y\nA,mood,z,5\n")
    with pytest.raises(Problem, match=r"'x' is not a number \(and 1 more like it\)"):
        read_scores(path, scales={"mood": "higher-is-better"})


def test_what_is_said_is_one_of_the_sentences_that_can_be_translated(tmp_path):
    (one, two) = mistakes(tmp_path, "A,mood,x,5,", "A,mood,{value},5,")
    assert {one.template, one.advice} <= set(SENTENCES)
    assert two.what == "'{value}' is not a number"
    assert filled("kein {what}: {value}", two.values) == "kein {what}: '{value}'"
