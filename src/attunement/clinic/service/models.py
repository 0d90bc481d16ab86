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
    """What holds over everybody at one site, as computed last, and whether it is asked for anew.

    Only what may be seen is kept: rounded, and small numbers withheld. What was computed last
    stays where it cannot be computed anew, and why not is kept with it.
    """

    NOBODY_CAME, OTHER = "nobody came", "other"

    site = models.OneToOneField(Site, models.CASCADE, related_name="programme")
    at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    steps_done = models.PositiveSmallIntegerField(default=0, help_text="of those under way")
    refused = models.CharField(max_length=20, blank=True, help_text="why it could not be computed")
    figures = models.JSONField(default=dict, help_text="by name; no ids, names or texts")
    points = models.JSONField(default=list, help_text="what the pictures draw, in rows")
    about = models.JSONField(default=dict, help_text="scales, groups and pictures by name")

    def __str__(self) -> str:
        return str(self.site_id)

    @property
    def under_way(self) -> bool:
        """Whether it was asked for since it was computed."""
        return self.asked_at is not None and (self.at is None or self.asked_at > self.at)


class Picture(models.Model):
    """One picture of a programme, in the words of one language."""

    programme = models.ForeignKey(
        Programme, models.CASCADE, related_name="pictures", db_index=False
    )
    language = models.CharField(max_length=8)
    name = models.CharField(max_length=80)
    svg = models.TextField(help_text="a drawing of what may be seen")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "language", "name"], name="one_picture_per_language"
            )
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} {self.name}"
