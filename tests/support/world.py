"""A small world with one of everything, and the people who may and may not reach it."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.urls import URLResolver, get_resolver
from django.utils import timezone

from attunement.clinic.checkins.models import Answer, Audience, CheckIn, Comment, Note, Token
from attunement.clinic.exchange.actions import uploads
from attunement.clinic.exchange.models import Import
from attunement.clinic.formulation.models import Entry, OwnWords, Version, Worksheet
from attunement.clinic.guidance.models import Attempt, Wish
from attunement.clinic.noticing.models import Alert, AlertStep, Score
from attunement.clinic.people.models import BreakGlass, Episode
from attunement.clinic.people.permissions import Role
from attunement.clinic.voice.models import Matter, Word, WordStep
from support import house
from support.shared_goals import goals_of

NAME, TEXT = "Zoraida Quimbaya", "Wombat secret of the heart"
STANDS_IN = {"uuid": "00000000-0000-0000-0000-000000000000", "int": "7", "str": "x", "slug": "x"}


def routes(patterns=None, before="") -> Iterator[tuple[str, object]]:
    """Give every address with its view."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        place = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, place)
        else:
            yield place, pattern.callback


def address(place, objects=None):
    """Fill a route with the objects given by name, or with values that belong to nobody."""
    while "<" in place:
        start, end = place.index("<"), place.index(">")
        kind, _, name = place[start + 1 : end].partition(":")
        place = place[:start] + str((objects or {}).get(name, STANDS_IN[kind])) + place[end + 1 :]
    return "/" + place


@dataclass
class World:
    """People by what they are to Maya, and Maya's objects by the names that routes give them."""

    people: dict
    objects: dict
    episode: object
    token: str


def build(here, elsewhere) -> World:
    """Make it."""
    therapist = house.staff(Role.THERAPIST, here, house.person("Dana Levi"))
    supervisor = house.staff(Role.SUPERVISOR, here, house.person("Ines Costa"))
    house.supervise(supervisor, therapist)
    episode = house.episode(therapist, NAME, account=house.person(NAME))
    objects, token = things(episode, therapist)
    former = house.staff(Role.THERAPIST, here)
    Episode.objects.create(client=episode.client, therapist=former, ended_on=episode.started_on)
    there = house.staff(Role.THERAPIST, elsewhere)
    stranger = house.episode(there, account=house.person())
    neighbour = house.episode(house.staff(Role.THERAPIST, here), account=house.person())
    people = {
        "therapist": therapist,
        "supervisor": supervisor,
        "client": episode.client.account,
        "colleague": neighbour.therapist,
        "former therapist": former,
        "other supervisor": house.staff(Role.SUPERVISOR, here),
        "manager": house.staff(Role.MANAGER, here),
        "administrator": house.staff(Role.ADMINISTRATOR, here),
        "neighbour": neighbour.client.account,
        "therapist elsewhere": there,
        "supervisor elsewhere": house.staff(Role.SUPERVISOR, elsewhere),
        "manager elsewhere": house.staff(Role.MANAGER, elsewhere),
        "administrator elsewhere": house.staff(Role.ADMINISTRATOR, elsewhere),
        "client elsewhere": stranger.client.account,
    }
    house.supervise(people["supervisor elsewhere"], there)
    objects["made"] = Import.objects.create(site=here, table="scores", digest="0" * 64).pk
    csv = b"client,scale,session,score\nA,phq9,1,5\n"
    handed_in = uploads.hand_in(
        name="scores.csv", content=csv, table="scores", by=house.actor(people["administrator"])
    )
    objects["upload"] = handed_in.pk
    return World(people, objects, episode, token)


def things(episode, therapist):
    """Make one of everything about a client, and a link."""
    now = timezone.now()
    session = house.session(episode, days_ago=3)
    answered = house.checkin(session)
    CheckIn.objects.filter(pk=answered.pk).update(
        state="answered", answered_at=now, submission=f"s{answered.pk}"
    )
    for item, audience in (("heard", Audience.THERAPIST), ("safe", Audience.SELF)):
        Answer.objects.create(
            checkin=answered, instrument="session-check-in", item=item, value=3, audience=audience
        )
    Comment.objects.create(checkin=answered, text=TEXT, audience=Audience.THERAPIST)
    Score.objects.create(
        episode=episode,
        session=session,
        checkin=answered,
        scale="session-check-in.alliance",
        number=1,
        on=now.date(),
        value=3.0,
    )
    alert = Alert.objects.create(
        episode=episode, kind="drop", onset=1, level="review", due_at=now + timedelta(days=1)
    )
    AlertStep.objects.create(alert=alert, after="open", text=TEXT)
    due = house.checkin(house.session(episode, number=2, days_ago=0))
    secret = "a-link-that-works"  # noqa: S105
    Token.objects.create(
        checkin=due,
        purpose="link",
        hash=hashlib.sha256(secret.encode()).hexdigest(),
        expires_at=now + timedelta(days=7),
    )
    opened = BreakGlass.objects.create(
        person=therapist.person, client=episode.client, reason=TEXT, ends_at=now
    )
    factor = Authenticator.objects.create(
        user=therapist.person, type="webauthn", data={"name": "key", "credential": {}}
    )
    note = Note.objects.create(client=episode.client, author=therapist, text=TEXT)
    matter = Matter.objects.create(
        episode=episode, checkin=answered, chosen=True, choice="tell", text=TEXT
    )
    word = Word.objects.create(client=episode.client, kind="word", text=TEXT)
    WordStep.objects.create(word=word, after="answered", text=TEXT)
    sheet = Worksheet.objects.create(episode=episode, lens="cbt", version=1)
    version = Version.objects.create(worksheet=sheet, number=1, by=therapist)
    Entry.objects.create(version=version, part="thoughts", text=TEXT, shared=True)
    OwnWords.objects.create(worksheet=sheet, part="thoughts", text=TEXT)
    goals_of(episode, TEXT)
    Attempt.objects.create(
        episode=episode, strategy="own-your-part", state="tried", strain=1, session=1, note=TEXT
    )
    Wish.objects.create(episode=episode, wanted=["space"])
    return {
        "strategy": "own-your-part",
        "matter": matter.pk,
        "word": word.pk,
        "lens": "cbt",
        "episode": episode.pk,
        "client": episode.client.pk,
        "person": therapist.person.pk,
        "session": session.pk,
        "checkin": answered.pk,
        "note": note.pk,
        "alert": alert.pk,
        "opened": opened.pk,
        "secret": "never-made",
        "pk": factor.pk,
    }, secret


def everything():
    """Give the content of all tables but those that reading may add to."""
    left = {"audit.event", "audit.chain", "sessions.session", "usersessions.usersession"}
    return {
        model._meta.label_lower: list(model._default_manager.order_by("pk").values())
        for model in apps.get_models()
        if model._meta.label_lower not in left
    }
