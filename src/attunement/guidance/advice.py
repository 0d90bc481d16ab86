"""Which three strategies to try: ranked by parts that add up and can be said in a sentence."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain

from attunement.guidance.followup.outcome import Outcome
from attunement.guidance.followup.site import SiteEvidence
from attunement.guidance.reasons.model import Reason, Reasons
from attunement.guidance.sources import Kind
from attunement.guidance.strategies import Lean, School, Step, Strategies, Strategy, strategies

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
FROM_MEMORY = 0.5
RUPTURE_ORDER = {Step.VALIDATE: 1.0, Step.EXPLORE: 0.5, Step.ARRANGE: 0.0}
WANTED, UNWANTED, MOST_WANTED = 0.5, -0.8, 1.0
HISTORY = {
    Outcome.EASED: 0.5,
    Outcome.NOT_YET: -1.0,
    Outcome.TOO_EARLY: -1.0,
    Outcome.CANNOT_SAY: -0.5,
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
        Which reason, kind of evidence, step, lean, outcome, school; the strategy for ``site``.
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
    for change are left out, and those that validate come before those that explore (Eubanks,
    Burckell & Goldfried 2018, *J. Psychother. Integr.* 28:60-76).

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
        By strategy; counts only where there is enough of it.
    rupture
        A rupture is open, whether or not it is among the reasons.
    danger
        A safety answer is open: safety first, and no levers from behavioural science.

    Returns
    -------
    Best first; empty where no reason was found and there is no danger.
    """
    known = strategies() if library is None else library
    unsettled = rupture or any(reason.id == RUPTURE for reason in reasons.found)
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
        and any(reason.id in one.reasons for reason in reasons.found)
        and not (unsettled and one.step is Step.CHANGE)
        and not (danger and Kind.LEVER in one.kinds)
    ]
    ranked = sorted(candidates, key=lambda one: (-one.score, one.strategy.id))
    if danger and SAFETY in known:
        first = Advice(strategy=known[SAFETY], why=(Why(source="danger", about="", value=DANGER),))
        return (first, *(one for one in ranked if one.strategy.id != SAFETY))[:MOST]
    chosen = ranked[:MOST]
    if unsettled:
        chosen.sort(key=lambda one: list(Step).index(one.strategy.step))
    return tuple(chosen)


def _fit(strategy: Strategy, found: tuple[Reason, ...]) -> Iterable[Why]:
    total = sum(reason.strength for reason in found)
    for reason in found:
        if reason.id in strategy.reasons and total > 0:
            place = min(strategy.reasons.index(reason.id), len(FIT_BY_PLACE) - 1)
            share = reason.strength / total
            yield Why(source="reason", about=reason.id, value=FIT * share * FIT_BY_PLACE[place])


def _evidence(strategy: Strategy) -> Iterable[Why]:
    weights = [
        (EVIDENCE[one.finding.kind] * (FROM_MEMORY if one.unverified else 1.0), one.finding.kind)
        for one in strategy.evidence
    ]
    value, kind = max(weights, key=lambda one: one[0])
    yield Why(source="evidence", about=kind.value, value=value)


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
    if known is not None and known.shrunken is not None:
        value = max(-MOST_SITE, min(MOST_SITE, SITE * known.shrunken))
        yield Why(source="site", about=strategy.id, value=value)
