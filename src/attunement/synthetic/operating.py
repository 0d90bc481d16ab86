"""Operating characteristics: how often a rule cries wolf, and how often it sees one.

Courses with a known truth are simulated, and the library's own functions judge them.
"""

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from attunement.course.baseline import Norms, default_norms, estimate_norms
from attunement.course.strain.alternatives import ALTERNATIVES, flags
from attunement.course.strain.signals import DEFAULT_RULE, Rule, signals
from attunement.problems import Problem
from attunement.synthetic.study import LEVEL, SCALE, Scene, Study, cohort, scenes

SCALES = {SCALE.name: SCALE}
KNOWN = 1e6

Flags = NDArray[np.bool_]
Judge = Callable[[pl.DataFrame], Mapping[str, Flags]]
Basis = Literal["default", "estimated", "known"]

OURS = {"watch": "Watch", "review": "Review", "ewma": "Weighted mean", "cusum": "Cumulative sum"}
NORMS: Mapping[Basis, str] = {
    "default": "default norms",
    "estimated": "estimated norms",
    "known": "all known",
}


def operating_characteristics(
    study: Study | None = None,
    *,
    rules: Collection[str] | None = None,
    rule: Rule = DEFAULT_RULE,
    progress: Callable[[int, int], None] | None = None,
) -> pl.DataFrame:
    """Judge simulated courses by every rule.

    Ours come three times: with the documented default norms, with norms estimated from a
    simulated cohort, and (the limit of what is possible) with level, spread and trend of
    every client known.

    The simulation is our own.

    Parameters
    ----------
    study
        What is simulated; 4000 courses of 12 sessions if not given.
    rules
        Ids of the rules to judge; all if not given. :func:`rule_titles` lists them.
    rule
        Thresholds of our own rules.
    progress
        Called with the number of steps done and the number of all.

    Returns
    -------
    One row per rule: ``rule``, ``title``, ``looks_ahead``, and as shares of courses
    ``false_flags`` (any flag in a course without a drop), ``drop_2_sd`` and ``drop_3_sd`` (that
    session flagged, when it alone is 2 or 3 within-client SDs lower), and ``lasting_drop``
    (any flag since its onset, chance ones among them). ``delay`` is the mean number of
    sessions from the onset of a lasting drop to its first flag, where there is one: 0 is at
    once, and it is empty for rules that look ahead, which speak only when therapy is over.
    A share p has a simulation error of ``sqrt(p (1 - p) / courses)``.

    Raises
    ------
    Problem
        If a rule is not known.

    Examples
    --------
    >>> found = operating_characteristics(Study(courses=200, seed=7), rules=["review-default"])
    >>> found.select("rule", "false_flags", "drop_3_sd").rows()
    [('review-default', 0.025, 0.52)]
    """
    study = study or Study()
    titles = rule_titles()
    chosen = list(titles) if rules is None else list(rules)
    unknown = [name for name in chosen if name not in titles]
    if unknown:
        raise Problem(f"no rule is called {unknown[0]}", f"choose from {', '.join(titles)}")

    drawn = scenes(study)
    judges = _judges(study, rule, chosen)
    tasks = [(name, scene, judge) for name, scene in drawn.items() for judge in judges]
    seen: dict[str, dict[str, Flags]] = {}
    for done, (name, scene, judge) in enumerate(tasks, start=1):
        for judged, flagged in judge(scene.scores).items():
            seen.setdefault(judged, {})[name] = flagged.reshape(study.courses, study.sessions)
        if progress:
            progress(done, len(tasks))
    return pl.DataFrame(
        [
            {"rule": name, "title": titles[name], "looks_ahead": _looks_ahead(name)}
            | _shares(seen[name], drawn, looks_ahead=_looks_ahead(name))
            for name in chosen
        ],
        schema_overrides={"delay": pl.Float64},
    )


def k_for(
    false_rate: float = 0.05, study: Study | None = None, *, norms: Basis = "estimated"
) -> float:
    """Find how many SDs below what is expected a limit must lie for a given false-alarm rate.

    The simulation is our own.

    Parameters
    ----------
    false_rate
        Wanted share of courses without a drop in which any session is flagged.
    study
        What is simulated.
    norms
        Where they come from: "default", "estimated" or "known".

    Returns
    -------
    k, for ``Rule(review=k)``: the quantile of the courses' largest surprises.

    Raises
    ------
    Problem
        If the rate is not between 0 and 1.

    Examples
    --------
    >>> round(k_for(0.05, Study(courses=200, seed=7), norms="default"), 1)
    2.1
    """
    study = study or Study()
    if not 0 < false_rate < 1:
        raise Problem(f"a share of {false_rate} is not between 0 and 1", field="false_rate")
    found = _signals(
        scenes(study)["none"].scores, _norms(study)[norms], DEFAULT_RULE, known=norms == "known"
    )
    spread = (found["prior_mean"] - found["limit_review"]) / DEFAULT_RULE.review
    surprise = ((found["prior_mean"] - found["score"]) / spread).fill_null(-np.inf).to_numpy()
    largest = surprise.reshape(study.courses, study.sessions).max(axis=1)
    return float(np.quantile(largest, 1 - false_rate))


def rule_titles() -> dict[str, str]:
    """Every rule that can be judged: id and title."""
    ours = {
        f"{name}-{norms}": f"{title} ({basis})"
        for norms, basis in NORMS.items()
        for name, title in OURS.items()
    }
    return ours | {name: alternative.title for name, alternative in ALTERNATIVES.items()}


def _looks_ahead(rule: str) -> bool:
    return rule in ALTERNATIVES and ALTERNATIVES[rule].looks_ahead


def _norms(study: Study) -> dict[Basis, Norms]:
    return {
        "default": default_norms(SCALE),
        "estimated": estimate_norms(cohort(study), SCALES)[SCALE.name],
        "known": Norms(sd=study.sd, df=KNOWN, trend=study.trend, level=LEVEL, level_weight=KNOWN),
    }


def _judges(study: Study, rule: Rule, chosen: Collection[str]) -> list[Judge]:
    """Collect the functions that flag courses: one per set of norms, one per alternative."""
    norms = _norms(study)
    judges: list[Judge] = [
        partial(_by_signals, norms=norms[basis], rule=rule, basis=basis)
        for basis in NORMS
        if any(f"{name}-{basis}" in chosen for name in OURS)
    ]
    judges += [partial(_by_alternative, name=name) for name in ALTERNATIVES if name in chosen]
    return judges


def _signals(scores: pl.DataFrame, norms: Norms, rule: Rule, *, known: bool) -> pl.DataFrame:
    """Run our own rule; where levels are known, on scores moved to the usual level."""
    if known:
        scores = scores.with_columns(score=pl.col("score") - pl.col("level") + LEVEL)
    found: pl.DataFrame = signals(scores, SCALES, {SCALE.name: norms}, rule)
    return found.sort("client", "session")


def _by_signals(scores: pl.DataFrame, *, norms: Norms, rule: Rule, basis: str) -> dict[str, Flags]:
    found = _signals(scores, norms, rule, known=basis == "known").select(
        watch=pl.col("signal").is_in(["watch", "review"]),
        review=pl.col("signal") == "review",
        ewma=pl.col("ewma") < pl.col("ewma_limit"),
        cusum=pl.col("cusum_alarm"),
    )
    return {f"{name}-{basis}": found[name].fill_null(value=False).to_numpy() for name in OURS}


def _by_alternative(scores: pl.DataFrame, *, name: str) -> dict[str, Flags]:
    found: pl.DataFrame = flags(scores, SCALES, ALTERNATIVES[name])
    return {name: found.sort("client", "session")["flagged"].fill_null(value=False).to_numpy()}


def _shares(
    seen: Mapping[str, Flags], drawn: Mapping[str, Scene], *, looks_ahead: bool
) -> dict[str, float | None]:
    """Count flags where they belong and where they do not."""
    courses, sessions = seen["none"].shape

    def on_the_day(name: str) -> float:
        return float(seen[name][np.arange(courses), drawn[name].onset - 1].mean())

    start = drawn["lasting"].onset
    noticed = seen["lasting"] & (np.arange(1, sessions + 1) >= start[:, None])
    found = noticed.any(axis=1)
    delays = (noticed.argmax(axis=1) + 1 - start)[found]
    return {
        "false_flags": float(seen["none"].any(axis=1).mean()),
        "drop_2_sd": on_the_day("drop_2_sd"),
        "drop_3_sd": on_the_day("drop_3_sd"),
        "lasting_drop": float(found.mean()),
        "delay": None if looks_ahead or not found.any() else float(delays.mean()),
    }
