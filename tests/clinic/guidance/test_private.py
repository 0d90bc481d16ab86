"""An answer that the client keeps from the therapist shapes no suggestion and no follow-up."""

import pytest
from django.urls import reverse

from attunement.clinic.caseload.history import history
from attunement.clinic.guidance.actions import mark
from attunement.clinic.guidance.followed import compared, work_out
from attunement.clinic.guidance.helping import helping
from attunement.guidance.followup import Outcome
from support import house

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("audience", ["self", "service", "later"])
def test_a_private_low_session_looks_to_the_therapist_as_if_it_had_not_been_answered(
    client, case, audience
):
    quiet = type(case)(case.therapist).steady()
    hidden = type(case)(case.therapist).steady().low(audience=audience)
    house.sign_in(client, case.therapist)
    pages = []
    for one in (quiet, hidden):
        found = helping(history(one.episode, reader=one.by))
        assert found.suggested == []
        assert (
            "What could help"
            not in client.get(reverse("episode", args=[one.episode.pk])).content.decode()
        )
        assert found.reasons.found == ()
        pages.append(found.reasons.weaker)
    assert pages[0] == pages[1]


def test_a_private_recovery_is_not_told_to_the_therapist(case):
    mark(episode=case.episode, strategy="say-back-and-check", to="tried", strain=7, by=case.by)
    case.session(audience="self")
    found = helping(history(case.episode, reader=case.by))
    assert found.done[0].follow_up.outcome is Outcome.TOO_EARLY


def test_site_figures_rest_on_what_therapists_may_see(case, here):
    before = compared(here)
    type(case)(case.therapist).steady().low(audience="self").session().session().session()
    assert compared(here).equals(before)
    work_out(here)
    assert here.followed.figures == {}
