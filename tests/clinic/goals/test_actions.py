"""Goals are written blind, opened together, paired, worded, agreed on and followed."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404

from attunement.clinic.audit.models import Event
from attunement.clinic.goals.actions import agreeing, pairing, working, writing
from attunement.clinic.goals.actions.writing import Wish
from attunement.clinic.goals.models import Goal, Round, Written
from attunement.clinic.goals.selectors.agreement import agreement_line, agreement_table
from attunement.clinic.goals.selectors.compared import Kind, compare
from attunement.clinic.goals.selectors.followed import attained, followed, pulling_apart
from attunement.clinic.goals.selectors.sheet import waits_for
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.permissions import Role
from attunement.clinic.people.problems import Refused
from support import house


def test_lists_open_only_when_both_are_ready(two):
    two.write()
    assert not writing.ready(episode=two.episode, by=two.client).is_open
    writing.write_on(episode=two.episode, by=two.client)
    assert not writing.ready(episode=two.episode, by=two.therapist).is_open
    opened = writing.ready(episode=two.episode, by=two.client)
    assert opened.is_open
    assert opened.opened_at


def test_who_is_ready_takes_it_back_before_writing_on(two):
    two.write()
    writing.ready(episode=two.episode, by=two.client)
    with pytest.raises(Refused):
        writing.write(episode=two.episode, wishes=[Wish(text="More")], by=two.client)
    writing.write_on(episode=two.episode, by=two.client)
    writing.write(episode=two.episode, wishes=[Wish(text="More")], by=two.client)


def test_an_open_list_is_history_and_stays(two):
    two.open()
    for by in (two.client, two.therapist):
        with pytest.raises(Refused):
            writing.write(episode=two.episode, wishes=[Wish(text="Other")], by=by)


def test_the_database_itself_keeps_lists_closed_until_both_are_ready(two):
    two.write()
    with pytest.raises(IntegrityError), transaction.atomic():
        Round.objects.update(state="open")
    with pytest.raises(IntegrityError), transaction.atomic():
        Round.objects.create(episode=two.episode, number=9)


def test_more_than_five_goals_are_too_many(two):
    with pytest.raises(Refused):
        writing.write(
            episode=two.episode, wishes=[Wish(text=str(i)) for i in range(6)], by=two.client
        )


def test_only_the_client_and_their_own_therapist_write(two, supervisor, colleague, manager):
    for membership in (supervisor, colleague, manager):
        with pytest.raises((PermissionDenied, Http404)):
            writing.write(episode=two.episode, wishes=[], by=house.actor(membership))
    other = house.episode(colleague, account=house.person())
    for by in (house.own(other.client), Actor.holder(other.client), Actor.unknown()):
        with pytest.raises((PermissionDenied, Http404)):
            writing.write(episode=two.episode, wishes=[], by=by)


def test_goals_stay_as_they_are_when_care_has_ended(two):
    two.write()
    two.episode.ended_on = two.episode.started_on
    two.episode.save()
    with pytest.raises(Refused):
        writing.ready(episode=two.episode, by=two.client)


def test_differences_come_first_and_the_index_is_that_of_the_pure_room(two):
    two.open(mine=("A nap", "My sister", "Run"), theirs=("Run", "A nap", "Work"))
    two.pair("A nap", "A nap")
    two.pair("Run", "Run", by=two.client)
    found = compare(two.round)
    kinds = [row.kind for row in found.rows]
    assert kinds == [Kind.CLIENT_ONLY, Kind.THERAPIST_ONLY, Kind.APART, Kind.APART]
    assert found.agreement.agreement == pytest.approx(1 / 3 + 1 / 6)
    assert agreement_table(two.episode)["agreement"].to_list() == pytest.approx([1 / 2])


def test_words_in_common_are_suggested_as_a_pair_and_pair_nothing_by_themselves(two):
    two.open()
    found = compare(two.round)
    assert found.rows[0].kind is Kind.SUGGESTED
    assert found.agreement.agreement == 0


def test_a_goal_has_one_partner_at_most_and_pairs_come_apart_again(two):
    two.open()
    two.pair("Sleep through the night", "Sleep without pills")
    two.pair("Sleep through the night", "Sleep without pills")
    with pytest.raises(Refused):
        two.pair("Sleep through the night", "Go back to work")
    mine = two.written("Sleep through the night").pk
    pairing.take_apart(episode=two.episode, client_goal=mine, by=two.client)
    two.pair("Sleep through the night", "Go back to work")
    assert two.round.pairs.count() == 1


def test_nothing_is_paired_before_lists_are_open(two):
    two.write()
    first, second = Written.objects.order_by("writer", "rank")[::2]
    with pytest.raises(Http404):
        pairing.pair(
            episode=two.episode, client_goal=first.pk, therapist_goal=second.pk, by=two.client
        )


def test_a_new_round_begins_with_the_last_lists_and_is_a_new_point(two):
    two.open()
    two.pair("Sleep through the night", "Sleep without pills")
    house.session(two.episode, 4, days_ago=1)
    again = writing.look_anew(episode=two.episode, by=two.client)
    assert writing.look_anew(episode=two.episode, by=two.therapist) == again
    assert sorted(one.text for one in again.written.all()) == sorted(
        one.text for one in two.round.written.all()
    )
    for by in (two.client, two.therapist):
        last = writing.ready(episode=two.episode, by=by)
    assert last.session == 4
    assert [one.session for one in agreement_line(two.episode)] == [0]
    two.round = last
    two.pair("Sleep through the night", "Go back to work")
    assert [one.session for one in agreement_line(two.episode)] == [0, 4]


def test_one_proposes_and_the_other_says_yes(two):
    goal = agreeing.propose(episode=two.episode, wish=Wish(text="Sleep"), by=two.client)
    with pytest.raises(Refused):
        agreeing.accept(goal=goal, by=two.client)
    goal = agreeing.accept(goal=goal, by=two.therapist)
    assert (goal.state, goal.noted) == ("agreed", False)


def test_the_same_key_proposes_once(two):
    key = uuid.uuid4()
    for _ in range(2):
        agreeing.propose(episode=two.episode, wish=Wish(text="Sleep"), key=key, by=two.client)
    assert Goal.objects.count() == 1


def test_a_therapist_may_note_a_yes_and_the_client_can_question_it(two):
    goal = agreeing.propose(episode=two.episode, wish=Wish(text="Sleep"), by=two.therapist)
    with pytest.raises(Refused):
        agreeing.accept(goal=goal, by=two.therapist)
    goal = agreeing.accept(goal=goal, together=True, by=two.therapist)
    assert (goal.state, goal.noted) == ("agreed", True)
    goal = agreeing.see_differently(goal=goal, by=two.client)
    assert (goal.state, goal.proposed_by) == ("proposed", "therapist")


def test_a_client_cannot_note_a_yes_for_both(two):
    goal = agreeing.propose(episode=two.episode, wish=Wish(text="Sleep"), by=two.client)
    with pytest.raises(Refused):
        agreeing.accept(goal=goal, together=True, by=two.client)


def test_what_a_goal_said_before_is_kept_and_new_words_need_a_new_yes(two):
    goal = two.agree("Sleep well")
    goal = agreeing.reword(goal=goal, wish=Wish(text="Sleep six hours"), by=two.client)
    assert (goal.state, goal.proposed_by, goal.text) == ("proposed", "client", "Sleep six hours")
    (old,) = goal.earlier.all()
    assert (old.text, old.was, old.by) == ("Sleep well", "agreed", "therapist")
    agreeing.reword(goal=goal, wish=Wish(text="Sleep six hours"), by=two.client)
    assert goal.earlier.count() == 1
    assert agreeing.accept(goal=goal, by=two.therapist).state == "agreed"


@pytest.mark.parametrize("state", Goal.State.values)
def test_a_goal_moves_only_as_the_table_says(two, state):
    for to in Goal.State.values:
        goal = two.agree()
        Goal.objects.filter(pk=goal.pk).update(state=state)
        goal.refresh_from_db()
        if to in Goal.MOVES[state]:
            agreeing.move(goal, to)
            assert goal.state == to
        else:
            with pytest.raises(Refused):
                agreeing.move(goal, to)


def test_a_goal_of_someone_else_is_not_there(two, colleague):
    other = house.episode(colleague, account=house.person())
    goal = two.agree()
    Goal.objects.filter(pk=goal.pk).update(episode=two.episode)
    with pytest.raises(Http404):
        working.rate(goal=goal, value=3, by=house.own(other.client))


def test_a_client_rates_once_for_each_session_and_the_last_word_counts(two):
    goal = two.agree()
    house.session(two.episode, 3, days_ago=1)
    working.rate(goal=goal, value=4, by=two.client)
    working.rate(goal=goal, value=5, words="nearly there", by=two.client)
    (rating,) = goal.ratings.all()
    assert (rating.number, rating.value, rating.words) == (3, 5, "nearly there")
    for value in (-1, 11):
        with pytest.raises(Refused):
            working.rate(goal=goal, value=value, by=two.client)
    with pytest.raises(PermissionDenied):
        working.rate(goal=goal, value=5, by=two.therapist)


def test_steps_are_added_once_and_ticked(two):
    goal, key = two.agree(), uuid.uuid4()
    for _ in range(2):
        step = working.add_step(goal=goal, text="Phone off at ten", key=key, by=two.client)
    assert goal.steps.count() == 1
    assert working.tick(step=step, done=True, by=two.therapist).done_at
    assert not working.tick(step=step, done=False, by=two.client).done_at


def test_levels_give_the_t_score_of_the_pure_room(two):
    texts = {level: f"level {level}" for level in range(-2, 3)}
    for name, level in (("a", 1), ("b", 1), ("c", 0)):
        goal = two.agree(name)
        with pytest.raises(Refused):
            working.attain(goal=goal, level=level, by=two.therapist)
        working.set_levels(goal=goal, texts=texts, weight=1, by=two.therapist)
        working.attain(goal=goal, level=level, by=two.therapist)
    found = attained(followed(two.episode))
    assert (found.goals, round(found.score, 2)) == (3, 59.13)
    with pytest.raises(Refused):
        working.set_levels(goal=goal, texts={0: "only one"}, weight=1, by=two.therapist)


def test_goals_that_nobody_rates_are_worth_a_look(two):
    goal = two.agree()
    for number in range(1, 5):
        house.session(two.episode, number, days_ago=30 - number)
    assert "four sessions" in followed(two.episode)[0].stale
    working.rate(goal=goal, value=4, by=two.client)
    assert followed(two.episode)[0].stale == ""


def test_a_conflict_is_said_by_people_or_seen_in_progress_and_never_in_words(two):
    sleep, work = two.agree("Rest more"), two.agree("Rest less")
    assert pulling_apart(followed(two.episode)) == []
    for _ in range(2):
        mark = working.mark_conflict(goal=sleep, other=work, by=two.client)
    assert [one.conflicts[0][1] for one in followed(two.episode)] == ["Rest less", "Rest more"]
    with pytest.raises(Refused):
        working.mark_conflict(goal=sleep, other=sleep, by=two.client)
    working.unmark_conflict(conflict=mark, by=two.therapist)
    for number in range(6):
        sleep.ratings.create(number=number, value=number % 2)
        work.ratings.create(number=number, value=5 - number % 2)
    assert len(pulling_apart(followed(two.episode))) == 1


def test_the_audit_tells_what_was_done_and_nothing_that_was_written(two):
    two.open()
    goal = two.agree("A wombat of a goal")
    working.rate(goal=goal, value=7, words="wombats", by=two.client)
    said = [(event.action, str(event.detail)) for event in Event.objects.all()]
    actions = {action for action, _detail in said}
    assert {"goals.written", "goals.ready", "goal.proposed", "goal.agreed"} <= actions
    assert "ombat" not in str(said)
    assert "Sleep" not in str(said)
    rated = next(detail for action, detail in said if action == "goal.rated")
    assert rated == "{'session': 0}"


def test_someone_with_two_roles_writes_as_the_therapist_of_their_own_clients_only(two, here):
    both = two.episode.therapist
    house.staff(Role.SUPERVISOR, here, both.person)
    two.therapist = house.actor(both)
    assert two.open().round.is_open


def test_a_new_round_is_called_off_until_it_would_cost_someone_what_they_wrote(two):
    two.open()
    with pytest.raises(Refused):
        writing.go_back(episode=two.episode, by=two.client)
    writing.look_anew(episode=two.episode, by=two.client)
    writing.go_back(episode=two.episode, by=two.client)
    assert two.episode.goal_rounds.get().is_open
    writing.look_anew(episode=two.episode, by=two.client)
    writing.write(episode=two.episode, wishes=[Wish(text="New")], by=two.therapist)
    with pytest.raises(Refused):
        writing.go_back(episode=two.episode, by=two.client)


def test_whoever_is_waited_for_is_told_so(two):
    assert not waits_for(two.episode, "client")
    two.write()
    writing.ready(episode=two.episode, by=two.therapist)
    assert waits_for(two.episode, "client")
    assert not waits_for(two.episode, "therapist")
    writing.ready(episode=two.episode, by=two.client)
    assert not waits_for(two.episode, "client")
    agreeing.propose(episode=two.episode, wish=Wish(text="Sleep"), by=two.client)
    assert waits_for(two.episode, "therapist")
    assert not waits_for(two.episode, "client")
