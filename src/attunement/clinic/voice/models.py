"""What a client wants to raise, and what they write to the service past their therapist."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from attunement.clinic.checkins.models import CheckIn
from attunement.clinic.people.models import Client, Episode, Membership, Person
from attunement.clinic.privacy.fields import EncryptedTextField


class Matter(models.Model):
    """Something that a client would like to raise, or chose not to.

    It is shown where the check-in is shown after which it was chosen, or in the ``account`` in
    which it was written; and to the therapist where the client told them.
    """

    class Choice(models.TextChoices):
        """What they chose."""

        TELL = "tell", _("told the therapist")
        HELP = "help", _("will bring it up themselves")
        SERVICE = "service", _("only the service")
        SELF = "self", _("just themselves")
        OTHER_WAY = "other-way", _("asked for another way of working")

    class State(models.TextChoices):
        """Where it stands: open -> raised | dropped, and back."""

        OPEN = "open", _("not raised yet")
        RAISED = "raised", _("raised")
        DROPPED = "dropped", _("laid aside")

    class Went(models.TextChoices):
        """How it went, in the client's view."""

        BETTER = "better", _("It did me good")
        SOME = "some", _("Some of it was good")
        SAME = "same", _("Nothing has changed")
        WORSE = "worse", _("It made things harder")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    episode = models.ForeignKey(Episode, models.CASCADE, related_name="matters")
    checkin = models.ForeignKey(
        CheckIn, models.CASCADE, null=True, blank=True, related_name="matters"
    )
    chosen = models.BooleanField(default=False, help_text="chosen after that check-in, once")
    account = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    choice = models.CharField(max_length=10, choices=Choice.choices)
    items = models.JSONField(default=list)
    text = EncryptedTextField(blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    went = models.CharField(max_length=8, choices=Went.choices, blank=True)
    helped = models.JSONField(default=list)
    how = EncryptedTextField(blank=True)
    counts = models.BooleanField(default=False)
    made_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    talked_at = models.DateTimeField(null=True, blank=True)

    FOR_THERAPIST = ("tell", "other-way")
    TO_RAISE = ("tell", "help", "other-way")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["checkin"], condition=Q(chosen=True), name="one_choice_a_checkin"
            ),
            models.CheckConstraint(
                condition=Q(choice__in=["tell", "help", "service", "self", "other-way"]),
                name="known_choice",
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True)
                | Q(state__in=["raised", "dropped"], closed_at__isnull=False),
                name="matter_closed_means_when",
            ),
            models.CheckConstraint(
                condition=Q(went__in=["", "better", "some", "same", "worse"]), name="known_went"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Word(models.Model):
    """What a client writes to the service. The therapist does not see it, nor that it is there."""

    class Kind(models.TextChoices):
        """What it is about."""

        WORD = "word", _("A word to the service")
        CHANGE = "change", _("A request for another therapist")

    class State(models.TextChoices):
        """Where it stands."""

        OPEN = "open", _("not read yet")
        READ = "read", _("read")
        ANSWERED = "answered", _("answered")
        CLOSED = "closed", _("closed")
        WITHDRAWN = "withdrawn", _("taken back")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Client, models.CASCADE, related_name="words")
    checkin = models.ForeignKey(
        CheckIn, models.SET_NULL, null=True, blank=True, related_name="words"
    )
    account = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    named = models.BooleanField(default=True)
    text = EncryptedTextField(blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "read", "answered", "closed", "withdrawn"]),
                name="known_word_state",
            ),
            models.CheckConstraint(
                condition=Q(kind="word") | Q(kind="change", named=True),
                name="a_change_needs_a_name",
            ),
        ]
        indexes = [
            models.Index(
                fields=["client"], name="words_waiting", condition=Q(state__in=["open", "read"])
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class WordStep(models.Model):
    """One step in the life of a word: from which state to which, by whom, and the answer."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    word = models.ForeignKey(Word, models.CASCADE, related_name="steps")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(Membership, models.SET_NULL, null=True, blank=True)
    before = models.CharField(max_length=10, blank=True)
    after = models.CharField(max_length=10, choices=Word.State.choices)
    text = EncryptedTextField(blank=True)

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return str(self.pk)
