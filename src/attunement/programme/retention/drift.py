"""Learn from a site's own data who drifts away, and test it as it will be used."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from attunement.frames import to_lazy, to_polars
from attunement.problems import Problem
from attunement.programme.disclosure.grouping import groups_of
from attunement.programme.disclosure.withholding import FEWEST
from attunement.programme.retention.by_group import by_group
from attunement.programme.retention.known import ANSWERED_ON, WORDS, Watched, known_before
from attunement.programme.retention.leaks import refuse_the_future, too_good_to_be_true
from attunement.programme.retention.learn import Weights, learn
from attunement.programme.retention.model import Learned, Model, forecast
from attunement.programme.retention.periods import Leaving, periods
from attunement.programme.retention.validation import (
    by_site,
    in_time,
    later_clients,
    threshold_of,
)

Extra = Callable[[Any, Any], Any]

ALERT_RATE = 0.10
MOST_CLIENTS = 20_000
BOOKKEEPING = ("client", "after", "date", "status", "planned_end", "left", "known_on", "site")


def learn_drift(
    appointments: Any,
    scores: Any,
    watched: Watched,
    people: Any = None,
    *,
    baseline: Sequence[str] = (),
    extra: Extra | None = None,
    leaving: Leaving | None = None,
    alert_rate: float = ALERT_RATE,
    most_clients: int = MOST_CLIENTS,
    groups: Sequence[str] = (),
    fewest: int = FEWEST,
) -> Model:
    """Learn how likely a client is to leave before the next session, and test what was learned.

    A ridge-penalised discrete-time hazard model on what was known before each session. It is
    tested on clients who began later, learned from what was known until then, and by site, each
    left out once; the model handed back is learned from everybody. Nothing from the future helps:
    the features are made anew as of earlier days, and must be the same.

    Formula and sources stand with :func:`~attunement.programme.retention.learn.learn`, and those of
    its tests with :mod:`~attunement.programme.retention.measures`.

    Parameters
    ----------
    appointments
        Table of attendance (``attunement.tables.ATTENDANCE``) of any kind.
    scores
        Table of scores (``attunement.tables.SCORES``) of the same kind.
    watched
        Which scales to look at.
    people
        One row per ``client``: ``site`` where there are several, and the columns of ``baseline``.
    baseline
        Columns of numbers that were known before the first session.
    extra
        Makes more features from appointments and scores: a row per ``client`` and ``after``.
    leaving
        What is called leaving.
    alert_rate
        Share of sessions after which a check-in shall be suggested.
    most_clients
        More are not learned from: clients are taken evenly over their names.
    groups
        Columns of people by whose groups the test is told too; nothing is learned from them.
    fewest
        The smallest count of a group that is shown.

    Raises
    ------
    Problem
        If a table cannot be used, too few left, or a feature knows the future.

    Examples
    --------
    >>> from attunement import Plan, simulate
    >>> from attunement.measures import find_scale
    >>> from attunement.programme.retention.known import Watched
    >>> made = simulate(Plan(clients=1500, rupture=0.12, dropout_odds=20, responses=False), seed=7)
    >>> watched = Watched(alliance=find_scale("session-check-in.alliance"))
    >>> model = learn_drift(made.attendance, made.scores, watched)
    >>> model.learned.events, round(model.tests[0].auc.value, 2)
    (672, 0.73)
    """
    leaving = leaving or Leaving()
    if not 0 < alert_rate < 1:
        raise Problem(f"{alert_rate} is no share", "choose one such as .1", field="alert_rate")
    if extra is not None:
        refuse_the_future(extra, appointments, scores)
    refuse_the_future(lambda a, s: known_before(a, s, watched), appointments, scores)
    appointments, scores = _sample(appointments, scores, most_clients)
    rows = gather(appointments, scores, watched, people, baseline=baseline, extra=extra)
    rows = periods(rows, appointments, leaving)
    features = features_of(rows)

    def learner(some: pl.DataFrame) -> Weights:
        return learn(some, features, WORDS)

    final = learner(rows)
    model = Model(
        definition=leaving.definition,
        days=leaving.limits.days,
        alliance=watched.alliance.name,
        symptoms=None if watched.symptoms is None else watched.symptoms.name,
        terms=final.terms,
        intercept=final.intercept,
        penalty=final.penalty,
        alert_rate=alert_rate,
        threshold=0.0,
        learned=_learned(rows),
        suspects=too_good_to_be_true(rows, features),
        dated=ANSWERED_ON in scores.columns,
    )
    later = later_clients(rows, learner, alert_rate)
    return replace(
        model,
        threshold=threshold_of(forecast(model, rows), alert_rate),
        tests=(in_time(later), *by_site(rows, learner, alert_rate)),
        groups=by_group(later.rows, later.forecast, people, groups, fewest),
    )


def gather(
    appointments: Any,
    scores: Any,
    watched: Watched,
    people: Any = None,
    *,
    baseline: Sequence[str] = (),
    extra: Extra | None = None,
) -> pl.DataFrame:
    """Put together all features of every client before every next session.

    Parameters and errors are those of :func:`learn_drift`.

    Returns
    -------
    As from :func:`~attunement.programme.retention.known.known_before`, with the columns of
    ``baseline`` and ``extra``, and ``site`` where people have one; sorted.

    Examples
    --------
    >>> from attunement import Plan, simulate
    >>> from attunement.measures import find_scale
    >>> made = simulate(Plan(clients=30, responses=False), seed=7)
    >>> watched = Watched(alliance=find_scale("session-check-in.alliance"))
    >>> gather(made.attendance, made.scores, watched).height
    328
    """
    rows = to_polars(to_lazy(known_before(appointments, scores, watched)))
    if watched.symptoms is None:
        rows = rows.drop("symptoms_first", "symptom_change")
    if extra is not None:
        more = to_polars(to_lazy(extra(appointments, scores)))
        rows = rows.join(more, on=["client", "after"], how="left")
    if people is not None and baseline:
        rows = rows.join(_numbers(people, baseline), on="client", how="left")
    if people is not None and "site" in to_lazy(people).collect_schema().names():
        rows = rows.join(groups_of(people, ["site"]), on="client", how="left")
    else:
        rows = rows.with_columns(site=pl.lit(None, dtype=pl.String))
    return rows.sort("client", "after")


def features_of(rows: pl.DataFrame) -> tuple[str, ...]:
    """Name the features among the columns."""
    return tuple(name for name in rows.columns if name not in BOOKKEEPING)


def _numbers(people: Any, baseline: Sequence[str]) -> pl.DataFrame:
    table = to_polars(to_lazy(people))
    for name in baseline:
        if name not in table.columns or not table[name].dtype.is_numeric():
            raise Problem(
                f"the table of people has no column of numbers {name}",
                "name one, and write groups as 0 and 1",
                field="baseline",
            )
    return table.select("client", pl.col(baseline).cast(pl.Float64))


def _sample(appointments: Any, scores: Any, most: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    visits, marks = to_polars(to_lazy(appointments)), to_polars(to_lazy(scores))
    clients = visits["client"].drop_nulls().unique().sort()
    if clients.len() <= most:
        return visits, marks
    chosen = pl.DataFrame({"client": clients.gather_every(-(-clients.len() // most))})
    return (
        visits.join(chosen, on="client", how="semi"),
        marks.join(chosen, on="client", how="semi"),
    )


def _learned(rows: pl.DataFrame) -> Learned:
    days, sessions = rows["date"].sort(), rows["after"].sort()
    return Learned(
        clients=rows["client"].n_unique(),
        rows=rows.height,
        events=int(rows["left"].sum()),
        first_day=days[0],
        last_day=days[-1],
        most_sessions=int(sessions[-1]),
    )
