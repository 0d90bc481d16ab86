"""What holds over everybody, as a manager sees it: numbers over many, worked out beforehand."""

import json
import re

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from attunement.clinic.audit.models import Event
from attunement.clinic.jobs.models import Job
from attunement.clinic.jobs.worker import work_once
from attunement.clinic.service.actions import KIND, compute_anew
from attunement.clinic.service.holding import holding
from attunement.clinic.service.models import Programme
from attunement.clinic.service.programme import SPOKEN, compute_site
from clinic.service import cohort
from support import house


@pytest.fixture
def computed(therapist):
    cohort.fill(therapist, 60)
    return compute_site(therapist.site)


def test_a_manager_reads_who_leaves_who_gets_better_and_the_relation(client, manager, computed):
    text = house.sign_in(client, manager).get(reverse("service")).content.decode()
    found = holding(computed.site)
    assert len(found.leaving) == 4
    assert [one.words for one in found.outcomes][:2] == ["reliably better", "recovered"]
    assert found.within.outcome == "Depression (PHQ-9)"
    for words in (
        "left before the session planned as the last",
        "Had nobody truly changed",
        "points lower",
        "This is an association",
        "<svg",
    ):
        assert words in text
    assert "Secret" not in text


def test_no_small_number_is_shown(computed):
    found = holding(computed.site)
    for _words, rate in found.leaving:
        if rate.share is not None and rate.share.exact:
            assert rate.share.whole % 5 == 0
        elif rate.share is not None:
            assert rate.low is None
            assert rate.high is None
    left = computed.figures["leaving/came-only-once"]
    assert left["n"] < 10
    shown = dict(found.leaving)["came once and never again"].share
    assert shown is None or not shown.exact


def test_what_is_kept_holds_no_text_and_nobody(computed, therapist):
    kept = json.dumps(computed.figures) + computed.picture
    assert "Secret" not in kept
    for episode in therapist.episodes.all():
        assert str(episode.pk) not in kept
        assert episode.client.code not in kept
    assert str(therapist.pk) not in kept


def test_one_client_more_does_not_show_in_figures_and_picture(computed, therapist):
    before = holding(computed.site)
    cohort.fill(therapist, 1, seed=8)
    compute_site(computed.site)
    after = holding(computed.site)
    assert before.began == after.began
    assert before.changes
    for one, other in zip(before.changes, after.changes, strict=True):
        for end in ("value", "low", "high"):
            first, second = getattr(one, end), getattr(other, end)
            assert round(first, 1) == first
            assert abs(first - second) < 0.11
    for found in (before, after):
        assert re.findall('aria-label="([^"]*)"', found.picture) == [SPOKEN]
        for relation in (found.within, found.between):
            assert round(relation.value, 1) == relation.value


def test_among_too_few_people_nothing_is_computed(client, manager, therapist):
    cohort.fill(therapist, 40)
    found = compute_site(therapist.site)
    assert list(found.figures) == ["people/began"]
    text = house.sign_in(client, manager).get(reverse("service")).content.decode()
    assert "From 50 on, figures stand here" in text
    assert "Who leaves?" not in text


def test_where_nobody_ever_came_the_page_says_so(client, manager, here):
    assert compute_site(here).figures == {}
    text = house.sign_in(client, manager).get(reverse("service")).content.decode()
    assert "Too few people have begun" in text


def test_the_figures_do_not_hold_what_a_client_keeps_from_the_therapist(therapist):
    from attunement.clinic.noticing.models import Score

    cohort.fill(therapist, 60)
    before = compute_site(therapist.site).figures
    for score in Score.objects.filter(scale=cohort.ALLIANCE)[:50]:
        Score.objects.create(
            episode=score.episode,
            session=score.session,
            scale=score.scale,
            rater="client",
            number=score.number,
            on=score.on,
            value=0,
            private=True,
        )
    assert compute_site(therapist.site).figures == before


def test_reading_takes_no_more_queries_however_many_there_are(
    client, manager, computed, django_assert_max_num_queries
):
    house.sign_in(client, manager).get(reverse("service"))
    with django_assert_max_num_queries(7):
        client.get(reverse("service"))


def test_a_manager_asks_once_and_the_worker_does_it(client, manager, therapist):
    cohort.fill(therapist, 60)
    browser = house.sign_in(client, manager)
    for _ in range(2):
        assert browser.post(reverse("service_renew"))["Location"] == reverse("service")
    assert Job.objects.filter(kind=KIND).count() == 1
    assert Event.objects.filter(action="programme.asked").count() == 1
    assert "being worked out" in browser.get(reverse("service")).content.decode()
    work_once(kinds=[KIND])
    found = Programme.objects.get(site=therapist.site)
    assert not found.under_way
    assert "people/began" in found.figures


def test_every_night_all_sites_are_computed(therapist, elsewhere):
    work_once(kinds=["programme.all"])
    assert Programme.objects.count() == 2


def test_a_therapist_cannot_ask_for_it(therapist):
    with pytest.raises(PermissionDenied):
        compute_anew(by=house.actor(therapist))
    assert not Job.objects.filter(kind=KIND).exists()


def test_only_a_press_of_the_button_asks(client, manager):
    assert house.sign_in(client, manager).get(reverse("service_renew")).status_code == 405


def test_what_is_no_number_is_kept_as_not_known(therapist, monkeypatch):
    from attunement.clinic.service import programme as room
    from attunement.report.programme.figures import Figure

    odd = {"people/began": Figure(figure="people/began", what="", value=60.0, low=float("nan"))}
    monkeypatch.setattr(room, "figures", lambda _found: odd)
    cohort.fill(therapist, 60)
    assert compute_site(therapist.site).figures["people/began"]["low"] is None
