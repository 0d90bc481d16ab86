from concurrent.futures import ThreadPoolExecutor

import polars as pl
from hypothesis import given
from polars.testing import assert_frame_equal

from attunement.course.noticing import notice, prepare_notice
from support.cohorts import NORMS, SCALES, course_of, tables_of_scores

PREPARED = prepare_notice(SCALES, NORMS)


@given(tables_of_scores())
def test_what_was_prepared_says_the_same_of_one_client(scores):
    expected = notice(scores, SCALES, NORMS)
    for client in scores["client"].unique():
        rows = scores.filter(client=client).select("scale", "session", "score").rows()
        for here, table in zip(PREPARED(rows), expected, strict=True):
            there = table.filter(client=client).drop("client")
            assert_frame_equal(pl.DataFrame(here, there.schema), there, rel_tol=0, abs_tol=1e-9)


def test_threads_do_not_see_one_another():
    courses = [
        [("bond", at, 5.0) for at in range(1, 5)] + [("bond", 5, low / 50)] for low in range(100)
    ]
    with ThreadPoolExecutor(8) as pool:
        for low, noticed in enumerate(pool.map(PREPARED, courses)):
            assert noticed.ruptures[0]["onset"] == 5
            assert noticed.signals[-1]["score"] == low / 50


def test_the_kind_of_table_is_kept():
    noticed = notice(course_of([5, 5, 5, 5, 2]).to_pandas(), SCALES, NORMS)
    assert pl.from_pandas(noticed.ruptures)["onset"].to_list() == [5]
