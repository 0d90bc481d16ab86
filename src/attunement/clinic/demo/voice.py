"""What clients of the synthetic clinic bring up and write to the service, and how they are seen."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from random import Random

from attunement.clinic.demo.prose import (
    ANSWERED,
    ASKED,
    RAISED,
    SEEN,
    SEEN_BY_CLIENT,
    TO_RAISE,
    TO_SERVICE,
)
from attunement.clinic.formulation.models import Entry, OwnWords, Version, Worksheet
from attunement.clinic.people.models import Episode, Membership
from attunement.clinic.people.permissions import Role
from attunement.clinic.voice.models import Matter, Word, WordStep
from attunement.formulation.helped import Help

LET_COUNT = 14
HELPS = (Help.TALKED, Help.TALKED, Help.DIFFERENT, Help.STRUCTURE, Help.LISTENED)


def speak(episodes: Mapping[str, Episode], now: datetime, chance: Random) -> None:
    """Let clients with an account use their voice, some ask for another way, and see them anew."""
    in_care = [one for one in episodes.values() if one.ended_on is None and one.therapist]
    with_account = [one for one in in_care if one.client.account_id]
    others = [one for one in in_care if not one.client.account_id]
    for episode in with_account:
        bring_up(episode, now)
        write(episode, now)
        see(episode, now)
    first = with_account[0]
    asked = next(one for one in others if one.therapist == first.therapist)
    Matter.objects.create(
        episode=asked, choice="other-way", text=ASKED, made_at=now - timedelta(days=3)
    )
    tried(
        [one for one in others if one != asked and one.client.site == first.client.site],
        now,
        chance,
    )


def bring_up(episode: Episode, now: datetime) -> None:
    """Let something wait to be raised, and something have been."""
    own = {"episode": episode, "account": episode.client.account, "choice": "help"}
    Matter.objects.create(**own, text=TO_RAISE, items=["safe"], made_at=now - timedelta(days=5))
    Matter.objects.create(
        **own,
        text=RAISED[0],
        items=["understood"],
        state="raised",
        went="better",
        helped=[Help.TALKED.value, Help.LISTENED.value],
        how=RAISED[1],
        counts=True,
        made_at=now - timedelta(days=40),
        closed_at=now - timedelta(days=33),
    )


def write(episode: Episode, now: datetime) -> None:
    """Let them have written to the service, and someone have answered."""
    client = episode.client
    reader = Membership.objects.filter(site=client.site, role=Role.MANAGER).first()
    word = Word.objects.create(
        client=client,
        account=client.account,
        kind="word",
        named=False,
        text=TO_SERVICE,
        state="answered",
        written_at=now - timedelta(days=9),
    )
    steps = (("", "open", None, "", 9), ("open", "read", reader, "", 8))
    for before, after, by, text, ago in (*steps, ("read", "answered", reader, ANSWERED, 8)):
        at = now - timedelta(days=ago)
        WordStep.objects.create(word=word, before=before, after=after, by=by, text=text, at=at)
    change = Word.objects.create(
        client=client, account=client.account, kind="change", written_at=now - timedelta(days=1)
    )
    WordStep.objects.create(word=change, after="open", at=change.written_at)


def see(episode: Episode, now: datetime) -> None:
    """Let the therapist have written two worksheets, one of them twice."""
    for lens, versions in SEEN.items():
        sheet = Worksheet.objects.create(episode=episode, lens=lens, version=len(versions))
        for number, parts in enumerate(versions, 1):
            made = Version.objects.create(
                worksheet=sheet,
                number=number,
                by=episode.therapist,
                written_at=now - timedelta(days=30 - 10 * number),
            )
            for part, text, shared in parts:
                Entry.objects.create(version=made, part=part, text=text, shared=shared)
        if lens in SEEN_BY_CLIENT:
            part, text = SEEN_BY_CLIENT[lens]
            OwnWords.objects.create(
                worksheet=sheet, part=part, text=text, written_at=now - timedelta(days=6)
            )


def tried(episodes: Sequence[Episode], now: datetime, chance: Random) -> None:
    """Let some have asked for another way, and have said what helped."""
    for episode in episodes[:LET_COUNT]:
        Matter.objects.create(
            episode=episode,
            choice="other-way",
            state="raised",
            went=chance.choice(("better", "some", "same")),
            helped=sorted({chance.choice(HELPS).value for _ in range(2)}),
            counts=True,
            made_at=now - timedelta(days=60),
            closed_at=now - timedelta(days=40),
        )
