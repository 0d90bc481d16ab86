"""Advice is short, adds up, keeps the order of repair, and can be turned down."""

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attunement.guidance.advice import MOST, RUPTURE, SIMILAR, Preferences, Tried, advise
from attunement.guidance.followup import Outcome, SiteEvidence, site_evidence
from attunement.guidance.reasons.model import Part, Reason, Reasons
from attunement.guidance.sources import Kind
from attunement.guidance.strategies import REASONS, Lean, School, Step, strategies
from attunement.guidance.why import sentence
from guidance.followup.test_site import laid_out


def reasons(**strengths):
    found = [
        Reason(
            id=name,
            strength=value,
            parts=(
                Part(
                    source="heard",
                    value=None,
                    usual=None,
                    unusual=None,
                    strength=value,
                    audience="therapist",
                ),
            ),
        )
        for name, value in strengths.items()
    ]
    found.sort(key=lambda reason: -reason.strength)
    return Reasons(client="a", session=5, found=tuple(found))


ANY = st.builds(
    lambda chosen: reasons(**chosen),
    st.dictionaries(st.sampled_from(REASONS), st.floats(0.1, 5), min_size=1, max_size=3),
)


@given(
    ANY,
    st.sets(st.sampled_from(list(Lean)), max_size=3),
    st.sampled_from([None, *School]),
    st.lists(
        st.tuples(st.sampled_from(sorted(strategies())), st.sampled_from(list(Outcome))), max_size=5
    ),
    st.booleans(),
)
def test_advice_is_short_adds_up_and_is_the_same_each_time(found, wanted, school, tried, rupture):
    def ask():
        return advise(
            found,
            preferences=Preferences(wanted=frozenset(wanted)),
            orientation=school,
            history=[Tried(strategy=name, outcome=outcome) for name, outcome in tried],
            rupture=rupture,
        )

    advice = ask()
    assert 1 <= len(advice) <= MOST
    open_rupture = rupture or any(reason.id == RUPTURE for reason in found.found)
    assert advice == ask()
    for one in advice:
        assert one.score == pytest.approx(sum(part.value for part in one.why))
        assert open_rupture or any(part.source == "reason" for part in one.why)
        assert {part.about for part in one.why if part.source == "reason"} <= set(
            one.strategy.reasons
        )


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_gets_three(reason):
    assert len(advise(reasons(**{reason: 2.0}))) == MOST
    assert len(advise(reasons(**{reason: 2.0}), rupture=True)) >= 1


@given(ANY)
def test_in_a_rupture_validating_comes_before_exploring_and_change_comes_later(found):
    advice = advise(found, rupture=True)
    steps = [one.strategy.step for one in advice]
    assert Step.CHANGE not in steps
    assert steps == sorted(steps, key=list(Step).index)
    assert steps[0] is Step.VALIDATE
    assert RUPTURE in advice[0].strategy.reasons


@pytest.mark.parametrize("found", list(permutations(REASONS, 2)))
def test_in_a_rupture_advice_begins_with_validating_whatever_else_was_found(found):
    advice = advise(reasons(**dict(zip(found, (2.0, 1.9), strict=True))), rupture=True)
    assert advice[0].strategy.step is Step.VALIDATE
    assert RUPTURE in advice[0].strategy.reasons
    assert any(set(found) & set(one.strategy.reasons) for one in advice)


def test_a_rupture_without_a_reason_is_helped_all_the_same():
    advice = advise(Reasons(client="a", session=8, found=(), general=True), rupture=True)
    assert len(advice) == MOST
    assert advice[0].strategy.step is Step.VALIDATE
    assert all(RUPTURE in one.strategy.reasons for one in advice)
    assert Step.CHANGE not in [one.strategy.step for one in advice]
    declined = [Tried(strategy=advice[0].strategy.id, outcome=Outcome.CANNOT_SAY, declined=True)]
    others = advise(Reasons(client="a", session=8, found=()), rupture=True, history=declined)
    assert others[0].strategy.step is Step.VALIDATE
    assert others[0].strategy.id != advice[0].strategy.id


def test_an_unsettled_rupture_among_the_reasons_is_one():
    advice = advise(reasons(no_progress=4.0, unsettled_rupture=0.5))
    assert Step.CHANGE not in [one.strategy.step for one in advice]


def test_without_a_reason_there_is_no_advice():
    assert advise(Reasons(client="a", session=2, found=(), thin="too-few-sessions")) == ()


def test_what_was_turned_down_is_not_offered_again():
    found = reasons(not_heard=2.0)
    first = advise(found)[0].strategy.id
    history = [Tried(strategy=first, outcome=Outcome.CANNOT_SAY, declined=True)]
    assert first not in [one.strategy.id for one in advise(found, history=history)]


def rank(found, name, **options):
    ranked = [one.strategy.id for one in advise(found, **options)]
    return ranked.index(name) if name in ranked else MOST


def test_what_eased_before_moves_up_and_what_did_not_moves_down():
    found = reasons(not_heard=2.0)
    second = advise(found)[1].strategy.id
    eased = [Tried(strategy=second, outcome=Outcome.EASED)]
    not_yet = [Tried(strategy=second, outcome=Outcome.NOT_YET)]
    assert rank(found, second, history=eased) <= 1 <= rank(found, second, history=not_yet)
    assert rank(found, second, history=not_yet) > 1


def test_preferences_and_school_move_strategies_and_say_so():
    found = reasons(way_does_not_fit=2.0)
    advice = advise(found, preferences=Preferences(wanted=frozenset({Lean.SPACE})))
    assert any(part.source == "wanted" for part in advice[0].why)
    unwanted = advise(found, preferences=Preferences(unwanted=frozenset({Lean.TASKS})))
    assert all(Lean.TASKS not in one.strategy.leans for one in unwanted)
    at_home = advise(found, orientation=School.PERSON_CENTRED)
    assert any(part.source == "school" for one in at_home for part in one.why)


def test_the_sites_own_evidence_counts_only_where_there_is_enough():
    found = reasons(not_heard=2.0)
    name = advise(found)[2].strategy.id
    few = {name: SiteEvidence(strategy=name, clients=4)}
    assert advise(found, site_evidence=few) == advise(found)
    known = SiteEvidence(strategy=name, clients=40, difference=0.3, shrunken=0.2)
    assert advise(found, site_evidence={name: known}) == advise(found)
    enough = {name: replace(known, stands_out=True)}
    assert rank(found, name, site_evidence=enough) <= 2
    moved = next(one for one in advise(found, site_evidence=enough) if one.strategy.id == name)
    assert [part.value for part in moved.why if part.source == "site"] == [0.4]


def test_where_nothing_helps_no_strategy_is_said_to():
    found, sites = reasons(not_heard=2.0), 20
    told = shrunken = 0
    for seed in range(sites):
        followed = site_evidence(laid_out(1000 + seed, clients=200)).values()
        shrunken += any(one.shrunken is not None for one in followed)
        told += any(
            part.source == "site"
            for one in followed
            for advice in advise(found, site_evidence=dict.fromkeys(strategies(), one))
            for part in advice.why
        )
    assert shrunken == sites
    assert told <= 3


def test_trials_of_something_similar_are_said_to_be_that_and_count_less():
    said = {
        part.about: (part.value, sentence(part))
        for reason in REASONS
        for one in advise(reasons(**{reason: 2.0}))
        for part in one.why
        if part.source == "evidence"
    }
    assert all(
        strategy.id in ("another-place-or-format", "plan-for-the-feeling", "reminders-agreed")
        for strategy in strategies().values()
        if _told_of(strategy) == Kind.RANDOMISED.value
    )
    assert all(value < 0.5 for about, (value, _) in said.items() if about == SIMILAR)
    assert all("similar" in words for about, (_, words) in said.items() if about == SIMILAR)


def _told_of(strategy):
    found = reasons(**{strategy.reasons[0]: 2.0})
    advice = advise(found, library={strategy.id: strategy})
    return next((part.about for one in advice for part in one.why if part.source == "evidence"), "")


@given(ANY, st.booleans())
def test_in_danger_there_is_safety_and_validating_and_nothing_with_guards(found, rupture):
    advice = advise(found, danger=True, rupture=rupture)
    assert advice[0].strategy.id == "safety-first"
    for one in advice[1:]:
        assert one.strategy.step is Step.VALIDATE
        assert not one.strategy.guards
    if rupture:
        assert len(advice) > 1


def test_in_danger_safety_comes_first_and_levers_are_left_out():
    advice = advise(reasons(practical_barriers=3.0, life_outside=1.0), danger=True)
    assert advice[0].strategy.id == "safety-first"
    assert all(Kind.LEVER not in one.strategy.kinds for one in advice)
    nothing_found = Reasons(client="a", session=2, found=())
    assert [one.strategy.id for one in advise(nothing_found, danger=True)] == ["safety-first"]
