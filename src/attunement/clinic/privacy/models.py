"""What clients agreed to, what is to be erased, what was corrected, and which keys are in use."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from attunement.clinic.people.models import Client, Person
from attunement.clinic.privacy.fields import EncryptedTextField


class Consent(models.Model):
    """One yes or no of a client to one version of the words, until they say otherwise."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Client, models.CASCADE, related_name="consents")
    version = models.CharField(max_length=12)
    agreed = models.BooleanField(default=True)
    given_at = models.DateTimeField(default=timezone.now)
    by_link = models.BooleanField(default=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client", "version"],
                condition=Q(withdrawn_at__isnull=True),
                name="one_consent_to_a_version",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Erasure(models.Model):
    """A client's record on its way out: asked for, due at a time, done, or called off."""

    class State(models.TextChoices):
        """Where it stands: asked -> due -> done; asked or due -> called off."""

        ASKED = "asked", _("asked for by the client")
        DUE = "due", _("will be erased")
        DONE = "done", _("erased")
        OFF = "off", _("called off")

    MOVES = {State.ASKED: {State.DUE, State.OFF}, State.DUE: {State.DONE, State.OFF}}

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Client, models.CASCADE, related_name="erasures")
    state = models.CharField(max_length=6, choices=State.choices)
    reason = models.CharField(
        max_length=10, choices=[("asked", _("asked for")), ("retention", _("kept long enough"))]
    )
    asked_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="erasures")
    note = EncryptedTextField(_("note"), blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client"],
                condition=Q(state__in=["asked", "due"]),
                name="one_erasure_under_way",
            ),
            models.CheckConstraint(
                condition=Q(state="asked", due_at__isnull=True, done_at__isnull=True)
                | Q(state="due", due_at__isnull=False, done_at__isnull=True)
                | Q(state="done", done_at__isnull=False)
                | Q(state="off", done_at__isnull=True),
                name="erasure_times",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], name="erasures_due", condition=Q(state="due"))]

    def __str__(self) -> str:
        return str(self.pk)


class Correction(models.Model):
    """What an answer was before it was corrected."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    checkin = models.ForeignKey("checkins.CheckIn", models.CASCADE, related_name="corrections")
    instrument = models.CharField(max_length=60)
    item = models.CharField(max_length=60)
    before = models.FloatField(null=True)
    after = models.FloatField(null=True)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="corrections")
    reason = EncryptedTextField(_("reason"))

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return str(self.pk)


class KeyCount(models.Model):
    """How many texts were encrypted under a key when they were last counted."""

    name = models.CharField(max_length=60, primary_key=True)
    texts = models.PositiveBigIntegerField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
