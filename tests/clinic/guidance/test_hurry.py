"""A check-in answered far faster than before counts in the clinic as it does in a file."""

from datetime import timedelta

import polars as pl
import pytest

from attunement.clinic.caseload.history import history
from attunement.clinic.checkins.models import Answer, CheckIn, Session
from attunement.clinic.guidance.caseload import likely_of
from attunement.clinic.guidance.found import likely
from attunement.clinic.guidance.hurry import LEFT_OPEN, counted, taken
from attunement.guidance.reasons.finding import as_objects, reasons
from attunement.guidance.reasons.library import ITEMS
from attunement.guidance.reasons.usual import default_usual

pytestmark = pytest.mark.django_db

USUAL = 80
QUICK = 6


@pytest.fixture
def alike(case):
    """Another client: six check-ins in a minute or so, then all answers alike."""
    one = type(case)(case.therapist).steady().session(value=8)
    for checkin in CheckIn.objects.filter(session__episode=one.episode):
        took(checkin, USUAL + checkin.session.number)
    return one


def took(checkin, seconds):
    checkin.opened_at = checkin.answered_at - timedelta(seconds=seconds)
    checkin.save(update_fields=["opened_at"])


def newest(case):
    return CheckIn.objects.get(session__episode=case.episode, session__number=case.last)


def parts_of(case):
    """The parts of feedback that may not be candid, on the page; the caseload says the same."""
    page = likely(history(case.episode, reader=case.by))
    (batch,) = likely_of([case.episode]).values()
    assert [(one.id, one.parts) for one in batch.found] == [
        (one.id, one.parts) for one in page.found
    ]
    return candid(page)


def candid(found):
    told = {one.id: one for one in (*found.found, *found.weaker)}.get("not_candid")
    return {part.source: part.strength for part in told.parts} if told else {}


def in_a_file(case):
    mine = {"checkin__session__episode": case.episode}
    names = ("instrument", "item", "value")
    rows = [
        {
            "client": "",
            "rater": "client",
            "session": one.checkin.session.number,
            "seconds": (one.checkin.answered_at - one.checkin.opened_at).total_seconds(),
            **{name: getattr(one, name) for name in names},
        }
        for one in Answer.objects.filter(**mine).select_related("checkin__session")
    ]
    held = Session.objects.filter(episode=case.episode).values_list("number", "status")
    attendance = pl.DataFrame(
        [{"client": "", "session": number, "status": status} for number, status in held]
    )
    usual = default_usual()
    (found,) = as_objects(
        reasons(pl.DataFrame(rows), attendance=attendance, usual=usual, norms={}, asked=True)
    )
    return candid(found)


def test_hurried_answers_say_on_a_page_what_they_say_in_a_file(alike):
    took(newest(alike), QUICK)
    told = parts_of(alike)
    assert told["hurried"] > 1
    assert told == pytest.approx(in_a_file(alike))


@pytest.mark.parametrize("seconds", [12, 20, 40, 600])
def test_whoever_takes_more_than_a_second_for_each_answer_is_never_called_hurried(alike, seconds):
    took(newest(alike), seconds)
    assert parts_of(alike)["hurried"] == 0


def test_without_the_time_of_opening_nothing_is_said_of_hurry(alike):
    CheckIn.objects.filter(pk=newest(alike).pk).update(opened_at=None)
    assert parts_of(alike)["hurried"] == 0


def test_where_more_was_asked_on_the_form_nothing_is_said_of_hurry(alike):
    last = newest(alike)
    took(last, QUICK)
    CheckIn.objects.filter(pk=last.pk).update(instruments=["session-check-in", "phq-9"])
    assert parts_of(alike)["hurried"] == 0


def test_what_was_left_open_or_sent_at_once_has_no_time(alike):
    at = newest(alike).answered_at
    assert taken(at - LEFT_OPEN, at) == LEFT_OPEN.total_seconds()
    assert taken(at - LEFT_OPEN - timedelta(seconds=1), at) is None
    assert taken(at, at) is None


def test_times_count_only_where_every_answer_is_seen():
    took = {1: 60.0, 2: 60.0, 3: 60.0, 4: 6.0}
    shown = [(number, item, 0.0) for number in took for item in (*ITEMS, "tension")]
    assert counted(took, shown) == took
    assert 4 not in counted(took, [one for one in shown if one[:2] != (4, "heard")])
    assert 2 not in counted(took, [one for one in shown if one[:2] != (2, "tension")])
    told = [(*one[:2], 3.0) if one[:2] == (4, "tension") else one for one in shown]
    assert 4 not in counted(took, told)
    assert 4 in counted(took, [*told, (4, "settled", 2.0)])


@pytest.mark.parametrize("audience", ["self", "service", "later"])
def test_what_is_kept_back_lends_no_time_to_what_is_told(alike, audience):
    took(newest(alike), QUICK)
    last = {"checkin": newest(alike)}
    kept = Answer.objects.filter(**last, item__in=["safe", "goals", "way", "tension"])
    kept.update(audience=audience)
    assert parts_of(alike)["hurried"] == 0
