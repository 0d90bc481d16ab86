"""Reasons look only backward, rest on nothing private, and add up."""

import math

import duckdb
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import attunement as at
from attunement.guidance.reasons.finding import as_objects, reasons
from attunement.guidance.reasons.library import CHECK_IN, ITEMS, general_sentence, reasons_library
from attunement.guidance.reasons.model import NOT_CANDID, Reason, Reasons
from attunement.guidance.reasons.rows import rows
from attunement.guidance.reasons.usual import default_usual
from attunement.guidance.reasons.words import summary, weaker
from attunement.problems import Problem

KEY = ["client", "session", "instrument", "item"]


def everything(planted, usual, **more):
    about = {
        "symptoms": planted.scores,
        "attendance": planted.attendance,
        "goals": planted.goals,
        "usual": usual,
        "norms": at.norms(planted.scores),
    }
    return reasons(planted.responses, **{**about, **more})


def as_bytes(found):
    return [table.serialize() for table in found]


def test_the_parts_of_every_reason_sum_to_it(planted, usual):
    found = everything(planted, usual, sessions="all")
    sums = found.parts.group_by("client", "session", "reason").agg(total=pl.col("strength").sum())
    both = found.reasons.join(sums, on=["client", "session", "reason"], validate="1:1")
    assert both.height == found.reasons.height > 30
    assert (both["strength"] - both["total"]).abs().max() < 1e-9
    assert all(one.found for one in as_objects(found) if one.found)


def test_asking_shows_what_comes_next_and_changes_nothing_of_what_is_told(planted, usual):
    told, asked = (everything(planted, usual, asked=asked) for asked in (False, True))
    assert_frame_equal(told.sessions, asked.sessions)
    one = asked.reasons.filter("told").drop("rank")
    assert_frame_equal(one, told.reasons.drop("rank"))
    keys = told.reasons.select("client", "reason")
    assert_frame_equal(asked.parts.join(keys, on=["client", "reason"], how="semi"), told.parts)
    sums = asked.parts.group_by("client", "reason").agg(total=pl.col("strength").sum())
    both = asked.reasons.join(sums, on=["client", "reason"], validate="1:1")
    assert (both["strength"] - both["total"]).abs().max() < 1e-9
    enough = asked.sessions.filter(pl.col("thin").is_null())["client"]
    ranks = asked.reasons.filter(pl.col("client").is_in(enough.implode())).group_by("client")
    assert ranks.agg(pl.col("rank").sort())["rank"].to_list() == [[1, 2, 3]] * enough.len()
    assert asked.reasons["strength"].min() < 0 < told.reasons["strength"].min()


def test_what_the_other_answers_say_never_speaks_for_a_reason_by_itself(planted, usual):
    parts = everything(planted, usual, sessions="all").parts
    assert parts.filter(source="others")["strength"].max() < 1e-9


def test_the_strongest_reason_comes_first_and_few_are_told(planted, usual):
    told = everything(planted, usual).reasons
    assert told["rank"].max() <= 3
    assert (told["strength"] > 0).all()
    falls = told.with_columns(before=pl.col("strength").shift().over("client"))
    assert (falls["strength"] <= falls["before"]).drop_nulls().all()


def test_later_sessions_never_change_what_is_said_of_an_earlier_one(planted, usual):
    then = {
        name: table.filter(pl.col("session") <= 5)
        for name, table in (
            ("responses", planted.responses),
            ("symptoms", planted.scores),
            ("attendance", planted.attendance),
            ("goals", planted.goals),
        )
    }
    responses = then.pop("responses")
    early = reasons(responses, **then, usual=usual, norms=at.norms(planted.scores), sessions="all")
    later = everything(planted, usual, sessions="all")
    for one, other in zip(early, later, strict=True):
        assert_frame_equal(one, other.filter(pl.col("session") <= 5))


def test_a_client_alone_is_judged_as_in_a_file_of_many(planted, usual):
    found = everything(planted, usual)
    for client in found.reasons["client"].unique().sort()[:5]:
        alone = reasons(
            planted.responses.filter(client=client),
            symptoms=planted.scores.filter(client=client),
            attendance=planted.attendance.filter(client=client),
            goals=planted.goals.filter(client=client),
            usual=usual,
            norms=at.norms(planted.scores),
        )
        for one, other in zip(alone, found, strict=True):
            assert_frame_equal(one, other.filter(client=client), rel_tol=1e-9)


def test_the_order_of_rows_does_not_matter(planted, usual):
    mixed = {
        name: table.sample(fraction=1, shuffle=True, seed=3)
        for name, table in (
            ("symptoms", planted.scores),
            ("attendance", planted.attendance),
            ("goals", planted.goals),
        )
    }
    shuffled = planted.responses.sample(fraction=1, shuffle=True, seed=4)
    one = reasons(shuffled, **mixed, usual=usual, norms=at.norms(planted.scores))
    for table, other in zip(one, everything(planted, usual), strict=True):
        assert_frame_equal(table, other)


def test_every_engine_gives_the_same(planted, usual):
    expected = everything(planted, usual)
    with duckdb.connect() as connection:
        given_ = planted.responses
        relation = connection.from_arrow(given_.to_arrow())
        found = reasons(
            relation,
            symptoms=planted.scores,
            attendance=planted.attendance,
            goals=planted.goals,
            usual=usual,
            norms=at.norms(planted.scores),
        )
        assert isinstance(found.reasons, duckdb.DuckDBPyRelation)
        on_duckdb = [table.pl() for table in found]
    on_pandas = reasons(
        planted.responses.to_pandas(),
        symptoms=planted.scores.to_pandas(),
        attendance=planted.attendance.to_pandas(),
        goals=planted.goals.to_pandas(),
        usual=usual,
        norms=at.norms(planted.scores),
    )
    order = ["client", "session"]
    for table, duck, pandas in zip(expected, on_duckdb, on_pandas, strict=True):
        by = [*order, *(name for name in ("reason", "source") if name in table.columns)]
        assert_frame_equal(table.sort(by), duck.sort(by), check_dtypes=False)
        assert_frame_equal(table.sort(by), pl.from_pandas(pandas).sort(by), check_dtypes=False)


private = st.sampled_from(["later", "service", "self"])
PRIVATE_VALUES = st.dictionaries(
    st.tuples(st.integers(0, 400), private), st.integers(0, 10), min_size=1, max_size=30
)


@settings(max_examples=25, deadline=None)
@given(kept=PRIVATE_VALUES, other=st.integers(0, 10), missing=st.booleans())
def test_a_private_answer_never_changes_a_byte_of_what_a_therapist_reads(
    planted, kept, other, missing
):
    some = planted.responses.filter(rater="client").head(3000)
    places = {place * 7 % some.height: who for place, who in kept}
    row = pl.int_range(pl.len())
    one = some.with_columns(
        audience=row.replace_strict(places, default="therapist", return_dtype=pl.String)
    )
    changed = pl.when(pl.col("audience") != "therapist").then(
        pl.lit(None if missing else float(other), pl.Float64)
    )
    two = one.with_columns(value=changed.otherwise("value"))
    assert as_bytes(reasons(one, asked=True)) == as_bytes(reasons(two, asked=True))


@pytest.mark.parametrize(("viewer", "seconds"), [("therapist", [80, None]), ("client", [80, 6])])
def test_a_therapist_reads_no_time_of_a_form_with_an_answer_kept_back(viewer, seconds):
    kept = pl.struct("session", "item") == pl.struct(session=pl.lit(2), item=pl.lit("safe"))
    table = pl.DataFrame(
        [
            {"client": "A", "session": one, "rater": "client", "item": item, "value": 8.0}
            for one in (1, 2) for item in ITEMS
        ]
    ).with_columns(
        instrument=pl.lit(CHECK_IN),
        seconds=pl.when(session=2).then(6).otherwise(80),
        audience=pl.when(kept).then(pl.lit("self")).otherwise(pl.lit("therapist")),
    )  # fmt: skip
    for one in (table, table.lazy(), duckdb.from_arrow(table.to_arrow())):
        assert rows(one, viewer=viewer)["seconds"].to_list() == seconds


def test_a_private_answer_gives_the_client_a_reason_and_the_therapist_none(usual):
    steady = [
        {"client": 1, "session": s, "instrument": "session-check-in", "item": item, "value": 8.0}
        for s in range(1, 8)
        for item in ITEMS
    ]
    table = pl.DataFrame(steady).with_columns(audience=pl.lit("therapist"))
    low = (pl.col("session") == 7) & pl.col("item").is_in(["safe", "depth"])
    table = table.with_columns(
        value=pl.when(low).then(3.0).otherwise("value"),
        audience=pl.when(low).then(pl.lit("self")).otherwise("audience"),
    )
    (therapist,) = as_objects(reasons(table, usual=usual))
    (client,) = as_objects(reasons(table, usual=usual, viewer="client"))
    assert therapist.found == ()
    assert client.found[0].id == "fear_of_judgement"
    audience = {part.source: part.audience for part in client.found[0].parts}
    assert audience["safe"] == audience["depth"] == audience["others"] == "self"


def test_a_client_reads_nothing_that_rests_on_the_therapists_form(planted, usual):
    theirs = pl.col("rater") == "therapist"
    changed = planted.responses.with_columns(
        value=pl.when(theirs).then(10.0 - pl.col("value")).otherwise("value")
    )
    one = reasons(planted.responses, usual=usual, viewer="client")
    assert as_bytes(one) == as_bytes(reasons(changed, usual=usual, viewer="client"))
    assert as_bytes(one) != as_bytes(reasons(changed, usual=usual))


def test_too_thin_data_say_so_and_told_tension_is_heard_all_the_same(usual):
    rows = [
        {"client": "a", "session": 1, "instrument": "session-check-in", "item": item, "value": 7.0}
        for item in ITEMS
    ]
    told = {**rows[0], "item": "tension", "value": 9.0}
    unsettled = {**rows[0], "item": "settled", "value": 0.0}
    (first,) = as_objects(reasons(pl.DataFrame(rows), usual=usual))
    assert (first.found, first.thin) == ((), "too_few_sessions")
    (torn,) = as_objects(reasons(pl.DataFrame([*rows, told, unsettled]), usual=usual))
    assert [one.id for one in torn.found] == ["unsettled_rupture"]
    assert torn.thin == "too_few_sessions"
    (asked,) = as_objects(reasons(pl.DataFrame(rows), usual=usual, asked=True))
    assert (asked.found, asked.weaker) == ((), ())
    (few,) = as_objects(reasons(pl.DataFrame(rows[:2]), usual=usual))
    assert few.thin == "too_few_answers"
    missed = pl.DataFrame({"client": ["a"], "session": [2], "status": ["missed"]})
    (none,) = as_objects(reasons(pl.DataFrame(rows), attendance=missed, usual=usual))
    assert (none.session, none.thin) == (2, "no_check_in")


def test_answers_of_symptom_forms_count_where_no_scores_are_handed_in(planted, usual):
    quiet = planted.responses.filter(client="P000200")
    last = quiet["session"].max()
    items = [
        {"client": "P000200", "session": s, "instrument": "phq9", "item": str(i), "rater": "client",
         "value": 3.0 if s >= last - 1 else 0.0}
        for s in quiet["session"].unique() for i in range(1, 10)
    ]  # fmt: skip
    both = pl.concat([quiet, pl.DataFrame(items)], how="diagonal")
    (found,) = as_objects(reasons(both, usual=usual))
    assert found.found[0].id == "life_outside"


@pytest.mark.parametrize(
    ("more", "says"),
    [({"viewer": "manager"}, "viewer"), ({"sessions": "some"}, "newest"), ({"most": 0}, "one")],
)
def test_a_setting_out_of_range_is_refused(planted, more, says):
    with pytest.raises(Problem, match=says):
        reasons(planted.responses, **more)


def test_an_empty_table_gives_empty_tables(planted):
    found = reasons(planted.responses.clear())
    assert [table.height for table in found] == [0, 0, 0]
    assert found.reasons.columns == ["client", "session", "rank", "reason", "strength", "told"]


def test_nothing_is_not_a_number(planted, usual):
    broken = planted.responses.with_columns(
        value=pl.when(pl.col("value") > 8).then(float("nan")).otherwise("value")
    )
    found = reasons(broken, usual=usual, sessions="all")
    assert all(math.isfinite(one) for one in found.reasons["strength"])
    assert np.isfinite(found.parts["strength"].to_numpy()).all()


def test_the_library_holds_the_twelve_reasons():
    assert list(reasons_library()) == [
        "fear_of_judgement", "not_heard", "not_understood", "goals_not_shared", "way_does_not_fit",
        "staying_on_surface", "no_progress", "nothing_to_take_away", "unsettled_rupture",
        "practical_barriers", "life_outside", "not_candid",
    ]  # fmt: skip


def _falls(values, seed=3, earlier=7, usually=(7, 10), **settings_):
    rng = np.random.default_rng(seed)
    given = [[int(one) for one in rng.integers(*usually, len(ITEMS))] for _ in range(earlier)]
    rows_of = [
        ("a", number, CHECK_IN, item, float(value), "client")
        for number, answers in enumerate([*given, list(values)], start=1)
        for item, value in zip(ITEMS, answers, strict=True)
    ]
    schema = ["client", "session", "instrument", "item", "value", "rater"]
    table = pl.DataFrame(rows_of, schema=schema, orient="row")
    (found,) = as_objects(reasons(table, usual=default_usual(), **settings_))
    return found


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("low", [1, 2, 4])
def test_low_marks_everywhere_are_never_called_not_candid(seed, low):
    found = _falls([low] * 8, seed)
    assert NOT_CANDID not in [one.id for one in found.found]


def test_a_fall_of_all_answers_is_said_beside_a_drop_and_only_there():
    found = _falls((5, 6, 5, 6, 5, 5, 6, 6))
    assert found.found == ()
    assert found.general
    assert found.beside(strain=True).general
    assert not found.beside(strain=False).general
    assert summary(found.beside(strain=True)) == (general_sentence(),)
    assert summary(found.beside(strain=False)) == ("Nothing stands out.",)
    assert not _falls((8, 8, 7, 8, 8, 9, 8, 8)).general


def test_a_fall_of_all_answers_is_what_fits_best_when_asked():
    found = _falls((6, 6, 6, 6, 6, 6, 7, 6), asked=True)
    assert found.weaker[0].id == "all_answers"
    assert weaker(found)[0].startswith("All answers fell together (something speaks for it).")
    steady = {one.id for one in _falls((8, 8, 9, 8, 8, 9, 8, 8), asked=True).weaker}
    assert "all_answers" not in steady
    assert "practical_barriers" not in steady  # there are no appointments


@pytest.mark.parametrize("values", [(2, 2, 2, 4, 4, 4, 4, 4), (1, 2, 1, 3, 3, 4, 2, 2)])
def test_where_all_answers_fell_no_reason_is_told_that_fits_less(values):
    found = _falls(values, asked=True)
    assert found.general
    assert found.found == ()
    assert found.weaker[0].id == "all_answers"
    assert found.weaker[1].strength > 0


def test_what_was_told_outright_is_heard_though_all_answers_fell():
    rows_of = [
        ("a", number, CHECK_IN, item, 4.0 if number == 8 else 8.0, "client")
        for number in range(1, 9)
        for item in ITEMS
    ]
    rows_of += [("a", 8, CHECK_IN, item, value, "client") for item, value in
                (("tension", 9.0), ("settled", 0.0))]  # fmt: skip
    schema = ["client", "session", "instrument", "item", "value", "rater"]
    table = pl.DataFrame(rows_of, schema=schema, orient="row")
    (found,) = as_objects(reasons(table, usual=default_usual()))
    assert [one.id for one in found.found] == ["unsettled_rupture"]
    assert not found.general


@pytest.mark.parametrize("seed", range(5))
def test_no_reason_is_told_of_answers_that_are_not_lower_than_usual(seed):
    better = _falls((6, 6, 9, 9, 9, 9, 9, 9), seed, usually=(5, 7), asked=True)
    assert better.found == ()
    assert better.weaker[0].id == "not_heard"
    assert "below usual" not in weaker(better)[0]
    assert "where more was to be expected" in weaker(better)[0]


def test_while_a_drop_is_open_nobody_is_called_not_candid():
    alike = Reason(id=NOT_CANDID, strength=0.0, parts=())
    found = Reasons(client="a", session=8, found=(alike,), weaker=(alike,))
    assert found.beside(strain=True).found == found.beside(strain=True).weaker == ()
    assert found.beside(strain=False).found == (alike,)
