"""Goals as each wrote them, and goals that both agreed on."""

import uuid
from collections.abc import Mapping

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from attunement.clinic.checkins.models import Rater
from attunement.clinic.people.models import Episode, Person
from attunement.clinic.privacy.fields import EncryptedTextField

MOST_WRITTEN = 5
LONGEST = 300


class Round(models.Model):
    """Both write what they want to work on, blind to each other; once both are ready, both look.

    What stands in it when it opens stays as it is: it is the history of who wanted what.
    """

    class State(models.TextChoices):
        """Where it stands: writing -> open."""

        WRITING = "writing", _("being written")
        OPEN = "open", _("open to both")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    episode = models.ForeignKey(Episode, models.CASCADE, related_name="goal_rounds", db_index=False)
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WRITING)
    begun_at = models.DateTimeField(default=timezone.now)
    client_ready_at = models.DateTimeField(null=True, blank=True)
    therapist_ready_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    session = models.PositiveIntegerField(_("session at which it was opened"), default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["episode", "number"], name="one_goal_round_number"),
            models.UniqueConstraint(
                fields=["episode"], condition=Q(state="writing"), name="one_goal_round_in_writing"
            ),
            models.CheckConstraint(
                condition=Q(state="writing", opened_at__isnull=True)
                | Q(
                    state="open",
                    opened_at__isnull=False,
                    client_ready_at__isnull=False,
                    therapist_ready_at__isnull=False,
                ),
                name="goals_open_when_both_are_ready",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_open(self) -> bool:
        """Whether both may see what both wrote."""
        return self.state == self.State.OPEN

    def ready(self, side: str) -> bool:
        """Say whether one of them is ready to look."""
        return getattr(self, f"{side}_ready_at") is not None


class Written(models.Model):
    """A goal as one of them wrote it, at its place in their order.

    What a client wrote is shown, until the round is open, in the ``account`` alone in which they
    wrote it, or in the browser of the link or tablet. What was taken over from an open round was
    written before this one began, and is no secret.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(Round, models.CASCADE, related_name="written", db_index=False)
    writer = models.CharField(max_length=12, choices=Rater.choices)
    rank = models.PositiveSmallIntegerField()
    text = EncryptedTextField()
    purpose = EncryptedTextField(blank=True)
    account = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round", "writer", "rank"], name="one_written_goal_at_a_place"
            ),
            models.CheckConstraint(
                condition=Q(rank__gte=1, rank__lte=MOST_WRITTEN), name="written_goal_has_a_place"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class SetAside(models.Model):
    """A goal of a client's list that gave way to one written where it was not shown.

    It goes by the key that it had as :class:`Written`: the account or browser that wrote it shows
    it still, and can put it back, until both lists open. Then it is deleted.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    round = models.ForeignKey(Round, models.CASCADE, related_name="set_aside")
    rank = models.PositiveSmallIntegerField()
    text = EncryptedTextField()
    purpose = EncryptedTextField(blank=True)
    account = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    written_at = models.DateTimeField()
    at = models.DateTimeField(help_text="when; the same for a whole list")

    class Meta:
        ordering = ["-at", "rank"]

    def __str__(self) -> str:
        return str(self.pk)


class Pair(models.Model):
    """Two written goals, one of each, that belong together, as one of them says."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="pairs")
    client_goal = models.OneToOneField(Written, models.CASCADE, related_name="as_client")
    therapist_goal = models.OneToOneField(Written, models.CASCADE, related_name="as_therapist")
    by = models.CharField(max_length=12, choices=Rater.choices)
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.pk)


class Goal(models.Model):
    """A goal that they share, or that one proposes to share, in one wording."""

    class State(models.TextChoices):
        """Where it stands."""

        PROPOSED = "proposed", _("proposed")
        AGREED = "agreed", _("agreed")
        REACHED = "reached", _("reached")
        ASIDE = "aside", _("put aside")

    MOVES: Mapping[str, frozenset[str]] = {
        State.PROPOSED: frozenset({State.AGREED, State.ASIDE}),
        State.AGREED: frozenset({State.PROPOSED, State.REACHED, State.ASIDE}),
        State.REACHED: frozenset({State.AGREED}),
        State.ASIDE: frozenset({State.PROPOSED}),
    }
    OPEN_STATES = frozenset({State.PROPOSED, State.AGREED})

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    episode = models.ForeignKey(Episode, models.CASCADE, related_name="goals")
    from_client = models.ForeignKey(
        Written, models.SET_NULL, null=True, blank=True, related_name="led_to_as_client"
    )
    from_therapist = models.ForeignKey(
        Written, models.SET_NULL, null=True, blank=True, related_name="led_to_as_therapist"
    )
    text = EncryptedTextField()
    purpose = EncryptedTextField(blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PROPOSED)
    proposed_by = models.CharField(max_length=12, choices=Rater.choices)
    proposed_at = models.DateTimeField(default=timezone.now)
    agreed_at = models.DateTimeField(null=True, blank=True)
    noted = models.BooleanField(_("agreed in session, as the therapist noted"), default=False)
    session = models.PositiveIntegerField(_("session at which it was agreed"), default=0)
    weight = models.PositiveSmallIntegerField(_("how much it counts"), default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "agreed", "reached", "aside"]),
                name="known_goal_state",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["agreed", "reached"]) | Q(agreed_at__isnull=False),
                name="agreed_goal_says_when",
            ),
            models.CheckConstraint(condition=Q(weight__gte=1), name="goal_counts"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_open(self) -> bool:
        """Whether people work on it, or on its wording."""
        return self.state in self.OPEN_STATES


class Earlier(models.Model):
    """How a goal was worded before."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    goal = models.ForeignKey(Goal, models.CASCADE, related_name="earlier")
    text = EncryptedTextField()
    purpose = EncryptedTextField(blank=True)
    was = models.CharField(max_length=8, choices=Goal.State.choices)
    by = models.CharField(_("who had worded it so"), max_length=12, choices=Rater.choices)
    until = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.pk)


class Step(models.Model):
    """Something to do on the way to a goal."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    goal = models.ForeignKey(Goal, models.CASCADE, related_name="steps")
    text = EncryptedTextField()
    by = models.CharField(max_length=12, choices=Rater.choices)
    made_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.pk)


class Rating(models.Model):
    """How close a client says they are to a goal, after one session: 0 to 10, and their words."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    goal = models.ForeignKey(Goal, models.CASCADE, related_name="ratings", db_index=False)
    number = models.PositiveIntegerField(_("session number"))
    value = models.PositiveSmallIntegerField()
    words = EncryptedTextField(blank=True)
    rated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["goal", "number"], name="one_goal_rating"),
            models.CheckConstraint(condition=Q(value__lte=10), name="goal_rating_is_0_to_10"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Level(models.Model):
    """What reaching a goal to one degree would look like, written down beforehand."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    goal = models.ForeignKey(Goal, models.CASCADE, related_name="levels", db_index=False)
    level = models.SmallIntegerField()
    text = EncryptedTextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["goal", "level"], name="one_goal_level"),
            models.CheckConstraint(
                condition=Q(level__gte=-2, level__lte=2), name="goal_level_is_minus_2_to_2"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Attained(models.Model):
    """Which level of a goal was reached at one session."""

    goal = models.ForeignKey(Goal, models.CASCADE, related_name="attained", db_index=False)
    number = models.PositiveIntegerField(_("session number"))
    level = models.SmallIntegerField()
    noted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["goal", "number"], name="one_goal_attained"),
            models.CheckConstraint(
                condition=Q(level__gte=-2, level__lte=2), name="goal_attained_is_minus_2_to_2"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Conflict(models.Model):
    """Two goals that get in each other's way, as one of them says."""

    first = models.ForeignKey(
        Goal, models.CASCADE, related_name="conflicts_as_first", db_index=False
    )
    second = models.ForeignKey(Goal, models.CASCADE, related_name="conflicts_as_second")
    by = models.CharField(max_length=12, choices=Rater.choices)
    said_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="one_goal_conflict"),
            models.CheckConstraint(condition=~Q(first=F("second")), name="goals_conflict_in_two"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
