"""Likely reasons on a page and on the caseload: in words, alike, and from what is shared."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from attunement.clinic.caseload.history import history
from attunement.clinic.caseload.scales import ALLIANCE
from attunement.clinic.checkins.models import Answer, Audience
from attunement.clinic.guidance.caseload import likely_of
from attunement.clinic.guidance.found import likely
from attunement.clinic.guidance.helping import helping
from attunement.clinic.guidance.models import CheckInNorms
from attunement.clinic.guidance.reason_words import (
    GENERAL,
    OPENINGS,
    OTHER,
    SOURCES,
    THIN,
    WEIGHTS,
    in_short,
    likely_words,
)
from attunement.clinic.noticing.models import Alert, Rupture
from attunement.guidance.reasons.library import (
    OTHER_SOURCES,
    general_sentence,
    reasons_library,
    thin_sentences,
    together,
    weight_words,
)
from attunement.guidance.reasons.library import TOGETHER as TOGETHER_ID
from attunement.guidance.reasons.usual import as_figures, default_usual
from attunement.guidance.strategies import Step
from support import house

pytestmark = pytest.mark.django_db


def section(client, one):
    page = client.get(reverse("episode", args=[one.episode.pk])).content.decode()
    return re.search(r'<section id="reasons".*?</section>', page, re.DOTALL)


def test_a_clients_page_says_likely_reasons_with_what_speaks_for_them(client, case):
    house.sign_in(client, case.therapist)
    said = section(client, case)[0]
    assert "Not feeling heard" in said
    assert "never a cause" in said
    assert "“heard” was 1, far below what is usual (about 7)." in said
    assert "How this adds up" in said


def test_whoever_asks_reads_what_would_fit_best_and_how_much_speaks_for_it(client, case):
    house.sign_in(client, case.therapist)
    told = likely(history(case.episode, reader=case.by))
    page = client.get(reverse("episode", args=[case.episode.pk])).content.decode()
    fold = re.search(r'<details id="would-fit">.*?</details>', page, re.DOTALL)[0]
    assert "If something feels off" in fold
    assert {one.id for one in told.weaker}.isdisjoint(one.id for one in told.found)
    for one in told.weaker:
        assert f"<strong>{likely_words(one).title}.</strong> {likely_words(one).weight}" in fold


def test_the_list_waits_to_be_asked_for_also_where_strain_was_noticed_and_nothing_stands_out(
    client, case
):
    quiet = type(case)(case.therapist).steady()
    house.sign_in(client, case.therapist)
    page = reverse("episode", args=[quiet.episode.pk])
    told = '<details id="would-fit">\n  <summary>{}: '
    assert told.format("If something feels off") in client.get(page).content.decode()
    Rupture.objects.create(
        episode=quiet.episode, scale=ALLIANCE, onset=5, level=8.0, depth=4.0, status="open"
    )
    assert told.format("Nothing stands out by itself") in client.get(page).content.decode()


@pytest.mark.parametrize("audience", ["self", "service", "later"])
def test_no_value_that_is_kept_back_changes_what_the_page_says(client, case, audience):
    house.sign_in(client, case.therapist)
    said = []
    for value in (0, 9):
        one = type(case)(case.therapist).steady().session(value=value, audience=audience)
        found = likely(history(one.episode, reader=one.by))
        said.append((found.found, found.weaker, found.thin, found.session))
        assert section(client, one) is None
        assert likely_of([one.episode])[one.episode.pk].found == ()
    assert said[0] == said[1]


def test_the_caseload_says_the_likeliest_in_a_sentence(client, case):
    house.sign_in(client, case.therapist)
    page = client.get(reverse("caseload")).content.decode()
    assert "Perhaps: not feeling heard. “heard” was 1, far below what is usual" in page


def test_caseload_and_page_agree_and_many_clients_cost_as_many_queries_as_one(case):
    others = [type(case)(case.therapist).steady(4 + n).low() for n in range(3)]
    with CaptureQueriesContext(
        connection,
    ) as one:
        likely_of([case.episode])
    with CaptureQueriesContext(connection) as many:
        found = likely_of([case.episode, *(other.episode for other in others)])
    assert len(many) == len(one) <= 7
    for other in (case, *others):
        alone = likely(history(other.episode, reader=other.by))
        batch = found[other.episode.pk]
        assert [(r.id, round(r.strength, 9)) for r in alone.found] == [
            (r.id, round(r.strength, 9)) for r in batch.found
        ]
        assert in_short(batch)


def test_what_is_recalled_is_what_would_be_found_anew_whatever_has_changed(case):
    def recalled_and_anew():
        recalled = likely_of([case.episode])
        caches["memory"].clear()
        return recalled, likely_of([case.episode])

    before, _anew = recalled_and_anew()
    for change in (
        lambda: house.session(case.episode, 9, days_ago=0, status="missed"),
        lambda: Answer.objects.filter(item="heard").update(audience=Audience.SELF),
        lambda: Answer.objects.filter(item="way").update(value=0),
    ):
        change()
        recalled, anew = recalled_and_anew()
        assert recalled == anew
    assert recalled != before


def test_a_form_before_the_next_session_does_not_change_what_was_told(case):
    def told():
        alone = likely(history(case.episode, reader=case.by))
        batch = likely_of([case.episode])[case.episode.pk]
        return [[(r.id, round(r.strength, 9)) for r in one.found] for one in (alone, batch)]

    session = house.session(case.episode, 8, days_ago=-1, status="planned")
    before = told()
    usual = default_usual()
    calmer = replace(usual, sds=tuple(3 * one for one in usual.sds))
    CheckInNorms.objects.create(
        site=case.episode.client.site,
        version=1,
        at=session.starts_at - timedelta(minutes=1),
        figures={"norms": {}, "usual": as_figures(calmer)},
    )
    for rater, form in (("client", "phq-9"), ("therapist", "session-check-in-therapist")):
        checkin = house.checkin(session, rater=rater)
        Answer.objects.create(checkin=checkin, instrument=form, item="view", value=1)
    assert told() == before


def test_the_words_are_those_of_the_library():
    named = reasons_library()
    assert {key: str(one) for key, one in OPENINGS.items()} == {
        key: one.therapist for key, one in {**named, TOGETHER_ID: together()}.items()
    }
    assert {key: f"{words[0].upper()}{words[1:]}." for key, words in weight_words().items()} == {
        key: str(one) for key, one in WEIGHTS.items()
    }
    assert set(THIN) == set(thin_sentences())
    assert str(GENERAL) == general_sentence()
    assert {*OTHER_SOURCES, "view"} == set(OTHER) - {"goal_agreement_alone"} <= set(SOURCES)


ALL = ("heard", "understood", "safe", "goals", "way", "depth", "progress", "takeaway")
TOGETHER = "All answers fell together: no single reason fits as well. Worth asking what happened."


@pytest.fixture
def fallen(case, therapist):
    """Another client, after six steady sessions and one in which all answers fell."""
    one = type(case)(therapist).steady()
    return one.session(**dict.fromkeys(ALL, 4))


def test_the_worst_session_is_told_of_and_helped_on_every_page(client, fallen):
    found = helping(history(fallen.episode, reader=fallen.by))
    assert found.reasons.found == ()
    assert found.reasons.general
    assert len(found.suggested) == 3
    assert found.suggested[0].strategy.step is Step.VALIDATE
    house.sign_in(client, fallen.therapist)
    alert = Alert.objects.get(episode=fallen.episode, kind=Alert.Kind.DROP)
    pages = [
        client.get(reverse("episode", args=[fallen.episode.pk])).content.decode(),
        client.get(reverse("alert", args=[alert.pk])).content.decode(),
    ]
    for page in pages:
        assert TOGETHER in page
        assert "What could help" in page
    assert TOGETHER in client.get(reverse("caseload")).content.decode()
    assert likely_of([fallen.episode])[fallen.episode.pk].general


@pytest.mark.parametrize("low", [1, 2, 3])
def test_low_marks_everywhere_are_not_taken_for_politeness(client, case, low):
    one = type(case)(case.therapist).steady().session(**dict.fromkeys(ALL, low))
    found = helping(history(one.episode, reader=one.by))
    assert "not_candid" not in [reason.id for reason in found.reasons.found]
    assert found.suggested[0].strategy.step is Step.VALIDATE


def test_answers_that_fell_together_are_not_told_of_once_the_strain_is_closed(fallen):
    Alert.objects.filter(episode=fallen.episode).update(
        state=Alert.State.RESOLVED, closed_at=timezone.now()
    )
    Rupture.objects.filter(episode=fallen.episode).update(status="unrepaired")
    found = helping(history(fallen.episode, reader=fallen.by))
    assert not found.reasons.general
    assert found.suggested == []
    assert not likely_of([fallen.episode])[fallen.episode.pk].general
