# ruff: noqa: SLF001, S608, S101, B026
"""Fill PostgreSQL by COPY with a clinic that has been in use for a year.

Each client has 12 sessions on average, each with a check-in that was answered, its two scores, and
what the course of the client gives rise to; single answers are kept of the last two sessions.
"""

import io
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Self
from uuid import UUID

import numpy as np
import polars as pl
from django.db import connection, models
from django.utils import timezone

from attunement.clinic.checkins.models import Answer, CheckIn, PlanItem, Session, Token
from attunement.clinic.checkins.tokens import hashed, new_token
from attunement.clinic.noticing.course import SIGNAL_FIELDS
from attunement.clinic.noticing.instruments import scales
from attunement.clinic.noticing.models import Alert, Rupture, Score
from attunement.clinic.people.models import Client, Episode, Membership, Person, Site
from attunement.clinic.privacy.consent import VERSION
from attunement.clinic.privacy.fields import EncryptedTextField
from attunement.clinic.privacy.keys import current
from attunement.clinic.privacy.models import Consent
from attunement.course.baseline import default_norms
from attunement.course.noticing import notice
from attunement.measures.scale import subset

FORM = "session-check-in"
ALLIANCE, TENSION = f"{FORM}.alliance", f"{FORM}.tension"
ITEMS = ("heard", "understood", "safe", "goals", "way", "depth", "progress", "takeaway", "tension")
CASELOAD, THERAPISTS = 60, 25
CHUNK = 15_000
FILLED = (Client, Consent, Episode, Session, CheckIn, Score, Answer, Rupture, Alert)
FORGET = (
    "CREATE TEMP TABLE over AS SELECT id, session_id FROM checkins_checkin WHERE state = 'due'",
    "DELETE FROM checkins_token WHERE checkin_id IN (SELECT id FROM over)",
    "DELETE FROM checkins_checkin WHERE id IN (SELECT id FROM over)",
    "DELETE FROM checkins_session WHERE id IN (SELECT session_id FROM over)",
    "DROP TABLE over",
)
NOW = datetime.now(UTC).replace(microsecond=0)


class Filled:
    """What is there, and what is needed to add to it."""

    def __init__(self) -> None:
        self.clients = 0
        self.sessions = 0
        self.random = np.random.default_rng(1)
        self.episodes: list[UUID] = []
        self.lengths: list[int] = []

    @classmethod
    def found(cls) -> Self:
        """Go on from what is there: nothing at first, or a database that was kept."""
        filled = cls()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT episode_id, max(number), max(id) FROM checkins_session GROUP BY episode_id"
            )
            rows = cursor.fetchall()
        filled.episodes = [episode for episode, _, _ in rows]
        filled.lengths = [number for _, number, _ in rows]
        filled.clients = len(rows)
        filled.sessions = max((key for _, _, key in rows), default=0)
        return filled

    def grow(self, clients: int, step: Callable[[int], object]) -> None:
        """Add clients until there are so many; tables are read and written as usual after it."""
        if self.clients == clients:
            return
        with without_indexes(FILLED):
            while self.clients < clients:
                count = min(CHUNK, clients - self.clients)
                self.add(count)
                step(count)
        with connection.cursor() as cursor:
            for model in (Session, CheckIn, Score, Answer, Rupture):
                table = model._meta.db_table
                cursor.execute(
                    f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), "
                    f"(SELECT coalesce(max(id), 1) FROM {table}))"
                )
            cursor.execute("VACUUM (ANALYZE)")
            cursor.execute("CHECKPOINT")

    def add(self, count: int) -> None:
        """Add so many clients with all that is known of them."""
        therapists = staff(count, self.clients)
        ids = np.array([uuid() for _ in range(2 * count)]).reshape(2, count)
        code = [f"C{self.clients + place}" for place in range(count)]
        site = [therapist.site_id for therapist in therapists]
        people = pl.DataFrame({"id": ids[0], "site_id": list(map(str, site)), "code": code})
        copy(Client, people.with_columns(name=pl.Series(names(ids[0]))))
        agreed = pl.DataFrame({"id": [uuid() for _ in range(count)], "client_id": ids[0]})
        copy(Consent, agreed.with_columns(version=pl.lit(VERSION)))
        by = [str(therapist.pk) for therapist in therapists]
        copy(Episode, pl.DataFrame({"id": ids[1], "client_id": ids[0], "therapist_id": by}))
        lengths = np.clip(self.random.poisson(12, count), 1, 60)
        self.course(ids[1], lengths)
        self.episodes += [UUID(one) for one in ids[1]]
        self.lengths += lengths.tolist()
        self.clients += count

    def course(self, episodes: np.ndarray, lengths: np.ndarray) -> None:
        """Add sessions, answered check-ins, scores, and what was noticed about them."""
        total = int(lengths.sum())
        client = np.repeat(np.arange(len(lengths)), lengths)
        start = np.repeat(np.cumsum(lengths) - lengths, lengths)
        number = np.arange(total) - start + 1
        ago = np.repeat(lengths, lengths) - number
        keys = self.sessions + 1 + np.arange(total)
        level = np.repeat(self.random.normal(7.3, 0.9, len(lengths)), lengths)
        value = np.clip(level + 0.03 * number + self.random.normal(0, 0.5, total), 0, 10).round(2)
        at = pl.lit(NOW) - pl.duration(days=7 * pl.col("ago") + 3)
        table = pl.DataFrame(
            {"id": keys, "episode_id": episodes[client], "number": number, "ago": ago}
        ).with_columns(at=at)
        copy(
            Session,
            table.select("id", "episode_id", "number", starts_at="at").with_columns(
                status=pl.lit("attended")
            ),
        )
        copy(CheckIn, table.select(
            "id", session_id="id", rater=pl.lit("client"), moment=pl.lit("after"),
            instruments=pl.lit(f'["{FORM}"]'), state=pl.lit("answered"), due_at="at",
            expires_at=pl.col("at") + timedelta(days=7), opened_at="at", answered_at="at",
            answered_in=pl.lit("en"), submission=pl.Series(random_hex(total)),
        ))  # fmt: skip
        self.scores(table.with_columns(value=pl.Series(value)))
        self.answers(table.with_columns(value=pl.Series(value)).filter(pl.col("ago") < 2))
        self.sessions += total

    def scores(self, table: pl.DataFrame) -> None:
        """Add the scores, with the signals and ruptures that the course gives rise to."""
        known = subset(scales(), [ALLIANCE])
        given = table.select(
            client="episode_id", scale=pl.lit(ALLIANCE), session="number", score="value"
        )
        found = notice(given, known, {ALLIANCE: default_norms(known[ALLIANCE])})
        about = {
            "session_id": "id", "checkin_id": "id", "number": "number", "episode_id": "episode_id"
        }  # fmt: skip
        rows = table.select(**{name: pl.col(column) for name, column in about.items()},
            rater=pl.lit("client"), on=pl.col("at").dt.date(), value="value")  # fmt: skip
        said = found.signals.select(
            episode_id="client", number="session", *SIGNAL_FIELDS
        ).with_columns(pl.col("signal").fill_null("none"))
        first = 2 * self.sessions + 1
        alliance = rows.join(said, on=["episode_id", "number"], maintain_order="left")
        copy(
            Score, alliance.with_columns(scale=pl.lit(ALLIANCE), id=first + pl.int_range(len(rows)))
        )
        copy(Score, rows.with_columns(
            scale=pl.lit(TENSION), value=pl.lit(0.0), prior_n=pl.lit(0),
            id=first + len(rows) + pl.int_range(len(rows))))  # fmt: skip
        broke = found.ruptures.rename({"client": "episode_id"})
        copy(Rupture, broke)
        self.alerts(broke, table)

    def alerts(self, broke: pl.DataFrame, table: pl.DataFrame) -> None:
        """Add an alert for each rupture: open where it is fresh, settled where it is not."""
        joined = broke.join(
            table.select("episode_id", "ago", "at", onset="number"), on=["episode_id", "onset"]
        )
        fresh = pl.col("ago") < 2
        copy(Alert, joined.select(
            "episode_id", "onset", "scale", id=pl.Series([uuid() for _ in range(len(joined))]),
            kind=pl.lit("drop"), level=pl.lit("review"), opened_at="at",
            state=pl.when(fresh).then(pl.lit("open")).otherwise(pl.lit("resolved")),
            due_at=pl.col("at") + timedelta(days=3),
            closed_at=pl.when(~fresh).then(pl.col("at") + timedelta(days=1)),
            evidence=pl.concat_str(
                pl.lit('{"'), "scale", pl.lit('": {"usual": '), "level", pl.lit(', "depth": '),
                "depth", pl.lit("}}"),
            ),
        ))  # fmt: skip

    def answers(self, table: pl.DataFrame) -> None:
        """Add single answers."""
        items = pl.DataFrame({"item": ITEMS})
        rows = table.join(items, how="cross").select(
            "item", checkin_id="id", instrument=pl.lit(FORM), audience=pl.lit("therapist"),
            value=pl.when(pl.col("item") == "tension").then(0.0).otherwise(
                pl.col("value").round(0)),
        )  # fmt: skip
        copy(Answer, rows)

    def of_each(self, episodes: Sequence[UUID]) -> None:
        """Leave one check-in due in each of these episodes, and none elsewhere."""
        with connection.cursor() as cursor:
            for statement in FORGET:
                cursor.execute(statement)
        wanted = set(episodes)
        places = [place for place, one in enumerate(self.episodes) if one in wanted]
        self.due(len(places), np.array(places))

    def due(self, count: int, chosen: np.ndarray | None = None) -> list[str]:
        """Make check-ins that are due, of as many clients as there are; give their secrets."""
        chosen = self.random.permutation(self.clients) if chosen is None else chosen
        sessions, secrets = [], [new_token() for _ in range(count)]
        for place in range(count):
            client = chosen[place % len(chosen)]
            self.lengths[client] += 1
            sessions.append(
                Session(
                    episode_id=self.episodes[client], number=self.lengths[client],
                    starts_at=timezone.now() - timedelta(hours=1), status="attended",
                )
            )  # fmt: skip
        Session.objects.bulk_create(sessions, batch_size=2000)
        soon = timezone.now() + timedelta(days=7)
        checkins = CheckIn.objects.bulk_create(
            [
                CheckIn(
                    session=session, rater="client", moment="after", instruments=[FORM],
                    due_at=session.starts_at, expires_at=soon, opened_at=timezone.now(),
                )
                for session in sessions
            ],
            batch_size=2000,
        )  # fmt: skip
        Token.objects.bulk_create(
            [
                Token(checkin=one, purpose="link", hash=hashed(secret), expires_at=soon)
                for one, secret in zip(checkins, secrets, strict=True)
            ],
            batch_size=2000,
        )
        self.sessions += count
        with connection.cursor() as cursor:  # as it would be known that some are always due
            cursor.execute("ANALYZE checkins_session, checkins_checkin, checkins_token")
        return secrets


@contextmanager
def without_indexes(models: Sequence[type[models.Model]]) -> Iterator[None]:
    """Take indexes and unique constraints away, and the checks of foreign keys, for the time.

    To build an index anew on millions of rows is far quicker than to add to it row by row.
    """
    tables = [model._meta.db_table for model in models]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname), "
            "format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, "
            "pg_get_constraintdef(oid)) FROM pg_constraint "
            "WHERE contype = 'u' AND conrelid::regclass::text = ANY(%s)",
            [tables],
        )
        found = cursor.fetchall()
        cursor.execute(
            "SELECT format('DROP INDEX %%s', indexrelid::regclass), pg_get_indexdef(indexrelid) "
            "FROM pg_index WHERE NOT indisprimary AND indrelid::regclass::text = ANY(%s) "
            "AND indexrelid NOT IN (SELECT conindid FROM pg_constraint)",
            [tables],
        )
        found += cursor.fetchall()
        for away, _ in found:
            cursor.execute(away)
        cursor.execute("SET session_replication_role = replica")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = DEFAULT")
            cursor.execute("SET maintenance_work_mem = '1GB'")
            for _, back in found:
                cursor.execute(back)


def staff(count: int, before: int) -> list[Membership]:
    """Give each new client a therapist, making sites and people as needed."""
    places = range(before // CASELOAD, (before + count - 1) // CASELOAD + 1)
    names = {place: f"Site {place // THERAPISTS + 1:04}" for place in places}
    sites = {one.name: one for one in Site.objects.filter(name__in=names.values())}
    new = [Site(name=name, synthetic=True) for name in sorted({*names.values()} - sites.keys())]
    sites |= {one.name: one for one in Site.objects.bulk_create(new)}
    PlanItem.objects.bulk_create(
        PlanItem(site=one, instrument=FORM, rater="client", moment="after") for one in new
    )
    emails = {place: f"therapist{place}@example.org" for place in places}
    there = {
        one.person.email: one
        for one in Membership.objects.filter(person__email__in=emails.values()).select_related(
            "person"
        )
    }
    missing = [place for place in places if emails[place] not in there]
    people = Person.objects.bulk_create(
        Person(email=emails[place], name=f"Therapist {place}") for place in missing
    )
    made = Membership.objects.bulk_create(
        Membership(person=person, site=sites[names[place]], role="therapist")
        for place, person in zip(missing, people, strict=True)
    )
    there |= {emails[place]: one for place, one in zip(missing, made, strict=True)}
    return [there[emails[(before + place) // CASELOAD]] for place in range(count)]


def names(ids: np.ndarray) -> list[str]:
    """Encrypt a name for each client, as the program does."""
    field = Client._meta.get_field("name")
    assert isinstance(field, EncryptedTextField)
    table, ring = Client._meta.db_table, current()
    return [ring.seal(f"Client {id_[:6]}", f"{table}.{field.column}.{id_}") for id_ in ids]


def copy(model: type[models.Model], rows: pl.DataFrame) -> None:
    """Write rows by COPY; columns that are not given have the model's defaults."""
    if rows.is_empty():
        return
    wanted = [field for field in model._meta.concrete_fields if not skip(field, rows)]
    for field in wanted:
        if field.column not in rows.columns:
            value = field.get_db_prep_save(field.get_default(), connection)
            value = getattr(value, "obj", value)
            rows = rows.with_columns(
                pl.lit("" if value == "" else plain(value)).alias(field.column)
            )
    columns = [field.column for field in wanted]
    text = io.BytesIO()
    rows.select(columns).write_csv(text, null_value="\\N", include_header=False,
        quote_style="necessary", datetime_format="%Y-%m-%d %H:%M:%S+00")  # fmt: skip
    listed = ", ".join(f'"{name}"' for name in columns)
    with (
        connection.cursor() as cursor,
        cursor.copy(
            f"COPY {model._meta.db_table} ({listed}) FROM STDIN WITH (FORMAT csv, NULL '\\N')"
        ) as out,
    ):
        out.write(text.getvalue())


def skip(field: models.Field, rows: pl.DataFrame) -> bool:
    """Leave numbers to the database's own counter where none are given."""
    return isinstance(field, models.AutoField) and field.column not in rows.columns


def plain(value: object) -> object:
    """Write a default as CSV holds it."""
    if isinstance(value, dict | list):
        return str(value)
    return value


def uuid() -> str:
    """Give a random identity."""
    return str(UUID(bytes=os.urandom(16), version=4))


def random_hex(count: int) -> list[str]:
    """Give so many random keys of 64 letters."""
    text = os.urandom(32 * count).hex()
    return [text[64 * place : 64 * place + 64] for place in range(count)]
