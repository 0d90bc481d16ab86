"""What is about to be taken in, and what was, so that it can be undone as a whole."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from attunement.clinic.people.models import Episode, Membership, Site
from attunement.clinic.privacy.fields import EncryptedTextField

LARGE, LARGE_PACKED = 120_000, 30_000
"""From how many letters of base64 on a file goes to the worker."""

PACKED = (".parquet", ".xlsx")


class Table(models.TextChoices):
    """What a file holds."""

    SCORES = "scores", _("Scores: one row for each session, or for each score")
    RESPONSES = "responses", _("Answers: one row for each answer to a question")


class Upload(models.Model):
    """A file that is looked at, encrypted: for an hour at most, or while it is taken in."""

    class State(models.TextChoices):
        """Where it stands: waiting <-> looked through <-> being taken in, and then gone."""

        WAITING = "waiting", _("waiting to be looked through")
        LOOKED = "looked", _("looked through")
        TAKING = "taking", _("being taken in")

    class Stage(models.TextChoices):
        """What is being done with it now."""

        QUEUED = "queued", _("in the queue")
        READING = "reading", _("being read")
        STORING = "storing", _("being stored")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    site = models.ForeignKey(Site, models.CASCADE, related_name="uploads")
    by = models.ForeignKey(Membership, models.CASCADE, related_name="uploads")
    at = models.DateTimeField(default=timezone.now)
    table = models.CharField(max_length=12, choices=Table.choices)
    suffix = models.CharField(max_length=8)
    digest = models.CharField(max_length=64)
    content = EncryptedTextField(help_text="base64")
    reading = models.JSONField(default=dict, help_text="names of columns and what they mean")
    report = EncryptedTextField(blank=True, help_text="what was found in it, as JSON")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    stage = models.CharField(max_length=8, choices=Stage.choices, default=Stage.QUEUED)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "looked", "taking"]), name="known_upload_state"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def large(self) -> bool:
        """Whether it may hold so many rows that nobody should wait for them."""
        return len(self.content) > (LARGE_PACKED if self.suffix in PACKED else LARGE)


class Import(models.Model):
    """One file that was taken in. The file itself is not kept."""

    class State(models.TextChoices):
        """Whether it is still there."""

        TAKING = "taking", _("being taken in")
        APPLIED = "applied", _("taken in")
        UNDONE = "undone", _("undone")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    site = models.ForeignKey(Site, models.CASCADE, related_name="imports")
    by = models.ForeignKey(Membership, models.SET_NULL, null=True)
    at = models.DateTimeField(default=timezone.now)
    table = models.CharField(max_length=12, choices=Table.choices)
    digest = models.CharField(max_length=64)
    clients = models.PositiveIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0)
    learnt = models.JSONField(default=list, help_text="scales whose norms came from this file")
    admitted = models.JSONField(
        default=dict, help_text="therapist and end of each episode when it was taken in"
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.APPLIED)
    undone_at = models.DateTimeField(null=True, blank=True)
    episodes = models.ManyToManyField(Episode, related_name="imported_by", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site", "digest"],
                condition=Q(state__in=["taking", "applied"]),
                name="one_import_of_a_file",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)
