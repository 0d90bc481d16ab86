"""Correct an answer that was given by mistake; what it was before is kept."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext

from attunement.clinic.audit.record import audit
from attunement.clinic.checkins.models import Answer, Audience, CheckIn
from attunement.clinic.noticing.instruments import instruments
from attunement.clinic.noticing.submit import held, recompute
from attunement.clinic.people.actor import Actor, check
from attunement.clinic.people.permissions import Permission
from attunement.clinic.people.problems import Refused
from attunement.clinic.people.reach import episode_in_care_of
from attunement.clinic.privacy.models import Correction

Place = tuple[str, str]


@transaction.atomic
def correct(*, checkin: CheckIn, values: Mapping[Place, float], reason: str, by: Actor) -> int:
    """Change answers that the therapist may see, and score and notice anew.

    Parameters
    ----------
    values
        The right value by instrument and item.
    reason
        Why; kept with what the answer was before.

    Returns
    -------
    How many answers were changed.

    Raises
    ------
    Refused
        If there is no reason, or a value lies outside what can be answered.
    """
    check(by, Permission.CLIENT_CHANGE)
    episode = episode_in_care_of(by, checkin.session.episode_id)
    if not reason.strip():
        raise Refused(gettext("Say in a few words what was wrong."))
    changed = 0
    held(checkin)
    for answer in correctable(checkin).select_for_update():
        value = values.get((answer.instrument, answer.item))
        if value is None or value == answer.value:
            continue
        require_allowed(answer, value)
        Correction.objects.create(
            checkin=checkin,
            instrument=answer.instrument,
            item=answer.item,
            before=answer.value,
            after=value,
            by=by.person,
            reason=reason.strip(),
        )
        Answer.objects.filter(pk=answer.pk).update(value=value, corrected_at=timezone.now())
        changed += 1
    if changed:
        recompute(checkin, by)
        audit(by, "checkin.corrected", checkin, client=episode.client, answers=changed)
    return changed


def correctable(checkin: CheckIn) -> Any:
    """Give the answers that staff may see, and so may correct."""
    return Answer.objects.filter(checkin=checkin, audience=Audience.THERAPIST).order_by("pk")


def require_allowed(answer: Answer, value: float) -> None:
    """Refuse a value that the item does not know."""
    form = instruments().get(answer.instrument)
    item = next((one for one in form.items if one.id == answer.item), None) if form else None
    if form is None or item is None:
        raise Http404
    if not form.answer_of(item).allows(value):
        raise Refused(gettext("One of the values cannot be an answer to that question."))
