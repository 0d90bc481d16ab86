"""Whoever was erased and comes back with a backup is erased again, at once."""

import json

import pytest
from django.utils import timezone

from attunement.clinic.people.models import Client, Episode
from attunement.clinic.privacy import erasure
from attunement.clinic.privacy.again import erase_again, erased_since, ids_in
from attunement.clinic.privacy.models import Erasure
from attunement.problems import Problem
from support import house, world


@pytest.fixture
def made(here, elsewhere):
    return world.build(here, elsewhere)


def test_the_record_goes_at_once_though_care_goes_on_in_the_backup(made):
    client = made.episode.client
    house.session(made.episode, number=9, status="planned")
    assert erase_again([str(client.pk)]) == 1
    client.refresh_from_db()
    assert client.erased_at
    assert not client.name
    assert not Episode.objects.filter(client=client, ended_on=None).exists()
    assert Erasure.objects.get(client=client).state == "done"
    assert erase_again([str(client.pk)]) == 0


def test_one_that_was_asked_for_in_the_backup_is_carried_out(made):
    client = made.episode.client
    erasure.ask(client=client, by=house.own(client))
    assert erase_again([str(client.pk)]) == 1
    assert Erasure.objects.get(client=client).state == "done"


def test_nobody_else_is_touched(made):
    erase_again([str(made.episode.client.pk), world.STANDS_IN["uuid"]])
    assert Client.objects.filter(erased_at__isnull=True).count() == 2


def test_the_audit_of_the_other_database_says_who_it_was(made):
    before = timezone.now()
    erase_again([str(made.episode.client.pk)])
    assert erased_since(before) == [str(made.episode.client.pk)]
    assert erased_since(timezone.now()) == []


@pytest.mark.django_db(transaction=True)
def test_the_log_says_who_it_was_and_can_be_read_again(maya, tmp_path, caplog):
    erase_again([str(maya.client.pk)])
    told = [json.dumps(one.msg) for one in caplog.records if "record erased" in str(one.msg)]
    assert json.loads(told[0])["client"] == str(maya.client.pk)
    file = tmp_path / "clinic.log"
    file.write_text('{"event": "request"}\n' + "\n".join(told * 2))
    assert ids_in(file) == [str(maya.client.pk)]


def test_a_list_with_something_else_in_it_is_refused_by_its_row(tmp_path):
    file = tmp_path / "erased.txt"
    file.write_text(f"{world.STANDS_IN['uuid']}\nMaya R.\n")
    with pytest.raises(Problem, match="row 2"):
        ids_in(file)
    with pytest.raises(Problem, match="cannot be read"):
        ids_in(tmp_path / "none.txt")
