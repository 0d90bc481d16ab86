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
from support.made_up import ALLIANCE, PHQ, SCALES, tables

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
    return order(noticed, RELATIONSHIP)


def kind_of(ordered, client):
    return Kind(ordered.filter(client=client)["kind"].item())


def notice(client, kind, *, ago=0, depth=None, scale=None):
    row = dict.fromkeys(SCHEMA) | {"client": client, "kind": kind, "ago": ago, "depth": depth}
    row["scale"] = scale
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


def test_headings_stand_in_order_and_after_the_first_ones_kinds_do_too(ordered):
    groups = [list(Group).index(group) for group in ordered["group"]]
    assert groups == sorted(groups)
    later = ordered.filter(pl.col("kind") > Kind.OFF_TRACK)["kind"].to_list()
    assert later == sorted(later)


def test_the_order_does_not_depend_on_the_order_of_rows(given_tables, ordered):
    shuffled = {
        name: table.sample(fraction=1.0, shuffle=True, seed=4)
        for name, table in given_tables.items()
    }
    assert order(notices(Tables(**shuffled), SCALES, RELATIONSHIP), RELATIONSHIP).equals(ordered)


def test_a_small_tension_alone_stands_below_a_deep_rupture_that_others_confirm():
    rows = pl.concat(
        [
            notice("little said", Kind.TENSION, depth=3.0),
            notice("unrepaired", Kind.RUPTURE_UNREPAIRED, ago=4, depth=4.0, scale=ALLIANCE.name),
            notice("unrepaired", Kind.GAP, scale=ALLIANCE.name),
        ]
    )
    assert order(rows, RELATIONSHIP)["client"].to_list() == ["unrepaired", "little said"]


def test_to_look_at_first_agreement_counts_before_strength_and_strength_before_newness():
    at = {"scale": ALLIANCE.name}
    rows = pl.concat(
        [
            notice("two agree", Kind.RUPTURE_OPEN, ago=3, depth=2.6, **at),
            notice("two agree", Kind.WATCH, depth=2.1, scale=PHQ.name),
            notice("deep", Kind.RUPTURE_UNREPAIRED, ago=5, depth=6.0, **at),
            notice("told 10 of 10", Kind.TENSION, ago=1, depth=10.0),
            notice("newer", Kind.RUPTURE_OPEN, depth=3.0, **at),
            notice("older", Kind.RUPTURE_OPEN, ago=1, depth=3.0, **at),
            notice("older", Kind.LASTING, ago=9, **at),
            notice("symptoms", Kind.REVIEW, depth=2.7, scale=PHQ.name),
            notice("told 5 of 10", Kind.TENSION, depth=5.0),
            notice("off track", Kind.OFF_TRACK, scale=PHQ.name),
        ]
    )
    assert order(rows, RELATIONSHIP)["client"].to_list() == [
        "two agree", "deep", "told 10 of 10", "newer", "older", "symptoms", "told 5 of 10",
        "off track",
    ]  # fmt: skip


def test_under_the_other_headings_the_newest_then_the_strongest_come_first():
    rows = pl.concat(
        [
            notice("older", Kind.GAP, ago=2, depth=9.0),
            notice("slight", Kind.GAP, depth=2.6),
            notice("wide", Kind.GAP, depth=4.0),
            notice("b", Kind.USUAL),
            notice("a", Kind.USUAL),
        ]
    )
    assert order(rows)["client"].to_list() == ["wide", "slight", "older", "a", "b"]


def test_someone_who_told_of_tension_is_heard_without_any_score(given_tables):
    told = given_tables["tensions"].head(1).with_columns(client=pl.lit("No scores"))
    heard = notices(Tables(**(given_tables | {"tensions": told})), SCALES, RELATIONSHIP)
    assert kind_of(order(heard, RELATIONSHIP), "No scores") is Kind.TENSION


@pytest.mark.parametrize(
    ("strength", "kind"), [(8.0, Kind.STRONG_TENSION), (7.0, Kind.TENSION_SETTLED)]
)
def test_strong_tension_is_kept_an_eye_on_even_where_it_was_settled(given_tables, strength, kind):
    settled = given_tables["tensions"].filter(client="Pia T.").with_columns(tension=strength)
    heard = notices(Tables(**(given_tables | {"tensions": settled})), SCALES, RELATIONSHIP)
    assert kind_of(order(heard, RELATIONSHIP), "Pia T.") is kind


def test_the_best_score_again_and_again_is_good_news_on_a_scale_of_symptoms(given_tables):
    again = given_tables["ceiling"].with_columns(scale=pl.lit(PHQ.name))
    heard = notices(Tables(**(given_tables | {"ceiling": again})), SCALES, RELATIONSHIP)
    assert heard.filter(kind=Kind.CEILING).is_empty()


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
    assert order(notices(Tables(**few), SCALES, RELATIONSHIP), RELATIONSHIP).height > 0


def test_empty_tables_give_no_one(given_tables):
    empty = {name: table.clear() for name, table in given_tables.items()}
    assert order(notices(Tables(**empty), SCALES, RELATIONSHIP), RELATIONSHIP).height == 0


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
