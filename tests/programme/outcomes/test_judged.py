import duckdb
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attunement.measures.scale import Direction
from attunement.problems import Problem
from attunement.programme.outcomes.judged import OUTCOMES, first_and_last, judge
from attunement.programme.outcomes.measure import GAD7, PHQ9, TALKING_THERAPIES, Measure

SCHEMA = {"client": pl.String, "scale": pl.String, "session": pl.Int64, "score": pl.Float64}


def scores(**clients):
    rows = [
        (client, scale, session, score)
        for client, scales in clients.items()
        for scale, course in scales.items()
        for session, score in enumerate(course, start=1)
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def judged(phq9, gad7=None):
    measures = [PHQ9] if gad7 is None else TALKING_THERAPIES
    table = scores(x={"phq9": phq9} | ({} if gad7 is None else {"gad7": gad7}))
    row = judge(first_and_last(table, measures), measures).row(0, named=True)
    return "".join(
        letter if row[name] else "-" if row[name] is False else "?"
        for letter, name in zip("IRrD", OUTCOMES, strict=True)
    )


@pytest.mark.parametrize(
    ("phq9", "expected"),
    [
        ([16, 9], "IRr-"),
        ([16, 10], "I---"),
        ([14, 9], "-R--"),
        ([9, 3], "I??-"),
        ([9, 15], "-??D"),
        ([12, 18], "---D"),
        ([12, 17], "----"),
        ([12, None], "????"),
        ([None, 12, 4, None], "IRr-"),
        ([None, None], "????"),
    ],
)
def test_one_measure_is_judged_at_its_cut_off_and_reliable_change(phq9, expected):
    assert judged(phq9) == expected


@pytest.mark.parametrize(
    ("phq9", "gad7", "expected"),
    [
        ([16, 9], [12, 7], "IRr-"),
        ([16, 9], [12, 8], "I---"),
        ([9, 9], [12, 7], "IRr-"),
        ([16, 9], [3, 7], "-R--"),
        ([16, 16], [3, 7], "---D"),
        ([9, 5], [7, 5], "-??-"),
        ([16, 9], [12, None], "????"),
    ],
)
def test_of_two_measures_either_makes_a_case_and_both_have_to_agree(phq9, gad7, expected):
    assert judged(phq9, gad7) == expected


def test_a_scale_on_which_higher_is_better_is_turned():
    bond = Measure(scale="bond", direction=Direction.HIGHER, case_at=4, reliable=2)
    table = scores(x={"bond": [4, 6]}, y={"bond": [5, 3]})
    found = judge(first_and_last(table, [bond]), [bond])
    assert found["recovery"].to_list() == [True, None]
    assert found["deterioration"].to_list() == [False, True]


def test_everybody_who_began_is_there():
    table = scores(x={"phq9": [16, 9]}, y={"phq9": [None]})
    assert first_and_last(table, [PHQ9])["client"].to_list() == ["x", "y"]
    began = pl.DataFrame({"client": ["x", "z"]})
    found = judge(first_and_last(table, [PHQ9], began), [PHQ9])
    assert found["client"].to_list() == ["x", "z"]
    assert found["both"].to_list() == [True, False]


rows = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(1, 6), st.none() | st.integers(0, 27)),
    min_size=1, max_size=15, unique_by=lambda row: row[:2],
)  # fmt: skip


@given(rows)
def test_outcomes_never_contradict_each_other(rows):
    table = pl.DataFrame(
        [(client, "phq9", session, score) for client, session, score in rows],
        schema=SCHEMA,
        orient="row",
    )
    found = judge(first_and_last(table, [PHQ9]), [PHQ9])
    assert not (found["reliable_improvement"] & found["deterioration"]).any()
    recovered = found.filter("reliable_recovery")
    assert recovered["recovery"].all()
    assert recovered["reliable_improvement"].all()
    assert found.filter("recovery")["case"].all()
    assert found.filter(~pl.col("both"))[list(OUTCOMES)].null_count().sum_horizontal().item() == (
        4 * (~found["both"]).sum()
    )


def test_duckdb_gives_the_same():
    scored = scores(x={"phq9": [16, 9], "gad7": [9, None, 2]}, y={"phq9": [None, 4]})
    mine = first_and_last(scored, TALKING_THERAPIES)
    other = first_and_last(duckdb.sql("select * from scored"), TALKING_THERAPIES)
    assert other.equals(mine)


def test_what_cannot_be_judged_is_refused():
    with pytest.raises(Problem, match="no measure"):
        first_and_last(scores(x={"phq9": [1]}), [])
    with pytest.raises(Problem, match="no scale 'gad7'"):
        first_and_last(scores(x={"phq9": [1]}), [GAD7])
    with pytest.raises(Problem, match="no reliable change"):
        Measure(scale="x", direction=Direction.LOWER, case_at=1, reliable=0)
    with pytest.raises(Problem, match="nobody began"):
        first_and_last(scores(x={"phq9": [1]}), [PHQ9], pl.DataFrame({"client": []}))
