"""A dump of rows, for a PostgreSQL whose own tools are not at hand."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models, transaction

BLOCK = 1 << 20
FLEETING = ("django_session", "usersessions_usersession", "people_cache")


def tables() -> Iterator[type[models.Model]]:
    """Give every table of the program, without those that are only for the moment."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and model._meta.db_table not in FLEETING:  # noqa: SLF001
            yield model


def columns(model: type[models.Model]) -> list[str]:
    """Give a table's columns, in the order in which they are dumped."""
    return sorted(str(field.column) for field in model._meta.concrete_fields)  # noqa: SLF001


def statement(model: type[models.Model], way: str) -> str:
    """Write the statement that copies a table out or in."""
    quote = connection.ops.quote_name
    named = ", ".join(map(quote, columns(model)))
    return f"COPY {quote(model._meta.db_table)} ({named}) {way}"  # noqa: SLF001


def dump(to: Path) -> None:
    """Copy all rows as they are at one moment."""
    with (
        transaction.atomic(),
        connection.cursor() as cursor,
        zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for model in tables():
            with (
                archive.open(model._meta.db_table, "w", force_zip64=True) as member,  # noqa: SLF001
                cursor.copy(statement(model, "TO STDOUT")) as rows,
            ):
                for block in rows:
                    member.write(block)


@transaction.atomic
def load(data: Path) -> None:
    """Copy all rows into tables that hold none but what migrations put there.

    Foreign keys are checked at the end of the transaction, so that the order does not matter.
    """
    with connection.cursor() as cursor, zipfile.ZipFile(data) as archive:
        there = {model for model in tables() if model._meta.db_table in archive.namelist()}  # noqa: SLF001
        for model in sorted(there, key=lambda one: one._meta.db_table, reverse=True):  # noqa: SLF001
            if model._meta.app_label in {"auth", "contenttypes"}:  # noqa: SLF001
                model._base_manager.all()._raw_delete(connection.alias)  # noqa: SLF001
        for model in there:
            with (
                archive.open(model._meta.db_table) as member,  # noqa: SLF001
                cursor.copy(statement(model, "FROM STDIN")) as rows,
            ):
                while block := member.read(BLOCK):
                    rows.write(block)
        for line in connection.ops.sequence_reset_sql(no_style(), list(there)):
            cursor.execute(line)
