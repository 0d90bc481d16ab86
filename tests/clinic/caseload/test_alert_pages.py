"""Alerts in words, their steps, and the supervisor's page."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import timezone

from attunement.clinic.audit.models import Event
from attunement.clinic.caseload.supervision import supervised
from attunement.clinic.caseload.templatetags.caseload import folded_after
from attunement.clinic.noticing.actions import acknowledge
from attunement.clinic.noticing.escalation import escalate_due
from attunement.clinic.noticing.models import Alert
from clinic.caseload import seeding
from clinic.caseload.test_caseload import ALLIANCE, alert
from support import house
from support.noticing_help import answer

pytestmark = pytest.mark.django_db
SAFETY = {"phq9": {"9": 2.0}}


def test_alerts_are_listed_most_urgent_first_in_words(client, therapist):
    alert(house.episode(therapist, "Tom"), "missed", evidence={"sessions": {"count": 2}})
    alert(house.episode(therapist, "Safe"), "safety", evidence=SAFETY, scale="phq9")
    page = house.sign_in(client, therapist).get(reverse("alerts")).text
    assert page.index("Safe gave an answer about safety") < page.index("Tom did not come to the")
    assert Event.objects.get(action="alerts.read").detail == {"alerts": 2}


def test_an_alert_offers_the_steps_of_the_table_and_no_other(client, therapist, maya):
    house.sign_in(client, therapist)
    safety = alert(maya, "safety", evidence=SAFETY, scale="phq9")
    page = client.get(reverse("alert", args=[safety.pk])).text
    assert "More than half the days" in page
    assert "I will look after it" in page
    assert "Nothing to do here" not in page
    told = alert(maya, "told", scale="client", state="resolved")
    page = client.get(reverse("alert", args=[told.pk])).text
    assert "Open it again" in page
    assert "I will look after it" not in page


def test_a_step_is_taken_with_what_must_be_said(client, therapist, maya):
    house.sign_in(client, therapist)
    safety = alert(maya, "safety", evidence=SAFETY, scale="phq9")
    step = reverse("alert_step", args=[safety.pk])
    refused = client.post(step, {"step": "resolve", "words": "  "})
    assert refused.status_code == 409
    assert "What was done?" in refused.text
    done = client.post(step, {"step": "resolve", "words": "<b>Rang her</b>"}, follow=True)
    assert "&lt;b&gt;Rang her&lt;/b&gt;" in done.text
    safety.refresh_from_db()
    assert safety.state == "resolved"


def test_words_are_kept_where_there_are_too_many(client, therapist, maya):
    house.sign_in(client, therapist)
    one = alert(maya)
    words = "Rang her." + "x" * 5000
    answer = client.post(reverse("alert_step", args=[one.pk]), {"step": "act", "words": words})
    assert answer.status_code == 422
    assert f"{words}</textarea>" in answer.text
    assert "at most 5000 characters" in answer.text
    one.refresh_from_db()
    assert one.state == "open"


def test_the_end_of_a_line_counts_as_one_character(client, therapist, maya):
    house.sign_in(client, therapist)
    one = alert(maya)
    words = "\r\n".join(["x" * 99] * 50)
    client.post(reverse("alert_step", args=[one.pk]), {"step": "act", "words": words})
    one.refresh_from_db()
    assert one.state == "acted"


def test_words_are_kept_where_someone_else_was_quicker(client, therapist, supervisor, maya):
    house.sign_in(client, therapist)
    one = alert(maya)
    step = reverse("alert_step", args=[one.pk])
    said = {"step": "pass-on", "to": "", "words": "Please look"}
    page = client.post(step, said)
    assert page.status_code == 409
    assert page.text.count("Please look</textarea>") == 1
    client.post(step, {"step": "resolve", "words": ""})
    late = client.post(step, {"step": "act", "words": "Rang her"})
    assert late.status_code == 409
    assert late.text.count("Rang her</textarea>") == 1


def test_an_alert_is_passed_on_to_someone_who_may_see_it(client, therapist, supervisor, maya):
    house.sign_in(client, therapist)
    one = alert(maya)
    step = reverse("alert_step", args=[one.pk])
    client.post(step, {"step": "pass-on", "to": str(supervisor.pk), "words": "Please look"})
    one.refresh_from_db()
    assert (one.state, one.owner) == ("escalated", supervisor)
    page = house.sign_in(client, supervisor).get(reverse("supervision")).text
    assert "Maya R." in page


@pytest.mark.parametrize("step", ["escalate", "nonsense", ""])
def test_what_is_no_step_for_people_is_refused(client, therapist, maya, step):
    client.raise_request_exception = False
    house.sign_in(client, therapist)
    one = alert(maya)
    answer = client.post(reverse("alert_step", args=[one.pk]), {"step": step})
    assert answer.status_code in {403, 404}
    one.refresh_from_db()
    assert one.state == "open"


def test_someone_elses_alert_does_not_exist(client, colleague, maya):
    one = alert(maya)
    house.sign_in(client, colleague)
    assert client.get(reverse("alert", args=[one.pk])).status_code == 404
    assert client.post(reverse("alert_step", args=[one.pk]), {"step": "act"}).status_code == 404
    assert "Maya" not in client.get(reverse("alerts")).text


def test_a_supervisor_sees_their_supervisees_and_nobody_else(
    client, supervisor, therapist, colleague, maya
):
    house.episode(colleague, "Not theirs")
    alert(maya, evidence={ALLIANCE: {"score": 3.0, "usual": 8.0, "depth": 6.0}})
    page = house.sign_in(client, supervisor).get(reverse("supervision")).text
    assert "Dana Levi" in page
    assert "Maya R." in page
    assert "Not theirs" not in page
    assert "Omar Haddad" not in page


def test_overdue_alerts_are_counted(supervisor, therapist, maya):
    alert(maya, hours=100)
    alert(maya, "told", hours=1, scale="client")
    alert(maya, "gap", hours=100, state="acted")
    (one,) = supervised(supervisor)
    assert (len(one.alerts), len(one.overdue)) == (3, 1)


@pytest.mark.parametrize("route", ["alerts", "supervision"])
def test_many_take_as_many_queries_as_few(
    client, supervisor, therapist, route, django_assert_max_num_queries
):
    house.sign_in(client, supervisor)

    def asked(clients, seed):
        for episode in seeding.fill(therapist, clients, seed):
            alert(episode, "gap", onset=99, hours=100)
        client.get(reverse(route))
        with django_assert_max_num_queries(23) as found:
            assert client.get(reverse(route)).status_code == 200
        return len(found)

    assert asked(2, 7) == asked(8, 8)


def test_clients_of_a_therapist_who_left_are_shown_without_one(
    client, supervisor, therapist, colleague, maya
):
    house.supervise(supervisor, colleague)
    house.episode(colleague, "Tom K.")
    therapist.active = False
    therapist.save()
    page = house.sign_in(client, supervisor).get(reverse("supervision")).text
    left, stays = supervised(supervisor)
    assert left.name == "Without an active therapist"
    assert [one.name for one in left.caseload.people] == ["Maya R."]
    assert (stays.name, [one.name for one in stays.caseload.people]) == ("Omar Haddad", ["Tom K."])
    assert "Without an active therapist" in page
    assert "Maya R." in page
    colleague.person.is_active = False
    colleague.person.save()
    assert [len(one.caseload.people) for one in supervised(supervisor)] == [2]


def test_what_waits_for_the_supervisor_is_in_nobodys_hands_yet(client, supervisor, therapist, maya):
    one = alert(maya, "safety")
    Alert.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    escalate_due()
    waits = "waits for the supervisor and whoever is on call"
    house.sign_in(client, therapist)
    assert waits in client.get(reverse("alert", args=[one.pk])).text
    assert waits in client.get(reverse("alerts")).text.lower()
    acknowledge(alert=one, by=house.actor(supervisor))
    page = client.get(reverse("alert", args=[one.pk])).text
    assert waits not in page
    assert "<dt>In whose hands</dt><dd>Ines Costa</dd>" in page


def test_the_therapists_own_words_are_told_to_them_as_theirs(client, supervisor, therapist, maya):
    answer(maya, rater="therapist", tension=7)
    mine = "You said after session 1 that there was tension (7 of 10)"
    theirs = "The therapist said after session 1 that there was tension (7 of 10)"
    one = maya.alerts.get()
    pages = [
        reverse("episode", args=[maya.pk]), reverse("alert", args=[one.pk]), reverse("alerts")
    ]  # fmt: skip
    house.sign_in(client, therapist)
    for page in (reverse("caseload"), *pages):
        said = client.get(page).text
        assert mine in said, page
        assert theirs not in said, page
    spoken = "Sessions with tension, as Maya R. told: 0. As you told: 1."
    assert spoken in client.get(pages[0]).text
    assert theirs in client.get(reverse("episode_print", args=[maya.pk])).text
    house.sign_in(client, supervisor)
    for page in (reverse("supervision"), *pages):
        said = client.get(page).text
        assert theirs in said, page
        assert mine not in said, page
    assert "As the therapist told: 1." in client.get(pages[0]).text


def test_of_many_alerts_the_later_ones_are_folded_though_none_about_safety():
    told = [SimpleNamespace(alert=Alert(kind=kind)) for kind in ("safety", *["drop"] * 5, "safety")]
    shown, folded = folded_after(told, 3)
    assert shown == [*told[:3], told[6]]
    assert folded == told[3:6]
    assert folded_after(told[:4], 3) == (told[:4], [])
