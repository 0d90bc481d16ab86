import polars as pl
import pytest

from attunement.measures import check_responses, library

GOOD = {"client": "a", "session": 1, "instrument": "phq2", "item": "1", "value": 2.0}
SCHEMA = {
    "client": pl.String,
    "session": pl.Int64,
    "instrument": pl.String,
    "item": pl.String,
    "value": pl.Float64,
}


def check(*changes, **options):
    rows = [GOOD | {"client": f"c{number}"} | change for number, change in enumerate(changes)]
    return [str(problem) for problem in check_responses(pl.DataFrame(rows, SCHEMA), **options)]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"client": None}, "client: there is no client"),
        ({"session": None}, "session: there is no session"),
        ({"instrument": None}, "instrument: there is no instrument; fill it in"),
        ({"item": None}, "item: there is no item; fill it in"),
        ({"instrument": "PHQ-2"}, "there is no instrument 'PHQ-2'; perhaps you mean phq2"),
        ({"instrument": "zzz"}, "there is no instrument 'zzz'; add its file, or remove the rows"),
        ({"item": "3"}, "phq2 has no item '3'; its items are 1, 2"),
        ({"value": 4}, "answers to item 1 of phq2 go from 0 to 3, not 4"),
        ({"value": -1}, "answers to item 1 of phq2 go from 0 to 3, not -1"),
        ({"value": float("inf")}, "answers to item 1 of phq2 go from 0 to 3, not inf"),
        ({"value": 1.5}, "1.5 lies between two answers to item 1 of phq2"),
        ({"instrument": "cnip", "value": -4}, "go from -3 to 3, not -4"),
    ],
)
def test_an_answer_that_cannot_be_scored_is_named_with_its_row(change, sentence):
    [said] = check({}, {}, change, file="answers.csv")
    assert said.startswith("answers.csv, row 4, ")
    assert sentence in said


@pytest.mark.parametrize(
    "change",
    [
        {"value": None},
        {"value": float("nan")},
        {"instrument": "srs", "value": 7.25},
        {"instrument": "cnip", "value": -3},
        {"instrument": "phq9", "item": "difficulty"},
    ],
)
def test_what_can_be_scored_or_was_left_empty_is_no_mistake(change):
    assert check(change) == []


def test_an_item_answered_twice_is_named_at_its_last_row():
    [said] = check({"client": "a"}, {}, {"client": "a", "value": None}, file="answers.csv")
    assert said.startswith("answers.csv, row 4, item: item 1 of phq2 is answered 2 times")


def test_two_rows_without_an_item_are_not_one_item_answered_twice():
    said = check(*[{"client": "a", "item": None}] * 2)
    assert ["there is no item" in sentence for sentence in said] == [True, True]


def test_the_same_item_of_two_instruments_or_sessions_is_not_twice():
    same = {"client": "a"}
    assert check(same, same | {"session": 2}, same | {"instrument": "gad2"}) == []


def test_all_mistakes_are_told_from_the_top_of_the_file_up_to_as_many_as_wanted():
    changes = [{"value": 9}] * 5 + [{"client": "x"}, {"client": "x"}]
    rows = [said.split(",")[0] for said in check(*changes)]
    assert rows == ["row 2", "row 3", "row 4", "row 5", "row 6", "row 8"]
    assert len(check(*changes, most=2)) == 2


def test_someone_else_s_form_is_refused():
    rows = pl.DataFrame([GOOD], SCHEMA)
    assert check_responses(rows.with_columns(rater=pl.lit("client"))) == []
    assert check_responses(rows.with_columns(rater=pl.lit(None, pl.String))) == []
    [problem] = check_responses(rows.with_columns(rater=pl.lit("therapist")))
    assert "phq2 is answered by the client, not by 'therapist'" in str(problem)


def test_values_that_are_no_numbers_and_missing_columns_are_told():
    rows = pl.DataFrame([GOOD], SCHEMA)
    [problem] = check_responses(rows.with_columns(value=pl.lit("often")), file="a.csv")
    assert str(problem) == (
        "a.csv: the column value of responses holds String, not a number; "
        "convert it: every row needs a number there."
    )
    [problem] = check_responses(rows.drop("item"))
    assert "no column item" in str(problem)


def test_steps_wider_than_one_are_kept_to(mood):
    from attunement.measures import parse

    text = mood.replace("value = 1,", "value = 2,").replace(
        'value = 2, label = "often"', 'value = 4, label = "often"'
    )
    text = text.replace("[0, 6]", "[0, 12]").replace("to = 6", "to = 12")
    instruments = {"mood": parse(text, "mood.toml")}
    rows = [
        GOOD | {"client": str(v), "instrument": "mood", "item": "low", "value": v} for v in range(5)
    ]
    found = check_responses(pl.DataFrame(rows, SCHEMA), instruments)
    assert [problem.row for problem in found] == [3, 5]


def test_a_library_of_one_s_own_is_the_only_one_looked_into():
    instruments = {"gad2": library()["gad2"]}
    assert "there is no instrument 'phq2'" in check({}, instruments=instruments)[0]
