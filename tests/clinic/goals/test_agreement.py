"""What reasons read of goals: agreement at the sessions before which both lists were opened."""

import pytest

from attunement.clinic.caseload.history import history
from attunement.clinic.goals.actions import agreeing, writing
from attunement.clinic.goals.models import Round
from attunement.clinic.goals.selectors.agreement import Point, agreement_table, standing
from attunement.clinic.guidance.found import likely
from attunement.clinic.guidance.reason_words import evidence
from attunement.guidance.reasons.rows import beside
from support import house
from support.noticing_help import answer
from support.shared_goals import goals_of


def test_the_table_is_of_the_form_that_reasons_read(two):
    goals_of(two.episode)
    found = agreement_table(two.episode)
    assert found.columns[:3] == ["client", "session", "agreement"]
    answers = found.select("client", "session")
    assert beside(answers, goals=found)["agreement"].to_list() == found["agreement"].to_list()


def test_an_agreement_stands_for_three_sessions(two, therapist, django_assert_num_queries):
    goals_of(two.episode)
    Round.objects.update(session=4)
    other = house.episode(therapist, "Tom K.")
    goals_of(other)
    (here,) = agreement_table(two.episode)["agreement"]
    for number in (4, 7):
        with django_assert_num_queries(3):
            found = standing({two.episode.pk: number, other.pk: number})
        assert found[two.episode.pk] == [Point(session=number, agreement=here)]
    assert two.episode.pk not in standing({two.episode.pk: 8})
    assert two.episode.pk not in standing({two.episode.pk: 3})
    assert other.pk in standing({other.pk: 0})


def test_lists_that_nobody_went_through_are_no_disagreement(two):
    two.open(mine=("Sleep",), theirs=("Work",))
    assert standing({two.episode.pk: 0}) == {}
    assert agreement_table(two.episode).is_empty()
    agreeing.propose(
        episode=two.episode,
        wish=writing.Wish(text="Sleep"),
        client_goal=two.written("Sleep").pk,
        by=two.client,
    )
    assert standing({two.episode.pk: 0}) == {two.episode.pk: [Point(session=0, agreement=0.0)]}


def test_a_round_that_is_not_open_changes_nothing(two):
    two.open()
    two.pair("Sleep through the night", "Sleep without pills")
    before = standing({two.episode.pk: 0})
    writing.look_anew(episode=two.episode, by=two.client)
    assert standing({two.episode.pk: 0}) == before
    assert set(before) == {two.episode.pk}


def test_lists_that_share_little_weigh_for_goals_not_being_shared(two):
    for number in range(1, 7):
        answer(two.episode, number=number, value=7 + number % 2)
    answer(two.episode, number=7, value=7, goals=2, way=5, progress=5)
    before = strengths(two.episode)["goals_not_shared"]
    two.open(mine=("Sleep", "Run", "Read"), theirs=("Work", "Grieve", "Sleep well"))
    assert strengths(two.episode)["goals_not_shared"] == before
    two.pair("Sleep", "Sleep well")
    after = strengths(two.episode)["goals_not_shared"]
    (part,) = [one for one in after.parts if one.source == "goal_agreement"]
    assert part.value == pytest.approx(1 / 6)
    assert part.strength > 0
    assert part.usual is None
    assert evidence(part) == "Agreement on goals is low."
    assert after.strength > before.strength


def test_agreement_is_compared_with_what_it_was_before(two):
    goals_of(two.episode)
    Round.objects.update(session=4)
    writing.look_anew(episode=two.episode, by=two.client)
    two.open(mine=("Sleep", "Run"), theirs=("Sleep well", "Work"))
    two.pair("Sleep", "Sleep well")
    Round.objects.filter(session=0).update(session=6)
    line = standing({two.episode.pk: 7})[two.episode.pk]
    assert [one.session for one in line] == [4, 7]
    told = {one.session: one.agreement for one in line}
    for number in range(1, 8):
        answer(two.episode, number=number, value=7 + number % 2, goals=2 if number == 7 else 7)
    found = likely(history(two.episode))
    parts = [part for one in (*found.found, *found.weaker) for part in one.parts]
    part = next(one for one in parts if one.source == "goal_agreement")
    assert part.value == told[7]
    assert part.usual == pytest.approx((told[4] + 2 * 0.7) / 3)


def strengths(episode):
    """Give the reasons behind the newest session by name."""
    return {one.id: one for one in likely(history(episode)).found}
