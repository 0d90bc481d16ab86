"""Goals are in the copy of a record, and gone from a record that is erased."""

import io
import json
import zipfile

import pytest
from django.apps import apps
from django.utils import timezone

from attunement.clinic.goals.models import Goal, Round
from attunement.clinic.people.permissions import Role
from attunement.clinic.privacy import erasure
from attunement.clinic.privacy.export import export
from attunement.clinic.privacy.models import Erasure
from attunement.clinic.privacy.record.goals import GOALS
from attunement.clinic.privacy.rotation import columns
from support import house
from support.shared_goals import goals_of

TABLES = {table.name for table in GOALS}


@pytest.fixture
def full(two):
    goals_of(two.episode)
    return two


def tables(packed):
    archive = zipfile.ZipFile(io.BytesIO(packed))
    return {
        name[5:-5]: json.loads(archive.read(name))
        for name in archive.namelist()
        if name.startswith("json/")
    }


@pytest.mark.parametrize("side", ["client", "therapist"])
def test_every_table_of_goals_is_in_a_copy_with_what_it_says(full, side):
    found = tables(export(client=full.episode.client, by=getattr(full, side)))
    assert set(found) >= TABLES
    kept_to_themselves = {"goals-set-aside"} if side == "therapist" else set()
    assert {name for name in TABLES if not found[name]} == kept_to_themselves
    assert {row["text"] for row in found["goals"]} >= {"Sleep well", "Say no"}
    assert found["goal-wordings"][0]["text"] == "Sleep"
    assert len(found["goals-written"]) == 6


def test_every_text_about_goals_is_in_a_column_that_is_encrypted_and_rotated():
    known = {(model._meta.label_lower, field.name) for model, field in columns()}
    for model in apps.get_app_config("goals").get_models():
        for field in model._meta.fields:
            if field.get_internal_type() == "TextField":
                assert (model._meta.label_lower, field.name) in known


def test_nothing_of_goals_is_left_of_an_erased_record_and_others_keep_theirs(full, here):
    other = house.episode(house.staff(Role.THERAPIST, here), account=house.person())
    goals_of(other)
    full.episode.ended_on = full.episode.started_on
    full.episode.save()
    by = house.actor(house.staff(Role.ADMINISTRATOR, here))
    erasure.plan(client=full.episode.client, reason="asked", by=by)
    Erasure.objects.update(due_at=timezone.now())
    erasure.carry_out_due()
    assert Round.objects.count() == 1
    assert set(Goal.objects.values_list("episode", flat=True)) == {other.pk}
    for model in apps.get_app_config("goals").get_models():
        assert model.objects.exists(), model
