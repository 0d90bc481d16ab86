"""One column for each session: read where the user says so, never guessed."""

import pytest

from attunement.intake import read_scores
from attunement.problems import Problem

WIDE = "Client,phq9_1,phq9_2,phq9_3,age\nA,10,,3,31\nB,5,4,NA,52\n"


def read(folder, content, **scales):
    path = folder / "a.csv"
    path.write_text(content)
    return read_scores(path, scales=scales)


def test_numbered_columns_may_be_items_so_they_are_not_guessed(tmp_path):
    with pytest.raises(Problem) as problem:
        read(tmp_path, WIDE)
    assert str(problem.value) == (
        "a.csv: there is no column session, and 'phq9_1', 'phq9_2', 'phq9_3' may be a scale's "
        "scores at several sessions or the items of one questionnaire; if they are scores, say "
        "so with --scale phq9=SCALE; else put each session into a row of its own, with the "
        "columns client, session and one per scale."
    )


def test_declared_as_a_scale_each_column_is_a_session_and_an_empty_cell_is_none(tmp_path):
    intake = read(tmp_path, WIDE, phq9="phq9")
    assert intake.scores.sort("client", "session").rows() == [
        ("A", "phq9", 1, 10.0),
        ("A", "phq9", 3, 3.0),
        ("B", "phq9", 1, 5.0),
        ("B", "phq9", 2, 4.0),
    ]
    read_as, ignored = intake.notes
    assert read_as == (
        "a.csv: read 'phq9_1', 'phq9_2', 'phq9_3' as phq9 at sessions 1, 2, 3; an empty cell "
        "counts as no session."
    )
    assert ignored == "a.csv: ignored 'age' (not declared with --scale)."


@pytest.mark.parametrize(
    "form", ["mood{}", "mood_t{}", "mood.{}", "mood {}", "mood-T{}", "moodT{}"]
)
def test_a_number_may_stand_behind_a_mark_or_a_t_but_not_bare(form, tmp_path):
    names = ",".join(form.format(number) for number in (0, 6, 12))
    content = f"client,{names}\nA,1,2,3\n"
    if form == "mood{}":
        with pytest.raises(Problem, match="there is no column session or date"):
            read(tmp_path, content, mood="higher-is-better")
    else:
        found = read(tmp_path, content, mood="higher-is-better")
        assert found.scores["session"].to_list() == [0, 6, 12]


def test_a_client_in_two_rows_is_refused(tmp_path):
    with pytest.raises(Problem, match="row 3: client A, scale phq9, session 1 is there already"):
        read(tmp_path, "client,phq9_1,phq9_2\nA,1,2\nA,3,4\n", phq9="phq9")


def test_a_file_with_sessions_keeps_its_numbered_columns(tmp_path):
    content = "client,session,phq9,item_1,item_2\nA,1,3,1,2\n"
    assert read(tmp_path, content).scores.height == 1
