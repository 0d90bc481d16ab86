import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import assume, given, reject
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from attunement.course.change.categories import classify
from attunement.course.change.methods import Method, reliable_change
from attunement.problems import Problem

PLAIN = ("jacobson-truax", "edwards-nunnally", "hageman-arrindell")
LOWER = {"scale": "bdi", "direction": "lower-is-better"}


def table(*rows):
    return pl.DataFrame(
        [(client, "bdi", session, score) for client, session, score in rows],
        schema={
            "client": pl.String,
            "scale": pl.String,
            "session": pl.Int64,
            "score": pl.Float64,
        },
        orient="row",
    )


def pairs(*scores):
    """Clients a, b, c ... with a score at session 1 and one at session 5."""
    return table(
        *(
            (chr(97 + i), session, score)
            for i, both in enumerate(scores)
            for session, score in zip((1, 5), both, strict=True)
        )
    )


def categories(change):
    return dict(change.people.select("client", "category").iter_rows())


@pytest.fixture(scope="session")
def claus(reference_data):
    data = pl.read_csv(reference_data / "claus_2020.csv", null_values="NA")
    return data.select(client="id", scale=pl.lit("bdi"), session="time", score="bdi")


CLAUS = {**LOWER, "pre": 1, "post": 4, "reliability": 0.801, "functional": (7.69, 7.52)}


@pytest.mark.reference
def test_the_published_example_comes_out(claus):
    found = classify(claus, **CLAUS, cutoff="c").summary
    assert (found.clients, found.used) == (43, 40)
    assert found.criteria.cutoff == pytest.approx(21.02, abs=0.005)
    assert {name: share.n for name, share in found.shares.items()} == {
        "recovered": 10,
        "improved": 8,
        "unchanged": 22,
        "deteriorated": 0,
    }
    assert found.unused == {"no score at session 4": 3}


@pytest.mark.reference
@pytest.mark.parametrize("method", Method)
def test_every_method_judges_the_same_forty_people(claus, method):
    found = classify(claus, **CLAUS, method=method).summary
    assert sum(share.n for share in found.shares.values()) == found.used == 40


@pytest.mark.reference
def test_beat_the_blues_has_the_known_counts_and_runs_without_norms(reference_data):
    data = pl.read_csv(reference_data / "BtheB_long.csv", null_values="NA")
    scores = data.select(client="subject", scale=pl.lit("bdi"), session="time", score="bdi")
    for session, expected in {3: 73, 5: 58, 8: 52}.items():
        found = classify(scores, **LOWER, pre=2, post=session).summary
        assert (found.clients, found.used) == (100, expected)
        assert found.unused["no score at session 2"] == 3
        assert found.shares == {}
        assert len(found.notes) == 2


def test_people_fall_into_the_four_categories():
    # SD 10 and reliability .9: reliable change is 8.77; cut-off 15
    scores = pairs((30, 5), (30, 20), (30, 25), (10, 25), (12, 1), (20, 35))
    found = classify(scores, **LOWER, post=5, sd=10, reliability=0.9, cutoff=15)
    assert found.summary.criteria.reliable_change == pytest.approx(8.7652, abs=1e-4)
    assert categories(found) == {
        "a": "recovered",
        "b": "improved",
        "c": "unchanged",
        "d": "deteriorated",
        "e": "improved",
        "f": "deteriorated",
    }


def test_a_score_at_the_cutoff_is_on_the_clinical_side():
    found = classify(pairs((30, 15), (15, 5)), **LOWER, sd=10, reliability=0.9, cutoff=15)
    assert categories(found) == {"a": "improved", "b": "recovered"}


def test_the_last_session_is_each_clients_own_last_score():
    scores = table(("a", 1, 30), ("a", 3, 20), ("a", 4, None), ("b", 1, 30), ("b", 9, 5))
    found = classify(scores, **LOWER, sd=10, reliability=0.9)
    assert found.people["post_session"].to_list() == [3, 9]
    assert found.people["post"].to_list() == [20, 5]


def test_people_without_both_scores_are_kept_with_the_reason():
    scores = table(
        ("a", 1, 30), ("a", 2, 5), ("b", 1, 28), ("c", 2, 9), ("d", 1, None), ("e", 1, 20),
        ("e", 2, float("nan")),
    )  # fmt: skip
    found = classify(scores, **LOWER, post=2, sd=10, reliability=0.9, cutoff=15)
    assert dict(found.people.select("client", "why").iter_rows()) == {
        "a": None,
        "b": "no score at session 2",
        "c": "no score at session 1",
        "d": "no score at session 1",
        "e": "no score at session 2",
    }
    assert (found.summary.clients, found.summary.used, found.summary.missing.share) == (5, 1, 0.8)
    assert found.people["category"].null_count() == 4


def test_one_infinite_score_is_missing_and_spoils_nobody_elses_verdict():
    rows = pairs((30, 5), (31, 30), (28, float("inf")), (float("-inf"), 20))
    found = classify(rows, **LOWER, reliability=0.9, sd=10, cutoff=20)
    without = classify(
        rows.filter(pl.col("score").is_finite()), **LOWER, reliability=0.9, sd=10, cutoff=20
    )
    assert_frame_equal(found.people, without.people)
    assert found.summary == without.summary
    assert categories(found) == {"a": "recovered", "b": "unchanged", "c": None, "d": None}
    assert found.people["why"].drop_nulls().to_list() == [
        "no score after session 1",
        "no score at session 1",
    ]


def test_shares_are_given_out_of_those_used_and_out_of_all():
    scores = pl.concat([pairs((30, 5), (30, 28)), table(("x", 1, 30), ("y", 1, 30))])
    found = classify(scores, **LOWER, sd=10, reliability=0.9, cutoff=15).summary
    assert found.shares["recovered"].share == 0.5
    assert found.shares_of_all["recovered"].share == 0.25
    assert found.shares["recovered"].low < 0.5 < found.shares["recovered"].high


def test_without_reliability_nobody_is_called_unchanged():
    found = classify(pairs((30, 5), (20, 19)), **LOWER, cutoff=15)
    assert found.people["reliable"].null_count() == found.people["category"].null_count() == 2
    assert found.people["beyond_cutoff"].to_list() == [True, False]
    assert any("no reliability" in note for note in found.summary.notes)


def test_without_a_cutoff_nobody_is_called_recovered_and_it_is_no_zero():
    found = classify(pairs((30, 5), (20, 19)), **LOWER, reliability=0.9)
    assert categories(found) == {"a": "improved", "b": "unchanged"}
    assert "recovered" not in found.summary.shares
    assert any("recovery cannot be said" in note for note in found.summary.notes)


def test_cutoff_a_needs_the_sample_only():
    scores = pairs((30, 5), (20, 19), (25, 25))
    assert classify(scores, **LOWER, reliability=0.9, cutoff="a").summary.criteria.cutoff == 15


def test_norms_the_wrong_way_round_are_remarked_upon():
    found = classify(
        pairs((30, 5), (20, 19)),
        scale="bdi",
        direction="higher-is-better",
        reliability=0.9,
        functional=(7.69, 7.52),
    )
    assert any("check the direction" in note for note in found.summary.notes)


def test_a_group_with_nobody_usable_is_reported_rather_than_refused():
    found = classify(table(("a", 1, 30)), **LOWER, reliability=0.9, functional=(8, 7))
    assert found.summary.used == 0
    assert found.summary.shares == {}
    assert found.people.height == 1


def test_equal_scores_before_give_no_sd_and_no_verdict():
    found = classify(pairs((30, 5), (30, 19)), **LOWER, reliability=0.9)
    assert found.summary.criteria.clinical is None
    assert found.people["category"].null_count() == 2


def test_every_sessions_score_counts_in_the_multilevel_method():
    rng = np.random.default_rng(5)
    rows = [
        (f"c{i:02}", session, 30 + rng.normal(0, 0.5) - (2 * session if i < 10 else 0))
        for i in range(20)
        for session in range(1, 7)
    ]
    found = classify(table(*rows), **LOWER, method="multilevel")
    assert set(found.people["category"][:10]) == {"improved"}
    assert not any("reliability" in note for note in found.summary.notes)
    bent = [(c, t, score + 4 * ((c, t) == ("c15", 5))) for c, t, score in rows]
    again = classify(table(*bent), **LOWER, method="multilevel")
    assert again.people["change"].to_list() == found.people["change"].to_list()
    assert again.people["index"][15] > found.people["index"][15] + 1


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"scale": "phq9"}, "no scale 'phq9'"),
        ({"direction": "up"}, "'up' is no direction"),
        ({"method": "magic"}, "'magic' is no method"),
        ({"post": 1}, "session 1 is not after session 1"),
        ({"reliability": 1.0}, "is not a reliability"),
        ({"sd": 0.0}, "is not a standard deviation"),
        ({"functional": (8, -1)}, "is not a standard deviation"),
        ({"cutoff": "c"}, "cut-off c needs the mean and SD"),
        ({"cutoff": "d"}, "'d' is no cut-off"),
        ({"confidence": 95}, "is not a confidence"),
    ],
)
def test_impossible_settings_get_one_sentence(settings, sentence):
    with pytest.raises(Problem, match=sentence):
        classify(pairs((30, 5)), **{**LOWER, **settings})


def test_a_key_that_occurs_twice_is_refused():
    with pytest.raises(Problem, match="2 rows for client a, scale bdi, session 1"):
        classify(table(("a", 1, 3), ("a", 1, 4)), **LOWER)


@pytest.mark.parametrize("method", PLAIN)
def test_any_kind_of_table_comes_back_as_its_own_kind(method):
    scores = pairs((30, 5), (20, 19), (25, 27), (40, 22))
    settings = {**LOWER, "reliability": 0.9, "functional": (8, 7), "method": method}
    expected = classify(scores, **settings).people
    relation = duckdb.from_arrow(scores.to_arrow())
    for kind, given_table, back in (
        (pd.DataFrame, scores.to_pandas(), pl.from_pandas),
        (pa.Table, scores.to_arrow(), pl.from_arrow),
        (duckdb.DuckDBPyRelation, relation, lambda found: found.pl()),
        (pl.LazyFrame, scores.lazy(), pl.LazyFrame.collect),
    ):
        found = classify(given_table, **settings).people
        assert isinstance(found, kind)
        assert_frame_equal(
            back(found).sort("client").drop("why"), expected.drop("why"), check_dtypes=False
        )


@st.composite
def groups(draw):
    """Between four and twelve people, with missing scores, and settings that suit them."""
    score = st.none() | st.integers(0, 63).map(float)
    everybody = draw(st.lists(st.tuples(score, score), min_size=4, max_size=12))
    settings = {
        "scale": "bdi",
        "pre": 1,
        "post": 5,
        "reliability": draw(st.floats(0.5, 0.95)),
        "functional": (draw(st.floats(0, 20)), draw(st.floats(1, 10))),
        "cutoff": draw(st.sampled_from("abc")),
        "method": draw(st.sampled_from(PLAIN)),
    }
    return pairs(*everybody), settings


def decided(scores, settings, **more):
    """Classify, leaving out groups that cannot be judged or that lie on the very border."""
    try:
        found = classify(scores, **settings, **more)
    except Problem:
        reject()
    criteria, people = found.summary.criteria, found.people
    for column, border in (("index", criteria.z), ("index", -criteria.z), ("pre", criteria.cutoff),
                           ("post", criteria.cutoff)):  # fmt: skip
        values = people[column].drop_nulls().to_numpy().astype(float)
        assume(border is None or np.all(np.abs(values - border) > 1e-6))
    return found


@given(groups(), st.floats(-100, 100), st.floats(0.1, 10))
def test_shifting_and_scaling_a_scale_changes_no_category(group, shift, unit):
    scores, settings = group
    mean, sd = settings["functional"]
    moved = scores.with_columns(score=pl.col("score") * unit + shift)
    now = {**settings, "functional": (mean * unit + shift, sd * unit)}
    before = decided(scores, settings, direction="lower-is-better")
    after = decided(moved, now, direction="lower-is-better")
    assert categories(before) == categories(after)


@given(groups())
def test_turning_the_scale_and_its_direction_round_changes_nothing(group):
    scores, settings = group
    mean, sd = settings["functional"]
    turned = scores.with_columns(score=-pl.col("score"))
    before = decided(scores, settings, direction="lower-is-better")
    after = decided(turned, {**settings, "functional": (-mean, sd)}, direction="higher-is-better")
    assert categories(before) == categories(after)


@given(groups(), st.randoms(use_true_random=False))
def test_row_order_never_matters(group, random):
    scores, settings = group
    order = list(range(scores.height))
    random.shuffle(order)
    before = decided(scores, settings, direction="lower-is-better")
    after = decided(scores[order], settings, direction="lower-is-better")
    assert_frame_equal(before.people, after.people)


@given(groups())
def test_people_with_a_missing_score_are_never_put_into_a_category(group):
    scores, settings = group
    found = decided(scores, settings, direction="lower-is-better")
    gone = found.people.filter(pl.col("pre").is_null() | pl.col("post").is_null())
    assert gone["category"].null_count() == gone.height
    assert gone["why"].null_count() == 0
    assert found.summary.used + sum(found.summary.unused.values()) == found.summary.clients


@given(groups())
def test_the_plain_method_calls_reliable_what_exceeds_reliable_change(group):
    scores, settings = group
    found = decided(scores, {**settings, "method": "jacobson-truax"}, direction="lower-is-better")
    criteria = found.summary.criteria
    assume(criteria.clinical is not None)
    least = reliable_change(criteria.clinical.sd, settings["reliability"])
    used = found.people.filter(pl.col("why").is_null())
    assert used["reliable"].to_list() == (used["change"].abs() > least).to_list()
