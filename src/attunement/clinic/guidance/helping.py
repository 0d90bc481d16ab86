"""What could help one client now, what was tried, and what followed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from attunement.clinic.caseload.history import History
from attunement.clinic.guidance.found import laid_out, likely, unsettled
from attunement.clinic.guidance.models import Attempt, Followed, School, Wish
from attunement.clinic.guidance.words import followed, listed, why
from attunement.clinic.noticing.models import Alert
from attunement.clinic.people.models import Episode, Membership, Site
from attunement.formulation.anew import in_use
from attunement.guidance.advice import MOST, Advice, Preferences, Tried, advise
from attunement.guidance.followup import FollowUp, Outcome, SiteEvidence, follow_up
from attunement.guidance.reasons.model import Reasons
from attunement.guidance.strategies import Lean, Strategy, strategies
from attunement.guidance.strategies import School as Way

MOST_SHOWN = 4
State = Attempt.State


@dataclass(frozen=True, kw_only=True)
class Suggested:
    """One suggestion, in words."""

    advice: Advice

    @property
    def strategy(self) -> Strategy:
        """What to do."""
        return self.advice.strategy

    @property
    def whys(self) -> list[tuple[str, float]]:
        """All parts, the strongest first, with what each adds."""
        parts = sorted(self.advice.why, key=lambda part: -abs(part.value))
        return [(why(part), part.value) for part in parts]

    @property
    def look_for(self) -> str:
        """What the next check-ins may show."""
        return listed(self.strategy.look_for.items)


@dataclass(frozen=True, kw_only=True)
class Done:
    """One attempt, with what followed."""

    attempt: Attempt
    strategy: Strategy | None
    follow_up: FollowUp | None
    name: str

    @property
    def title(self) -> str:
        """What was tried."""
        return self.strategy.title if self.strategy else self.attempt.strategy

    @property
    def followed(self) -> str:
        """What followed, in a sentence."""
        return followed(self.follow_up, self.name) if self.follow_up else ""

    @property
    def eased(self) -> bool:
        """Whether it eased after that."""
        return self.follow_up is not None and self.follow_up.outcome is Outcome.EASED


@dataclass(frozen=True, kw_only=True)
class Helping:
    """Everything about help for one client."""

    history: History
    attempts: Sequence[Attempt]
    wish: Wish | None
    school: Way | None
    site: Mapping[str, SiteEvidence]

    @cached_property
    def rows(self) -> pl.DataFrame:
        """What the therapist may see, a row for each session."""
        return laid_out(self.history)

    @cached_property
    def reasons(self) -> Reasons | None:
        """What may be behind the newest session."""
        return likely(self.history)

    @property
    def unexplained(self) -> bool:
        """Whether strain was noticed, and nothing stands out that may be behind it."""
        found = self.reasons
        nothing = found is not None and not found.found and not found.general
        return nothing and unsettled(self.history)

    @property
    def strain(self) -> int | None:
        """The session that suggestions answer."""
        return self.reasons.session if self.reasons else None

    @cached_property
    def done(self) -> list[Done]:
        """Attempts, the newest first, with what followed those that were tried."""
        return [
            Done(
                attempt=one,
                strategy=strategies().get(one.strategy),
                follow_up=self._follow(one),
                name=self.history.name,
            )
            for one in self.attempts
            if one.state != State.TAKEN_BACK
        ]

    @property
    def planned(self) -> list[Done]:
        """What is to be tried."""
        return [one for one in self.done if one.attempt.state == State.PLANNED]

    @property
    def tried(self) -> list[Done]:
        """What was tried, the newest few."""
        return [one for one in self.done if one.attempt.state == State.TRIED][:MOST_SHOWN]

    @cached_property
    def suggested(self) -> list[Suggested]:
        """Three strategies at most with those planned, and one at least.

        Without those planned, or tried for this session.
        """
        if self.reasons is None:
            return []
        here = {
            one.strategy
            for one in self.attempts
            if one.state == State.PLANNED
            or (one.strain == self.strain and one.state == State.TRIED)
        }
        offered = {key: one for key, one in strategies().items() if key not in here}
        found = advise(
            self.reasons,
            library=offered,
            preferences=preferences(self.wish),
            history=self._tried(),
            orientation=self.school,
            site_evidence=self.site,
            rupture=unsettled(self.history),
            danger=any(one.kind == Alert.Kind.SAFETY for one in self.history.open_alerts),
        )
        room = max(MOST - len(self.planned), 1)
        return [Suggested(advice=one) for one in found[:room]]

    def about(self, alert: Alert) -> list[Done]:
        """Give the attempts that an alert was about."""
        return [
            one
            for one in self.done
            if one.attempt.alert_id == alert.pk or one.attempt.strain == alert.onset
        ]

    def _tried(self) -> list[Tried]:
        return [
            _in_short(one.attempt, one.follow_up)
            for one in reversed(self.done)
            if one.attempt.state != State.PLANNED
        ]

    def _follow(self, attempt: Attempt) -> FollowUp | None:
        return follow(attempt, self.rows)


def tried(attempt: Attempt, laid_out: pl.DataFrame) -> Tried:
    """Put one attempt as advice reads it, with what followed it among the client's rows."""
    return _in_short(attempt, follow(attempt, laid_out))


def follow(attempt: Attempt, laid_out: pl.DataFrame) -> FollowUp | None:
    """Read what followed an attempt; nothing where it was not tried."""
    strategy = strategies().get(attempt.strategy)
    if attempt.state != State.TRIED or attempt.session is None or strategy is None:
        return None
    return follow_up(laid_out, strategy.look_for, strain=attempt.strain, tried=attempt.session)


def _in_short(attempt: Attempt, found: FollowUp | None) -> Tried:
    return Tried(
        strategy=attempt.strategy,
        outcome=found.outcome if found else Outcome.CANNOT_SAY,
        declined=attempt.state == State.DECLINED,
    )


def helping(history: History) -> Helping:
    """Read what there is about help for one client: three queries."""
    episode = history.episode
    return Helping(
        history=history,
        attempts=list(
            Attempt.objects.filter(episode=episode)
            .select_related("by__person")
            .order_by("-at", "-pk")
        ),
        wish=Wish.objects.filter(episode=episode).first(),
        school=school_of(episode.therapist),
        site=known_at(episode.client.site),
    )


def preferences(wish: Wish | None) -> Preferences:
    """Read what a client would like more of, and less of."""
    return Preferences(
        wanted=frozenset(Lean(one) for one in wish.wanted) if wish else frozenset(),
        unwanted=frozenset(Lean(one) for one in wish.unwanted) if wish else frozenset(),
    )


def school_of(therapist: Membership | None) -> Way | None:
    """Read a therapist's school from how they describe their way of working."""
    told = therapist.orientation if therapist else ""
    if told in set(School):
        return Way(told)
    lens = in_use({}, told).replace("-", "_") if told else ""
    return Way(lens) if lens in set(Way) else None


def known_at(site: Site) -> Mapping[str, SiteEvidence]:
    """Give what followed each strategy at a site, as worked out last."""
    kept = Followed.objects.filter(site=site).first()
    return {} if kept is None else {key: evidence(one) for key, one in kept.figures.items()}


def evidence(kept: Mapping[str, object]) -> SiteEvidence:
    """Read one strategy's figures back."""
    pairs = {key: tuple(value) if isinstance(value, list) else value for key, value in kept.items()}
    return SiteEvidence(**pairs)  # type: ignore[arg-type]


def planned_of(episodes: Sequence[Episode]) -> dict[object, list[Done]]:
    """Give what is to be tried, by episode: one query for any number."""
    found: dict[object, list[Done]] = {}
    names = {one.pk: one.client.shown_name for one in episodes}
    planned = Attempt.objects.filter(episode__in=names, state=State.PLANNED).order_by("at")
    for one in planned:
        done = Done(
            attempt=one,
            strategy=strategies().get(one.strategy),
            follow_up=None,
            name=names[one.episode_id],
        )
        found.setdefault(one.episode_id, []).append(done)
    return found
