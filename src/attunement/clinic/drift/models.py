"""Versions of a site's model of leaving, and with whom the newest suggests to check in."""

from django.db import models
from django.utils import timezone

from attunement.clinic.people.models import Episode, Site


class Version(models.Model):
    """A model that was learned from a site's own data, with how it did on those who began later.

    The newest version alone may be in use, and only where it held there.
    """

    site = models.ForeignKey(Site, models.CASCADE, related_name="drift_versions", db_index=False)
    name = models.CharField(max_length=40)
    learned_at = models.DateTimeField(default=timezone.now)
    usable = models.BooleanField(help_text="whether it held on those who began later")
    content = models.JSONField(help_text="weights, what it was learned from and its tests")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "name"], name="one_version")]
        ordering = ["-learned_at", "-pk"]

    def __str__(self) -> str:
        return self.name


class Attempt(models.Model):
    """When a site's model was last to be learned, and whether there was enough to learn from."""

    site = models.OneToOneField(Site, models.CASCADE, related_name="drift_attempt")
    at = models.DateTimeField()
    left = models.PositiveIntegerField(help_text="how many were known to have left")
    enough = models.BooleanField()

    def __str__(self) -> str:
        return str(self.site_id)


class Suggestion(models.Model):
    """With whom a check-in may be worth the while before the next session, and what weighed.

    It holds neither a number nor a verdict, and goes when the next session has been.
    """

    episode = models.OneToOneField(Episode, models.CASCADE, related_name="check_in_suggestion")
    version = models.ForeignKey(Version, models.CASCADE, related_name="suggestions")
    after = models.PositiveIntegerField(help_text="the session after which it stands")
    weighed = models.JSONField(default=list, help_text="names of features, the weightiest first")
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.pk)
