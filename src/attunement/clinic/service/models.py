"""Counts and figures of a site, taken by a job, so that nobody waits for them."""

from django.db import models

from attunement.clinic.people.models import Site


class Snapshot(models.Model):
    """The newest counts of one site."""

    site = models.OneToOneField(Site, models.CASCADE, related_name="snapshot")
    at = models.DateTimeField()
    numbers = models.JSONField(default=dict, help_text="counts by name; no ids, names or texts")

    def __str__(self) -> str:
        return str(self.site_id)


class Programme(models.Model):
    """What holds over everybody at one site, as computed last, and whether it is asked for anew."""

    site = models.OneToOneField(Site, models.CASCADE, related_name="programme")
    at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    figures = models.JSONField(default=dict, help_text="by name; no ids, names or texts")
    picture = models.TextField(blank=True, help_text="a drawing of means of many")

    def __str__(self) -> str:
        return str(self.site_id)

    @property
    def under_way(self) -> bool:
        """Whether it was asked for since it was computed."""
        return self.asked_at is not None and (self.at is None or self.asked_at > self.at)
