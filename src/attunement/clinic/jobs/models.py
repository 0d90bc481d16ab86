"""Due work: each piece has a key, so that it is done exactly once however often it is asked for."""

from django.db import models
from django.db.models import Q
from django.utils import timezone


class Job(models.Model):
    """One piece of work, due at a time.

    Its payload holds ids only, or what is encrypted, which goes when the work is done.

    Whoever claims it holds a lease: where the lease runs out before the work is done, because the
    worker was killed, the next one takes it over.
    """

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=120)
    payload = models.JSONField(default=dict)
    due_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=120, blank=True, help_text="kind of error, never its words")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], name="one_job"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(failed_at__isnull=True),
                name="done_or_given_up",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="jobs_due",
                condition=Q(done_at__isnull=True, failed_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.key
