"""A site learns from its own data who may drift away; therapists see a suggestion and no number."""

import json
from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest
from django.urls import reverse
from django.utils import timezone
from typer.testing import CliRunner

from attunement.cli.clinic import app
from attunement.clinic.audit.models import Event
from attunement.clinic.drift.learning import keep, learn_site, learned
from attunement.clinic.drift.models import Attempt, Suggestion, Version
from attunement.clinic.drift.suggesting import in_use, still_open, suggest_site
from attunement.clinic.drift.words import WEIGHED
from attunement.clinic.jobs.worker import work_once
from attunement.programme.retention.known import FEATURES
from attunement.programme.retention.model import load
from attunement.programme.retention.validation import why_not_valid
from clinic.service.cohort import store
from support import house


@pytest.fixture
def in_care(therapist, courses):
    """Some of the people as they were some time ago, when they were in care."""
    here, ago = courses.of(300), timedelta(days=210)
    then = here.attendance.with_columns(date=pl.col("date") + ago).filter(
        pl.col("date") <= timezone.localdate()
    )
    lately = then.filter(
        pl.col("date").max().over("client") > timezone.localdate() - timedelta(days=14)
    )
    return store(therapist, lately, here.scores.join(lately, on=["client", "session"], how="semi"))


@pytest.fixture
def version(therapist, model):
    return keep(therapist.site, model, 500)


def test_a_site_with_enough_learns_a_model_that_holds_later(courses, model):
    assert why_not_valid(model) == ()
    assert model.learned.clients == courses.attendance["client"].n_unique()


def test_with_too_few_nothing_is_learned(therapist, courses):
    few = courses.of(300)
    assert learned(few.attendance, few.scores, timezone.localdate()) is None
    store(therapist, few.attendance, few.scores)
    assert learn_site(therapist.site) is None
    attempt = Attempt.objects.get(site=therapist.site)
    assert not attempt.enough
    assert 20 < attempt.left < 300
    assert in_use(therapist.site) is None


def test_a_version_is_kept_with_its_test_and_comes_back_as_it_was(version, model):
    assert version.usable
    assert load(json.dumps(version.content)) == model
    event = Event.objects.get(action="model.learned")
    assert event.detail == {"usable": True}


def test_the_newest_version_counts_even_where_it_did_not_hold(therapist, in_care, version, model):
    assert suggest_site(therapist.site)
    test = replace(model.tests[0], events=20)
    worse = keep(therapist.site, replace(model, tests=(test,)), 500)
    assert not worse.usable
    assert in_use(therapist.site) is None
    assert suggest_site(therapist.site) == 0
    assert not Suggestion.objects.exists()
    assert Version.objects.filter(site=therapist.site).count() == 2


def test_suggestions_are_for_some_in_care_after_their_last_session(therapist, in_care, version):
    count = suggest_site(therapist.site)
    assert 0 < count < 0.5 * len(in_care)
    for one in Suggestion.objects.select_related("episode"):
        newest = one.episode.sessions.filter(starts_at__lte=timezone.now()).latest("number")
        assert one.after == newest.number
        assert 0 < len(one.weighed) <= 3
        assert set(one.weighed) <= set(FEATURES)
    assert suggest_site(therapist.site) == count == Suggestion.objects.count()


def test_a_suggestion_goes_when_care_ends(therapist, in_care, version):
    suggest_site(therapist.site)
    episode = Suggestion.objects.first().episode
    episode.ended_on = timezone.localdate() + timedelta(days=1)
    episode.save()
    suggest_site(therapist.site)
    assert not Suggestion.objects.filter(episode=episode).exists()


def test_the_caseload_says_worth_a_check_in_and_why_and_no_number(
    client, therapist, in_care, version
):
    suggest_site(therapist.site)
    text = house.sign_in(client, therapist).get(reverse("caseload")).content.decode()
    section = text.partition('aria-labelledby="check-in-title"')[2].partition("</section>")[0]
    assert "Worth a check-in" in section
    assert "What weighed" in section
    assert not any(mark in section for mark in ("%", "0.", "risk", "odds"))
    assert sum(str(one.episode_id) in section for one in Suggestion.objects.all()) > 0


def test_without_suggestions_the_caseload_has_no_such_section(client, therapist, in_care):
    text = house.sign_in(client, therapist).get(reverse("caseload")).content.decode()
    assert "check-in-title" not in text


def test_every_feature_has_words():
    assert set(WEIGHED) == set(FEATURES)


@pytest.mark.parametrize("who", ["manager", "administrator"])
def test_the_card_is_there_for_managers_and_administrators(request, client, who, version):
    text = house.sign_in(client, request.getfixturevalue(who)).get(reverse("drift_model"))
    page = text.content.decode()
    assert "It is in use." in page
    assert version.name in page
    assert "Calibration slope" in page


def test_the_card_shows_neither_exact_counts_nor_days(client, manager, therapist, model):
    learned = replace(
        model.learned,
        clients=1013, rows=7771, events=203, most_sessions=47,
        first_day=date(2025, 3, 17), last_day=date(2026, 2, 23),
    )  # fmt: skip
    tests = tuple(replace(one, clients=511, events=98) for one in model.tests)
    keep(therapist.site, replace(model, learned=learned, tests=tests), 203)
    page = house.sign_in(client, manager).get(reverse("drift_model")).content.decode()
    for shown in ("<dd>1015</dd>", "<dd>205</dd>", "7770, from March 2025 to February 2026"):
        assert shown in page
    assert "<dd>510, 100</dd>" in page
    assert "beyond session 50;" in page
    for exact in ("1013", "203", "7771", "511", "March 17", "Feb. 23"):
        assert exact not in page


def test_the_card_says_what_is_missing(client, manager, here):
    browser = house.sign_in(client, manager)
    assert "Nothing has been learned yet" in browser.get(reverse("drift_model")).content.decode()
    keep(here, None, 43)
    page = browser.get(reverse("drift_model")).content.decode()
    assert "So far about 45 are known to have left" in page
    assert "Until then nothing is suggested" in page


def test_the_worker_looks_at_everyone_and_does_not_learn_too_often(therapist, in_care, version):
    work_once(kinds=["drift.suggest"])
    assert Suggestion.objects.exists()
    assert work_once(kinds=["drift.suggest"]) == 0


def test_the_command_says_what_became_of_each_site(therapist, monkeypatch):
    monkeypatch.setattr("attunement.cli.clinic.begin_with_tables", lambda: None)
    done = CliRunner().invoke(app, ["retrain"])
    assert done.exit_code == 0, done.output
    assert "Harbour: too little to learn from" in " ".join(done.output.split())


def test_a_check_in_that_is_still_open_is_not_unanswered():
    known = pl.DataFrame(
        {"client": ["a", "a", "b"], "after": [1, 2, 2], "unanswered_last": [1.0] * 3,
         "unanswered_share": [1.0] * 3}
    )  # fmt: skip
    found = still_open(known, pl.DataFrame({"client": ["a"], "after": [2]}))
    for name in ("unanswered_last", "unanswered_share"):
        assert found.sort("client", "after")[name].to_list() == [1.0, None, 1.0]
