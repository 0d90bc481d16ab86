"""Migrations go forwards and backwards on a database that holds a clinic."""

from io import StringIO
from itertools import permutations

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils.module_loading import module_has_submodule

from attunement.clinic.audit.models import Event
from attunement.clinic.audit.record import audit
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import Client
from support import house

OURS = [
    app.label
    for app in apps.get_app_configs()
    if app.name.startswith("attunement.clinic") and module_has_submodule(app.module, "migrations")
]


def migrate(*target):
    call_command("migrate", *target, verbosity=0, interactive=False)


def tables():
    return {name for name in connection.introspection.table_names() if name.split("_")[0] in OURS}


@pytest.fixture
def restored(transactional_db):
    """Leave the database as it was, however far back a test went."""
    yield
    migrate()


def test_migrations_are_complete(db):
    call_command("makemigrations", "--check", "--dry-run", stdout=StringIO())


def test_no_index_is_the_beginning_of_another():
    """It would be written with every row, and could be asked nothing that the other cannot."""
    for model in apps.get_models():
        if model._meta.app_label in OURS:
            kept = list(kept_in_order(model))
            twice = [one for one, other in permutations(kept, 2) if other[: len(one)] == one]
            assert not twice, model._meta.label


def kept_in_order(model):
    """Give the fields of every index that holds all rows of a table."""
    for field in model._meta.local_fields:
        if field.db_index or field.unique:
            yield (field.name,)
    for one in [*model._meta.constraints, *model._meta.indexes]:
        if getattr(one, "fields", ()) and one.condition is None:
            yield tuple(one.fields)


@pytest.mark.django_db(transaction=True)
def test_a_filled_database_goes_back_step_by_step_and_forwards_again(restored, maya):
    house.checkin(house.session(maya))
    with transaction.atomic():
        audit(Actor.worker(), "test.done", maya, client=maya.client)
    steps = [key for key in MigrationRecorder(connection).applied_migrations() if key[0] in OURS]
    assert steps
    assert tables()
    migrate("audit", "0001")
    assert Event.objects.count() == 1
    migrate("audit")
    assert Client.objects.get().name == "Maya R."
    for label in OURS:
        migrate(label, "zero")
    assert not tables()
    migrate()
    assert not Client.objects.exists()
