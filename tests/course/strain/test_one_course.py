import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from attunement.course.baseline import Norms
from attunement.course.strain.one_course import follow
from attunement.course.strain.signals import Rule, signals
from attunement.tables import SIGNALS
from support.cohorts import BOND, MOOD, NORMS, SCALES, tables_of_scores

SHORT = Rule(fewest=2, ewma_weight=0.999, ewma_limit=1.0, cusum_slack=0.0, cusum_interval=1.0)


def followed(scores, scales, norms, rule):
    """What is said of each course by itself, put into a table."""
    rows = [
        {"client": client} | said
        for (client, scale), course in scores.group_by("client", "scale", maintain_order=True)
        for said in follow(
            course.select("session", "score").rows(), scales[scale], norms[scale], rule
        )
    ]
    schema = signals(scores, scales, norms, rule).schema
    return pl.DataFrame(rows, schema, orient="row").sort(SIGNALS.key)


@given(tables_of_scores(), st.sampled_from([Rule(), SHORT]))
def test_following_one_course_says_what_the_table_of_all_courses_says(scores, rule):
    expected = signals(scores, SCALES, NORMS, rule).sort(SIGNALS.key)
    assert_frame_equal(followed(scores, SCALES, NORMS, rule), expected, rel_tol=0, abs_tol=1e-9)


@given(
    st.lists(st.floats(1, 7), min_size=4, max_size=40),
    st.floats(0.05, 3),
    st.floats(0.5, 40),
    st.floats(-0.5, 0.5),
    st.floats(0, 5),
    st.sampled_from([BOND, MOOD]),
)
def test_it_does_so_for_any_scores_and_norms(values, sd, df, trend, weight, scale):
    norms = Norms(sd=sd, df=df, trend=trend, level=4.0, level_weight=weight, clients=40)
    scores = pl.DataFrame(
        {"client": "a", "scale": scale.name, "session": range(1, len(values) + 1), "score": values}
    )
    expected = signals(scores, {scale.name: scale}, {scale.name: norms})
    found = followed(scores, {scale.name: scale}, {scale.name: norms}, Rule())
    assert_frame_equal(found, expected, rel_tol=1e-9, abs_tol=1e-9)


def test_sessions_may_come_in_any_order():
    course = [(3, 5.0), (1, 6.0), (4, 2.0), (2, 5.5)]
    assert list(follow(course, BOND, NORMS["bond"])) == list(
        follow(sorted(course), BOND, NORMS["bond"])
    )
