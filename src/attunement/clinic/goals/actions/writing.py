"""Write goals blind to each other, and open both lists once both are ready."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from attunement.clinic.audit.record import audit
from attunement.clinic.checkins.models import Rater
from attunement.clinic.goals.actions.rounds import being_written, kept_unseen
from attunement.clinic.goals.actions.setting_aside import set_aside
from attunement.clinic.goals.models import LONGEST, MOST_WRITTEN, Round, Written
from attunement.clinic.goals.reach import Held, hold, mine_aside, session_now, shown_to
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import Episode
from attunement.clinic.people.problems import Refused


@dataclass(frozen=True, kw_only=True)
class Wish:
    """One goal as someone writes it, and what it is for."""

    text: str
    purpose: str = ""


@transaction.atomic
def write(
    *, episode: Episode, wishes: Sequence[Wish], by: Actor, wrote: Collection[str] = ()
) -> Round:
    """Keep one's own list, the most important first, in place of what one had written before.

    A client's list that was written in another browser, or in none of theirs, is set aside.

    Parameters
    ----------
    wrote
        The goals that were written in this browser, where nobody is signed in.

    Raises
    ------
    Refused
        If the lists are open already, the list is too long, or it would take the place of one
        that the client wrote in their account, and whoever writes has only a link or a tablet.
    """
    held = hold(by, episode)
    wanted = [wish for wish in wishes if wish.text.strip()]
    if len(wanted) > MOST_WRITTEN:
        raise Refused(_("Choose the %(most)d goals that matter most.") % {"most": MOST_WRITTEN})
    now = being_written(held)
    if now.ready(held.side):
        raise Refused(_("You said that you are ready. Take that back to go on writing."))
    if held.side == Rater.CLIENT:
        set_aside(now, by, wrote)
    else:
        now.written.filter(writer=held.side).delete()
    for rank, wish in enumerate(wanted, start=1):
        Written.objects.create(
            round=now,
            writer=held.side,
            rank=rank,
            text=wish.text.strip()[:LONGEST],
            purpose=wish.purpose.strip()[:LONGEST],
            account=by.person,
        )
    audit(by, "goals.written", now, client=held.episode.client)
    return now


@transaction.atomic
def ready(*, episode: Episode, by: Actor, wrote: Collection[str] = ()) -> Round:
    """Say that one is ready to look; where both are, both lists open.

    What was set aside could only be put back until then, and would be seen by nobody: it is
    deleted.

    Parameters
    ----------
    wrote
        The goals that were written in this browser, where nobody is signed in.

    Raises
    ------
    Refused
        If the lists are open already, one's own is empty, or it is a client's that is not shown
        to whoever says so: the client alone opens what they wrote.
    """
    held = hold(by, episode)
    now = being_written(held)
    if now.ready(held.side):
        return now
    refuse_unseen(now, held, by, wrote)
    if not now.written.filter(writer=held.side).exists():
        raise Refused(_("Put what matters most at the top. One goal is enough."))
    setattr(now, f"{held.side}_ready_at", timezone.now())
    if now.client_ready_at and now.therapist_ready_at:
        now.state, now.opened_at = Round.State.OPEN, timezone.now()
        now.session = session_now(held.episode)
        now.set_aside.all().delete()
    now.save()
    audit(by, "goals.ready", now, client=held.episode.client, state=now.state)
    return now


@transaction.atomic
def write_on(*, episode: Episode, by: Actor, wrote: Collection[str] = ()) -> Round:
    """Take back that one is ready, as long as the other is not, and the list is shown to them."""
    held = hold(by, episode)
    now = being_written(held)
    if now.ready(held.side):
        refuse_unseen(now, held, by, wrote)
        setattr(now, f"{held.side}_ready_at", None)
        now.save()
        audit(by, "goals.not-ready", now, client=held.episode.client)
    return now


@transaction.atomic
def look_anew(*, episode: Episode, by: Actor) -> Round:
    """Let both write once more, each beginning with their own list of last time.

    Neither sees the other's new list; both have seen the last ones, so it is not blind to them.
    """
    held = hold(by, episode)
    rounds = Round.objects.filter(episode=held.episode)
    last = rounds.order_by("-number").first()
    if last is None or not last.is_open:
        return being_written(held)
    made = Round.objects.create(episode=held.episode, number=last.number + 1)
    for one in last.written.all():
        Written.objects.create(
            round=made,
            writer=one.writer,
            rank=one.rank,
            text=one.text,
            purpose=one.purpose,
            written_at=one.written_at,
        )
    audit(by, "goals.begun-anew", made, client=held.episode.client, number=made.number)
    return made


@transaction.atomic
def go_back(*, episode: Episode, by: Actor, wrote: Collection[str] = ()) -> None:
    """Call off a new round that nobody is ready with, and that the other has not written in.

    Raises
    ------
    Refused
        If there is nothing to go back to, or it would cost the other what they wrote, or the
        client what is not shown to them here.
    """
    held = hold(by, episode)
    now = being_written(held)
    others = now.written.exclude(writer=held.side).filter(written_at__gte=now.begun_at)
    if now.number == 1 or now.client_ready_at or now.therapist_ready_at or others.exists():
        raise Refused(_("The other has begun to write. Both lists open when you are both ready."))
    refuse_unseen(now, held, by, wrote)
    seen = mine_aside(now, by.person, wrote) if held.side == Rater.CLIENT else []
    if now.set_aside.exclude(pk__in=[one.pk for one in seen]).exists():
        raise Refused(kept_unseen())
    audit(by, "goals.called-off", now, client=held.episode.client, number=now.number)
    now.delete()


def refuse_unseen(now: Round, held: Held, by: Actor, wrote: Collection[str]) -> None:
    """Let nobody decide about a client's list that is not shown to them.

    A link, a tablet or an account could be in the wrong hands.

    Raises
    ------
    Refused
        If the client's list holds what was written in another account or browser.
    """
    mine = now.written.filter(writer=held.side)
    if held.side == Rater.CLIENT and mine.exclude(shown_to(by.person, now, wrote)).exists():
        raise Refused(kept_unseen())
