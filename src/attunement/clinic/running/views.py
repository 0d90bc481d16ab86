"""Health pages for machines: no names, no numbers, no sign-in."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from attunement.clinic.people.request import Request


@never_cache
@require_safe
def alive(_request: Request) -> HttpResponse:
    """Say that the server answers, whatever else."""
    return JsonResponse({"alive": True})


@never_cache
@require_safe
def ready(_request: Request) -> HttpResponse:
    """Say whether the database answers and is up to date, so that people can come in."""
    try:
        executor = MigrationExecutor(connection)
        migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return JsonResponse({"ready": False, "database": False}, status=503)
    body = {"ready": migrated, "database": True, "migrations": migrated}
    return JsonResponse(body, status=200 if migrated else 503)
