"""The audit tells when an event was changed, added, or taken away."""

import json
import tarfile
from dataclasses import asdict

import pytest
from django.db import DatabaseError, connection, transaction

from attunement.clinic.audit.expecting import heads, kept, missing_here, unmet
from attunement.clinic.audit.faults import Fault
from attunement.clinic.audit.models import Chain, Event
from attunement.clinic.audit.record import audit, link
from attunement.clinic.audit.verify import check_chain, verify, verify_all
from attunement.clinic.people.actor import Actor
from attunement.clinic.running.checks import check_audit
from attunement.problems import Problem
from support import house


@pytest.fixture
def chain(therapist):
    """A chain of five events, and its name."""
    for number in range(5):
        with transaction.atomic():
            audit(house.actor(therapist), "test.done", therapist, count=number, naïve="ü")
    return str(therapist.site.pk)


@pytest.fixture
def unguarded(db):
    """A database without its own guard."""
    take_guard_away()


def take_guard_away():
    """Take the database's own guard away, as someone with its password could."""
    triggers = (
        ["ALTER TABLE audit_event DISABLE TRIGGER ALL"]
        if connection.vendor == "postgresql"
        else ["DROP TRIGGER audit_no_UPDATE", "DROP TRIGGER audit_no_DELETE"]
    )
    with connection.cursor() as cursor:
        for statement in triggers:
            cursor.execute(statement)


def test_a_whole_chain_is_whole_and_checking_it_is_recorded(chain, administrator):
    found = verify(by=house.actor(administrator), chain=chain)
    assert [(one.whole, one.links) for one in found] == [(True, 5)]
    kept = Chain.objects.get(name=chain)
    assert (kept.checked_links, kept.fault, kept.number) == (5, "", 6)
    assert Event.objects.get(chain=chain, number=6).action == "audit.verified"
    assert check_chain(chain).links == 6


@pytest.mark.parametrize(
    "values",
    [{"actor": "someone"}, {"detail": {"count": 9}}, {"client_id": "x"}, {"hash": "0" * 64}],
)
def test_a_changed_event_is_found_by_its_number(chain, unguarded, values):
    Event.objects.filter(chain=chain, number=3).update(**values)
    found = check_chain(chain)
    assert (found.fault, found.number, found.links) == (Fault.CHANGED, 3, 2)


def test_a_missing_event_is_found_by_its_number(chain, unguarded):
    Event.objects.filter(chain=chain, number=2).delete()
    found = check_chain(chain)
    assert (found.fault, found.number) == (Fault.MISSING, 2)


def test_events_cut_off_at_the_end_are_missed(chain, unguarded):
    Event.objects.filter(chain=chain, number__gte=4).delete()
    found = check_chain(chain)
    assert (found.fault, found.number) == (Fault.CUT, 4)


def test_a_head_turned_back_does_not_fit_its_newest_event(chain):
    Chain.objects.filter(name=chain).update(hash="0" * 64)
    assert check_chain(chain).fault is Fault.HEAD


def test_an_event_written_without_the_key_does_not_follow(chain):
    head = Chain.objects.get(name=chain)
    with transaction.atomic():
        forged = Event.objects.get(chain=chain, number=5)
        forged.pk, forged.number, forged.hash = None, 6, "ab" * 32
        forged.save(force_insert=True)
        Chain.objects.filter(name=chain).update(number=6, hash=forged.hash)
    assert link(forged, head.hash) != forged.hash
    assert (check_chain(chain).fault, check_chain(chain).number) == (Fault.CHANGED, 6)


def test_events_whose_chain_is_gone_are_found(chain):
    Chain.objects.filter(name=chain).delete()
    found = {one.chain: one.fault for one in verify(by=Actor.worker())}
    assert found[chain] is Fault.LOOSE


def test_an_event_appended_meanwhile_does_not_disturb(chain, therapist, monkeypatch):
    from attunement.clinic.audit import verify as room

    read = room.events

    def slowly(name, up_to):
        with transaction.atomic():
            audit(house.actor(therapist), "test.meanwhile", therapist)
        return read(name, up_to)

    monkeypatch.setattr(room, "events", slowly)
    assert (check_chain(chain).whole, check_chain(chain).links) == (True, 6)


def test_a_site_with_clients_but_without_a_chain_is_found(chain, elsewhere, colleague):
    other = house.staff("therapist", elsewhere)
    house.episode(other)
    house.episode(colleague)
    found = {one.chain: one.fault for one in verify(by=Actor.worker())}
    assert found[str(elsewhere.pk)] is Fault.NONE
    assert found[chain] is None


def test_a_guard_that_is_gone_is_found(chain, unguarded):
    found = {one.chain: one.fault for one in verify(by=Actor.worker())}
    assert found["database"] is Fault.UNGUARDED


def test_an_end_cut_off_with_its_head_shows_against_a_hash_kept_elsewhere(
    chain, unguarded, tmp_path
):
    whole = check_chain(chain)
    file = tmp_path / "kept.json"
    file.write_text(json.dumps({"chains": [asdict(whole)], "whole": True}))
    assert [*unmet(kept(file))] == []
    Event.objects.filter(chain=chain, number__gte=4).delete()
    left = Event.objects.get(chain=chain, number=3)
    Chain.objects.filter(name=chain).update(number=3, hash=left.hash)
    assert check_chain(chain).whole
    (found,) = unmet(kept(file))
    assert (found.fault, found.number, found.links) == (Fault.SHORTER, 4, 3)
    (other,) = unmet([(chain, 3, "0" * 64)])
    assert other.fault is Fault.OTHER


@pytest.mark.parametrize("text", ["", "[]", '{"chains": []}', '{"chains": [{"chain": 1}]}'])
def test_a_file_without_hashes_is_refused(tmp_path, text):
    file = tmp_path / "kept.json"
    file.write_text(text)
    with pytest.raises(Problem, match="hash"):
        kept(file)


@pytest.mark.sqlite
@pytest.mark.parametrize("by_id", [True, False])
def test_sqlite_refuses_to_replace_an_event(chain, by_id):
    columns = "id, chain, number, at, actor, action, target, target_id, client_id, detail, hash"
    chosen = columns if by_id else columns.replace("id, ", "NULL, ", 1)
    statement = (
        f"INSERT OR REPLACE INTO audit_event ({columns}) "  # noqa: S608
        f"SELECT {chosen} FROM audit_event WHERE chain = %s AND number = 3"
    )
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, [chain])


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_database_itself_refuses_to_change_an_event(chain, change):
    events = Event.objects.filter(chain=chain, number=3)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        events.update(actor="x") if change == "update" else events.delete()
    assert check_chain(chain).whole


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused():
    with pytest.raises(RuntimeError, match="transaction"):
        audit(Actor.worker(), "test.done", Chain(name="x"))


def cut_end(chain, left):
    """Take the newest events away together with the head, so that what is left looks whole."""
    take_guard_away()
    Event.objects.filter(chain=chain, number__gt=left).delete()
    last = Event.objects.get(chain=chain, number=left)
    Chain.objects.filter(name=chain).update(number=left, hash=last.hash)


def test_the_daily_work_keeps_the_newest_hashes_so_that_a_cut_end_shows(chain, hashes_elsewhere):
    assert check_audit().health == "look"
    verify_all()
    links = {one[0]: one[1] for one in kept(hashes_elsewhere)}
    assert links[chain] == 5
    assert check_audit().health == "fine"
    cut_end(chain, 3)
    assert check_chain(chain).whole
    assert [(one.chain, one.fault) for one in missing_here()] == [(chain, Fault.SHORTER)]
    assert check_audit().health == "broken"
    assert "missing" in check_audit().said


def test_the_daily_work_does_not_overwrite_what_shows_that_something_is_wanting(
    chain, hashes_elsewhere
):
    verify_all()
    before = hashes_elsewhere.read_text()
    cut_end(chain, 3)
    verify_all()
    assert hashes_elsewhere.read_text() == before


def test_a_backup_shows_a_cut_end_too(chain, tmp_path):
    about = {"made_at": "", "kind": "rows", "migrations": [], "digest": "", "events": 5}
    said = tmp_path / "about.json"
    said.write_text(json.dumps(about | {"chains": heads()}))
    with tarfile.open(tmp_path / "monday.tar", "w") as archive:
        archive.add(said, "about.json")
    assert list(unmet(kept(tmp_path / "monday.tar"))) == []
    cut_end(chain, 3)
    assert [one.fault for one in unmet(kept(tmp_path / "monday.tar"))] == [Fault.SHORTER]
