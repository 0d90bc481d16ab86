"""A ZIP that is written while it is sent: no table is ever whole in memory."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from attunement.clinic.exchange.tables.disguise import Days, Disguise
from attunement.clinic.exchange.tables.rows import SOURCES, Row
from attunement.clinic.people.models import Site
from attunement.tables import Column, Kind

AT_ONCE = 5000
DICTIONARY = "dictionary.csv"
READ_ME = "READ-ME.txt"
ABOUT = """De-identified tables.

Every client is an episode of care under a pseudonym that was made for this export; the next
export has others, and no list of them is kept. Names, texts and free words are not in here, nor
answers that their givers keep for themselves or want to raise first. Answers for the service alone
are counted, without client, session and day. Who was asked for a yes and gave none, or took it
back, is not in here. What therapists rated of the others, what was noticed about their courses and
whether they came is. {days}

De-identified is not anonymous: whoever knows a person's course of sessions may recognise it. Keep
these tables as you keep records, and do not try to find out who somebody is.

dictionary.csv says what each column means.
"""
ABOUT_DAYS = {
    Days.WEEKS: "Days are left out: weeks count from each client's first session.",
    Days.SHIFTED: "Days are moved by up to half a year, each client's by the same amount at every "
    "export.",
}
TYPES = {
    Kind.NAME: pa.string(),
    Kind.TEXT: pa.string(),
    Kind.WHOLE: pa.int64(),
    Kind.NUMBER: pa.float64(),
    Kind.FLAG: pa.bool_(),
    Kind.DATE: pa.date32(),
}


class Form(StrEnum):
    """How tables are written."""

    CSV = "csv"
    PARQUET = "parquet"


class Sink(io.RawIOBase):
    """Takes what is written and hands it on."""

    def __init__(self) -> None:
        self.waiting = bytearray()

    def writable(self) -> bool:
        """Say yes."""
        return True

    def write(self, data: Any) -> int:
        """Take bytes."""
        self.waiting += data
        return len(data)

    def taken(self) -> bytes:
        """Hand on what is waiting."""
        data = bytes(self.waiting)
        self.waiting.clear()
        return data


def packed(site: Site, disguise: Disguise, form: Form) -> Iterator[bytes]:
    """Write all tables, piece by piece."""
    sink = Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        about = ABOUT.format(days=ABOUT_DAYS[disguise.days])
        archive.writestr(READ_ME, about)
        archive.writestr(DICTIONARY, dictionary(disguise.days))
        yield sink.taken()
        for source in SOURCES:
            columns = source.columns(disguise.days)
            name = f"{source.contract.name}.{form}"
            rows = source.rows(site, disguise)
            with archive.open(name, "w", force_zip64=True) as member:
                write = write_csv if form is Form.CSV else write_parquet
                for _ in write(member, columns, rows):
                    yield sink.taken()
    yield sink.taken()


def write_csv(member: Any, columns: list[Column], rows: Iterable[Row]) -> Iterator[None]:
    """Write rows as CSV."""
    text = io.TextIOWrapper(member, encoding="utf-8", newline="")
    writer = csv.writer(text)
    writer.writerow(column.name for column in columns)
    for batch in chunks(rows):
        writer.writerows(batch)
        text.flush()
        yield
    text.flush()
    text.detach()
    yield


def write_parquet(member: Any, columns: list[Column], rows: Iterable[Row]) -> Iterator[None]:
    """Write rows as Parquet, a group at a time."""
    schema = pa.schema([(column.name, TYPES[column.kind]) for column in columns])
    with pq.ParquetWriter(pa.PythonFile(member, mode="w"), schema) as writer:
        for batch in chunks(rows):
            arrays = [
                pa.array(values, field.type)
                for values, field in zip(zip(*batch, strict=True), schema, strict=True)
            ]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
            yield
    yield


def chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Give rows by the thousand."""
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def dictionary(days: Days) -> str:
    """Say what each column of each table means."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(("table", "column", "kind", "key", "meaning"))
    for source in SOURCES:
        for column in source.columns(days):
            key = "yes" if column.name in source.contract.key else "no"
            writer.writerow((source.contract.name, column.name, column.kind, key, column.meaning))
    return text.getvalue()
