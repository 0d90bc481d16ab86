"""Statements that Django writes once, to be run again and again with other values.

Django takes several times longer to write the SQL of a query than the database takes to answer it.
The few statements that every answered check-in needs are therefore written when they are first
run, by Django itself and from a query like any other, with places left open for the values.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace
from typing import Any, Generic, TypeVar

from django.db import connection, connections
from django.db.models import AutoField, Expression, Field, Model, QuerySet
from django.db.models.constants import OnConflict
from django.db.models.query import ModelIterable
from django.db.models.sql import InsertQuery, UpdateQuery
from django.db.transaction import TransactionManagementError

M = TypeVar("M", bound=Model)
Values = Mapping[str, Any]
MOST_VALUES = 50
"""With more of them psycopg does not keep a statement."""


class Place(Expression):
    """The place of a value in a statement.

    Parameters
    ----------
    name
        Under which the value is given when the statement is run.
    field
        How it is written for the database.
    """

    def __init__(self, name: str, field: "Field[Any, Any]") -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, _compiler: Any, _connection: Any, **_more: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """Leave the place open."""
        return "%s", [self]

    def written(self, values: Values, here: Any) -> Any:
        """Write the value as the database takes it."""
        return self.output_field.get_db_prep_value(values[self.name], here)


@dataclass(frozen=True)
class Written:
    """A statement in the words of one kind of database."""

    compiler: Any
    sql: str
    places: tuple[Any, ...]

    def filled(self, values: Values) -> tuple[Any, ...]:
        """Put values in their places."""
        here = connections[connection.alias]
        return tuple(
            place.written(values, here) if isinstance(place, Place) else place
            for place in self.places
        )

    @cached_property
    def converters(self) -> Any:
        """What turns columns into the model's values: the same for every row that is read."""
        columns = self.compiler.select[: self.compiler.col_count]
        return self.compiler.get_converters([column for column, *_ in columns])


class Statement:
    """What reading and changing have in common: a query, and its SQL once it was run."""

    def __init__(self, query: Callable[[], Any]) -> None:
        self.query = query
        self.known: dict[str, Written] = {}

    def written(self) -> Written:
        """Give the statement for the database at hand, written when it is first asked for."""
        found = self.known.get(connection.vendor)
        if found is None:
            compiler = self.query().get_compiler(connection=connection)
            sql, places = compiler.as_sql()
            found = self.known[connection.vendor] = Written(compiler, sql, tuple(places))
        return found


class Read(Statement, Generic[M]):
    """Read with a query that is written once.

    Parameters
    ----------
    asked
        Gives the query, with :class:`Place` where values differ from one time to the next.
    """

    def __init__(self, asked: Callable[[], "QuerySet[M, Any]"]) -> None:
        super().__init__(lambda: asked().query)

    def __call__(self, **values: Any) -> list[M]:
        """Give what is found, as the model's own objects."""
        compiler = self.again(values)
        again = SimpleNamespace(get_compiler=lambda using: compiler)  # noqa: ARG005
        asked = SimpleNamespace(db=connection.alias, query=again, _known_related_objects={})
        return list(ModelIterable(asked))  # type: ignore[arg-type]

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """Give what is found, as the columns of a query of values."""
        return list(self.again(values).results_iter(tuple_expected=True))

    def again(self, values: Values) -> Any:
        """Give a compiler that finds its statement written, in this thread's connection.

        Raises
        ------
        TransactionManagementError
            If rows are to be held for a transaction, and there is none.
        """
        written = self.written()
        if written.compiler.query.select_for_update and not connection.in_atomic_block:
            raise TransactionManagementError("rows can be held only in a transaction")
        compiler = copy(written.compiler)
        compiler.connection = connection
        compiler.as_sql = lambda: (written.sql, written.filled(values))
        compiler.get_converters = lambda _columns: written.converters
        return compiler


class Change(Statement):
    """Change rows with an update that is written once.

    Parameters
    ----------
    asked
        Gives the query of what to change.
    columns
        What to set: a value, or :class:`Place`.
    """

    def __init__(self, asked: Callable[[], "QuerySet[Any, Any]"], **columns: Any) -> None:
        def query() -> Any:
            update: Any = asked().query.chain(UpdateQuery)
            update.add_update_values(columns)
            return update

        super().__init__(query)

    def __call__(self, **values: Any) -> int:
        """Change them; count how many there were."""
        written = self.written()
        with connection.cursor() as cursor:
            cursor.execute(written.sql, written.filled(values))
            return int(cursor.rowcount)


class Insert(Generic[M]):
    """Insert rows with statements that are written once for each number of rows.

    Keys that the database gives are not read back.

    Parameters
    ----------
    model
        Of the rows.
    same, renewed
        Which fields make a row the same as one that is there, and which of that one's fields are
        then written anew; without them such a row is an error.
    empty
        Fields that are null in all of them, and not written.
    """

    def __init__(
        self,
        model: type[M],
        *,
        same: Sequence[str] = (),
        renewed: Sequence[str] = (),
        empty: Sequence[str] = (),
    ) -> None:
        self.model, self.same, self.renewed, self.empty = model, same, renewed, empty
        self.known: dict[tuple[str, int], str] = {}

    def __call__(self, rows: Sequence[M]) -> None:
        """Insert them, in the caller's transaction."""
        if not rows:
            return
        fields, here = self.fields, connections[connection.alias]
        values = [
            field.get_db_prep_save(field.pre_save(row, True), here)  # noqa: FBT003
            for row in rows
            for field in fields
        ]
        at_once = MOST_VALUES // len(fields) or 1
        with here.cursor() as cursor:
            for start in range(0, len(rows), at_once):
                count = min(at_once, len(rows) - start)
                first, last = start * len(fields), (start + count) * len(fields)
                cursor.execute(self.written(count), values[first:last])

    @cached_property
    def fields(self) -> list[Any]:
        """Give the fields that are written: all but a key that the database counts."""
        there = self.model._meta.concrete_fields  # noqa: SLF001
        return [
            field
            for field in there
            if not isinstance(field, AutoField) and field.name not in self.empty
        ]

    def written(self, count: int) -> str:
        """Give the statement for so many rows, for the database at hand."""
        place = (connection.vendor, count)
        if place not in self.known:
            named = self.model._meta.get_field  # noqa: SLF001
            query = InsertQuery(
                self.model,
                on_conflict=OnConflict.UPDATE if self.same else None,
                update_fields=[named(name) for name in self.renewed],
                unique_fields=[named(name) for name in self.same],
            )
            empty: Any = SimpleNamespace(**{one.attname: Place("", one) for one in self.fields})
            query.insert_values(self.fields, [empty] * count, raw=True)
            ((sql, _),) = query.get_compiler(connection=connection).as_sql()
            self.known[place] = sql
        return self.known[place]
