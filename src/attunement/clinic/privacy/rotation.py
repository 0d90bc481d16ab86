"""Bring every encrypted text under the newest key, while people work."""

from collections.abc import Iterator
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from attunement.clinic.audit.record import audit
from attunement.clinic.jobs.models import Job
from attunement.clinic.jobs.queue import SEALED
from attunement.clinic.people.accounts import SECRETS
from attunement.clinic.people.actor import Actor
from attunement.clinic.privacy.fields import EncryptedTextField, Sealed
from attunement.clinic.privacy.keys import MARK, Keyring, current
from attunement.clinic.privacy.models import KeyCount

BATCH = 500
SECRET_NAMES = ("secret", "seed")


@dataclass(frozen=True)
class Rotated:
    """How many texts of one column were brought under the newest key."""

    column: str
    texts: int


def columns() -> Iterator[tuple[type[models.Model], EncryptedTextField]]:
    """Give every encrypted column with its table."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:  # noqa: SLF001
            if isinstance(field, EncryptedTextField):
                yield model, field


def rotate(*, by: Actor, batch: int = BATCH) -> list[Rotated]:
    """Re-encrypt all texts that are not under the newest key.

    Each batch is a transaction of its own, and what is done no longer counts as to be done: a
    rotation that was stopped goes on where it was. A text that someone changes meanwhile is left
    to them, for they write under the newest key.

    Raises
    ------
    Problem
        If a text cannot be decrypted; nothing of its batch is changed.
    """
    ring = current()
    done = [
        Rotated(label(model, field), column(model, field, ring, batch))
        for model, field in columns()
    ]
    done.append(Rotated("mfa.authenticator", second_factors(ring)))
    done.append(Rotated("jobs_job.payload", due_work(ring)))
    count_texts()
    with transaction.atomic():
        total = sum(one.texts for one in done)
        audit(by, "keys.rotated", KeyCount(name=ring.newest), texts=total)
    return done


def label(model: type[models.Model], field: EncryptedTextField) -> str:
    """Name a column."""
    return f"{model._meta.db_table}.{field.column}"  # noqa: SLF001


def column(model: type[models.Model], field: EncryptedTextField, ring: Keyring, batch: int) -> int:
    """Re-encrypt one column, batch by batch in the order of its rows."""
    name, total, last = field.attname, 0, None
    rows = model._default_manager.exclude(**{name: ""}).exclude(  # noqa: SLF001
        **{f"{name}__startswith": f"{MARK}:{ring.newest}:"}
    )
    while True:
        part = rows.order_by("pk") if last is None else rows.order_by("pk").filter(pk__gt=last)
        found = list(part.values_list("pk", name)[:batch])
        if not found:
            return total
        with transaction.atomic():
            for pk, old in found:
                place = field.place(model(pk=pk))
                new = Sealed(ring.seal(ring.open(old, place), place))
                row = model._default_manager.filter(pk=pk, **{name: Sealed(old)})  # noqa: SLF001
                total += row.update(**{name: new})
        last = found[-1][0]


def second_factors(ring: Keyring) -> int:
    """Re-encrypt the secrets of authenticator apps and recovery codes."""
    total = 0
    for pk in Authenticator.objects.values_list("pk", flat=True):
        with transaction.atomic():
            factor = Authenticator.objects.select_for_update().filter(pk=pk).first()
            if factor and renewed(factor, ring):
                factor.save(update_fields=["data"])
                total += 1
    return total


def renewed(factor: Authenticator, ring: Keyring) -> bool:
    """Seal the secrets of one factor anew where they are not under the newest key."""
    changed = False
    for name in SECRET_NAMES:
        old = factor.data.get(name)
        if isinstance(old, str) and key_of(old) not in {"", ring.newest}:
            factor.data[name] = ring.seal(ring.open(old, SECRETS), SECRETS)
            changed = True
    return changed


def due_work(ring: Keyring) -> int:
    """Re-encrypt what due work says; it is bound to the kind of work."""
    total = 0
    for job in with_sealed():
        old = job.payload[SEALED]
        if key_of(old) != ring.newest:
            new = ring.seal(ring.open(old, job.kind), job.kind)
            row = Job.objects.filter(pk=job.pk, payload=job.payload)
            total += row.update(payload={**job.payload, SEALED: new})
    return total


def with_sealed() -> Iterator[Job]:
    """Give the work of which a part is encrypted."""
    return Job.objects.filter(payload__has_key=SEALED).only("kind", "payload").iterator(BATCH)


def key_of(sealed: str) -> str:
    """Name the key of a ciphertext, or give nothing where it is none."""
    mark, _, rest = sealed.partition(":")
    return rest.partition(":")[0] if mark == MARK else ""


def count_texts() -> dict[str, int]:
    """Count the texts under each key, and under keys that are missing, and keep the counts."""
    ring = current()
    totals = dict.fromkeys(ring.keys, 0)
    missing = 0
    for model, field in columns():
        rows = model._default_manager.exclude(**{field.attname: ""})  # noqa: SLF001
        known = Q(pk__in=[])
        for name in ring.keys:
            under = Q(**{f"{field.attname}__startswith": f"{MARK}:{name}:"})
            totals[name] += rows.filter(under).count()
            known |= under
        missing += rows.exclude(known).count()
    for data in Authenticator.objects.values_list("data", flat=True):
        for name in {key_of(data.get(part) or "") for part in SECRET_NAMES} - {""}:
            if name in totals:
                totals[name] += 1
            else:
                missing += 1
    for job in with_sealed():
        if (name := key_of(job.payload[SEALED])) in totals:
            totals[name] += 1
        else:
            missing += 1
    totals["?"] = missing
    keep(totals)
    return totals


@transaction.atomic
def keep(totals: dict[str, int]) -> None:
    """Keep the counts, with when they were taken."""
    now = timezone.now()
    KeyCount.objects.exclude(name__in=totals).delete()
    for name, texts in totals.items():
        KeyCount.objects.update_or_create(name=name, defaults={"texts": texts, "at": now})
