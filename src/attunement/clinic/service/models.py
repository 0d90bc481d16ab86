"""Counts of a site, taken by a job, so that nobody waits for them."""

from django.db import models

from attunement.clinic.people.models import Site


class Snapshot(models.Model):
    """The newest counts of one site."""

    site = models.OneToOneField(Site, models.CASCADE, related_name="snapshot")
    at = models.DateTimeField()
    numbers = models.JSONField(default=dict, help_text="counts by name; no ids, names or texts")

    def __str__(self) -> str:
        return str(self.site_id)
