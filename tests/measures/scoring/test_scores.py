import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from attunement.measures import library, parse, safety, score
from attunement.problems import Problem

COLUMNS = {
    "client": pl.Int64,
    "session": pl.Int64,
    "instrument": pl.String,
    "item": pl.String,
    "value": pl.Float64,
}


def table(rows):
    return pl.DataFrame(rows, COLUMNS, orient="row")


def answers(instrument, values, client=1, session=1):
    items = [item.id for item in library()[instrument].items]
    return [
        (client, session, instrument, item, value)
        for item, value in zip(items, values, strict=False)
    ]


def scored(instrument, values):
    found = score(table(answers(instrument, values)))
    return dict(zip(found["scale"], found["score"], strict=True))


BY_HAND = [
    ("phq2", [1, 2], {"phq2": 3}),
    ("phq8", [0, 1, 2, 3, 0, 1, 2, 3], {"phq8": 12}),
    ("phq9", [0, 1, 2, 3, 0, 1, 2, 3, 1, 3], {"phq9": 13}),  # difficulty 3 does not count
    ("gad2", [3, 0], {"gad2": 3}),
    ("gad7", [3, 2, 1, 0, 3, 2, 1], {"gad7": 12}),
    ("k6", [4, 3, 2, 1, 0, 4], {"k6": 14}),
    ("k10", [1, 2, 3, 4, 5, 1, 2, 3, 4, 5], {"k10": 30}),
    ("pcl5", [0, 1, 2, 3, 4] * 4, {"pcl5": 40}),
    (
        "wai-sr",
        [1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 1, 2],
        {
            "wai-sr.total": 33,
            "wai-sr.task": 1 + 2 + 5 + 2,
            "wai-sr.bond": 3 + 5 + 2 + 4,
            "wai-sr.goal": 4 + 1 + 3 + 1,
        },
    ),
    (
        "wai",
        [7] * 36,
        {
            "wai.task": 7 * 7 + 5,
            "wai.bond": 9 * 7 + 3,
            "wai.goal": 6 * 7 + 6,
            "wai.total": 22 * 7 + 14,
        },
    ),
    ("haq2", [6] * 19, {"haq2": 14 * 6 + 5}),
    ("srs", [9.5, 8.25, 10, 7], {"srs": 34.75}),
    ("ors", [2.5, 3, 4.1, 5], {"ors": 14.6}),
    ("bdi2", [0, 1, 2] * 7, {"bdi2": 21}),
    ("bai", [3, 0, 0] * 7, {"bai": 21}),
    ("core10", [4] * 10, {"core10": 8 * 4}),
    ("core-om", [4] * 34, {"core-om": 10 * 26 * 4 / 34}),
    ("who5", [5, 4, 3, 2, 1], {"who5": 60}),
    (
        "cnip",
        [3] * 9 + [-3] + [3] * 8,
        {
            "cnip.directiveness": 15,
            "cnip.emotional-intensity": 4 * 3 - 3,
            "cnip.past": 9,
            "cnip.support": 15,
        },
    ),
    ("wsas", [8, 0, 4, 2, 6], {"wsas": 20}),
    ("gbo", [7, None, 4], {"gbo": 5.5}),
    ("sai", [5, 4, 3, 2, 1, 0], {"sai": 2.5}),
    ("reqol10", [0, 1, 2, 3, 4] * 2, {"reqol10": 20}),
    (
        "session-check-in",
        [10, 9, 8, 7, 6, 5, None, None, 4, 5],
        {"session-check-in.alliance": 7.5, "session-check-in.tension": 4},
    ),
    (
        "session-check-in-therapist",
        [8, 7, 6, 5, 0],
        {"session-check-in-therapist.alliance": 6.5, "session-check-in-therapist.tension": 0},
    ),
]


@pytest.mark.parametrize(("instrument", "values", "expected"), BY_HAND)
def test_scores_are_those_worked_by_hand(instrument, values, expected):
    assert scored(instrument, values) == pytest.approx(expected)


def test_every_instrument_in_the_box_has_a_scoring_worked_by_hand():
    assert {instrument for instrument, _, _ in BY_HAND} == set(library())


@pytest.mark.parametrize("name", sorted(library()))
@pytest.mark.parametrize("end", [0, 1])
def test_the_ends_of_the_answers_give_the_ends_of_the_range(name, end):
    instrument = library()[name]
    values = []
    for item in instrument.items:
        answer = instrument.answer_of(item)
        values.append((answer.lowest, answer.highest)[end ^ item.reversed])
    expected = {instrument.full_name(k): s.range[end] for k, s in instrument.scales.items()}
    assert scored(name, values) == pytest.approx(expected)


def test_one_missing_answer_leaves_a_null_where_no_source_allows_prorating():
    assert scored("phq9", [0, 1, 2, 3, 0, 1, 2, 3, None]) == {"phq9": None}
    assert scored("phq9", [0, 1, 2, 3, 0, 1, 2, 3]) == {"phq9": None}


def test_a_subscale_is_scored_although_another_lacks_an_answer():
    values = [1, 2, 3, 4, 5, 1, 2, 3, 4, 5, None, 2]
    found = scored("wai-sr", values)
    assert found == {
        "wai-sr.total": None,
        "wai-sr.goal": None,
        "wai-sr.task": 10,
        "wai-sr.bond": 14,
    }


def test_too_few_answers_are_null_and_the_row_is_kept():
    assert scored("session-check-in", [10] * 5) == {
        "session-check-in.alliance": None,
        "session-check-in.tension": None,
    }


def test_an_item_can_be_a_whole_number_or_a_decimal_one_in_the_table():
    rows = table(answers("phq2", [1, 2]))
    for kind in (pl.Int64, pl.Float64):
        numbered = rows.with_columns(pl.col("item").cast(kind))
        assert score(numbered)["score"].to_list() == [3]
        assert score(duckdb.from_arrow(numbered.to_arrow())).fetchall()[0][3] == 3
    with pytest.raises(Problem, match=r"no item '1\.5'"):
        score(numbered.with_columns(item=pl.lit(1.5)))


def test_nan_is_a_missing_answer():
    assert scored("phq2", [1, float("nan")]) == {"phq2": None}


@pytest.fixture
def three(mood):
    """An instrument of three items from 0 to 2, the second reversed, two of which suffice."""
    return {"mood": parse(mood, "mood.toml")}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"low": 2, "glad": 0, "tired": 2}, 6),
        ({"low": 2, "glad": 2, "tired": 1}, 3),
        ({"low": 2, "glad": 0}, 6),  # 2 + 2 of two items, times 3/2
        ({"low": 2, "glad": 1}, 4.5),  # 2 + 1 of two items, times 3/2
        ({"low": 0, "glad": 2}, 0),
        ({"low": 2}, None),
    ],
)
def test_a_sum_is_prorated_by_the_mean_of_the_answers_given(three, values, expected):
    rows = table([(1, 1, "mood", item, value) for item, value in values.items()])
    assert score(rows, three)["score"].to_list() == [expected]


SMALL = ["phq2", "gad2", "who5", "core10", "cnip", "wai-sr", "session-check-in", "srs", "gbo"]


@st.composite
def responses(draw, clients=(1, 2)):
    """Answers of some clients at some sessions to some instruments, some of them missing."""
    rows = []
    for name in draw(st.lists(st.sampled_from(SMALL), min_size=1, max_size=3, unique=True)):
        instrument = library()[name]
        for client in clients:
            for item in instrument.items:
                answer = instrument.answer_of(item)
                whole = st.integers(int(answer.lowest), int(answer.highest))
                value = draw(st.none() | whole | whole)
                rows.append((client, 1, name, item.id, value))
    return table(rows)


@settings(max_examples=30, deadline=None)
@given(responses(), st.randoms(use_true_random=False))
def test_the_order_of_rows_never_matters(rows, random):
    order = random.sample(range(rows.height), rows.height)
    assert_frame_equal(score(rows[order]), score(rows), rel_tol=1e-12, abs_tol=1e-12)


@settings(max_examples=30, deadline=None)
@given(responses(), responses(clients=(3,)))
def test_another_client_s_answers_change_nothing(rows, others):
    both = score(pl.concat([rows, others])).filter(pl.col("client") < 3)
    assert_frame_equal(both, score(rows), rel_tol=1e-12, abs_tol=1e-12)


@settings(max_examples=30, deadline=None)
@given(responses())
def test_a_score_lies_within_its_range_or_is_null(rows):
    ranges = {
        one.full_name(id_): scale.range
        for one in library().values()
        for id_, scale in one.scales.items()
    }
    for scale, value in score(rows).select("scale", "score").rows():
        low, high = ranges[scale]
        assert value is None or low - 1e-9 <= value <= high + 1e-9


@settings(max_examples=30, deadline=None)
@given(responses())
def test_an_empty_answer_is_worth_as_much_as_an_absent_row(rows):
    kept = rows.filter(pl.col("value").is_not_null())
    both = score(rows).join(score(kept), on=["client", "scale", "session"], suffix="_kept")
    assert both["score"].equals(both["score_kept"], null_equal=True)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.none() | st.integers(0, 10), min_size=8, max_size=8))
def test_filling_what_is_missing_with_the_mean_of_the_rest_changes_no_prorated_score(values):
    given_answers = [value for value in values if value is not None]
    found = scored("session-check-in", values)["session-check-in.alliance"]
    if len(given_answers) < 6:
        assert found is None
    else:
        assert found == pytest.approx(sum(given_answers) / len(given_answers))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 4), min_size=10, max_size=10))
def test_answering_the_other_way_round_mirrors_the_score(values):
    found, mirrored = scored("core10", values), scored("core10", [4 - value for value in values])
    assert found["core10"] + mirrored["core10"] == 40


@pytest.fixture
def mixed():
    """Several clients and instruments, with gaps, in no order."""
    rows = []
    for client in range(1, 6):
        for session in (1, 2, 5):
            for name in SMALL:
                instrument = library()[name]
                for place, item in enumerate(instrument.items):
                    answer = instrument.answer_of(item)
                    width = int(answer.highest - answer.lowest) + 1
                    value = answer.lowest + (7 * client + 3 * session + place) % width
                    missing = (client + session + place) % 11 == 0
                    rows.append((client, session, name, item.id, None if missing else value))
    return table(rows).sample(fraction=1, shuffle=True, seed=1)


def test_duckdb_gives_the_same_scores(mixed):
    connection = duckdb.connect()
    connection.register("mixed", mixed)
    relation = connection.sql("select * from mixed")
    found = score(relation)
    assert isinstance(found, duckdb.DuckDBPyRelation)
    assert_frame_equal(found.pl(), score(mixed), rel_tol=1e-12)
    assert_frame_equal(safety(relation).pl(), safety(mixed))
    assert connection.sql("show tables").fetchall() == [("mixed",)]


@pytest.mark.spark
@pytest.mark.filterwarnings("ignore")
def test_spark_gives_the_same_scores(mixed, interpreting_spark):
    rows = interpreting_spark.createDataFrame(
        mixed.rows(), "client long, session long, instrument string, item string, value double"
    )
    found = pl.DataFrame(
        [tuple(row) for row in score(rows).collect()], schema=score(mixed).schema, orient="row"
    )
    assert_frame_equal(found, score(mixed), rel_tol=1e-12)
    assert safety(rows).count() == safety(mixed).height


@pytest.mark.parametrize(
    ("convert", "kind"),
    [
        (pl.DataFrame.to_pandas, pd.DataFrame),
        (pl.DataFrame.to_arrow, pa.Table),
        (pl.DataFrame.lazy, pl.LazyFrame),
    ],
)
def test_any_kind_of_table_goes_in_and_the_same_kind_comes_out(mixed, convert, kind):
    found = score(convert(mixed))
    assert isinstance(found, kind)
    frame = found.collect() if isinstance(found, pl.LazyFrame) else pl.DataFrame(found)
    assert_frame_equal(frame.with_columns(pl.col("score").fill_nan(None)), score(mixed))


def test_therapist_site_and_date_are_carried_along():
    rows = table(answers("phq2", [1, 2])).with_columns(
        therapist=pl.lit("t1"), site=pl.lit("north"), answered_at=pl.datetime(2026, 3, 1, 14)
    )
    [found] = score(rows).to_dicts()
    assert (found["therapist"], found["site"], str(found["date"])) == ("t1", "north", "2026-03-01")
    assert found["rater"] == "client"


def test_the_therapist_s_form_is_the_therapist_s_without_saying_so():
    found = score(table(answers("session-check-in-therapist", [5, 5, 5, 5, 0])))
    assert set(found["rater"]) == {"therapist"}


@pytest.mark.parametrize("kind", ["eager", "lazy"])
def test_an_answer_out_of_range_is_refused_and_its_place_named(kind):
    rows = table(answers("phq9", [0, 1, 2, 7]))
    where = "row 5, value" if kind == "eager" else "value: client 1, session 1"
    with pytest.raises(Problem, match=f"^{where}: answers to item 4 of phq9 go from 0 to 3, not 7"):
        score(rows if kind == "eager" else rows.lazy())


def test_no_answers_give_no_scores():
    assert score(table([])).shape == (0, 5)


def test_an_answer_that_must_reach_a_person_is_found():
    rows = table(
        [
            *answers("phq9", [0] * 8 + [1], client=1),
            *answers("phq9", [3] * 8 + [0], client=2),
            *answers("phq9", [3] * 8 + [None], client=3),
            *answers("core-om", [0] * 33 + [2], client=4),
        ]
    )
    found = safety(rows)
    assert found.select("client", "instrument", "item", "value").rows() == [
        (1, "phq9", "9", 1.0),
        (4, "core-om", "34", 2.0),
    ]
    assert "self-harm" in found["meaning"][0]


def test_safety_is_not_lost_over_a_mistake_elsewhere_in_the_table():
    rows = table([*answers("phq9", [0] * 8 + [1]), (1, 1, "no-such", "1", 99)])
    assert safety(rows).height == 1


@pytest.mark.parametrize(
    ("operator", "expected"), [(">", [2]), (">=", [1, 2]), ("<", [0]), ("<=", [0, 1])]
)
def test_every_comparison_of_a_safety_rule_is_honoured(mood, operator, expected):
    text = mood.replace('operator = ">="\nvalue = 2\nm', f'operator = "{operator}"\nvalue = 1\nm')
    instruments = {"mood": parse(text, "mood.toml")}
    rows = table([(client, 1, "mood", "low", client) for client in range(3)])
    assert safety(rows, instruments)["value"].to_list() == expected
