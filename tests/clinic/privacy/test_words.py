"""The words that clients agree to are kept by version, and change only together with it.

Other words need a new version, its file in ``privacy/words`` and its sum in ``sha256.json``.
"""

import hashlib
import io
import json
import zipfile
from pathlib import Path

import pytest
from django.utils.translation import override

from attunement.clinic.people.actor import Actor
from attunement.clinic.privacy import consent, written
from attunement.clinic.privacy.export import export
from attunement.clinic.privacy.models import Consent
from attunement.clinic.privacy.written import words_of
from support import house

FOLDER = Path(written.__file__).parent / "words"
SUMS = json.loads((FOLDER / "sha256.json").read_text())


def said_today():
    with override("en"):
        return "\n".join(f"## {part.title}\n\n{part.text}\n" for part in consent.PARTS)


def test_the_words_of_today_are_those_kept_for_their_version():
    assert said_today() == words_of(consent.VERSION)


def test_no_word_of_any_version_has_changed_since_it_was_summed():
    kept = {file.stem: file.read_bytes() for file in FOLDER.glob("*.md")}
    assert {name: hashlib.sha256(text).hexdigest() for name, text in kept.items()} == SUMS
    assert {consent.VERSION, *consent.NEWS} | {"1"} == set(SUMS)


def test_a_version_that_is_not_kept_has_no_words():
    assert words_of("0") == words_of("../words/1") == ""


@pytest.fixture
def earlier(therapist):
    """Someone with an account whose yes is to the words before those of today."""
    one = house.episode(therapist, "Noa", account=house.person("Noa"))
    Consent.objects.update(version="3")
    return one


def test_a_copy_holds_the_words_that_were_agreed_to(earlier):
    own = house.own(earlier.client)
    with zipfile.ZipFile(io.BytesIO(export(client=earlier.client, by=own))) as file:
        assert json.loads(file.read("json/consents.json"))[0]["words"] == words_of("3")


def test_who_said_yes_to_earlier_words_reads_what_is_new_and_can_take_it_back(client, earlier):
    house.sign_in(client, earlier.client.account)
    due = house.checkin(house.session(earlier, status="planned"))
    pages = ("/me/rights/", f"/me/check-ins/{due.pk}")
    for place in pages:
        page = client.get(place).content.decode()
        assert "The words have changed since then" in page
        assert "We keep when you open and send a check-in." in page
        assert "The service also sees tables" not in page
        assert "You are asked this once" not in page
        assert "You have not said yes" not in page
    client.post("/me/rights/", {"change": "take-back"})
    assert not Consent.objects.filter(agreed=True, withdrawn_at__isnull=True).exists()
    assert "The words have changed" not in client.get("/me/rights/").content.decode()


def test_news_are_all_that_came_since(earlier):
    assert [*consent.NEWS.values()] == consent.news("1")
    assert consent.news(consent.VERSION) == []
    consent.give(client=earlier.client, by=Actor.holder(earlier.client))
    assert consent.earlier(earlier.client) is None
