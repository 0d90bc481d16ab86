"""Which plan holds for an episode."""

from collections.abc import Iterable

from attunement.clinic.checkins.models import PlanItem
from attunement.clinic.checkins.planning import Asked
from attunement.clinic.people.models import Episode, Site


def plan_of(episode: Episode) -> tuple[Asked, ...]:
    """Give the episode's own plan, or the site's where it has none."""
    return own_plan(episode) or site_plan(episode.client.site)


def own_plan(episode: Episode) -> tuple[Asked, ...]:
    """Give the plan that an episode has instead of its site's; empty where it has none."""
    return tuple(map(asked, ordered(PlanItem.objects.filter(episode=episode))))


def site_plan(site: Site) -> tuple[Asked, ...]:
    """Give the plan of a site."""
    return tuple(map(asked, ordered(PlanItem.objects.filter(site=site, episode__isnull=True))))


def ordered(items: Iterable[PlanItem]) -> list[PlanItem]:
    """Order a plan as it was written."""
    return sorted(items, key=lambda item: item.pk)


def asked(item: PlanItem) -> Asked:
    """Give one line of a plan without its row."""
    return Asked(
        instrument=item.instrument,
        rater=item.rater,
        moment=item.moment,
        first=item.first,
        every=item.every,
    )
