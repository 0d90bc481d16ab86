"""What reasons read of goals: agreement at the sessions before which both lists were opened."""

import house
from attunement.clinic.goals.actions import writing
from attunement.clinic.goals.models import Round
from attunement.clinic.goals.selectors.agreement import agreement_table, standing
from attunement.guidance.reasons.rows import beside
from shared_goals import goals_of


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
        assert found[two.episode.pk] == here
    assert two.episode.pk not in standing({two.episode.pk: 8})
    assert two.episode.pk not in standing({two.episode.pk: 3})
    assert other.pk in standing({other.pk: 0})


def test_a_round_that_is_not_open_changes_nothing(two):
    two.open()
    before = standing({two.episode.pk: 0})
    writing.look_anew(episode=two.episode, by=two.client)
    assert standing({two.episode.pk: 0}) == before == {two.episode.pk: 0.0}
