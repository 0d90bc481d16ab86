"""Events of the audit. Without foreign keys, so that it never stands in the way of data."""

from django.db import models


class Chain(models.Model):
    """The newest link of one chain: one chain a site, and one for what belongs to no site."""

    name = models.CharField(max_length=40, primary_key=True)
    number = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="")
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_links = models.PositiveBigIntegerField(default=0)
    fault = models.CharField(max_length=12, blank=True)

    def __str__(self) -> str:
        return self.name


class Event(models.Model):
    """One thing that was done or read. Holds ids only, never a text or an answer."""

    chain = models.CharField(max_length=40)
    number = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=60)
    action = models.CharField(max_length=60)
    target = models.CharField(max_length=60)
    target_id = models.CharField(max_length=60)
    client_id = models.CharField(max_length=40, blank=True)
    detail = models.JSONField(default=dict)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "number"], name="one_link")]
        indexes = [models.Index(fields=["client_id", "at"], name="about_a_client")]

    def __str__(self) -> str:
        return f"{self.chain} {self.number}"
