import duckdb
import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from attunement.frames import to_lazy, to_polars
from attunement.measures.instruments.catalogue import library
from attunement.measures.reliability.alpha import cronbach_alpha, standard_error_of_measurement
from attunement.measures.reliability.answers import check_ins
from attunement.measures.reliability.psychometrics import item_psychometrics, psychometrics
from attunement.problems import Problem

RANGES = {"heard": (0.0, 10.0), "safe": (0.0, 10.0), "goals": (0.0, 10.0)}
KEY = ["client", "session", "instrument", "item"]


def responses(clients=30, seed=1):
    """Check-ins of three items on a 0 to 10 scale, the second asked the other way round."""
    rng = np.random.default_rng(seed)
    rows = []
    for client in range(clients):
        level = rng.normal(6, 1.5)
        for session in range(1, rng.integers(3, 8)):
            moment = level + rng.normal(0, 0.8)
            for item in RANGES:
                value = float(np.clip(round(moment + rng.normal(0, 1)), 0, 10))
                turned = 10 - value if item == "safe" else value
                rows.append((f"c{client:02}", session, "check-in", item, turned))
    return pl.DataFrame(rows, schema=[*KEY, "value"], orient="row")


def as_relation(table):
    return duckdb.from_arrow(table.to_arrow())


def describe(table, **more):
    settings = {"instrument": "check-in", "ranges": RANGES, "reversed_items": ["safe"], **more}
    return item_psychometrics(table, **settings)


def value_of(table, statistic, item=None):
    same = pl.col("item").is_null() if item is None else pl.col("item") == item
    return table.filter((pl.col("statistic") == statistic) & same)["value"].item()


def test_alpha_is_of_the_first_complete_check_in_of_each_client():
    table = responses()
    first = table.filter(session=1).pivot("item", index="client", values="value")
    answers = first.select("heard", 10 - pl.col("safe"), "goals").to_numpy()
    described = describe(table)
    alpha = cronbach_alpha(answers)
    assert value_of(described, "alpha") == pytest.approx(alpha.value)
    sd = answers.mean(axis=1).std(ddof=1)
    assert value_of(described, "standard error of measurement") == pytest.approx(
        standard_error_of_measurement(sd, alpha.value)
    )


def test_a_first_check_in_with_a_gap_gives_way_to_the_next():
    table = responses()
    gap = table.with_columns(
        pl.when((pl.col("session") == 1) & (pl.col("item") == "safe")).then(None).otherwise("value")
        .alias("value")
    )  # fmt: skip
    later = table.filter(pl.col("session") > 1)
    assert value_of(describe(gap), "alpha") == pytest.approx(value_of(describe(later), "alpha"))


def test_a_sum_has_the_same_alpha_and_a_larger_standard_error_than_a_mean():
    mean, total = describe(responses()), describe(responses(), scoring="sum")
    assert value_of(mean, "alpha") == value_of(total, "alpha")
    assert value_of(total, "sd") == pytest.approx(3 * value_of(mean, "sd"))


def test_an_instrument_brings_its_own_items_and_scoring():
    who5 = library()["who5"]
    rng = np.random.default_rng(3)
    rows = [
        (client, session, "who5", item.id, float(rng.integers(0, 6)))
        for client in range(20)
        for session in (1, 2)
        for item in who5.items
    ]
    table = pl.DataFrame(rows, schema=[*KEY, "value"], orient="row")
    first = table.filter(session=1).group_by("client").agg(pl.col("value").sum() * 4)
    assert value_of(psychometrics(table, who5), "mean") == pytest.approx(first["value"].mean())
    with pytest.raises(Problem, match="who5 has no scale bond; name one of"):
        psychometrics(table, who5, "bond")


def test_row_order_never_matters():
    table = responses()
    assert_frame_equal(describe(table), describe(table.sample(fraction=1, shuffle=True, seed=2)))


def test_ends_are_counted_after_reversing():
    table = pl.DataFrame(
        [("a", 1, "check-in", "heard", 10.0), ("a", 1, "check-in", "safe", 0.0),
         ("a", 1, "check-in", "goals", 10.0)], schema=[*KEY, "value"], orient="row")  # fmt: skip
    described = describe(table)
    assert value_of(described, "answers at the ceiling", "safe") == 1
    assert value_of(described, "check-ins at the ceiling") == 1
    assert value_of(described, "answers at the floor") == 0


def test_with_too_few_people_every_statistic_says_what_is_needed():
    described = describe(responses(clients=2))
    missing = described.filter(pl.col("value").is_null())
    assert missing["note"].str.len_chars().min() > 20
    assert {"alpha", "omega", "retest agreement", "reliability within clients"} <= set(
        missing["statistic"]
    )


def test_a_negative_alpha_counts_as_no_reliability():
    table = responses()
    wrong = describe(table, reversed_items=[])
    assert value_of(wrong, "alpha") < 0
    assert value_of(wrong, "standard error of measurement") == value_of(wrong, "sd")


def test_only_the_raters_own_answers_count():
    mine = responses().with_columns(rater=pl.lit("client"))
    theirs = responses(seed=9).with_columns(rater=pl.lit("therapist"))
    both = pl.concat([mine, theirs])
    assert_frame_equal(describe(both, rater="client"), describe(mine))
    with pytest.raises(Problem, match="more than once at session 1; keep one answer"):
        describe(both)


@pytest.mark.parametrize(
    "kind", [pl.DataFrame.to_pandas, pl.DataFrame.to_arrow, pl.DataFrame.lazy, as_relation]
)
def test_the_users_own_kind_of_table_comes_back(kind):
    table = responses()
    own = kind(table)
    described = describe(own)
    assert type(described) is type(own)
    assert_frame_equal(to_polars(to_lazy(described)), describe(table))


def test_nan_is_missing():
    table = responses().with_columns(value=pl.when(session=2).then(float("nan")).otherwise("value"))
    assert_frame_equal(describe(table), describe(table.filter(pl.col("session") != 2)))


def test_check_ins_keep_items_in_the_order_asked_for():
    table = responses()
    laid = check_ins(table, instrument="check-in", ranges=dict(reversed(RANGES.items())))
    assert laid.items == ("goals", "safe", "heard")
    first = table.filter(client="c00", session=1, item="goals")["value"].item()
    assert laid.answers[0, 0] == first


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda t: t.with_columns(value=pl.col("value") + 7), "client c00 answered .* not from 0"),
        (lambda t: pl.concat([t, t.head(1)]), "client c00 answered heard of check-in more than on"),
        (lambda t: t.filter(pl.col("item") != "goals"), "nobody answered goals of check-in"),
        (lambda t: t.drop("item"), "has no column item"),
        (lambda t: t.clear(), "nobody answered heard, safe, goals"),
    ],
)
def test_answers_that_cannot_be_used_are_refused(change, sentence):
    with pytest.raises(Problem, match=sentence):
        describe(change(responses()))
