"""What was imported, so that it can be undone as a whole."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from attunement.clinic.people.models import Episode, Membership, Site


class Import(models.Model):
    """One file that was taken in."""

    class State(models.TextChoices):
        """Whether it is still there."""

        APPLIED = "applied"
        UNDONE = "undone"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    site = models.ForeignKey(Site, models.CASCADE, related_name="imports")
    by = models.ForeignKey(Membership, models.SET_NULL, null=True)
    at = models.DateTimeField(default=timezone.now)
    table = models.CharField(max_length=12)
    digest = models.CharField(max_length=64)
    clients = models.PositiveIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0)
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
