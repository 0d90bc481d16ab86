"""Worksheets of one episode, each version of them kept, and the client's own words beside."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from attunement.clinic.people.models import Episode, Membership
from attunement.clinic.privacy.fields import EncryptedTextField
from attunement.formulation.lenses import ORDER


class Worksheet(models.Model):
    """One client's story through one lens. The version that counts is the newest."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    episode = models.ForeignKey(Episode, models.CASCADE, related_name="worksheets", db_index=False)
    lens = models.CharField(max_length=20)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["episode", "lens"], name="one_worksheet_a_lens"),
            models.CheckConstraint(condition=Q(lens__in=ORDER), name="known_lens"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Version(models.Model):
    """One version of a worksheet: what stood in it from then on."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    worksheet = models.ForeignKey(
        Worksheet, models.CASCADE, related_name="versions", db_index=False
    )
    number = models.PositiveIntegerField()
    written_at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(Membership, models.SET_NULL, null=True, blank=True)
    undoes = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["worksheet", "number"], name="one_version_number")
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Entry(models.Model):
    """One part of one version, shared with the client or not."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(Version, models.CASCADE, related_name="entries", db_index=False)
    part = models.CharField(max_length=40)
    text = EncryptedTextField(blank=True)
    shared = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "part"], name="one_entry")]

    def __str__(self) -> str:
        return str(self.pk)


class OwnWords(models.Model):
    """What the client adds to a part in their own words; the newest counts, earlier ones stay."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    worksheet = models.ForeignKey(Worksheet, models.CASCADE, related_name="own_words")
    part = models.CharField(max_length=40)
    text = EncryptedTextField(blank=True)
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-written_at"]

    def __str__(self) -> str:
        return str(self.pk)
