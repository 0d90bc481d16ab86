"""Scores, what was noticed about them, and the alerts that someone looks after."""

import uuid
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from attunement.clinic.checkins.models import CheckIn, Rater, Session
from attunement.clinic.people.models import Episode, Membership
from attunement.clinic.privacy.fields import EncryptedTextField


class Score(models.Model):
    """One score of one scale at one session, with what was noticed about it then.

    The row that is not ``private`` is made of the answers that the therapist may see, and all
    signals, ruptures and alerts for staff come from it alone. Where the client keeps an answer
    from the therapist, a second, ``private`` row holds the score of all answers, for the client.
    """

    episode = models.ForeignKey(Episode, models.CASCADE, related_name="scores", db_index=False)
    session = models.ForeignKey(Session, models.CASCADE, related_name="scores", db_index=False)
    checkin = models.ForeignKey(
        CheckIn, models.CASCADE, null=True, blank=True, related_name="scores"
    )
    imported = models.ForeignKey(
        "exchange.Import",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="scores",
        db_index=False,
    )
    scale = models.CharField(max_length=60)
    rater = models.CharField(max_length=12, choices=Rater.choices, default=Rater.CLIENT)
    number = models.PositiveIntegerField(_("session number"))
    on = models.DateField(_("day"))
    value = models.FloatField(null=True)
    private = models.BooleanField(default=False)

    prior_n = models.PositiveIntegerField(default=0)
    prior_mean = models.FloatField(null=True)
    sigma = models.FloatField(null=True)
    limit_watch = models.FloatField(null=True)
    limit_review = models.FloatField(null=True)
    signal = models.CharField(max_length=8, default="none")
    change = models.FloatField(null=True)
    ewma = models.FloatField(null=True)
    ewma_limit = models.FloatField(null=True)
    cusum = models.FloatField(null=True)
    cusum_alarm = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "scale", "rater", "private"], name="one_score"
            ),
            models.CheckConstraint(
                condition=Q(signal__in=["none", "watch", "review"]), name="known_signal"
            ),
        ]
        indexes = [
            models.Index(fields=["episode", "scale", "number"], name="course"),
            models.Index(
                fields=["imported"],
                name="scores_imported",
                condition=Q(imported__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Rupture(models.Model):
    """A drop, and whether it was repaired."""

    episode = models.ForeignKey(Episode, models.CASCADE, related_name="ruptures", db_index=False)
    scale = models.CharField(max_length=60)
    onset = models.PositiveIntegerField(_("session number"))
    level = models.FloatField(null=True)
    depth = models.FloatField(null=True)
    repaired = models.PositiveIntegerField(null=True)
    sessions_to_repair = models.PositiveIntegerField(null=True)
    status = models.CharField(max_length=12)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["episode", "scale", "onset"], name="one_rupture"),
            models.CheckConstraint(
                condition=Q(status__in=["open", "repaired", "unrepaired"]), name="known_rupture"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Alert(models.Model):
    """Something that a person should look at, until they say what became of it."""

    class Kind(models.TextChoices):
        """What was noticed. The sources of strain are never merged."""

        SAFETY = "safety", _("An answer about safety")
        DROP = "drop", _("Well below this client's usual")
        TOLD = "told", _("Told us of tension")
        GAP = "gap", _("Client and therapist see it differently")
        OFF_TRACK = "off-track", _("Outside the expected course")
        MISSED = "missed", _("Missed sessions")
        UNANSWERED = "unanswered", _("Check-ins not answered")

    class Level(models.TextChoices):
        """How soon a person should look."""

        URGENT = "urgent", _("now")
        REVIEW = "review", _("before the next session")

    class State(models.TextChoices):
        """Where it stands."""

        OPEN = "open", _("open")
        ACKNOWLEDGED = "acknowledged", _("taken on")
        ACTED = "acted", _("acted on")
        ESCALATED = "escalated", _("passed on")
        RESOLVED = "resolved", _("resolved")
        DISMISSED = "dismissed", _("dismissed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    episode = models.ForeignKey(Episode, models.CASCADE, related_name="alerts", db_index=False)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    onset = models.PositiveIntegerField(_("session number"))
    scale = models.CharField(max_length=60, blank=True, help_text="the part it was opened for")
    level = models.CharField(max_length=8, choices=Level.choices)
    state = models.CharField(max_length=14, choices=State.choices, default=State.OPEN)
    owner = models.ForeignKey(
        Membership, models.SET_NULL, null=True, blank=True, related_name="alerts"
    )
    opened_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    evidence = models.JSONField(
        default=dict,
        help_text="codes and numbers by scale, instrument, teller or sessions",
    )

    TAKEN_BACK = "taken-back"
    """The only part of an alert that no longer stands, though somebody has worked on it."""

    OPEN_STATES = ("open", "acknowledged", "acted", "escalated")
    CLOSED_STATES = ("resolved", "dismissed")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["episode", "kind", "onset", "scale"], name="one_alert"),
            models.UniqueConstraint(
                fields=["episode", "kind", "onset"],
                condition=Q(state__in=["open", "acknowledged", "acted", "escalated"]),
                name="one_open_alert",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["resolved", "dismissed"], closed_at__isnull=False)
                | Q(
                    state__in=["open", "acknowledged", "acted", "escalated"],
                    closed_at__isnull=True,
                ),
                name="closed_means_when",
            ),
        ]
        indexes = [
            models.Index(
                fields=["episode"],
                name="alerts_open",
                condition=Q(state__in=["open", "acknowledged", "acted", "escalated"]),
            ),
            models.Index(
                fields=["due_at"],
                name="alerts_due",
                condition=Q(state__in=["open", "acknowledged"]),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_open(self) -> bool:
        """Whether someone still has to look after it."""
        return self.state in self.OPEN_STATES

    @property
    def taken_back(self) -> bool:
        """Whether what it was about no longer stands, and is not to be named."""
        return self.TAKEN_BACK in self.evidence

    @property
    def name(self) -> str:
        """What kind of alert it is, as a page names it."""
        return gettext("No longer stands") if self.taken_back else self.get_kind_display()

    def overdue(self, now: datetime) -> bool:
        """Say whether the site's time is over, and nobody has acted on it.

        Where nobody has taken it up, this stays so while it is told of again and again.
        """
        if not self.is_open or self.state == self.State.ACTED or self.taken_back:
            return False
        again = self.kind == self.Kind.SAFETY and self.state == self.State.ESCALATED
        first = timedelta(minutes=self.episode.client.site.safety_minutes)
        return self.due_at < now or (again and self.opened_at + first < now)


class AlertStep(models.Model):
    """One step in the life of an alert: from which state to which, by whom, and why."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    alert = models.ForeignKey(Alert, models.CASCADE, related_name="steps")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(Membership, models.SET_NULL, null=True, blank=True)
    before = models.CharField(max_length=14, blank=True)
    after = models.CharField(max_length=14)
    text = EncryptedTextField(blank=True)

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return str(self.pk)
