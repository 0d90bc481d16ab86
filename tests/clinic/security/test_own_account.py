"""An account that staff can set up for themselves shows nothing that a client keeps from them."""

import io
import json
import re
import zipfile

import pytest
from django.core import mail
from django.http import Http404
from django.test import Client as Browser
from django.urls import reverse

from attunement.clinic.audit.models import Event
from attunement.clinic.caseload.actions.clients import Details, change_details, new_client
from attunement.clinic.checkins.actions.answering import change_audience
from attunement.clinic.checkins.actions.invitations import invite
from attunement.clinic.checkins.models import Answer, CheckIn, Comment
from attunement.clinic.checkins.selectors.kept import code_of, fits
from attunement.clinic.jobs.models import Job
from attunement.clinic.noticing.given import Given
from attunement.clinic.noticing.submit import submit
from attunement.clinic.people.actions.invite import close_client_account, invite_client
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.mails import account_changed
from attunement.clinic.people.models import Episode
from attunement.clinic.people.permissions import Role
from attunement.clinic.people.problems import Refused
from attunement.clinic.voice.actions.choosing import choose
from support import house

NAME = "answer:session-check-in:"
ITEMS = ("heard", "understood", "goals", "way", "depth", "progress", "takeaway")
TEXT = "I do not trust him"
OWN = "me@private.example.org"


@pytest.fixture
def browser():
    return Browser()


def answer_by_link(browser, episode, number=1):
    """Answer by a link as the client, with one answer and the words kept to oneself."""
    around = house.session(episode, number=number, days_ago=20 - number)
    due = house.checkin(around)
    made = invite(checkin=due, purpose="link", by=house.actor(episode.therapist))
    given = {NAME + item: "7" for item in ITEMS} | {
        NAME + "safe": "1",
        "audience:session-check-in:safe": "self",
        "comment": TEXT,
        "comment-audience": "self",
    }
    browser.post(reverse("answer", args=[made.secret]), given)
    due.refresh_from_db()
    assert Answer.objects.get(checkin=due, item="safe").audience == "self"
    return due, browser.get(reverse("answer_thanks", args=[made.secret])).content.decode()


def take_over(episode, therapist):
    """Invite oneself to the client's account, as a therapist who writes down an own address."""
    by = house.actor(therapist)
    change_details(episode=episode, details=Details(code=episode.client.code, email=OWN), by=by)
    person = invite_client(episode=Episode.objects.get(pk=episode.pk), email=OWN, by=by)
    person.set_password(house.PASSWORD)
    person.save()
    return person, house.sign_in(Browser(), person)


def everything_shown(browser, episode):
    """Read every page of an account, and the copy of the record."""
    pages = ["/me/", reverse("own_rights")]
    pages += [f"/me/check-ins/{one.pk}" for one in CheckIn.objects.filter(rater="client")]
    said = "".join(browser.get(page).content.decode() for page in pages)
    packed = zipfile.ZipFile(io.BytesIO(browser.post(reverse("own_export")).content))
    rows = {name: json.loads(packed.read(name)) for name in packed.namelist() if "json/" in name}
    return said, rows


def test_a_therapist_who_invites_themselves_sees_nothing_that_was_kept_from_them(
    browser, maya, therapist
):
    due, _thanks = answer_by_link(browser, maya)
    _person, account = take_over(maya, therapist)
    said, rows = everything_shown(account, maya)
    assert TEXT not in said
    assert "1 (from 0 to 10)" not in said
    assert "from 0 to 10" in said
    assert not rows["json/comments.json"]
    assert {one["item"] for one in rows["json/answers.json"]} == set(ITEMS)
    assert not any(one["private"] for one in rows["json/scores.json"])
    assert "code that you were given" in said
    safe = Answer.objects.get(checkin=due, item="safe")
    with pytest.raises(Http404):
        change_audience(answer=safe, audience="therapist", by=house.own(due.session.episode.client))


def test_an_account_set_up_before_the_answers_sees_none_of_them_either(browser, maya, therapist):
    _person, account = take_over(maya, therapist)
    answer_by_link(browser, maya)
    said, rows = everything_shown(account, maya)
    assert TEXT not in said + str(rows)
    assert not any(one["private"] for one in rows["json/scores.json"])


def test_closing_the_client_s_account_and_inviting_oneself_gains_nothing(maya, therapist):
    by = house.actor(therapist)
    client = maya.client
    client.email = "maya@example.org"
    client.save()
    own = house.sign_in(Browser(), invite_client(episode=maya, email=client.email, by=by))
    due = house.checkin(house.session(maya))
    given = {NAME + item: "7" for item in ITEMS} | {
        NAME + "safe": "1",
        "audience:session-check-in:safe": "self",
        "comment": TEXT,
        "comment-audience": "self",
    }
    own.post(f"/me/check-ins/{due.pk}", given)
    assert (
        TEXT
        in own.get(f"/me/check-ins/{due.pk}").content.decode()
        + own.get(f"/me/check-ins/{due.pk}").content.decode()
    )
    close_client_account(episode=Episode.objects.get(pk=maya.pk), by=by)
    _person, account = take_over(maya, therapist)
    said, rows = everything_shown(account, maya)
    assert TEXT not in said + str(rows)
    again = account.post(f"/me/check-ins/{due.pk}", given)
    assert again.status_code == 410
    assert CheckIn.objects.get(pk=due.pk).account is None


def test_a_link_that_staff_use_themselves_shows_no_earlier_score_of_all_answers(
    browser, maya, therapist
):
    answer_by_link(browser, maya)
    due = house.checkin(house.session(maya, number=2, days_ago=1))
    made = invite(checkin=due, purpose="link", by=house.actor(therapist))
    other = Browser()
    other.post(reverse("answer", args=[made.secret]), {NAME + item: "7" for item in ITEMS})
    said = other.get(reverse("answer_thanks", args=[made.secret])).content.decode()
    assert "from 7 to 7" in said


def test_whoever_gave_the_answers_opens_them_with_the_code_they_were_shown(
    browser, maya, therapist
):
    due, thanks = answer_by_link(browser, maya)
    code = re.search(r'class="code"[^>]*>([A-Z2-7-]{14})<', thanks)[1]
    assert f"{' '.join(code[:4])}, " in thanks, "spoken letter by letter"
    assert fits(due, code.lower().replace("-", " "))
    person, account = take_over(maya, therapist)
    wrong = account.post(reverse("own_open", args=[due.pk]), {"code": "AAAA-AAAA-AAAA"})
    assert wrong.status_code == 302
    assert CheckIn.objects.get(pk=due.pk).account is None
    account.post(reverse("own_open", args=[due.pk]), {"code": code})
    assert CheckIn.objects.get(pk=due.pk).account == person
    said, rows = everything_shown(account, maya)
    assert TEXT in said
    assert "safe" in {one["item"] for one in rows["json/answers.json"]}
    assert Event.objects.filter(action="checkin.opened-to-account").count() == 1


def test_a_code_opens_one_day_and_belongs_to_one_client(browser, maya, colleague, therapist):
    one, _thanks = answer_by_link(browser, maya, 1)
    two, _thanks = answer_by_link(Browser(), maya, 2)
    other, _thanks = answer_by_link(Browser(), house.episode(colleague))
    assert len({code_of(due) for due in (one, two, other)}) == 3
    _person, account = take_over(maya, therapist)
    account.post(reverse("own_open", args=[two.pk]), {"code": code_of(one)})
    there = account.post(reverse("own_open", args=[other.pk]), {"code": code_of(other)})
    assert there.status_code == 404
    assert not CheckIn.objects.filter(account__isnull=False).exists()


def test_words_alone_that_are_kept_to_oneself_have_their_code_too(browser, maya):
    due = house.checkin(house.session(maya))
    made = invite(checkin=due, purpose="link", by=house.actor(maya.therapist))
    words = {"comment": TEXT, "comment-audience": "self"}
    browser.post(reverse("answer", args=[made.secret]), {NAME + "safe": "7"} | words)
    said = browser.get(reverse("answer_thanks", args=[made.secret])).content.decode()
    assert code_of(CheckIn.objects.get(pk=due.pk)) in said


def test_who_answers_without_keeping_anything_is_shown_no_code(browser, maya):
    due = house.checkin(house.session(maya))
    made = invite(checkin=due, purpose="link", by=house.actor(maya.therapist))
    browser.post(reverse("answer", args=[made.secret]), {NAME + item: "7" for item in ITEMS})
    said = browser.get(reverse("answer_thanks", args=[made.secret])).content.decode()
    assert code_of(CheckIn.objects.get(pk=due.pk)) not in said


@pytest.mark.parametrize("role", [Role.THERAPIST, Role.ADMINISTRATOR])
def test_an_address_with_which_someone_works_here_is_nobody_s_address(role, maya, therapist):
    other = house.staff(role, maya.client.site)
    email = f" {other.person.email.upper()}"
    by = house.actor(therapist)
    with pytest.raises(Refused, match="works here"):
        change_details(episode=maya, details=Details(code="x", email=email), by=by)
    with pytest.raises(Refused, match="works here"):
        new_client(details=Details(code="y", email=email), started_on=maya.started_on, by=by)


def test_the_supervisor_is_told_and_everyone_concerned_sees_who_it_was(
    client, maya, therapist, supervisor
):
    _person, account = take_over(maya, therapist)
    told = Job.objects.filter(kind="account.news")
    assert {one.payload["membership"] for one in told} == {str(supervisor.pk)}
    assert told.count() == 2
    account_changed(key="k", **told.first().payload)
    assert mail.outbox[0].to == [supervisor.person.email]
    assert str(maya.pk) in mail.outbox[0].body
    assert "Maya" not in mail.outbox[0].subject + mail.outbox[0].body
    house.sign_in(client, supervisor)
    page = client.get(reverse("client_account", args=[maya.pk])).content.decode()
    assert "Dana Levi changed the e-mail address." in page
    assert "Dana Levi sent an invitation to an account." in page
    assert (
        "Dana Levi changed the e-mail address."
        in account.get(reverse("own_rights")).content.decode()
    )


def test_where_nobody_supervises_the_administrators_are_told(maya, therapist, administrator):
    take_over(maya, therapist)
    told = Job.objects.filter(kind="account.news").first()
    assert told.payload["membership"] == str(administrator.pk)
    account_changed(key="k", **told.payload)
    assert str(maya.pk) not in mail.outbox[0].body


def test_words_kept_to_oneself_are_changed_by_their_own_account_alone(browser, maya, therapist):
    due, _thanks = answer_by_link(browser, maya)
    _person, account = take_over(maya, therapist)
    account.post(reverse("own_share", args=[due.pk]), {"audience-comment": "therapist"})
    assert Comment.objects.get(checkin=due).audience == "self"


def test_what_an_account_keeps_back_stays_there_and_the_rest_behind_its_code(
    browser, maya, therapist
):
    due, _thanks = answer_by_link(browser, maya)
    _person, account = take_over(maya, therapist)
    here, share = (reverse(name, args=[due.pk]) for name in ("own_checkin", "own_share"))
    heard = Answer.objects.get(checkin=due, item="heard")
    account.post(share, {f"audience-{heard.pk}": "self"})
    said, rows = everything_shown(account, maya)
    assert {one["item"] for one in rows["json/answers.json"]} == set(ITEMS)
    assert TEXT not in said
    assert "1 (from 0 to 10)" not in said
    assert not any(one["private"] for one in rows["json/scores.json"])
    assert f'name="audience-{heard.pk}"' in account.get(here).content.decode()
    account.post(share, {f"audience-{heard.pk}": "therapist"})
    heard.refresh_from_db()
    assert (heard.audience, heard.kept_in) == ("therapist", None)


def test_where_nothing_was_kept_by_link_all_that_an_account_keeps_back_is_shown_there(
    maya, therapist
):
    due = house.checkin(house.session(maya))
    given = [Given(instrument="session-check-in", item=item, value=6) for item in ITEMS]
    by = Actor.holder(maya.client)
    submit(checkin=due, answers=given, comment=TEXT, submission="x", by=by)
    _person, account = take_over(maya, therapist)
    kept = {f"audience-{one.pk}": "later" for one in due.answers.all()[:2]}
    account.post(reverse("own_share", args=[due.pk]), kept | {"audience-comment": "self"})
    said, rows = everything_shown(account, maya)
    assert TEXT in said
    assert "code that you were given" not in said
    assert len(rows["json/answers.json"]) == len(ITEMS)
    assert rows["json/comments.json"]
    assert any(one["private"] for one in rows["json/scores.json"])
    assert house.sign_in(Browser(), therapist).get(f"/clients/{maya.pk}/").status_code == 200


def test_low_answers_that_an_account_keeps_back_afterwards_stay_there_too(maya, therapist):
    due = house.checkin(house.session(maya))
    given = [Given(instrument="session-check-in", item=item, value=0) for item in ITEMS]
    submit(checkin=due, answers=given, submission="x", by=Actor.holder(maya.client))
    person, account = take_over(maya, therapist)
    by = house.own(Episode.objects.get(pk=maya.pk).client)
    choose(checkin=CheckIn.objects.get(pk=due.pk), choice="self", by=by)
    assert set(due.answers.values_list("audience", "kept_in")) == {("self", person.pk)}
    _said, rows = everything_shown(account, maya)
    assert len(rows["json/answers.json"]) == len(ITEMS)
