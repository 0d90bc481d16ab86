import duckdb
import narwhals as nw
import polars as pl
import pytest

from attunement.course.strain.told import tensions


def told(*answers, instrument="session-check-in"):
    rows = [
        ("a", session, instrument, item, value)
        for session, pair in enumerate(answers, start=1)
        for item, value in zip(("tension", "settled"), pair, strict=True)
        if value is not None
    ]
    columns = ["client", "session", "instrument", "item", "value"]
    return pl.DataFrame(rows, schema=columns, orient="row")


def found(*answers, **options):
    return tensions(told(*answers), **options).to_dicts()


def test_no_tension_is_no_rupture():
    assert found((0, None), (0, None)) == []


def test_tension_settled_in_the_same_session_is_repaired_at_once():
    (tension,) = found((0, None), (6, 9))
    assert (tension["onset"], tension["repaired"], tension["sessions_to_repair"]) == (2, 2, 0)
    assert tension["status"] == "repaired"


@pytest.mark.parametrize(
    ("after", "status"),
    [
        ([], "open"),
        ([(4, 2)], "open"),
        ([(4, 2), (0, None)], "repaired"),
        ([(4, 2), (3, 8)], "repaired"),
        ([(4, 2), (3, 1), (3, 2)], "unrepaired"),
    ],
)
def test_unsettled_tension_stays_open_until_three_sessions_have_passed(after, status):
    tensions_found = found((7, 1), *after)
    assert len(tensions_found) == 1
    assert tensions_found[0]["status"] == status


def test_new_tension_after_a_repair_is_a_new_rupture():
    assert [tension["onset"] for tension in found((7, 8), (5, 1), (0, None), (3, 0))] == [1, 2, 4]


def test_each_person_is_heard_separately():
    both = pl.concat([told((5, 1)), told((0, None), instrument="session-check-in-therapist")])
    assert tensions(both)["instrument"].to_list() == ["session-check-in"]


def test_an_unanswered_question_is_not_no_tension():
    assert found((None, None)) == []
    assert found((6, None))[0]["status"] == "open"


def test_the_kind_of_table_is_kept():
    got = tensions(told((5, 1)).to_pandas())
    assert type(got).__module__.startswith("pandas")


def test_a_little_tension_is_no_strain_unless_it_is_asked_for():
    assert found((2, 0)) == []
    assert len(found((2, 0), least=1)) == 1


@pytest.mark.parametrize("kind", ["polars", "lazy", "pandas", "duckdb"])
def test_an_answer_that_is_no_number_is_missing_on_every_engine(kind):
    table = told((6, float("nan")), (float("nan"), None))
    with duckdb.connect() as connection:
        given = {
            "polars": lambda: table,
            "lazy": table.lazy,
            "pandas": table.to_pandas,
            "duckdb": lambda: connection.sql("select * from answers"),
        }[kind]
        connection.register("answers", table.to_arrow())
        (row,) = nw.from_native(tensions(given())).lazy().collect("polars").rows(named=True)
    assert (row["onset"], row["status"]) == (1, "open")


def test_another_instrument_s_item_of_that_name_is_not_told_tension():
    assert tensions(told((7, 1), instrument="bodily-tension")).is_empty()
    assert len(tensions(told((7, 1), instrument="own"), instruments=["own"])) == 1
