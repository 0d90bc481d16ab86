from concurrent.futures import ThreadPoolExecutor

import polars as pl
from hypothesis import given
from polars.testing import assert_frame_equal

from attunement.course.noticing import notice, prepare_notice
from cohorts import NORMS, SCALES, course_of, tables_of_scores

SCHEMA = course_of([1]).schema
PREPARED = prepare_notice(SCHEMA, SCALES, NORMS)


@given(tables_of_scores())
def test_what_was_prepared_says_the_same(scores):
    for here, there in zip(PREPARED(scores), notice(scores, SCALES, NORMS), strict=True):
        assert_frame_equal(here, there)


def test_threads_do_not_see_one_another():
    tables = [course_of([5, 5, 5, 5, low / 50], client=f"c{low}") for low in range(100)]
    with ThreadPoolExecutor(8) as pool:
        for low, noticed in enumerate(pool.map(PREPARED, tables)):
            assert noticed.signals["client"].unique().to_list() == [f"c{low}"]
            assert noticed.signals["score"][-1] == low / 50


def test_the_kind_of_table_is_kept():
    noticed = notice(course_of([5, 5, 5, 5, 2]).to_pandas(), SCALES, NORMS)
    assert pl.from_pandas(noticed.ruptures)["onset"].to_list() == [5]
