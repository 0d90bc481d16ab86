"""Which three strategies to try: ranked by parts that add up and can be said in a sentence."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain

from attunement.guidance.followup.outcome import Outcome
from attunement.guidance.followup.site import SiteEvidence
from attunement.guidance.reasons.model import Reason, Reasons
from attunement.guidance.sources import Kind
from attunement.guidance.strategies import (
    SIMILAR,
    Evidence,
    Lean,
    School,
    Step,
    Strategies,
    Strategy,
    strategies,
)

MOST = 3
RUPTURE = "unsettled_rupture"
SAFETY = "safety-first"

FIT = 3.0
FIT_BY_PLACE = (1.0, 0.7, 0.5)
EVIDENCE = {
    Kind.RANDOMISED: 0.6,
    Kind.CONTROLLED: 0.5,
    Kind.CORRELATIONAL: 0.4,
    Kind.CONSENSUS: 0.4,
    Kind.LEVER: 0.2,
    Kind.DESCRIPTIVE: 0.2,
}
OF_SIMILAR = 0.3
FROM_MEMORY = 0.5
RUPTURE_ORDER = {Step.VALIDATE: 1.0, Step.EXPLORE: 0.5, Step.ARRANGE: 0.0}
WANTED, UNWANTED, MOST_WANTED = 0.5, -0.8, 1.0
HISTORY = {
    Outcome.EASED: 0.5,
    Outcome.NOT_YET: -1.0,
    Outcome.TOO_EARLY: -1.0,
    Outcome.CANNOT_SAY: -0.5,
    Outcome.BEFORE: -0.5,
}
AT_HOME = 0.3
SITE, MOST_SITE = 2.0, 0.4
DANGER = 9.0


@dataclass(frozen=True, kw_only=True)
class Preferences:
    """What a client said they would like more of, and less of."""

    wanted: frozenset[Lean] = frozenset()
    unwanted: frozenset[Lean] = frozenset()


NO_PREFERENCES = Preferences()


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What was tried with this client before, and what followed; or that it was turned down."""

    strategy: str
    outcome: Outcome
    declined: bool = False


@dataclass(frozen=True, kw_only=True)
class Why:
    """One part of a strategy's place.

    Attributes
    ----------
    source : str
        ``reason``, ``evidence``, ``rupture``, ``wanted``, ``unwanted``, ``history``, ``school``,
        ``site`` or ``danger``.
    about : str
        Which reason, kind of evidence (``similar`` for trials of something similar), step, lean,
        outcome, school; the strategy for ``site``.
    value : float
        What it adds. Above zero it speaks for the strategy.
    """

    source: str
    about: str
    value: float


@dataclass(frozen=True, kw_only=True)
class Advice:
    """A strategy to consider, and why this one; its score is the sum of the parts."""

    strategy: Strategy
    why: tuple[Why, ...]
    score: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "score", sum(part.value for part in self.why))


def advise(
    reasons: Reasons,
    *,
    library: Strategies | None = None,
    preferences: Preferences = NO_PREFERENCES,
    history: Iterable[Tried] = (),
    orientation: School | None = None,
    site_evidence: Mapping[str, SiteEvidence] | None = None,
    rupture: bool = False,
    danger: bool = False,
) -> tuple[Advice, ...]:
    """Suggest at most three strategies.

    The weights are our own choice, fixed and written above; nothing is learnt or random, so the
    same input always gives the same advice. While a rupture is unsettled, strategies that work
    for change are left out, one that validates comes first, and those that validate come before
    those that explore (Eubanks, Burckell & Goldfried 2018, *J. Psychother. Integr.* 28:60-76).
    Where a rupture is open and no reason was found, what answers an unsettled rupture is advised.
    In danger, safety comes first, and beside it only what validates, without any lever.

    A strategy's score is the sum of its parts.

    Parameters
    ----------
    reasons
        What may be behind the session, as far as the reader may see it.
    library
        What there is to choose from; the strategies in the box where None.
    preferences
        The client's own.
    history
        What was tried with this client, newest last; the newest try of a strategy counts.
    orientation
        The therapist's school, if they told.
    site_evidence
        By strategy; counts only where it stands out.
    rupture
        A rupture is open or a drop was noticed, whether or not it is among the reasons.
    danger
        A safety answer is open.

    Returns
    -------
    Best first; empty where no reason was found and there is neither rupture nor danger.

    Examples
    --------
    >>> from attunement.guidance.reasons.model import Part, Reason
    >>> heard = Part(source="heard", value=3, usual=8, unusual=-3.1, strength=4.0,
    ...              audience="therapist")
    >>> reasons = Reasons(client="a", session=5,
    ...                   found=(Reason(id="not_heard", strength=4.0, parts=(heard,)),))
    >>> [one.strategy.id for one in advise(reasons)]
    ['ask-what-i-missed', 'first-ten-minutes', 'pick-up-last-weeks-thread']
    """
    known = strategies() if library is None else library
    unsettled = rupture or any(reason.id == RUPTURE for reason in reasons.found)
    named = {reason.id for reason in reasons.found} or ({RUPTURE} if rupture else set())
    latest = {tried.strategy: tried for tried in history}
    declined = {name for name, tried in latest.items() if tried.declined}
    candidates = [
        Advice(
            strategy=one,
            why=tuple(
                chain(
                    _fit(one, reasons.found),
                    _evidence(one),
                    _order(one, unsettled=unsettled),
                    _preference(one, preferences),
                    _history(one, latest),
                    _school(one, orientation),
                    _site(one, site_evidence or {}),
                )
            ),
        )
        for one in known.values()
        if one.id not in declined
        and (named.intersection(one.reasons) or (unsettled and _receives(one)))
        and not (unsettled and one.step is Step.CHANGE)
        and not (danger and (one.step is not Step.VALIDATE or one.guards or one.id == SAFETY))
    ]
    ranked = sorted(candidates, key=_place)
    first = [_safety(known[SAFETY])] if danger and SAFETY in known else []
    if unsettled:
        first += [one for one in ranked if _receives(one.strategy)][:1]
    rest = [one for one in ranked if one not in first and named.intersection(one.strategy.reasons)]
    rest = rest[: MOST - len(first)]
    if unsettled:
        rest.sort(key=lambda one: list(Step).index(one.strategy.step))
    return (*first, *rest)


def _safety(strategy: Strategy) -> Advice:
    return Advice(strategy=strategy, why=(Why(source="danger", about="", value=DANGER),))


def _place(advice: Advice) -> tuple[float, str]:
    return -advice.score, advice.strategy.id


def _receives(strategy: Strategy) -> bool:
    """Whether it validates what went wrong between the two."""
    return strategy.step is Step.VALIDATE and RUPTURE in strategy.reasons


def _fit(strategy: Strategy, found: tuple[Reason, ...]) -> Iterable[Why]:
    total = sum(reason.strength for reason in found)
    for reason in found:
        if reason.id in strategy.reasons and total > 0:
            place = min(strategy.reasons.index(reason.id), len(FIT_BY_PLACE) - 1)
            share = reason.strength / total
            yield Why(source="reason", about=reason.id, value=FIT * share * FIT_BY_PLACE[place])


def _evidence(strategy: Strategy) -> Iterable[Why]:
    value, about = max((_weight(one) for one in strategy.evidence), key=lambda one: one[0])
    yield Why(source="evidence", about=about, value=value)


def _weight(evidence: Evidence) -> tuple[float, str]:
    """Weigh one finding: trials of something similar count less than trials of this very thing."""
    value = OF_SIMILAR if evidence.indirect else EVIDENCE[evidence.finding.kind]
    about = SIMILAR if evidence.indirect else evidence.finding.kind.value
    return value * (FROM_MEMORY if evidence.unverified else 1.0), about


def _order(strategy: Strategy, *, unsettled: bool) -> Iterable[Why]:
    if unsettled and RUPTURE_ORDER[strategy.step]:
        yield Why(source="rupture", about=strategy.step.value, value=RUPTURE_ORDER[strategy.step])


def _preference(strategy: Strategy, preferences: Preferences) -> Iterable[Why]:
    liked = [lean for lean in strategy.leans if lean in preferences.wanted]
    for lean in liked:
        yield Why(source="wanted", about=lean.value, value=min(WANTED, MOST_WANTED / len(liked)))
    for lean in strategy.leans:
        if lean in preferences.unwanted:
            yield Why(source="unwanted", about=lean.value, value=UNWANTED)


def _history(strategy: Strategy, latest: Mapping[str, Tried]) -> Iterable[Why]:
    if strategy.id in latest:
        outcome = latest[strategy.id].outcome
        yield Why(source="history", about=outcome.value, value=HISTORY[outcome])


def _school(strategy: Strategy, orientation: School | None) -> Iterable[Why]:
    if orientation is not None and orientation in strategy.at_home_in:
        yield Why(source="school", about=orientation.value, value=AT_HOME)


def _site(strategy: Strategy, evidence: Mapping[str, SiteEvidence]) -> Iterable[Why]:
    known = evidence.get(strategy.id)
    if known is not None and known.shrunken is not None and known.stands_out:
        value = max(-MOST_SITE, min(MOST_SITE, SITE * known.shrunken))
        yield Why(source="site", about=strategy.id, value=value)
