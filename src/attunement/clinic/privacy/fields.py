"""A text column that is encrypted in the database."""

from typing import Any

from django.db import models

from attunement.clinic.privacy.keys import current


class Sealed(str):
    """Ciphertext on its way to or from the database."""

    __slots__ = ()


class OpenedOnAccess:
    """Decrypts when the attribute is first read."""

    def __init__(self, field: "EncryptedTextField") -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type | None = None) -> Any:
        if instance is None:
            return self
        name = self.field.attname
        if name not in instance.__dict__:
            instance.refresh_from_db(fields=[name])
        value = instance.__dict__[name]
        if isinstance(value, Sealed):
            value = current().open(value, self.field.place(instance))
            instance.__dict__[name] = value
        return value

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """Text under AES-GCM, bound to its table, column and row.

    Rows need a primary key that is known before they are stored, such as a UUID. Writing past
    the row (``QuerySet.update``) is refused, and the empty text stays empty.
    """

    descriptor_class = OpenedOnAccess

    def place(self, instance: models.Model) -> str:
        """Where a text belongs."""
        return f"{instance._meta.db_table}.{self.column}.{instance.pk}"  # noqa: SLF001

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        """Mark what comes from the database as ciphertext."""
        return Sealed(value) if value else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: ARG002
        """Encrypt what goes to the database, unless it never was decrypted."""
        value = model_instance.__dict__.get(self.attname)
        if not value or isinstance(value, Sealed):
            return value
        return Sealed(current().seal(str(value), self.place(model_instance)))

    def get_prep_value(self, value: Any) -> Any:
        """Refuse plain text that would reach the database past :meth:`pre_save`."""
        if value and not isinstance(value, Sealed):
            raise TypeError(f"{self.name} can be written only by saving its row")
        return str(value) if value else value
