"""What people changed on an import's sessions and episodes since it was taken in."""

from collections.abc import Iterator

from django.utils.translation import ngettext

from attunement.clinic.audit.models import Event
from attunement.clinic.audit.selectors import first_number
from attunement.clinic.checkins.models import Session
from attunement.clinic.exchange.models import Import
from attunement.clinic.people.models import Episode


def as_admitted(episode: Episode) -> list[str | None]:
    """Say who has an episode and when it ended, as it is kept with the import."""
    therapist, ended = episode.therapist_id, episode.ended_on
    return [str(therapist) if therapist else None, ended.isoformat() if ended else None]


def changed_since(made: Import) -> Iterator[str]:
    """Say what differs from what was taken in, and for how many; imports of old kept less."""
    sessions = Session.objects.filter(imported=made)
    if count := sessions.exclude(status=Session.Status.ATTENDED).count():
        yield ngettext(
            "people have changed what became of %(count)s session of this import",
            "people have changed what became of %(count)s sessions of this import",
            count,
        ) % {"count": count}
    if count := len(moved_since(made)):
        yield ngettext(
            "people have moved %(count)s session of this import",
            "people have moved %(count)s sessions of this import",
            count,
        ) % {"count": count}
    if count := made.episodes.filter(planned_sessions__isnull=False).count():
        yield ngettext(
            "people have planned how long the care of %(count)s client of this import goes on",
            "people have planned how long the care of %(count)s clients of this import goes on",
            count,
        ) % {"count": count}
    pairs = [
        (before, as_admitted(episode))
        for episode in made.episodes.all()
        if (before := made.admitted.get(str(episode.pk)))
    ]
    if count := sum(before[1] != now[1] for before, now in pairs):
        yield ngettext(
            "people have ended the care of %(count)s client of this import, or changed its end",
            "people have ended the care of %(count)s clients of this import, or changed its end",
            count,
        ) % {"count": count}
    if count := sum(before[0] != now[0] for before, now in pairs):
        yield ngettext(
            "%(count)s client of this import has been given to another therapist",
            "%(count)s clients of this import have been given to another therapist",
            count,
        ) % {"count": count}


def moved_since(made: Import) -> set[str]:
    """Find the sessions of an import that people moved to another time: the audit knows."""
    chain = str(made.site_id)
    moved = Event.objects.filter(
        chain=chain, number__gte=first_number(chain, made.at), action="session.moved"
    ).values_list("target_id", flat=True)
    mine = Session.objects.filter(imported=made).values_list("pk", flat=True)
    return set(moved) & {str(pk) for pk in mine} if moved else set()
