"""What a note said before it was changed."""

import uuid

from django.db import models
from django.utils import timezone

from attunement.clinic.checkins.models import Note
from attunement.clinic.privacy.fields import EncryptedTextField


class EarlierNote(models.Model):
    """One earlier text of a note: notes can be changed, but never without a trace."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    note = models.ForeignKey(Note, models.CASCADE, related_name="earlier")
    text = EncryptedTextField()
    until = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-until"]

    def __str__(self) -> str:
        return str(self.pk)
