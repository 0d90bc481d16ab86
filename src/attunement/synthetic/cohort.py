"""A synthetic cohort: what a site would have on file, and the truth behind it."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from attunement.synthetic.answers import CLIENT_ITEMS
from attunement.synthetic.files import Files
from attunement.synthetic.pages import (
    LEANING_SD,
    attendance_page,
    event_page,
    response_pages,
    score_page,
    views,
)
from attunement.synthetic.people import draw_people
from attunement.synthetic.plan import Plan
from attunement.synthetic.sessions import weeks


@dataclass(frozen=True, kw_only=True)
class Truth:
    """What was planted, which no site would know.

    Attributes
    ----------
    clients : polars.DataFrame
        One row per client: ``client``, ``therapist``, ``site``, ``level`` and ``trend`` (alliance
        before the first session, and its change per session), ``symptoms`` (PHQ-9 before
        the first session), ``at_ceiling``, ``planned_end``, ``last_session``, ``dropped_out``.
    ruptures : polars.DataFrame
        One row per rupture: ``client``, ``scale``, ``onset``, ``depth`` (within-client SDs),
        ``about`` (the item it is about), ``repaired`` (session; empty if therapy ended first).
    """

    clients: pl.DataFrame
    ruptures: pl.DataFrame


@dataclass(frozen=True, kw_only=True)
class Cohort:
    """Tables as in :mod:`attunement.tables`, and the truth behind them.

    ``responses`` has no rows where the plan wants none.
    """

    scores: pl.DataFrame
    responses: pl.DataFrame
    attendance: pl.DataFrame
    truth: Truth


def simulate(
    plan: Plan | None = None,
    seed: int = 0,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> Cohort:
    """Draw a cohort as planned.

    Alliance is a client's level (site, therapist and client each normal, with the planned
    shares of variance) and trend, plus noise that carries over, less the depth of an open
    rupture; a score is the nearest mean of whole answers to eight items. Strain raises the
    odds of leaving, of missing a session and of an unanswered check-in. Symptoms follow the
    logarithm of the session and the alliance of the appointment before.

    The model is our own; what its defaults rest on stands with
    :class:`~attunement.synthetic.plan.Plan`.

    Parameters
    ----------
    plan
        What shall be true; the defaults if not given.
    seed
        The same seed gives the same cohort. Scores do not depend on whether single answers
        are written.
    progress
        Called with the number of weeks done and the most there can be.

    Returns
    -------
    The cohort. All names are pseudonyms.

    Examples
    --------
    >>> made = simulate(Plan(clients=40, sites=2), seed=7)
    >>> made.scores.height, made.truth.ruptures.height
    (1335, 26)
    """
    plan = plan or Plan()
    people_rng, course_rng, score_rng, answer_rng = np.random.default_rng(seed).spawn(4)
    people = draw_people(plan, people_rng)
    profiles = plan.clients if plan.responses else 0
    profile = answer_rng.normal(0, LEANING_SD, (profiles, len(CLIENT_ITEMS)))
    before = np.zeros(plan.clients)
    pages: dict[str, list[pl.DataFrame]] = defaultdict(list)
    for week in weeks(plan, people, course_rng):
        seen = views(plan, people, week, before, score_rng)
        before[week.client] = week.departure
        pages["scores"].append(score_page(plan, week, seen))
        pages["attendance"].append(attendance_page(week, score_rng))
        pages["events"].append(event_page(week))
        if plan.responses:
            pages["responses"] += response_pages(plan, week, seen, profile, answer_rng)
        if progress:
            progress(week.session, int(people.planned.max()))
    files = Files(plan, people, {name: pl.concat(page) for name, page in pages.items()})
    return Cohort(
        scores=files.scores(),
        responses=files.responses(),
        attendance=files.attendance(),
        truth=Truth(clients=files.clients(), ruptures=files.ruptures()),
    )
