"""The manager sees numbers that a job took: no names, no texts, no small cells."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from attunement.clinic.checkins.models import CheckIn
from attunement.clinic.noticing.models import Alert, Score
from attunement.clinic.people.models import Site
from attunement.clinic.service.counting import count_site
from attunement.clinic.service.norms import estimate_site
from attunement.clinic.service.selectors import rate, service
from attunement.course.expected.model import ExpectedCourse
from support import house


def filled(therapist, clients, answered):
    """Make clients with one session each, of whom the first so many answered."""
    for number in range(clients):
        episode = house.episode(therapist, f"Secret Name {number}")
        asked = house.checkin(house.session(episode, days_ago=5))
        state = {"state": "expired"}
        if number < answered:
            state = {
                "state": "answered",
                "answered_at": timezone.now(),
                "submission": f"{episode.pk}",
            }
        CheckIn.objects.filter(pk=asked.pk).update(**state)


def test_before_anything_was_counted_the_page_says_so(client, manager):
    answer = house.sign_in(client, manager).get(reverse("service"))
    assert "Nothing has been counted yet" in answer.content.decode()


def test_the_page_shows_counts_and_neither_names_nor_small_numbers(client, manager, therapist):
    filled(therapist, clients=30, answered=20)
    count_site(therapist.site)
    text = house.sign_in(client, manager).get(reverse("service")).content.decode()
    assert "<strong>30 </strong>" in " ".join(text.split())
    assert "more than 50 %" in text
    assert "Secret" not in text
    assert "fewer than 10" in text


def test_a_share_with_a_small_part_is_shown_as_a_bound(therapist):
    filled(therapist, clients=40, answered=37)
    count_site(therapist.site)
    found = service(therapist.site).answered
    assert (found.exact, found.low, found.high) == (False, 50, 100)


def test_one_client_more_does_not_show(client, manager, therapist):
    filled(therapist, clients=25, answered=14)
    count_site(therapist.site)
    before = service(therapist.site)
    filled(therapist, clients=1, answered=1)
    count_site(therapist.site)
    after = service(therapist.site)
    assert [cell.count for _, cell in before.people] == [cell.count for _, cell in after.people]
    assert before.answered == after.answered
    page = house.sign_in(client, manager).get(reverse("service")).content.decode()
    assert "Counts are rounded to 5" in page
    assert ".." not in page


@pytest.mark.parametrize(("therapists", "shown"), [(2, False), (3, True)])
def test_what_therapists_answered_is_shown_of_three_or_more(therapist, therapists, shown):
    count_site(therapist.site)
    snapshot = therapist.site.snapshot
    snapshot.numbers["checkins"]["therapist"] = {"answered": 60, "unanswered": 60}
    snapshot.numbers["people"]["therapists"] = therapists
    snapshot.save()
    assert (service(therapist.site).answered_by_therapists is not None) == shown


def test_a_rate_of_90_days_is_rounded_as_far_as_any_share():
    found = [rate({"answered": n, "unanswered": 100 - n}) for n in (53, 55, 93)]
    assert [(one.low, one.high) for one in found] == [(55, 55), (55, 55), (85, 100)]


def test_another_sites_clients_are_not_counted(therapist, elsewhere):
    filled(therapist, clients=12, answered=0)
    count_site(elsewhere)
    assert [cell.count for _words, cell in service(elsewhere).people] == [None, None, None]


def test_the_request_reads_only_the_snapshot(
    client, manager, therapist, django_assert_max_num_queries
):
    filled(therapist, clients=12, answered=12)
    count_site(therapist.site)
    house.sign_in(client, manager).get(reverse("service"))
    with django_assert_max_num_queries(7):
        client.get(reverse("service"))


def test_waiting_alerts_are_counted_by_age(therapist):
    now = timezone.now()
    for number in range(24):
        Alert.objects.create(
            episode=house.episode(therapist),
            kind="drop",
            onset=1,
            level="review",
            opened_at=now - timedelta(days=2 if number < 12 else 20),
            due_at=now - timedelta(days=1),
        )
    count_site(therapist.site)
    found = service(therapist.site)
    assert {str(words): cell.count for words, cell in found.alerts} == {
        "less than a day": None,
        "one to three days": 10,
        "three to seven days": None,
        "more than a week": 10,
    }
    assert found.overdue.count == 25


@pytest.fixture
def scores(therapist):
    """Scores of 40 clients at four sessions, half of them at the very top each time."""
    for number in range(40):
        episode = house.episode(therapist)
        for session in range(1, 5):
            value = 10.0 if number < 20 else 6.0 + (session + number) % 3
            Score.objects.create(
                episode=episode,
                session=house.session(episode, session, days_ago=30 - session),
                scale="session-check-in.alliance",
                number=session,
                on=timezone.now() - timedelta(days=30 - session),
                value=value,
            )
    return therapist.site


def test_the_ceiling_counts_clients_at_the_very_top_three_times_running(scores):
    count_site(scores)
    found = service(scores).ceiling
    assert (found.low, found.exact) == (50, True)


def test_norms_are_learnt_from_the_sites_own_scores_when_there_are_enough(scores, elsewhere):
    estimate_site(scores)
    assert Site.objects.get(pk=scores.pk).norms["session-check-in.alliance"]["clients"] >= 20
    assert estimate_site(elsewhere) == 0
    assert Site.objects.get(pk=elsewhere.pk).norms == {}


def test_the_course_to_expect_is_learnt_with_the_norms(therapist):
    for number in range(32):
        episode = house.episode(therapist)
        for session in range(1, 5):
            Score.objects.create(
                episode=episode,
                session=house.session(episode, session, days_ago=30 - session),
                scale="phq9",
                number=session,
                on=timezone.now() - timedelta(days=30 - session),
                value=10.0 + number % 7 - session + (number * session) % 3,
            )
    estimate_site(therapist.site)
    kept = Site.objects.get(pk=therapist.site.pk).norms["expected:phq9"]
    course = ExpectedCourse.from_json(json.dumps(kept))
    assert (course.clients, course.last_session) == (32, 4)


def test_the_page_of_the_site_lists_scales_alone(client, scores, administrator):
    norms = {"phq9": {"clients": 40}, "expected:phq9": {"clients": 77}, "gap:phq9": {"clients": 88}}
    Site.objects.filter(pk=scores.pk).update(norms=norms)
    page = house.sign_in(client, administrator).get(reverse("site")).content.decode()
    assert "40" in page
    assert "expected:" not in page
    assert "gap:" not in page
