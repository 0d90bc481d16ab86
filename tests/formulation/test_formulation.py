"""Four lenses as data, and what is asked anew where the way of working goes on not to fit."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attunement.formulation import helped, lenses, persists, questions
from attunement.formulation.anew import REASON, in_use, shortened
from attunement.formulation.helped import Help
from attunement.formulation.lenses import ORDER, parse
from attunement.measures.instruments.catalogue import library
from attunement.problems import Problem
from support.reading_level import require_readable

PARTS = {f"{lens.id}.{part.id}" for lens in lenses().values() for part in lens.parts}


def test_the_worksheets_hold_what_each_lens_looks_at():
    parts = {lens.id: [part.id for part in lens.parts] for lens in lenses().values()}
    assert parts["cbt"] == ["situation", "thoughts", "feelings", "behaviour", "beliefs"]
    six = ["avoidance", "fusion", "present", "self", "values", "action"]
    assert parts["act"][:6] == six
    assert parts["psychodynamic"][:3] == ["wish", "response-of-other", "response-of-self"]
    assert set(parts["person-centred"]) >= {"empathy", "acceptance", "genuineness", "incongruence"}


def test_every_lens_names_its_source_and_asks_of_answers_that_exist():
    items = {item.id for item in library()["session-check-in"].items_of("alliance")}
    for lens in lenses().values():
        assert lens.source.endswith("in our own words")
        assert lens.standing == "unverified"
        for one in lens.questions:
            assert set(one.items) <= items
            assert one.text.endswith("?")
            assert re.findall(r"%\(\w+\)s", one.taking_up) in ([], ["%(words)s"])


def test_what_a_client_is_asked_is_easy_to_read():
    for lens in lenses().values():
        require_readable("\n".join(part.for_client for part in lens.parts))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('id = "situation"', 'id = "thoughts"'), "twice"),
        (('title = "Situation"', 'name = "Situation"'), "not as it should be"),
        (("“%(words)s”: what does", "What does"), "takes words up"),
    ],
)
def test_a_wrong_worksheet_is_refused_in_a_sentence(change, said):
    from importlib.resources import files

    text = (files("attunement.formulation") / "library" / "cbt.toml").read_text(encoding="utf-8")
    with pytest.raises(Problem, match=said):
        parse(text.replace(*change), "cbt.toml")


FITS_NOT, OTHER = {REASON, "not_heard"}, {"not_heard"}


def test_it_persists_at_two_of_the_last_three_sessions_of_which_anything_can_be_said():
    assert persists({1: FITS_NOT, 2: OTHER, 3: FITS_NOT})
    assert persists({4: FITS_NOT, 9: FITS_NOT})
    assert not persists({1: FITS_NOT})
    assert not persists({1: FITS_NOT, 2: FITS_NOT, 3: OTHER, 4: OTHER})
    assert not persists({})


@pytest.mark.parametrize(
    ("said", "lens"),
    [
        ("cognitive-behavioural", "cbt"),
        ("CBT", "cbt"),
        ("acceptance and commitment", "act"),
        ("ACT", "act"),
        ("person-centered", "person-centred"),
        ("psychoanalytic", "psychodynamic"),
        ("interactive", ""),
        ("", ""),
    ],
)
def test_the_lens_in_use_follows_from_the_way_of_working(said, lens):
    assert in_use({}, said) == lens


def test_what_is_written_says_more_than_the_name_of_a_way():
    assert in_use({"act.values": "family"}, "CBT") == "act"


def test_questions_take_up_the_therapists_own_words_first():
    asked = questions({"cbt.beliefs": "I have to be perfect"}, orientation="CBT", low=["way"])
    assert len(asked) == 3
    assert asked[0].taken_up == "cbt.beliefs"
    assert asked[0].words == "I have to be perfect"
    assert asked[0].text % {"words": asked[0].words} != asked[0].text
    assert {one.lens for one in asked} == {"person-centred"}


@given(
    st.dictionaries(st.sampled_from(sorted(PARTS)), st.text(max_size=300)),
    st.sampled_from(["", "CBT", "ACT", "psychodynamic", "person-centred", "other"]),
    st.integers(0, 60),
)
def test_there_are_always_two_or_three_questions_from_one_lens_that_is_not_in_use(
    written, orientation, session
):
    asked = questions(written, orientation=orientation, session=session)
    assert 2 <= len(asked) <= 3
    assert len({one.id for one in asked}) == len(asked)
    (lens,) = {one.lens for one in asked}
    assert lens != in_use(written, orientation)
    assert asked == questions(written, orientation=orientation, session=session)
    for one in asked:
        assert ("%(words)s" in one.text) == bool(one.taken_up)


def test_the_order_of_questions_changes_with_the_session_where_nothing_else_decides():
    assert questions({}, session=1) != questions({}, session=2)
    assert {one.lens for one in questions({})} == {ORDER[0]}


def test_long_words_are_cut_between_words():
    assert shortened("one " * 60).endswith("one …")
    assert len(shortened("one " * 60)) <= 92
    assert shortened(" a\n b ") == "a b"


def many(count, *named):
    return [(f"{named}-{number}", named) for number in range(count)]


def test_too_few_clients_say_nothing():
    assert helped(many(9, "talked")) is None
    assert helped([("same", ["talked"])] * 50) is None
    assert helped([*many(9, "talked"), ("x", ["unknown"]), ("y", [])]) is None


def test_each_client_counts_once_and_what_few_named_is_left_out():
    found = helped([*many(9, "talked"), *many(2, "slower"), ("z", ["talked", "different"])] * 2)
    assert found is not None
    assert found.clients == 12
    assert found.named == ((Help.TALKED, 10),)
