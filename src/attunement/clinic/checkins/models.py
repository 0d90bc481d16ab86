"""Plans, sessions, check-ins, the ways to answer them, and the answers."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from attunement.clinic.checkins.planning import EARLY
from attunement.clinic.people.models import Client, Episode, Membership, Person, Site
from attunement.clinic.privacy.fields import EncryptedTextField


class Rater(models.TextChoices):
    """Who answers."""

    CLIENT = "client", _("Client")
    THERAPIST = "therapist", _("Therapist")


class Moment(models.TextChoices):
    """When around a session something is asked."""

    BEFORE = "before", _("Before the session")
    AFTER = "after", _("After the session")


class PlanItem(models.Model):
    """One instrument at certain sessions: a plan of the site, or of one episode in its stead."""

    site = models.ForeignKey(Site, models.CASCADE, related_name="plan")
    episode = models.ForeignKey(
        Episode, models.CASCADE, null=True, blank=True, related_name="plan", db_index=False
    )
    instrument = models.CharField(_("instrument"), max_length=60)
    rater = models.CharField(_("who answers"), max_length=12, choices=Rater.choices)
    moment = models.CharField(_("when"), max_length=8, choices=Moment.choices)
    first = models.PositiveIntegerField(_("first session"), default=1)
    every = models.PositiveIntegerField(_("every so many sessions"), default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site", "instrument", "rater", "moment"],
                condition=Q(episode__isnull=True),
                name="one_plan_item_of_a_site",
            ),
            models.UniqueConstraint(
                fields=["episode", "instrument", "rater", "moment"],
                name="one_plan_item_of_an_episode",
            ),
            models.CheckConstraint(condition=Q(every__gte=1, first__gte=1), name="plan_counts"),
        ]

    def __str__(self) -> str:
        return f"{self.instrument} {self.rater} {self.moment}"


class Session(models.Model):
    """An appointment of an episode."""

    class Status(models.TextChoices):
        """What became of it."""

        PLANNED = "planned", _("planned")
        ATTENDED = "attended", _("attended")
        LATE = "late", _("attended, late")
        CANCELLED = "cancelled", _("cancelled")
        MISSED = "missed", _("missed")

    episode = models.ForeignKey(Episode, models.CASCADE, related_name="sessions", db_index=False)
    number = models.PositiveIntegerField(_("number"))
    starts_at = models.DateTimeField(_("when"))
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.PLANNED
    )
    imported = models.ForeignKey(
        "exchange.Import",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="sessions",
        db_index=False,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["episode", "number"], name="one_session_number"),
            models.CheckConstraint(
                condition=Q(status__in=["planned", "attended", "late", "cancelled", "missed"]),
                name="known_session_status",
            ),
        ]
        indexes = [
            models.Index(fields=["starts_at"], name="sessions_by_time"),
            models.Index(
                fields=["imported"],
                name="sessions_imported",
                condition=Q(imported__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class CheckIn(models.Model):
    """What one rater is asked at one moment of one session. Answered at most once.

    What a client keeps to themselves is shown in the ``account`` alone in which they answered, or
    to which they opened it with the code that they were given then.
    """

    class State(models.TextChoices):
        """Where it stands: due -> answered | expired | withdrawn."""

        DUE = "due", _("due")
        ANSWERED = "answered", _("answered")
        EXPIRED = "expired", _("not answered in time")
        WITHDRAWN = "withdrawn", _("withdrawn")

    session = models.ForeignKey(Session, models.CASCADE, related_name="checkins", db_index=False)
    rater = models.CharField(max_length=12, choices=Rater.choices)
    moment = models.CharField(max_length=8, choices=Moment.choices)
    instruments = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DUE)
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_in = models.CharField(max_length=8, blank=True)
    submission = models.CharField(max_length=64, null=True, blank=True)
    account = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "rater", "moment"], name="one_checkin"),
            models.UniqueConstraint(fields=["submission"], name="one_submission"),
            models.CheckConstraint(
                condition=Q(state="answered", answered_at__isnull=False, submission__isnull=False)
                | (~Q(state="answered") & Q(answered_at__isnull=True)),
                name="answered_means_when",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["due", "answered", "expired", "withdrawn"]),
                name="known_checkin_state",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("due_at")), name="expires_after_due"
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], name="checkins_open", condition=Q(state="due")),
            models.Index(
                fields=["account"],
                name="checkins_in_accounts",
                condition=Q(account__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_early(self) -> bool:
        """Whether it cannot be answered yet, not even by who is a little early."""
        return timezone.now() < self.due_at - EARLY

    @property
    def is_to_come(self) -> bool:
        """Whether it is asked, and cannot be answered yet."""
        return self.state == self.State.DUE and self.is_early

    @property
    def is_all_kept_back(self) -> bool:
        """Whether the client kept every answer and every word from the therapist."""
        told = (rows.filter(audience="therapist") for rows in (self.answers, self.comments))
        return self.answers.exists() and not any(rows.exists() for rows in told)


class Token(models.Model):
    """A way to answer one check-in without an account. Only its hash is kept."""

    class Purpose(models.TextChoices):
        """How it reaches the client."""

        LINK = "link", _("link")
        MAIL = "mail", _("e-mail")
        QR = "qr", _("QR code")
        KIOSK = "kiosk", _("tablet handed over")

    checkin = models.ForeignKey(CheckIn, models.CASCADE, related_name="tokens")
    purpose = models.CharField(max_length=8, choices=Purpose.choices)
    hash = models.CharField(max_length=64)
    made_by = models.ForeignKey(Membership, models.SET_NULL, null=True, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hash"], name="one_token")]

    def __str__(self) -> str:
        return str(self.pk)


class Audience(models.TextChoices):
    """Who may see an answer, as the person who gave it chose."""

    THERAPIST = "therapist", _("My therapist, now")
    LATER = "later", _("Let me raise it first")
    SERVICE = "service", _("Only the service")
    SELF = "self", _("Just me")


class Answer(models.Model):
    """One answer to one item. An item left out has no row: missing is never zero.

    One that was given elsewhere and shared is shown, once an account keeps it back, in the account
    that it is ``kept_in``.
    """

    checkin = models.ForeignKey(CheckIn, models.CASCADE, related_name="answers", db_index=False)
    instrument = models.CharField(max_length=60)
    item = models.CharField(max_length=60)
    value = models.FloatField()
    audience = models.CharField(max_length=10, choices=Audience.choices, default=Audience.THERAPIST)
    corrected_at = models.DateTimeField(null=True, blank=True)
    kept_in = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["checkin", "instrument", "item"], name="one_answer")
        ]
        indexes = [
            models.Index(
                fields=["kept_in"],
                name="answers_kept_in_accounts",
                condition=Q(kept_in__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Comment(models.Model):
    """What someone wrote in their own words with a check-in; kept in an account as answers are."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    checkin = models.ForeignKey(CheckIn, models.CASCADE, related_name="comments", db_index=False)
    text = EncryptedTextField()
    audience = models.CharField(max_length=10, choices=Audience.choices, default=Audience.THERAPIST)

    kept_in = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["checkin"], name="one_comment")]
        indexes = [
            models.Index(
                fields=["kept_in"],
                name="comments_kept_in_accounts",
                condition=Q(kept_in__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Note(models.Model):
    """A therapist's note on a client, kept apart from answers."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Client, models.CASCADE, related_name="notes")
    session = models.ForeignKey(
        Session, models.SET_NULL, null=True, blank=True, related_name="notes"
    )
    author = models.ForeignKey(Membership, models.PROTECT, related_name="notes")
    text = EncryptedTextField(_("note"))
    written_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.pk)
