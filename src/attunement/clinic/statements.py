"""Statements that Django writes once, to be run again and again with other values.

Django takes several times longer to write the SQL of a query than the database takes to answer it.
The few statements that every answered check-in needs are therefore written when they are first
run, by Django itself and from a query like any other, with places left open for the values.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace
from typing import Any, Generic, TypeVar

from django.db import connection, connections
from django.db.models import (
    AutoField,
    BooleanField,
    CharField,
    Expression,
    Field,
    FloatField,
    Model,
    QuerySet,
    TextField,
)
from django.db.models.base import ModelState
from django.db.models.constants import OnConflict
from django.db.models.sql import InsertQuery, UpdateQuery
from django.db.transaction import TransactionManagementError

M = TypeVar("M", bound=Model)
Values = Mapping[str, Any]
MOST_VALUES = 50
"""With more of them psycopg does not keep a statement."""
AS_THEY_ARE: Mapping[type, type] = {
    CharField: str,
    TextField: str,
    FloatField: float,
    BooleanField: bool,
}
"""Fields whose values of this type both databases take as they are."""


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

    def filled(self, values: Values, here: Any) -> tuple[Any, ...]:
        """Put values in their places."""
        return tuple(
            place.written(values, here) if isinstance(place, Place) else place
            for place in self.places
        )

    def rows(self, values: Values) -> list[Sequence[Any]]:
        """Run it and give what is found, each column as the model has it."""
        here = connections[connection.alias]
        with here.cursor() as cursor:
            cursor.execute(self.sql, self.filled(values, here))
            found = cursor.fetchall()
        if not self.converters:
            return list(found)
        return list(self.compiler.apply_converters(found, self.converters))

    @cached_property
    def converters(self) -> Any:
        """What turns columns into the model's values: the same for every row that is read."""
        columns = self.compiler.select[: self.compiler.col_count]
        return self.compiler.get_converters([column for column, *_ in columns])

    @cached_property
    def part(self) -> "Part":
        """What becomes of a row."""
        return Part.of(self.compiler.klass_info, self.compiler.select)


@dataclass(frozen=True, kw_only=True)
class Part:
    """Which columns of a row become an object, and what is linked to it.

    Objects are made without their models' ``__init__``: a row that is read is whole and its types
    are known. The models here do nothing of their own when they are made.
    """

    model: type[Model]
    names: tuple[str, ...]
    first: int
    key: int
    linked: tuple["Part", ...]
    link: Callable[[Any, Any], None]
    link_back: Callable[[Any, Any], None]

    @classmethod
    def of(cls, told: Mapping[str, Any], columns: Sequence[Any]) -> "Part":
        """Read what Django's compiler tells of a model in its query."""
        model, places = told["model"], told["select_fields"]
        names = [columns[place][0].target.attname for place in places]
        return cls(
            model=model,
            names=tuple(names),
            first=places[0],
            key=places[names.index(model._meta.pk.attname)],  # noqa: SLF001
            linked=tuple(cls.of(one, columns) for one in told.get("related_klass_infos", ())),
            link=told.get("local_setter", nothing),
            link_back=told.get("remote_setter", nothing),
        )

    def made(self, row: Sequence[Any], alias: str) -> Any:
        """Make the object of a row, and all that is linked to it; None where there is none."""
        if row[self.key] is None:
            return None
        made: Any = self.model.__new__(self.model)
        made._state = state = ModelState()  # noqa: SLF001
        state.adding, state.db = False, alias
        made.__dict__.update(zip(self.names, row[self.first :], strict=False))
        for part in self.linked:
            other = part.made(row, alias)
            part.link(made, other)
            if other is not None:
                part.link_back(other, made)
        return made


def nothing(*_: Any) -> None:
    """Link nothing: the object that was asked for belongs to none."""


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
        """Give what is found, as the model's own objects.

        Raises
        ------
        TransactionManagementError
            If rows are to be held for a transaction, and there is none.
        """
        written = self.written()
        if written.compiler.query.select_for_update and not connection.in_atomic_block:
            raise TransactionManagementError("rows can be held only in a transaction")
        part, alias = written.part, connection.alias
        return [part.made(row, alias) for row in written.rows(values)]

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """Give what is found, as the columns of a query of values."""
        return [tuple(row) for row in self.written().rows(values)]


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
        written, here = self.written(), connections[connection.alias]
        with here.cursor() as cursor:
            cursor.execute(written.sql, written.filled(values, here))
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
        values = [kept(field, own, row, here) for row in rows for field, own in self.columns]
        at_once = MOST_VALUES // len(fields) or 1
        with here.cursor() as cursor:
            for start in range(0, len(rows), at_once):
                count = min(at_once, len(rows) - start)
                first, last = start * len(fields), (start + count) * len(fields)
                cursor.execute(self.written(count), values[first:last])
        for row in rows:
            row._state.adding, row._state.db = False, here.alias  # noqa: SLF001

    @cached_property
    def fields(self) -> list[Any]:
        """Give the fields that are written: all but a key that the database counts."""
        there = self.model._meta.concrete_fields  # noqa: SLF001
        return [
            field
            for field in there
            if not isinstance(field, AutoField) and field.name not in self.empty
        ]

    @cached_property
    def columns(self) -> list[tuple[Any, type | None]]:
        """Give each field, and the type whose values are written as they are."""
        return [(field, AS_THEY_ARE.get(type(field))) for field in self.fields]

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


def kept(field: Any, own: type | None, row: Model, here: Any) -> Any:
    """Give a field's value as the database takes it."""
    if own is not None:
        value = getattr(row, field.attname)
        if value is None or type(value) is own:
            return value
    return field.get_db_prep_save(field.pre_save(row, True), here)  # noqa: FBT003
