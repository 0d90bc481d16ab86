"""Nothing that people can see, hear or be sent escapes translation."""

import re
from zoneinfo import available_timezones

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core import mail
from django.template.loader import render_to_string
from django.test import Client as Browser
from django.utils.translation import override

from attunement.clinic.caseload.client_page import client_page
from attunement.clinic.caseload.history import history
from attunement.clinic.caseload.paper import sheet
from attunement.clinic.checkins.actions.mail import send_invitation
from attunement.clinic.checkins.models import CheckIn
from attunement.clinic.jobs.worker import work_once
from attunement.clinic.noticing.instruments import instruments, scales
from attunement.clinic.noticing.mails import alert_waiting
from attunement.clinic.noticing.models import Alert
from attunement.clinic.people.models import Client, Person, Site
from attunement.clinic.service.counting import count_all
from clinic.caseload import seeding
from clinic.language.marked import LANGUAGE, everything_marked
from clinic.language.visible import left_over, pieces
from support import house, world

pytestmark = pytest.mark.sqlite
WHO = (None, "therapist", "supervisor", "client", "manager", "administrator")
CARE = {"therapist", "supervisor"}  # who may see clients
NAMES = [
    "Attunement",
    "JavaScript",
    "CSV",
    "TSV",
    "JSON",
    "Parquet",
    "Excel",
    "QR",
    "PDF",
    "Deutsch",
]
ADDRESS = re.compile(r"https?://\S+")
NUMBER, DAY, HOUR = (
    re.compile(one) for one in (r"-?[\d.]+", r"\d{4}-\d\d-\d\d", r"\d\d:\d\d(:\d\d)?")
)
MACHINE = {"number": NUMBER, "range": NUMBER, "date": DAY, "time": HOUR}
READ = re.compile(
    r"\s(?:data-[\w-]+|aria-value\w+|value|min|max|step|low|high|style|"
    r'x|y|[xyr][12xy]|d[xy]|c[xy]|r|offset|width|height|viewBox)="[^"]*"'
)
DECIMAL = re.compile(r"(?<![\w.,-])-?\d+,\d+(?![\w.,])")
LOGGED_OUT = {"account/logout/", "language", "stay"}


def data():
    """Give what is no sentence: names, codes, addresses, what people wrote."""
    found = [world.NAME, world.TEXT, *NAMES, *available_timezones(), *scales()]
    for person in Person.objects.all():
        found += [person.name, person.email]
    for client in Client.objects.all():
        found += [client.name, client.code]
    for site in Site.objects.all():
        found += [site.name]
        found += [str(part) for one in site.crisis_contacts for part in one.values()]
    found += wording()
    return sorted({one for one in found if one}, key=len, reverse=True)


def wording():
    """Give the words of instruments that have an official translation."""
    for instrument in instruments().values():
        spoken = instrument.in_language(LANGUAGE)
        if spoken.language == LANGUAGE:
            yield from (spoken.title, spoken.instruction)
            yield from (scale.title for scale in spoken.scales.values())
            for item in spoken.items:
                answer = spoken.answer_of(item)
                yield from (item.name, item.text or "", item.help or "", answer.low, answer.high)
                yield item.name[:1].upper() + item.name[1:]


def titles():
    """Give the titles of scales, which an attribute cannot set in their own language."""
    return [scale.title for one in instruments().values() for scale in one.scales.values()]


def escaped(text, known):
    """Give what escaped translation on a page."""
    for place, language, piece in pieces(text):
        named = [*known, *titles()] if place.endswith("aria-label") else known
        if language == LANGUAGE and (words := left_over(piece, named)):
            yield place, " ".join(piece.split())[:120], words


def browser_of(person):
    """Give a browser that speaks the marked language, signed in."""
    browser = Browser(raise_request_exception=False)
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = LANGUAGE
    if person is not None:
        house.sign_in(browser, person)
        browser.post("/account/reauthenticate/", {"password": house.PASSWORD})
    return browser


def remembered(browser):
    """Give what a browser's cookies and session hold."""
    cookies = {name: one.value for name, one in browser.cookies.items()}
    return cookies, dict(browser.session) if settings.SESSION_COOKIE_NAME in cookies else None


@pytest.fixture
def filled(here, elsewhere):
    """A site with a year in it, and everyone who can see something of it."""
    made = world.build(here, elsewhere)
    Authenticator.objects.filter(type="webauthn").delete()
    therapist = made.people["therapist"]
    made.objects["secret"] = made.token
    made.episodes = seeding.fill(therapist, 12, 7)
    CheckIn.objects.filter(state="due").update(due_at=made.episode.sessions.first().starts_at)
    Person.objects.update(language=LANGUAGE)
    Client.objects.update(language=LANGUAGE)
    count_all()
    with everything_marked():
        yield made


def addresses(made, who):
    """Give every address that can be opened, those of one client for several who may be seen."""
    for place, _view in world.routes():
        if "(" in place:
            continue
        yield place, world.address(place, made.objects)
        if "<uuid:episode>" in place and who in CARE:
            for episode in made.episodes:
                yield place, world.address(place, made.objects | {"episode": episode.pk})


def page_of(answer):
    """Give a page as text; nothing where the answer is something else."""
    if answer.streaming or "html" not in answer.get("Content-Type", ""):
        return ""
    text = answer.content.decode()
    assert not text or f'<html lang="{LANGUAGE}"' in text
    return text


def test_no_page_shows_a_sentence_that_was_not_translated(filled):
    known = data()
    found, seen = {}, 0
    for who in WHO:
        browser = browser_of(filled.people[who] if who else None)
        for place, address in [*addresses(filled, who), ("nowhere", "/nowhere")]:
            text = page_of(browser.get(address))
            seen += bool(text)
            for one in [*escaped(text, known), *unreadable(text)]:
                found.setdefault(str(one), (who, place))
    assert seen > 100
    assert not found, "\n".join(f"{who} {place}: {one}" for one, (who, place) in found.items())


def unreadable(text):
    """Give numbers and days for machines that were written as people write them."""
    for field in re.findall(r"<input[^>]*>", text):
        kind = re.search(r'type="(number|range|date|time)"', field)
        value = re.search(r'\bvalue="([^"]+)"', field)
        if kind and value and not MACHINE[kind[1]].fullmatch(value[1]):
            yield field
    yield from (field for field in READ.findall(text) if DECIMAL.search(field))


def test_what_forms_answer_is_translated(filled):
    known = data()
    found = {}
    for who in WHO:
        browser, began = None, None
        for place, _view in world.routes():
            if "(" in place or place in LOGGED_OUT:
                continue
            if browser is None or remembered(browser) != began:
                browser = browser_of(filled.people[who] if who else None)
                began = remembered(browser)
            answer = browser.post(world.address(place, filled.objects), follow=True)
            for one in escaped(page_of(answer), known):
                found.setdefault(str(one), (who, place))
    assert not found, "\n".join(f"{who} {place}: {one}" for one, (who, place) in found.items())


def test_the_sheet_that_is_printed_is_translated(filled):
    known = data()
    with override(LANGUAGE):
        for episode in filled.episodes:
            content = sheet(client_page(history(episode)), "Dana Levi")
            said = [content["about"], *content["sentences"], *content["words"].values()]
            said += [text for one in content["charts"] for text in (one["message"], one["spoken"])]
            said += [text for one in content["alerts"] for text in one.values()]
            said += [one["word"] for one in content["eight"]]
            for text in said:
                assert not left_over(text, [*known, *titles()]), text


def test_e_mails_are_in_the_language_of_whom_they_are_for(filled):
    alert = Alert.objects.filter(state="open").first()
    therapist = filled.people["therapist"]
    alert_waiting(key="a", alert=str(alert.pk), membership=str(therapist.pk))
    due = CheckIn.objects.filter(state="due").first()
    maya = due.session.episode.client
    maya.email = "maya@example.org"
    maya.save()
    send_invitation(key="b", checkin=due.pk)
    Browser().post("/account/password/reset/", {"email": therapist.person.email})
    work_once(kinds={"sign-in.mail"})
    assert len(mail.outbox) == 3
    for message in mail.outbox:
        for text in (message.subject, ADDRESS.sub("", message.body)):
            assert not left_over(text, data()), text


@pytest.mark.parametrize(
    "page", ["400.html", "403.html", "403_csrf.html", "404.html", "413.html", "429.html",
             "500.html", "503.html"]
)  # fmt: skip
def test_pages_for_trouble_are_translated(page, db):
    with everything_marked(), override(LANGUAGE):
        assert not list(escaped(render_to_string(page), data()))
