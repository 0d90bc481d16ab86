"""A client is asked once, in words that have a version, and may take their yes back."""

import pytest
from django.core.exceptions import PermissionDenied

from attunement.clinic.audit.models import Event
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.permissions import DESCRIPTIONS, Role
from attunement.clinic.privacy import consent
from attunement.clinic.privacy.declined import declined, who_declined
from attunement.clinic.privacy.models import Consent
from support import house


@pytest.fixture
def maya(therapist):
    """An episode of care of someone who has not been asked yet."""
    return house.episode(therapist, "Maya R.", consent=False)


def test_a_client_is_asked_until_they_said_yes_and_again_after_they_took_it_back(maya):
    holder = Actor.holder(maya.client)
    assert consent.needed(maya.client)
    first = consent.give(client=maya.client, by=holder)
    assert consent.give(client=maya.client, by=holder) == first
    assert not consent.needed(maya.client)
    consent.withdraw(client=maya.client, by=holder)
    assert consent.needed(maya.client)
    assert consent.give(client=maya.client, by=holder) != first
    assert [*Event.objects.values_list("action", flat=True)] == [
        "consent.given",
        "consent.withdrawn",
        "consent.given",
    ]


def test_new_words_are_asked_anew(maya, monkeypatch):
    consent.give(client=maya.client, by=Actor.holder(maya.client))
    monkeypatch.setattr(consent, "VERSION", "next")
    assert consent.needed(maya.client)


def test_nobody_says_yes_for_a_client(maya, therapist):
    other = house.episode(therapist).client
    for by in (house.actor(therapist), Actor.holder(other), Actor.worker(), Actor.unknown()):
        with pytest.raises(PermissionDenied):
            consent.give(client=maya.client, by=by)


def test_the_page_asks_first_takes_yes_and_no_and_then_steps_aside(rf, maya):
    from attunement.clinic.privacy.asking import ask_first

    holder = Actor.holder(maya.client)

    def ask(**given):
        request = rf.post("/c/x", given) if given else rf.get("/c/x")
        request.actor = Actor.unknown()
        request.session = {}
        request.user = None
        return ask_first(request, maya.client, holder)

    page = ask().content.decode()
    assert "always reaches a person" in page
    assert "000 000" in page
    assert not declined(maya.client)
    assert "That is fine" in ask(consent="no").content.decode()
    assert declined(maya.client)
    assert "That is fine" in ask().content.decode()
    assert consent.needed(maya.client)
    assert ask(consent="yes")["Location"] == "/c/x"
    assert ask() is None
    assert not declined(maya.client)
    assert ask(consent="yes")["Location"] == "/c/x"


def test_a_no_is_kept_once_takes_the_place_of_an_older_yes_and_gives_way_to_a_new_one(maya):
    holder = Actor.holder(maya.client)
    consent.give(client=maya.client, by=holder)
    consent.decline(client=maya.client, by=holder)
    consent.decline(client=maya.client, by=holder)
    assert declined(maya.client)
    assert Consent.objects.filter(withdrawn_at__isnull=True).get().agreed is False
    consent.give(client=maya.client, by=holder)
    assert not declined(maya.client)
    assert Consent.objects.filter(withdrawn_at__isnull=True).get().agreed is True
    assert [*Event.objects.order_by("pk").values_list("action", flat=True)] == [
        "consent.given",
        "consent.declined",
        "consent.given",
    ]


def test_nobody_says_no_for_a_client(maya, therapist):
    for by in (house.actor(therapist), Actor.worker(), Actor.unknown()):
        with pytest.raises(PermissionDenied):
            consent.decline(client=maya.client, by=by)


def test_the_words_tell_of_the_tables_that_the_service_takes_out():
    words = " ".join(str(part.text) for part in consent.PARTS)
    assert "tables without names" in words
    assert "answers that you keep back are never in them" in words
    assert "tables" in str(DESCRIPTIONS[Role.MANAGER])


def test_who_declined_is_whoever_was_asked_and_has_no_yes_that_holds(maya, therapist):
    never, yes = house.episode(therapist, consent=False), house.episode(therapist)
    consent.decline(client=maya.client, by=Actor.holder(maya.client))
    assert [*who_declined()] == [maya.client]
    consent.withdraw(client=yes.client, by=Actor.holder(yes.client))
    consent.give(client=maya.client, by=Actor.holder(maya.client))
    assert [*who_declined()] == [yes.client]
    for one in (maya, never, yes):
        assert declined(one.client) is (one.client in who_declined())
