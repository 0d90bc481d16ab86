"""What therapists of the synthetic clinic tried after a drop, and what they mean to try."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random

from attunement.clinic.caseload.scales import ALLIANCE
from attunement.clinic.demo.history import CAME
from attunement.clinic.guidance.followed import work_out_all
from attunement.clinic.guidance.models import Attempt, Wish
from attunement.clinic.noticing.models import Alert, Rupture
from attunement.clinic.people.models import Episode
from attunement.guidance.strategies import REASONS, Step, strategies

TRIED, PLANNED, WISHED = 0.6, 0.6, 0.2
FAVOURITE, OFTEN = "say-back-and-check", 0.75
ABOUT_THE_TWO = (Alert.Kind.DROP, Alert.Kind.TOLD, Alert.Kind.GAP)
NOTES = ("", "", "It took courage to say. She smiled at the end.", "I was too quick again.")
WISHES: tuple[tuple[list[str], list[str]], ...] = (
    (["space"], ["tasks"]),
    (["structure", "tasks"], []),
    (["feeling"], ["challenge"]),
)


def try_things(episodes: Mapping[str, Episode], now: datetime, chance: Random) -> int:
    """Let therapists have tried something after drops; give the number of attempts."""
    by_episode = {one.pk: one for one in episodes.values()}
    made = []
    opened = Rupture.objects.filter(episode__in=by_episode, scale=ALLIANCE).order_by(
        "episode__client__code", "onset"
    )
    for rupture in opened:
        episode = by_episode[rupture.episode_id]
        came = episode.sessions.filter(
            status__in=CAME, number__gt=rupture.onset, starts_at__lt=now
        ).order_by("number")
        next_one = came.first()
        if next_one is not None and chance.random() < TRIED:
            made.append(
                Attempt(
                    episode=episode,
                    strategy=_fitting(chance),
                    state=Attempt.State.TRIED,
                    strain=rupture.onset,
                    session=next_one.number,
                    how=chance.choice(Attempt.How.values),
                    note=chance.choice(NOTES),
                    by=episode.therapist,
                    at=min(next_one.starts_at + timedelta(hours=1), now),
                )
            )
    known = {(one.episode_id, one.strategy, one.strain) for one in made}
    waiting = Alert.objects.filter(
        episode__in=by_episode, kind__in=ABOUT_THE_TWO, state__in=Alert.OPEN_STATES
    ).order_by("episode__client__code", "onset")
    for alert in waiting:
        strategy = _fitting(chance)
        key = (alert.episode_id, strategy, alert.onset)
        if chance.random() < PLANNED and key not in known:
            known.add(key)
            made.append(
                Attempt(
                    episode=by_episode[alert.episode_id],
                    strategy=strategy,
                    state=Attempt.State.PLANNED,
                    strain=alert.onset,
                    alert=alert,
                    by=by_episode[alert.episode_id].therapist,
                    at=min(alert.opened_at + timedelta(hours=2), now),
                )
            )
    Attempt.objects.bulk_create(made)
    _wish(episodes, now, chance)
    work_out_all()
    return len(made)


def _fitting(chance: Random) -> str:
    if chance.random() < OFTEN:
        return FAVOURITE
    reason = chance.choice(REASONS[:3])
    fitting = [
        one.id
        for one in strategies().values()
        if one.reasons[0] in {reason, "unsettled_rupture"}
        and one.step in {Step.VALIDATE, Step.EXPLORE}
    ]
    return chance.choice(fitting[:6])


def _wish(episodes: Mapping[str, Episode], now: datetime, chance: Random) -> None:
    in_care = [one for one in episodes.values() if one.ended_on is None]
    for episode in sorted(in_care, key=lambda one: one.client.code):
        if chance.random() < WISHED:
            wanted, unwanted = chance.choice(WISHES)
            Wish.objects.create(episode=episode, wanted=wanted, unwanted=unwanted, noted_at=now)
