"""Whom to look at first: explicit, the same every time, and about now rather than long ago."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attunement.measures import library
from attunement.report.model import Group, Kind
from attunement.report.notices import SCHEMA, Tables, missed, notices
from attunement.report.order import counts, order
from attunement.report.safety import safety_answers, safety_notices
from clinic import ALLIANCE, PHQ, SCALES, tables

RELATIONSHIP = frozenset({ALLIANCE.name})


@pytest.fixture(scope="module")
def given_tables():
    known = {name: table for name, table in tables().items() if name != "scores"}
    answers = safety_answers(known.pop("responses"), library())
    return known | {"safety": safety_notices(answers, library(), known["signals"])}


@pytest.fixture(scope="module")
def noticed(given_tables):
    return notices(Tables(**given_tables), SCALES, RELATIONSHIP)


@pytest.fixture(scope="module")
def ordered(noticed):
    return order(noticed)


def kind_of(ordered, client):
    return Kind(ordered.filter(client=client)["kind"].item())


def notice(client, kind, *, ago=0, depth=None):
    row = dict.fromkeys(SCHEMA) | {"client": client, "kind": kind, "ago": ago, "depth": depth}
    return pl.DataFrame([row], schema=SCHEMA)


@pytest.mark.parametrize(
    ("client", "kind"),
    [
        ("Tara B.", Kind.SAFETY),
        ("Omar Q.", Kind.SAFETY_EASED),
        ("Eva M.", Kind.USUAL),
        ("Maya R.", Kind.RUPTURE_OPEN),
        ("James", Kind.RUPTURE_OPEN),
        ("Nils E.", Kind.TENSION),
        ("Yusuf", Kind.RUPTURE_UNREPAIRED),
        ("Wen L.", Kind.REVIEW),
        ("Olga R.", Kind.MISSED),
        ("Tom K.", Kind.UNANSWERED),
        ("Viktor H.", Kind.DRIFT),
        ("Kofi A.", Kind.GAP),
        ("Uma J.", Kind.WATCH),
        ("Grace L.", Kind.CEILING),
        ("Rosa V.", Kind.REPAIRED),
        ("Pia T.", Kind.TENSION_SETTLED),
        ("Dora M.", Kind.RETURNED),
        ("Sofia C.", Kind.USUAL),
        ("Ana P.", Kind.USUAL),
        ("Xenia F.", Kind.EARLY),
        ("Zoe I.", Kind.EARLY),
    ],
)
def test_each_story_is_seen_for_what_it_is(ordered, client, kind):
    assert kind_of(ordered, client) is kind


def test_every_client_stands_exactly_once(ordered, given_tables):
    clients = given_tables["signals"]["client"].unique().sort().to_list()
    assert sorted(ordered["client"]) == clients
    assert sum(counts(ordered).values()) == len(clients)


def test_the_most_pressing_kinds_come_first(ordered):
    kinds = ordered["kind"].to_list()
    assert kinds == sorted(kinds)


def test_the_order_does_not_depend_on_the_order_of_rows(given_tables, ordered):
    shuffled = {
        name: table.sample(fraction=1.0, shuffle=True, seed=4)
        for name, table in given_tables.items()
    }
    assert order(notices(Tables(**shuffled), SCALES, RELATIONSHIP)).equals(ordered)


def test_within_a_kind_the_newest_then_the_deepest_come_first():
    rows = pl.concat(
        [
            notice("older", Kind.RUPTURE_OPEN, ago=2, depth=9.0),
            notice("shallow", Kind.RUPTURE_OPEN, depth=2.6),
            notice("deep", Kind.RUPTURE_OPEN, depth=4.0),
            notice("b", Kind.USUAL),
            notice("a", Kind.USUAL),
        ]
    )
    assert order(rows)["client"].to_list() == ["deep", "shallow", "older", "a", "b"]


def test_clients_known_by_number_stand_in_the_order_of_numbers():
    rows = pl.concat([notice(client, Kind.USUAL) for client in ("10", "9", "b", "100")])
    assert order(rows)["client"].to_list() == ["9", "10", "100", "b"]


def test_a_second_reason_breaks_a_tie():
    rows = pl.concat(
        [
            notice("one", Kind.REVIEW, depth=3.0),
            notice("two", Kind.REVIEW, depth=3.0),
            notice("two", Kind.OFF_TRACK),
        ]
    )
    assert order(rows)["client"].to_list() == ["two", "one"]


@given(st.lists(st.sampled_from(list(Kind)), min_size=1, max_size=5), st.sampled_from(list(Kind)))
def test_one_more_reason_never_puts_a_client_lower(kinds, more):
    def place(found):
        rows = [notice("me", kind) for kind in found]
        others = [notice(f"other {kind:02}", kind, ago=1) for kind in Kind]
        return order(pl.concat([*rows, *others]))["client"].to_list().index("me")

    assert place([*kinds, more]) <= place(kinds)


def test_what_is_long_past_counts_no_more():
    known = tables()
    for client, session in (("Sofia C.", 4), ("Abel G.", 12)):
        assert known["ruptures"].filter(client=client, onset=session).height == 1
    assert kind_of(order(pl.concat([notice("x", Kind.PAST)])), "x") is Kind.USUAL


def test_a_symptom_scale_has_no_rupture(noticed):
    kinds = set(noticed.filter(scale=PHQ.name)["kind"])
    assert not kinds & {Kind.RUPTURE_OPEN, Kind.RUPTURE_UNREPAIRED}


def test_every_kind_has_a_heading_and_the_headings_follow_the_kinds():
    groups = [kind.group for kind in Kind]
    assert set(groups) == set(Group)
    assert sorted(groups, key=list(Group).index) == groups


def test_no_table_but_signals_and_ruptures_is_needed(given_tables):
    few = {name: given_tables[name] for name in ("signals", "ruptures")}
    assert order(notices(Tables(**few), SCALES, RELATIONSHIP)).height > 0


def test_empty_tables_give_no_one(given_tables):
    empty = {name: table.clear() for name, table in given_tables.items()}
    assert order(notices(Tables(**empty), SCALES, RELATIONSHIP)).height == 0


def appointments(*statuses):
    sessions = range(1, len(statuses) + 1)
    return pl.DataFrame(
        {"client": ["A"] * len(statuses), "session": sessions, "status": statuses},
        schema_overrides={"status": pl.String},
    )


@pytest.mark.parametrize(
    ("statuses", "counted"),
    [
        (["attended", "missed", "missed"], [2]),
        (["late", "missed", "cancelled", "missed", None], [2]),
        (["missed", "cancelled", "missed"], [2]),
        (["attended", "cancelled", "cancelled", "cancelled"], []),
        (["attended", "missed", "cancelled"], []),
        (["missed", "missed", "late"], []),
        (["attended", None, None], []),
    ],
)
def test_only_a_missed_appointment_is_missed_and_only_coming_ends_it(statuses, counted):
    assert missed(appointments(*statuses))["count"].to_list() == counted
