"""Until both are ready, nobody gets to know what the other wrote: on no page, in no copy."""

import io
import zipfile
from dataclasses import replace
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from attunement.clinic.audit.models import Event
from attunement.clinic.checkins.models import CheckIn
from attunement.clinic.goals.actions import writing
from attunement.clinic.goals.actions.writing import Wish
from attunement.clinic.goals.models import SetAside, Written
from attunement.clinic.goals.selectors.agreement import agreement_table, goals_table
from attunement.clinic.goals.views.tablet import OPEN_FOR
from attunement.clinic.people.problems import Refused
from attunement.clinic.privacy.export import export
from support import house

MINE, THEIRS = "Platypus dreams", "Quokka habits"


@pytest.fixture
def blind(two):
    """Both have written, and one is ready."""
    two.write(mine=(MINE,), theirs=(THEIRS,))
    writing.ready(episode=two.episode, by=two.client)
    return two


def html(browser, address):
    answer = browser.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def copied(episode, by):
    archive = zipfile.ZipFile(io.BytesIO(export(client=episode.client, by=by)))
    return "".join(archive.read(name).decode("utf-8-sig") for name in archive.namelist())


def test_the_therapist_sees_their_own_list_and_nothing_of_the_clients(blind):
    browser = house.sign_in(Client(), blind.episode.therapist)
    page = html(browser, reverse("goals", args=[blind.episode.pk]))
    assert THEIRS in page
    assert "latypus" not in page
    for name in ("episode", "episode_print", "client_export"):
        assert "latypus" not in html(browser, reverse(name, args=[blind.episode.pk]))


def test_the_client_sees_their_own_list_and_nothing_of_the_therapists(blind):
    browser = house.sign_in(Client(), blind.episode.client.account)
    for name in ("own_goals", "own", "own_rights"):
        page = html(browser, reverse(name))
        assert "uokka" not in page
    assert MINE in html(browser, reverse("own_goals"))


def test_how_much_the_other_wrote_is_not_told_either(two):
    browser = house.sign_in(Client(), two.episode.therapist)
    address = reverse("goals", args=[two.episode.pk])
    two.write(mine=("One",), theirs=(THEIRS,))
    page = html(browser, address)
    wishes = [Wish(text=f"Goal {i}", purpose="x" * 200) for i in range(5)]
    writing.write(episode=two.episode, wishes=wishes, by=two.client)
    assert plain(html(browser, address)) == plain(page)


def plain(page):
    return [line for line in page.splitlines() if "csrf" not in line.lower()]


def test_a_supervisor_sees_neither_list(blind, supervisor):
    page = html(house.sign_in(Client(), supervisor), reverse("goals", args=[blind.episode.pk]))
    assert "latypus" not in page
    assert "uokka" not in page


def test_nobodys_copy_holds_what_the_other_wrote(blind, supervisor):
    own = copied(blind.episode, blind.client)
    staff = copied(blind.episode, blind.therapist)
    assert MINE in own
    assert "uokka" not in own
    assert THEIRS in staff
    assert "latypus" not in staff
    assert "latypus" not in copied(blind.episode, house.actor(supervisor))


def test_no_table_of_agreement_is_made_of_lists_that_are_not_open(blind):
    assert goals_table(blind.episode).is_empty()
    assert agreement_table(blind.episode).is_empty()


def test_the_audit_does_not_tell_what_or_how_it_was_written(blind):
    said = str(list(Event.objects.values_list("action", "detail", "target_id")))
    assert "latypus" not in said
    assert "uokka" not in said


def test_once_both_are_ready_both_see_both(blind, supervisor):
    writing.ready(episode=blind.episode, by=blind.therapist)
    for who in (blind.episode.therapist, supervisor):
        page = html(house.sign_in(Client(), who), reverse("goals", args=[blind.episode.pk]))
        assert MINE in page
        assert THEIRS in page
    page = html(house.sign_in(Client(), blind.episode.client.account), reverse("own_goals"))
    assert MINE in page
    assert THEIRS in page
    for by in (blind.client, blind.therapist):
        assert MINE in copied(blind.episode, by)
        assert THEIRS in copied(blind.episode, by)


def tablet(therapist, episode):
    """Sign in, and hand the device over."""
    browser = house.sign_in(Client(), therapist)
    answer = browser.post(reverse("goals_tablet", args=[episode.pk]))
    assert answer["Location"] == reverse("tablet_goals")
    return browser


def test_a_tablet_shows_nothing_of_a_list_that_was_written_elsewhere(two):
    two.write(mine=(MINE,), theirs=(THEIRS,))
    page = html(tablet(two.episode.therapist, two.episode), reverse("tablet_goals"))
    assert "latypus" not in page
    assert "uokka" not in page
    assert "Your list is kept" in page


def test_a_tablet_shows_what_was_written_on_it_and_then_forgets(two):
    browser = tablet(two.episode.therapist, two.episode)
    address = reverse("tablet_goals")
    browser.post(address, {"do": "write", "text-0": MINE})
    assert MINE in html(browser, address)
    assert browser.get(reverse("caseload")).status_code == 302
    answer = browser.post(address, {"do": "finish"})
    assert answer["Clear-Site-Data"]
    assert OPEN_FOR not in browser.session
    assert "latypus" not in html(browser, address)
    again = tablet(two.episode.therapist, two.episode)
    assert "latypus" not in html(again, address)


def test_a_tablet_is_open_for_an_hour_at_most(two):
    browser = tablet(two.episode.therapist, two.episode)
    session = browser.session
    session[OPEN_FOR] = session[OPEN_FOR] | {"until": "2020-01-01T00:00:00+00:00"}
    session.save()
    answer = browser.post(reverse("tablet_goals"), {"do": "write", "text-0": MINE})
    assert "give the tablet back" in answer.content.decode()
    assert not Written.objects.exists()


def answered_by_link(two):
    """Answer a check-in by its link; give the browser and the link."""
    from attunement.clinic.checkins.actions.invitations import invite

    due = house.checkin(house.session(two.episode))
    secret = invite(checkin=due, purpose="link", by=two.therapist).secret
    browser = Client()
    browser.post(f"/c/{secret}", {"session-check-in.heard": "7"})
    assert CheckIn.objects.get(pk=due.pk).state == "answered"
    return browser, secret


def test_whoever_answered_by_a_link_may_write_and_no_other_browser_may(two):
    browser, secret = answered_by_link(two)
    address = reverse("link_goals", args=[secret])
    assert address in html(browser, reverse("answer_thanks", args=[secret]))
    browser.post(address, {"do": "look", "text-0": MINE, "purpose-0": "for the nights"})
    page = html(browser, address)
    assert MINE in page
    assert Written.objects.get().writer == "client"
    stranger = Client()
    assert stranger.get(address).status_code == 302
    stranger.post(address, {"do": "write-on"})
    assert two.episode.goal_rounds.get().client_ready_at


def test_an_account_shows_no_list_that_was_written_by_a_link(two):
    browser, secret = answered_by_link(two)
    browser.post(reverse("link_goals", args=[secret]), {"do": "write", "text-0": MINE})
    account = house.sign_in(Client(), two.episode.client.account)
    page = html(account, reverse("own_goals"))
    assert "latypus" not in page
    assert "You wrote a list before" in page
    assert "latypus" not in copied(two.episode, two.client)


def test_a_list_written_on_another_device_gives_way_and_can_be_put_back(two):
    first, secret = answered_by_link(two)
    here = reverse("link_goals", args=[secret])
    first.post(here, {"do": "write", "text-0": MINE})
    second = tablet(two.episode.therapist, two.episode)
    there = reverse("tablet_goals")
    assert "latypus" not in html(second, there)
    second.post(there, {"do": "write", "text-0": "Something else"})
    assert (Written.objects.get().text, SetAside.objects.get().text) == ("Something else", MINE)
    page = html(first, here)
    assert "Your earlier list" in page
    assert MINE in page
    assert "Something else" not in page
    stranger = tablet(two.episode.therapist, two.episode)
    stranger.post(there, {"do": "put-back"})
    assert Written.objects.get().text == "Something else"
    first.post(here, {"do": "put-back"})
    assert (Written.objects.get().text, SetAside.objects.get().text) == (MINE, "Something else")
    assert "Something else" in html(second, there)
    first.post(here, {"do": "look"})
    assert two.episode.goal_rounds.get().client_ready_at
    second.post(there, {"do": "put-back"})
    assert Written.objects.get().text == MINE


def test_a_list_set_aside_is_deleted_once_both_lists_open_and_its_page_says_so(two):
    first, secret = answered_by_link(two)
    here = reverse("link_goals", args=[secret])
    first.post(here, {"do": "write", "text-0": MINE})
    second = tablet(two.episode.therapist, two.episode)
    second.post(reverse("tablet_goals"), {"do": "look", "text-0": "Something else"})
    assert "until both lists open" in html(first, here)
    writing.write(episode=two.episode, wishes=[Wish(text="Theirs")], by=two.therapist)
    writing.ready(episode=two.episode, by=two.therapist)
    assert two.episode.goal_rounds.get().is_open
    assert not SetAside.objects.exists()


def test_who_sees_what_was_set_aside_may_go_back_to_the_last_lists_and_nobody_else(two):
    two.open()
    writing.look_anew(episode=two.episode, by=two.client)
    now = two.episode.goal_rounds.get(number=2)
    at = timezone.now()
    kept = {"id": uuid4(), "round": now, "rank": 1, "text": MINE, "written_at": at, "at": at}
    SetAside.objects.create(account=two.client.person, **kept)
    for by in (two.therapist, replace(two.client, person=None)):
        with pytest.raises(Refused):
            writing.go_back(episode=two.episode, by=by)
    writing.go_back(episode=two.episode, by=two.client)
    assert two.episode.goal_rounds.get().is_open


def test_a_list_of_a_link_is_kept_where_the_account_writes_another(two):
    browser, secret = answered_by_link(two)
    here = reverse("link_goals", args=[secret])
    browser.post(here, {"do": "write", "text-0": "Something else"})
    account = house.sign_in(Client(), two.episode.client.account)
    account.post(reverse("own_goals"), {"do": "write", "text-0": MINE})
    assert "Something else" in html(browser, here)
    browser.post(here, {"do": "put-back"})
    assert Written.objects.get().text == MINE
    assert "Something else" not in copied(two.episode, two.client)


def test_an_unknown_link_leads_to_no_goals(db):
    address = reverse("link_goals", args=["nothing"])
    assert Client().get(address)["Location"] == reverse("answer", args=["nothing"])


def test_texts_are_encrypted_where_they_are_kept(blind):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT text, purpose FROM goals_written")
        stored = str(cursor.fetchall())
    assert "latypus" not in stored
    assert "uokka" not in stored
