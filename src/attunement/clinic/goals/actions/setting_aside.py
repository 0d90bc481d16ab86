"""A client's list gives way to one written elsewhere, and is kept for whoever wrote it."""

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from attunement.clinic.audit.record import audit
from attunement.clinic.checkins.models import Rater
from attunement.clinic.goals.actions.rounds import being_written, kept_unseen
from attunement.clinic.goals.models import Round, SetAside, Written
from attunement.clinic.goals.reach import hold, mine_aside, shown_to
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import Episode
from attunement.clinic.people.problems import Refused

KEPT = ("pk", "rank", "text", "purpose", "account_id", "written_at")


def set_aside(now: Round, by: Actor, wrote: Collection[str]) -> None:
    """Remove the client's list that is there; what is not shown to whoever writes is kept.

    Raises
    ------
    Refused
        If it was written in the client's account, and whoever writes has only a link or a tablet.
    """
    there = now.written.filter(writer=Rater.CLIENT)
    if by.person is None and there.filter(account__isnull=False).exists():
        raise Refused(kept_unseen())
    unseen, at = there.exclude(shown_to(by.person, now, wrote)), timezone.now()
    for one in unseen:
        kept = {name: getattr(one, name) for name in KEPT}
        SetAside.objects.create(round=now, at=at, **kept)
    there.delete()


@transaction.atomic
def put_back(*, episode: Episode, by: Actor, wrote: Collection[str] = ()) -> Round:
    """Put one's own list back in place of the one written since, which is kept in its turn.

    Raises
    ------
    Refused
        If there is none, the client is ready already, or the newer one is kept in their account.
    """
    held = hold(by, episode)
    now = being_written(held)
    mine = mine_aside(now, by.person, wrote) if held.side == Rater.CLIENT else []
    if not mine or now.ready(held.side):
        raise Refused(_("There is no earlier list of yours here."))
    set_aside(now, by, wrote)
    for rank, one in enumerate(mine, start=1):
        kept = {name: getattr(one, name) for name in KEPT}
        Written.objects.create(round=now, writer=held.side, **kept | {"rank": rank})
        one.delete()
    audit(by, "goals.put-back", now, client=held.episode.client)
    return now
