"""What a therapist means to try or tried, what the client prefers, what followed, what is usual."""

import uuid
from collections.abc import Mapping

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from attunement.clinic.noticing.models import Alert
from attunement.clinic.people.models import Episode, Membership, Site
from attunement.clinic.privacy.fields import EncryptedTextField

LONGEST_NOTE = 2000


class Attempt(models.Model):
    """A strategy with one client: meant to be tried, tried, or turned down."""

    class State(models.TextChoices):
        """Where it stands."""

        PLANNED = "planned", _("to be tried")
        TRIED = "tried", _("tried")
        DECLINED = "declined", _("not for us")
        TAKEN_BACK = "taken-back", _("taken back")

    class How(models.TextChoices):
        """How it went, as the therapist says."""

        WELL = "well", _("well")
        MIXED = "mixed", _("so-so")
        BADLY = "badly", _("not well")

    MOVES: Mapping[str, tuple[str, ...]] = {
        State.PLANNED: (State.TRIED, State.DECLINED, State.TAKEN_BACK),
        State.TRIED: (State.TRIED, State.TAKEN_BACK),
        State.DECLINED: (State.TAKEN_BACK,),
        State.TAKEN_BACK: (),
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    episode = models.ForeignKey(Episode, models.CASCADE, related_name="attempts", db_index=False)
    strategy = models.CharField(max_length=60)
    state = models.CharField(max_length=12, choices=State.choices)
    strain = models.PositiveIntegerField(_("session that it answers"))
    session = models.PositiveIntegerField(_("session in which it was tried"), null=True, blank=True)
    how = models.CharField(_("how it went"), max_length=8, choices=How.choices, blank=True)
    note = EncryptedTextField(blank=True)
    alert = models.ForeignKey(
        Alert, models.SET_NULL, null=True, blank=True, related_name="attempts"
    )
    by = models.ForeignKey(Membership, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["planned", "tried", "declined", "taken-back"]),
                name="known_attempt_state",
            ),
            models.CheckConstraint(
                condition=~Q(state="tried") | Q(session__isnull=False), name="tried_means_when"
            ),
            models.UniqueConstraint(
                fields=["episode", "strategy", "strain"],
                condition=~Q(state="taken-back"),
                name="one_attempt_of_a_strategy",
            ),
        ]
        indexes = [models.Index(fields=["episode", "state"], name="attempts_by_state")]

    def __str__(self) -> str:
        return str(self.pk)


class Wish(models.Model):
    """What a client said they would like more of, and less of, in the work together."""

    episode = models.OneToOneField(Episode, models.CASCADE, related_name="wish")
    wanted = models.JSONField(default=list)
    unwanted = models.JSONField(default=list)
    noted_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.pk)


class School(models.TextChoices):
    """Schools that every strategy speaks to, as a therapist may name their own."""

    CBT = "cbt", _("Cognitive-behavioural (CBT)")
    ACT = "act", _("Acceptance and commitment (ACT)")
    PSYCHODYNAMIC = "psychodynamic", _("Psychodynamic")
    PERSON_CENTRED = "person_centred", _("Person-centred")


class Followed(models.Model):
    """What followed each strategy at a site, as a job worked it out last."""

    site = models.OneToOneField(Site, models.CASCADE, related_name="followed")
    at = models.DateTimeField()
    figures = models.JSONField(default=dict, help_text="by strategy; no ids, names or texts")

    def __str__(self) -> str:
        return str(self.site_id)


class CheckInNorms(models.Model):
    """What is usual of a site's check-ins, as a job learnt it: one version, which never changes."""

    site = models.ForeignKey(Site, models.CASCADE, related_name="check_in_norms", db_index=False)
    version = models.PositiveIntegerField()
    at = models.DateTimeField(default=timezone.now)
    figures = models.JSONField(help_text="what is usual of answers, and of each symptom scale")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "version"], name="one_version_of_norms")
        ]

    def __str__(self) -> str:
        return f"{self.site_id} {self.version}"
