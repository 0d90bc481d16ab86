"""Reading a form: no answer is ever invented, and what is no answer is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attunement.clinic.checkins.questions import AUDIENCES, questions, read
from attunement.measures import library

FORMS = ("phq9", "session-check-in", "k10", "session-check-in-therapist", "pcl5")
ASKED = {name: questions([library()[name]]) for name in FORMS}
TEXTS = st.one_of(
    st.text(max_size=8),
    st.integers(-5, 15).map(str),
    st.floats().map(str),
    st.sampled_from(["", " ", "7", "7.0", "7,0", "nan", "inf", "-0", "1e1", "٣", "7 "]),
)


@st.composite
def sent(draw):
    name = draw(st.sampled_from(FORMS))
    fields = draw(st.lists(st.sampled_from(ASKED[name]), unique_by=lambda one: one.name))
    said = {one.name: draw(TEXTS) for one in fields}
    said |= {one.audience_name: draw(st.text(max_size=9)) for one in fields}
    said |= draw(st.dictionaries(st.text(max_size=12), st.text(max_size=5), max_size=3))
    return name, said


@given(sent())
def test_no_answer_is_ever_invented(case):
    name, said = case
    found = read(ASKED[name], said)
    by_item = {one.item.id: one for one in ASKED[name]}
    assert len({one.item for one in found.given}) == len(found.given)
    for one in found.given:
        question = by_item[one.item]
        assert float(said[question.name].strip().replace(",", ".")) == one.value
        assert question.answer.allows(one.value)
        assert one.audience in AUDIENCES


@given(sent())
def test_every_field_with_something_in_it_is_an_answer_or_told_or_not_asked(case):
    name, said = case
    found = read(ASKED[name], said)
    given_names = {f"answer:{one.instrument}:{one.item}" for one in found.given}
    for question in ASKED[name]:
        if said.get(question.name, "").strip() and question.item.asked_if is None:
            assert (question.name in given_names) != (question.name in found.wrong)


@pytest.mark.parametrize("name", FORMS)
def test_an_empty_form_holds_no_answers_and_nothing_wrong(name):
    assert read(ASKED[name], {}).given == ()
    assert read(ASKED[name], {one.name: "" for one in ASKED[name]}) == read(ASKED[name], {})


@pytest.mark.parametrize("text", ["11", "-1", "7.5", "seven", "nan", "inf", "1e400"])
def test_what_lies_outside_is_refused_and_never_mended(text):
    found = read(ASKED["session-check-in"], {"answer:session-check-in:heard": text})
    assert found.given == ()
    assert list(found.wrong) == ["answer:session-check-in:heard"]


@pytest.mark.parametrize(("tension", "kept"), [("3", True), ("0", False), ("", False)])
def test_whether_it_was_settled_counts_only_where_there_was_tension(tension, kept):
    said = {"answer:session-check-in:tension": tension, "answer:session-check-in:settled": "4"}
    items = {one.item for one in read(ASKED["session-check-in"], said).given}
    assert ("settled" in items) is kept


@pytest.mark.parametrize("choice", AUDIENCES)
def test_who_sees_an_answer_about_the_relationship_is_the_client_s_to_choose(choice):
    said = {"answer:session-check-in:safe": "2", "audience:session-check-in:safe": choice}
    assert read(ASKED["session-check-in"], said).given[0].audience == choice


@pytest.mark.parametrize("item", ["1", "9"])
def test_an_answer_that_may_have_to_reach_a_person_cannot_be_kept_back(item):
    said = {f"answer:phq9:{item}": "2", f"audience:phq9:{item}": "self"}
    assert read(ASKED["phq9"], said).given[0].audience == "therapist"


def test_a_line_to_be_marked_takes_any_number_and_shows_no_buttons():
    form = library()["session-check-in"]
    line = form.answer.model_copy(update={"continuous": True})
    question = questions([form.model_copy(update={"answer": line})])[0]
    assert question.values == ()
    assert question.answer.allows(7.3)


def test_up_to_eleven_answers_are_shown_as_buttons_where_there_is_no_slider():
    assert list(ASKED["session-check-in"][0].values) == list(range(11))
