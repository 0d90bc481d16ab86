"""What every test of the clinic may use."""

import os

import pytest
from django.utils import translation

from attunement.clinic.audit import expecting
from attunement.clinic.people.permissions import Role
from support import house
from support.emptying import let_tests_empty_the_audit


def pytest_collection_modifyitems(config, items):
    """Leave out what is about the other kind of database: it does not apply, so is not skipped."""
    named = os.environ.get("ATTUNEMENT_TEST_DATABASE", "").startswith("postgres")
    other = "sqlite" if named else "postgresql"
    left = [item for item in items if item.get_closest_marker(other)]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if not item.get_closest_marker(other)]


@pytest.fixture(scope="session", autouse=True)
def _tests_may_empty_the_audit():
    with pytest.MonkeyPatch.context() as patch:
        let_tests_empty_the_audit(patch)
        yield


@pytest.fixture(autouse=True)
def _no_language_is_left_behind():
    """Begin in English, whatever language the page of an earlier test was in."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def hashes_elsewhere(tmp_path, monkeypatch):
    """Where the hashes of the audit are kept: a place of the test's own."""
    file = tmp_path / "audit-heads.json"
    monkeypatch.setattr(expecting, "kept_here", lambda: file)
    return file


@pytest.fixture
def here(db):
    """A site."""
    return house.site("Harbour")


@pytest.fixture
def elsewhere(db):
    """Another site."""
    return house.site("Hillside")


@pytest.fixture
def therapist(here):
    """A therapist of the site."""
    return house.staff(Role.THERAPIST, here, house.person("Dana Levi"))


@pytest.fixture
def colleague(here):
    """Another therapist of the site."""
    return house.staff(Role.THERAPIST, here, house.person("Omar Haddad"))


@pytest.fixture
def supervisor(therapist):
    """The therapist's supervisor."""
    made = house.staff(Role.SUPERVISOR, therapist.site, house.person("Ines Costa"))
    house.supervise(made, therapist)
    return made


@pytest.fixture
def manager(here):
    """A manager of the site."""
    return house.staff(Role.MANAGER, here)


@pytest.fixture
def administrator(here):
    """An administrator of the site."""
    return house.staff(Role.ADMINISTRATOR, here)


@pytest.fixture
def maya(therapist):
    """An episode of care."""
    return house.episode(therapist, "Maya R.")
