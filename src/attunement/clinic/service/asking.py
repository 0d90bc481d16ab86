"""What became of figures that someone asked for."""

from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from attunement.clinic.jobs.queue import given_up
from attunement.clinic.service.models import Programme

KIND = "programme.one"
LATE = timedelta(hours=1)


def key_of(site: UUID, at: datetime) -> str:
    """Name the work that a site asked for at a time."""
    return f"{KIND}:{site}:{at.timestamp():.6f}"


def is_late(found: Programme) -> bool:
    """Whether what was asked for was given up, or is not there after an hour."""
    at = found.asked_at
    if at is None or not found.under_way:
        return False
    return at < timezone.now() - LATE or given_up().filter(key=key_of(found.site_id, at)).exists()
