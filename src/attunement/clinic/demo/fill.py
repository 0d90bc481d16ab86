"""Fill an empty clinic with people who do not exist, and a year of their sessions."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.db import transaction
from django.utils import timezone

from attunement.clinic.audit.record import audit
from attunement.clinic.demo.alerts import raise_alerts
from attunement.clinic.demo.clients import admit, give_accounts
from attunement.clinic.demo.goals import set_goals
from attunement.clinic.demo.history import live
from attunement.clinic.demo.noticed import look
from attunement.clinic.demo.prose import GLASS
from attunement.clinic.demo.staff import Staff, hire
from attunement.clinic.demo.story import story
from attunement.clinic.demo.tried import try_things
from attunement.clinic.demo.voice import speak
from attunement.clinic.noticing.absence import notice_absence
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import BreakGlass, Client, Episode, Site
from attunement.problems import Problem

SEED = 7
DRAWN, ALL = 40, 100

Progress = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class Made:
    """What was made."""

    clients: int
    sessions: int
    alerts: int


@transaction.atomic
def fill(
    seed: int = SEED, *, now: datetime | None = None, progress: Progress | None = None
) -> Made | None:
    """Make the synthetic clinic, all or nothing; None where it is there already.

    Parameters
    ----------
    seed
        The same seed on the same day gives the same people and answers.
    now
        The moment at which the year ends.
    progress
        Called with the number of steps done and of all.

    Raises
    ------
    Problem
        If there are sites that are not synthetic.
    """
    if Site.objects.filter(synthetic=False).exists():
        raise Problem(
            "this clinic has real sites, and made-up people do not belong among real ones",
            "use an empty database for the demonstration",
        )
    if Site.objects.exists():
        return None
    now, say = now or timezone.now(), progress or (lambda _done, _all: None)
    chance = Random(seed)  # noqa: S311
    told = story(now.date(), seed, lambda done, most: say(DRAWN * done // most, ALL))
    staff = hire()
    episodes = admit(told.attendance, staff, now.date())
    say(45, ALL)
    history = live(told, episodes, now, chance)
    say(75, ALL)
    noticed = look(told, episodes, history)
    say(90, ALL)
    alerts = raise_alerts(noticed, episodes, history, staff.supervisors, now)
    for episode in episodes.values():
        alerts += len(notice_absence(episode=episode, by=Actor.worker(episode.client.site)))
    accounts = give_accounts(episodes, staff)
    set_goals(episodes, accounts, now, Random(seed))  # noqa: S311
    speak(episodes, now, Random(seed + 1))  # noqa: S311
    try_things(episodes, now, Random(seed))  # noqa: S311
    break_glass(list(episodes.values()), staff, now)
    for site in staff.sites:
        clients = Client.objects.filter(site=site).count()
        audit(Actor.worker(site), "demo.filled", site, clients=clients)
    say(ALL, ALL)
    return Made(clients=len(episodes), sessions=len(history.sessions), alerts=alerts)


def break_glass(episodes: list[Episode], staff: Staff, now: datetime) -> None:
    """Let one therapist have opened a colleague's record, with a reason."""
    owner, other = [one for one in staff.therapists if one.site == staff.sites[0]][:2]
    episode = next(one for one in episodes if one.therapist == owner and not one.ended_on)
    opened = now - timedelta(days=2)
    BreakGlass.objects.create(
        person=other.person,
        client=episode.client,
        reason=GLASS,
        opened_at=opened,
        ends_at=opened + timedelta(hours=8),
    )
