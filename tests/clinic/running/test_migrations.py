"""Migrations go forwards and backwards on a database that holds a clinic."""

from io import StringIO
from itertools import permutations

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.module_loading import module_has_submodule

from attunement.clinic.audit.models import Event
from attunement.clinic.audit.record import audit
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import Client
from attunement.clinic.service.counting import count_site
from attunement.clinic.service.models import Programme
from clinic.caseload import seeding
from support import house, world
from support.shared_goals import goals_of

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


def go(targets):
    """Migrate to several places at once."""
    MigrationExecutor(connection).migrate(targets)


def steps_back():
    """Name, for every app of two migrations or more, its last but one; the shortest way first.

    What other apps build on the last one goes back along with it.
    """
    executor = MigrationExecutor(connection)
    names = {label: [] for label in OURS}
    for app, name in sorted(executor.loader.disk_migrations):
        if app in names:
            names[app].append(name)
    steps = [[(label, found[-2])] for label, found in names.items() if len(found) > 1]
    return sorted(steps, key=lambda step: len(executor.migration_plan(step)))


def rows():
    """Count the rows of every table of ours."""
    with connection.cursor() as cursor:
        counted = {}
        for name in sorted(tables()):
            quoted = connection.ops.quote_name(name)
            cursor.execute(f"SELECT count(*) FROM {quoted}")  # noqa: S608
            (counted[name],) = cursor.fetchone()
    return counted


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_a_filled_database_goes_back_a_step_and_forwards_again_and_loses_no_row(
    restored, here, elsewhere
):
    made = world.build(here, elsewhere)
    seeding.fill(made.people["therapist"], 3)
    maya = house.episode(made.people["therapist"], "Maya R.", account=house.person("Maya R."))
    goals_of(maya)
    count_site(here)
    Programme.objects.create(site=here, asked_at=timezone.now())
    with transaction.atomic():
        audit(Actor.worker(), "test.done", maya, client=maya.client)
    before = rows()
    assert sum(count > 0 for count in before.values()) >= len(OURS)
    everywhere = MigrationExecutor(connection).loader.graph.leaf_nodes()
    for step in steps_back():
        there = rows()
        go(step)
        back = rows()
        assert back == {name: there[name] for name in back}, step
        go(everywhere)
        forwards = rows()
        assert forwards.keys() == before.keys()
        assert back == {name: forwards[name] for name in back}, step
    assert maya.client.name == Client.objects.get(pk=maya.client_id).name
    assert Event.objects.filter(action="test.done").count() == 1


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_a_database_goes_back_to_nothing_and_forwards_again(restored):
    go([(label, None) for label in OURS])
    assert not tables()
    migrate()
    assert tables()
    assert not Client.objects.exists()
