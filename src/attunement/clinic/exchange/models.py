"""What is about to be taken in, and what was, so that it can be undone as a whole."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from attunement.clinic.people.models import Episode, Membership, Site
from attunement.clinic.privacy.fields import EncryptedTextField


class Table(models.TextChoices):
    """What a file holds."""

    SCORES = "scores", _("Scores: one row for each session, or for each score")
    RESPONSES = "responses", _("Answers: one row for each answer to a question")


class Upload(models.Model):
    """A file between its upload and the decision about it, encrypted, for an hour at most."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    site = models.ForeignKey(Site, models.CASCADE, related_name="uploads")
    by = models.ForeignKey(Membership, models.CASCADE, related_name="uploads")
    at = models.DateTimeField(default=timezone.now)
    table = models.CharField(max_length=12, choices=Table.choices)
    suffix = models.CharField(max_length=8)
    digest = models.CharField(max_length=64)
    content = EncryptedTextField(help_text="base64")
    reading = models.JSONField(default=dict, help_text="names of columns and what they mean")

    def __str__(self) -> str:
        return str(self.pk)


class Import(models.Model):
    """One file that was taken in. The file itself is not kept."""

    class State(models.TextChoices):
        """Whether it is still there."""

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
                fields=["site", "digest"], condition=Q(state="applied"), name="one_import_of_a_file"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)
