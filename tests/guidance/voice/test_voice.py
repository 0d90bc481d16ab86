"""What is offered to a client who answered low, and when ways out of a poor run are shown."""

import tomllib
from importlib.resources import files

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attunement.course.baseline import default_norms
from attunement.course.strain.answers import answer_signals, item_norms
from attunement.guidance.voice import (
    AUDIENCE,
    Candour,
    Choice,
    Low,
    candour,
    low_answers,
    offered,
    signposts,
    words,
)
from attunement.guidance.voice.signposts import ITEMS, THEMES
from attunement.measures.instruments.catalogue import find_scale, library
from attunement.measures.scale import Direction, Scale
from attunement.synthetic.answers import CLIENT_ITEMS
from attunement.synthetic.cohort import simulate
from attunement.synthetic.plan import Plan
from support.reading_level import require_readable


def row(item, score, usual=None, stands=None):
    return {"scale": f"form.{item}", "score": score, "prior_mean": usual, "stands": stands}


def test_an_answer_is_low_by_itself_at_four_or_less():
    found = low_answers([row("heard", 4.0), row("safe", 5.0), row("way", None)])
    assert found == (Low(item="heard", value=4.0, usual=None, why="level"),)


def test_an_answer_is_low_against_what_is_usual_though_it_is_high():
    found = low_answers([row("heard", 7.0, 9.8, "much-lower")])
    assert [one.why for one in found] == ["usual"]


def test_a_single_small_dip_is_left_alone_and_two_together_are_not():
    dip = row("heard", 7.0, 9.0, "lower")
    assert low_answers([dip, row("safe", 9.0, 9.0, "usual")]) == ()
    assert len(low_answers([dip, row("safe", 7.0, 9.5, "lower")])) == 2


def test_tension_counts_unless_it_was_settled():
    assert low_answers([], tension=3, settled=None)[0].item == "tension"
    assert [low_answers([], 3, said)[0].why for said in (None, 0, 4)] == ["open", "told", "told"]
    assert low_answers([], tension=2, settled=0) == ()
    assert low_answers([], tension=8, settled=5) == ()


def test_the_choices_are_equal_and_nobody_is_asked_twice():
    low = low_answers([row("heard", 2.0)])
    assert offered(low) == tuple(Choice)
    assert offered(low, therapist=False) == (Choice.SERVICE, Choice.SELF)
    assert offered(low, chosen=True) == offered(()) == ()
    assert list(AUDIENCE.values()) == ["therapist", "later", "service", "self"]


POOR, GOOD = {"heard": 3.0}, {"heard": 8.0, "safe": 9.0, "progress": 7.0}


def test_two_poor_sessions_show_no_signposts_and_three_do():
    assert signposts({1: GOOD, 2: POOR, 3: POOR}) is None
    found = signposts({1: GOOD, 2: POOR, 3: POOR, 4: {"takeaway": 1.0}})
    assert found is not None
    assert (found.themes, found.sessions) == (("heard", "useful"), (2, 3, 4))


def test_signposts_go_when_the_newest_session_was_better_or_the_poor_ones_are_long_ago():
    assert signposts({1: POOR, 2: POOR, 3: POOR, 4: GOOD}) is None
    assert signposts({1: POOR, 2: POOR, 3: GOOD, 4: GOOD, 5: GOOD, 6: POOR}) is None


def test_sessions_without_an_answer_neither_count_nor_stand_between():
    found = signposts({1: POOR, 2: {}, 3: {"goals": 0.0}, 4: POOR, 5: POOR})
    assert found is not None
    assert found.sessions == (1, 4, 5)


@given(st.dictionaries(st.integers(1, 12), st.fixed_dictionaries({}, optional=dict.fromkeys(
    (*ITEMS, "goals"), st.floats(0, 10)))))  # fmt: skip
def test_signposts_never_rest_on_fewer_than_three_low_sessions(answers):
    found = signposts(answers)
    if found is not None:
        assert len(found.sessions) >= 3
        assert set(found.themes) <= set(THEMES)
        for number in found.sessions:
            assert any(answers[number].get(item, 9) <= 4 for item in ITEMS)
    better = {number: dict.fromkeys(given, 10.0) for number, given in answers.items()}
    assert signposts(better) is None


def test_all_at_the_top_is_met_with_a_question_and_a_low_answer_with_thanks():
    top = dict.fromkeys(CLIENT_ITEMS, 10.0)
    assert candour(top, CLIENT_ITEMS, low=False) is Candour.CEILING
    assert candour(top, CLIENT_ITEMS, low=True) is Candour.CRITICAL
    assert candour(top, CLIENT_ITEMS, low=True, tension=True) is Candour.CRITICAL
    assert candour(top, CLIENT_ITEMS, low=False, tension=True) is Candour.TENSION
    assert candour(top | {"heard": 9.0}, CLIENT_ITEMS, low=False) is Candour.PLAIN
    assert candour({"heard": 10.0}, CLIENT_ITEMS, low=False) is Candour.PLAIN


@pytest.fixture(scope="module")
def undisturbed():
    """Two hundred clients in whose sessions nothing goes wrong."""
    plan = Plan(clients=200, therapists=8, sites=2, mean_sessions=12, rupture=0.0, dropout=0.0)
    told = simulate(plan, 3).responses
    eight = pl.col("item").is_in(CLIENT_ITEMS)
    return told.filter(eight, pl.col("value").is_not_null(), instrument="session-check-in")


def test_in_undisturbed_sessions_choices_are_offered_in_fewer_than_one_in_twelve(undisturbed):
    items = {
        f"session-check-in.{one}": Scale(
            name=f"session-check-in.{one}", direction=Direction.HIGHER, low=0, high=10, title=one
        )
        for one in CLIENT_ITEMS
    }
    usual = item_norms(default_norms(find_scale("session-check-in.alliance")), len(items))
    noticed = answer_signals(undisturbed, items, dict.fromkeys(items, usual))
    sessions = [part.to_dicts() for _key, part in noticed.group_by("client", "session")]
    shown = sum(bool(low_answers(rows)) for rows in sessions)
    assert 0.02 < shown / len(sessions) < 1 / 12


def test_in_undisturbed_courses_few_clients_ever_see_signposts(undisturbed):
    courses = {}
    for one in undisturbed.iter_rows(named=True):
        sessions = courses.setdefault(one["client"], {})
        sessions.setdefault(one["session"], {})[one["item"]] = one["value"]
    ever = [
        any(signposts({n: told[n] for n in told if n <= until}) for until in told)
        for told in courses.values()
    ]
    assert sum(ever) / len(ever) < 0.05


def test_there_are_words_for_every_item_and_every_choice():
    form = library()["session-check-in"]
    items = {item.id for item in form.items_of("alliance")} | {"tension"}
    assert set(words().names) == items | {"told", "open"}
    assert set(words().sentences) == items | set(THEMES) - {"heard"}
    assert set(words().themes) == set(THEMES)
    assert set(words().choices) == set(Choice)
    assert set(words().candour) == set(Candour)
    assert [way.id for way in words().ways] == ["talk", "other-way", "other-therapist"]


def test_what_the_evidence_says_stands_in_the_bibliography_with_its_standing():
    place = files("attunement.guidance") / "library" / "bibliography.toml"
    known = tomllib.loads(place.read_text(encoding="utf-8"))
    for way in words().ways:
        for one in way.evidence:
            if not one.source:
                assert "We know of no" in one.says
                continue
            assert one.finding in known[one.source]["findings"]
            assert one.unverified is (known[one.source]["standing"] != "read")


def test_everything_is_easy_to_read_and_does_not_raise_its_voice():
    said = [words().sentences, words().candour, words().themes]
    texts = [text for table in said for text in table.values()]
    texts += [text for one in words().choices.values() for text in (one.about, one.done)]
    for way in words().ways:
        more = (way.about, *way.involves, way.long, *(one.says for one in way.evidence))
        require_readable("\n".join(more))
        texts += more
    require_readable("\n".join(texts))
    assert not any("!" in text for text in texts)
