"""Give an episode a plan of its own, or the site's back."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from attunement.clinic.audit.record import audit
from attunement.clinic.checkins.actions.arranging import arrange_ahead
from attunement.clinic.checkins.instruments import askable
from attunement.clinic.checkins.models import PlanItem
from attunement.clinic.checkins.planning import Asked, asked_twice
from attunement.clinic.noticing.instruments import instruments, page_language
from attunement.clinic.people.actor import Actor, check
from attunement.clinic.people.models import Episode
from attunement.clinic.people.permissions import Permission
from attunement.clinic.people.problems import Refused
from attunement.clinic.people.reach import episode_in_care_of


@transaction.atomic
def set_episode_plan(*, episode: Episode, plan: Sequence[Asked], by: Actor) -> None:
    """Ask this instead of what the site asks, from the next session on.

    Raises
    ------
    Refused
        If nothing is asked, or something that may not be asked here.
    """
    check(by, Permission.PLAN_EPISODE)
    episode = episode_in_care_of(by, episode.pk)
    if not plan:
        raise Refused(_("Choose at least one set of questions, or go back to the site's plan."))
    if any(one.instrument not in askable(one.rater) for one in plan):
        raise Refused(_("The wording of one of these is not at hand here."))
    refuse_twice(plan)
    PlanItem.objects.filter(episode=episode).delete()
    PlanItem.objects.bulk_create(
        PlanItem(
            site=episode.client.site,
            episode=episode,
            instrument=one.instrument,
            rater=one.rater,
            moment=one.moment,
            first=one.first,
            every=one.every,
        )
        for one in plan
    )
    arrange_ahead(episode)
    audit(
        by, "plan.changed", episode, client=episode.client, asked=[one.instrument for one in plan]
    )


@transaction.atomic
def use_site_plan(*, episode: Episode, by: Actor) -> None:
    """Ask what the site asks."""
    check(by, Permission.PLAN_EPISODE)
    episode = episode_in_care_of(by, episode.pk)
    PlanItem.objects.filter(episode=episode).delete()
    arrange_ahead(episode)
    audit(by, "plan.returned", episode, client=episode.client)


def refuse_twice(plan: Sequence[Asked]) -> None:
    """Let nobody be asked the same both before and after one session.

    Raises
    ------
    Refused
        If the plan would.
    """
    if twice := asked_twice(plan):
        raise Refused(
            _(
                "%(title)s would be asked both before and after the same session, and a session "
                "has one score of it. Choose before or after, or sessions that never meet."
            )
            % {"title": instruments()[twice].in_language(page_language()).title}
        )
