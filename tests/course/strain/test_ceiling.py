import polars as pl
from hypothesis import given

from attunement.course.strain.ceiling import ceiling
from attunement.measures.scale import Direction, Scale
from support.cohorts import SCALES, course_of, tables_of_scores


def test_sessions_at_the_top_are_counted_and_a_lower_one_starts_afresh():
    got = ceiling(course_of([7, 7, None, 7, 6, 7]), SCALES).sort("session")
    assert got["sessions_at_ceiling"].to_list() == [1, 2, 3, 0, 1]


def test_where_lower_is_better_the_best_score_is_the_lowest():
    got = ceiling(course_of([0, 27, 0], scale="mood"), SCALES).sort("session")
    assert got["at_ceiling"].to_list() == [True, False, True]


def test_a_scale_without_a_range_has_no_ceiling():
    unknown = {"bond": Scale(name="bond", direction=Direction.HIGHER)}
    assert ceiling(course_of([7, 7]), unknown).is_empty()


@given(tables_of_scores())
def test_a_run_is_never_longer_than_the_scores_so_far(scores):
    got = ceiling(scores, SCALES).sort("session")
    place = got.with_columns(
        place=pl.int_range(pl.len()).over("client", "scale", order_by="session") + 1
    )
    assert (place["sessions_at_ceiling"] <= place["place"]).all()
    assert ((got["sessions_at_ceiling"] > 0) == got["at_ceiling"]).all()
