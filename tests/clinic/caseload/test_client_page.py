"""One client: what the charts, the sentences and the eight answers say, and what stays private."""

import json
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from attunement.clinic.audit.models import Event
from attunement.clinic.caseload.answers import eight
from attunement.clinic.caseload.client_page import client_page
from attunement.clinic.caseload.history import history
from attunement.clinic.caseload.scales import all_scales
from attunement.clinic.caseload.selectors import caseload
from attunement.clinic.checkins.models import Answer, Comment
from attunement.clinic.noticing.models import Rupture, Score
from attunement.course.expected.model import fit
from attunement.synthetic.answers import CLIENT_ITEMS
from attunement.synthetic.cohort import simulate
from attunement.synthetic.plan import Plan
from clinic.caseload import seeding
from clinic.caseload.test_caseload import ALLIANCE, alert, scores
from support import house

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(therapist):
    return max(seeding.fill(therapist, 6), key=lambda one: one.scores.count())


def page_of(browser, person, episode, name="episode"):
    return house.sign_in(browser, person).get(reverse(name, args=[episode.pk]))


def answered(of, number, values, audience="therapist", **others):
    session = of.sessions.filter(number=number).first() or house.session(
        of, number, days_ago=200 - 7 * number
    )
    checkin = house.checkin(session)
    checkin.state, checkin.answered_at = "answered", timezone.now()
    checkin.submission = str(checkin.pk)
    checkin.save()
    given = dict.fromkeys(CLIENT_ITEMS, values) | others
    for item, value in given.items():
        Answer.objects.create(
            checkin=checkin,
            instrument="session-check-in",
            item=item,
            value=value,
            audience=audience if item in others else "therapist",
        )
    return checkin


def test_charts_sessions_and_words_are_there(client, therapist, course):
    page = page_of(client, therapist, course)
    assert page.status_code == 200
    assert page.text.count('<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img"') == 3
    for title in ("The relationship", "Depression (PHQ-9)", "What happened when", "Notes"):
        assert title in page.text


def test_nothing_on_the_page_breaks_the_strict_policy(client, therapist, course):
    page = page_of(client, therapist, course).text
    assert not re.search(r"\sstyle=|<style|<script>|\son[a-z]+=", page)


def test_all_charts_share_one_axis(therapist, course):
    known = history(course)
    drawn = client_page(known)
    boxes = {
        re.search(r'viewBox="([\d. ]+)"', one.drawn)[1].split()[2]
        for one in (*drawn.relationship, *drawn.others, drawn.timeline)
    }
    assert boxes == {"372"}


def test_answers_below_the_clients_own_usual_are_named(maya):
    for number in range(1, 7):
        answered(maya, number, 8)
    answered(maya, 7, 8, safe=2, understood=5)
    said = {one.item: one.word for one in eight(history(maya)).said}
    assert said == dict.fromkeys(CLIENT_ITEMS, "as usual") | {
        "safe": "much lower",
        "understood": "much lower",
    }


def test_the_caseload_names_the_answers_behind_a_drop_but_none_that_is_kept_back(therapist, maya):
    for number in range(1, 7):
        answered(maya, number, 8)
    checkin = answered(maya, 7, 8, safe=2, understood=4)
    alert(maya, evidence={ALLIANCE: {"score": 4.9, "usual": 8.0, "depth": 6.2}})
    (person,) = caseload(therapist).first
    assert person.reasons[0].words.endswith("Below usual: understood, safe to be honest.")
    checkin.answers.filter(item="safe").update(audience="self")
    checkin.answers.filter(item__in=["heard", "goals"]).update(value=1)
    checkin.answers.filter(item="way").update(value=2)
    (person,) = caseload(therapist).first
    assert person.reasons[0].words.endswith(
        "Furthest below usual: heard, my goals, the way we work."
    )
    checkin.answers.filter(item__in=["heard", "goals", "way"]).update(value=8)
    (person,) = caseload(therapist).first
    assert person.reasons[0].words.endswith("Below usual: understood.")


@pytest.mark.parametrize("audience", ["later", "service", "self"])
def test_an_answer_kept_from_the_therapist_never_appears(client, therapist, maya, audience):
    for number in range(1, 7):
        answered(maya, number, 8)
    checkin = answered(maya, 7, 8, audience, safe=1)
    Comment.objects.create(checkin=checkin, text="nobody's business", audience=audience)
    scores(maya, [8] * 7)
    Score.objects.create(
        episode=maya,
        session=checkin.session,
        scale=ALLIANCE,
        number=7,
        on=timezone.localdate(),
        value=1.2345,
        private=True,
    )
    known = history(maya)
    (safe,) = [one for one in eight(known).said if one.item == "safe"]
    assert safe.value is None
    assert not known.comments
    for name in ("episode", "episode_print", "episode_csv"):
        text = page_of(client, therapist, maya, name).text
        assert "nobody's business" not in text
        assert "1.2345" not in text
        assert "much lower" not in text


def test_what_a_client_wrote_for_the_therapist_is_shown(client, therapist, maya):
    checkin = answered(maya, 1, 8)
    Comment.objects.create(checkin=checkin, text="<b>I felt rushed</b>")
    assert "&lt;b&gt;I felt rushed&lt;/b&gt;" in page_of(client, therapist, maya).text


def test_a_drop_is_said_beside_its_chart_and_to_those_who_listen(client, therapist, maya):
    scores(maya, [8, 8.1, 7.9, 8, 8, 8.2, 4.9])
    words = "After session 7, the working relationship was clearly below Maya R."
    page = page_of(client, therapist, maya).text
    assert f'aria-label="Working relationship. {words}' in page
    assert f"<figcaption>{words}" in page


def test_missed_sessions_are_hollow(therapist, maya):
    scores(maya, [8, 8, 8])
    house.session(maya, 4, days_ago=0, status="missed")
    with_missed = client_page(history(maya)).relationship[0].drawn
    assert with_missed.count('fill="#fbfaf6" stroke="#56605d"') == 1


def test_charts_and_timeline_stand_on_the_same_sessions(therapist, maya):
    scores(maya, [8] * 12)
    page = client_page(history(maya))
    charts = [*page.relationship, *page.others, page.timeline]
    under = re.compile(r'"middle" transform="translate\(([\d.]+),[\d.]+\)"[^>]*>(\d+)</text>')
    named = [{number: float(x) for x, number in under.findall(one.drawn)} for one in charts]
    assert len(named) > 1
    assert all(one == pytest.approx(named[0]) for one in named)
    assert list(named[0]) == ["3", "6", "9", "12"]


def test_a_safety_alert_says_what_was_asked_and_answered(client, therapist, maya):
    alert(maya, "safety", evidence={"phq9": {"9": 1.0}}, scale="phq9")
    page = page_of(client, therapist, maya).text
    assert "Several days" in page
    assert "safety-box" in page


def test_every_read_is_audited(client, therapist, maya):
    names = ("episode", "episode_print", "episode_pdf", "episode_csv", "client_details")
    for name in names:
        assert page_of(client, therapist, maya, name).status_code == 200
    events = Event.objects.filter(client_id=maya.client_id).values_list("action", flat=True)
    assert sorted(events) == sorted(
        [
            "episode.read",
            "episode.printed",
            "episode.printed",
            "episode.taken-out",
            "client.details-read",
        ]
    )


PAGES = ("episode", "episode_print", "episode_pdf", "episode_csv", "client_details", "episode_end")


@pytest.mark.parametrize("name", PAGES)
def test_another_therapists_client_does_not_exist(client, colleague, maya, name):
    assert page_of(client, colleague, maya, name).status_code == 404


@pytest.mark.parametrize("name", PAGES)
def test_a_therapist_of_another_site_finds_nothing(client, elsewhere, maya, name):
    stranger = house.staff("therapist", elsewhere)
    assert page_of(client, stranger, maya, name).status_code == 404


def test_a_supervisor_sees_a_supervisees_client(client, supervisor, maya):
    page = page_of(client, supervisor, maya)
    assert page.status_code == 200
    assert "with Dana Levi" in page.text


def test_the_page_takes_as_many_queries_for_a_long_course_as_for_a_short_one(
    client, therapist, maya, django_assert_max_num_queries
):
    house.sign_in(client, therapist)

    def asked():
        client.get(reverse("episode", args=[maya.pk]))
        with django_assert_max_num_queries(36) as found:
            client.get(reverse("episode", args=[maya.pk]))
        return len(found)

    for number in range(1, 4):
        answered(maya, number, 8)
    alert(maya, onset=1)
    short = asked()
    for number in range(4, 20):
        answered(maya, number, 8)
        alert(maya, onset=number)
    assert asked() == short


def test_symptoms_stand_beside_the_course_the_site_has_learned_to_expect(therapist, here):
    cohort = simulate(Plan(clients=60, responses=False), 3)
    learned = fit(cohort.scores, all_scales()["phq9"])
    here.norms = {"expected:phq9": json.loads(learned.to_json())}
    here.save()
    episode = house.episode(therapist, "Maya R.")
    scores(episode, [12, 18, 26, 27, 27], "phq9", usual=30.0)
    drawn = client_page(history(episode))
    assert ">expected<" in drawn.others[0].drawn
    assert "higher than expected two sessions running" in " ".join(drawn.sentences)
    here.norms = {"expected:phq9": {"not": "a course"}}
    here.save()
    episode.refresh_from_db()
    assert ">expected<" not in client_page(history(episode)).others[0].drawn


@pytest.mark.parametrize("who", ["therapist", "supervisor"])
def test_the_page_leads_to_account_copy_and_correction(request, client, maya, supervisor, who):
    around = house.session(maya)
    answered = house.checkin(around)
    answered.state, answered.answered_at, answered.submission = "answered", timezone.now(), "one"
    answered.save()
    house.sign_in(client, request.getfixturevalue(who))
    page = client.get(f"/clients/{maya.pk}/").content.decode()
    for name, of in (
        ("client_account", [maya.pk]),
        ("client_export", [maya.pk]),
        ("client_correct", [maya.pk, answered.pk]),
    ):
        assert reverse(name, args=of) in page
        assert client.get(reverse(name, args=of)).status_code == 200


def long_course(of, now):
    """A course of 32 sessions with a rupture at the 12th that was never repaired."""
    scores(of, [6.3] * 11 + [4.0] + [6.0] * 19 + [now], usual=6.0)
    Rupture.objects.create(episode=of, scale=ALLIANCE, onset=12, level=6.3, status="unrepaired")
    return client_page(history(of))


def test_a_rupture_long_past_is_history_where_the_newest_score_is_as_usual(maya):
    page = long_course(maya, 5.9)
    assert page.relationship[0].message == (
        "After session 32, the working relationship was as usual for Maya R. "
        "(5.9; usually between 5 and 7)."
    )
    assert page.sentences[-1] == (
        "Earlier, after session 12, the working relationship fell, and it has settled lower since "
        "(now 5.9, before it about 6.3)."
    )
    assert page.also == [page.sentences[-1]]


def test_a_rupture_that_is_open_now_still_comes_first(maya):
    Rupture.objects.create(episode=maya, scale=ALLIANCE, onset=32, level=6.0, status="open")
    page = long_course(maya, 4.0)
    assert page.relationship[0].message.startswith(
        "After session 32, the working relationship was clearly below Maya R.'s usual"
    )
    assert not any(one.startswith("Earlier") for one in page.sentences)
