"""One client's course on one scale, followed session by session, without a table around it."""

from collections.abc import Iterable, Iterator, Mapping
from math import exp, isfinite, log, sqrt
from typing import Any

from attunement.course.baseline import Norms
from attunement.course.strain.ruptures import BACK_TO_USUAL, REPAIRED_WITHIN
from attunement.course.strain.signals import DEFAULT_RULE, Rule
from attunement.measures.scale import Scale
from attunement.problems import Problem
from attunement.tables import SIGNALS

UNSAID = dict.fromkeys(SIGNALS.names[1:])  # but for the client


def follow(
    course: Iterable[tuple[int, float | None]],
    scale: Scale,
    norms: Norms,
    rule: Rule = DEFAULT_RULE,
) -> Iterator[dict[str, Any]]:
    """Say of every session what :func:`~attunement.course.strain.signals.signals` says of it.

    The formulas are the same, and so are the sums behind them, so that no signal differs. A table
    of one course takes far longer to set up than its dozen rows to reckon, which counts where a
    person waits for the answer.

    Parameters
    ----------
    course
        Session number and score (scale units), each session once; a score that is not a finite
        number counts as missing.
    scale, norms
        What is known of the scale.
    rule
        When a score is called unusual.

    Yields
    ------
    A row of the table ``signals`` for each session in order, but for ``client``.

    Examples
    --------
    >>> from attunement.measures import Direction
    >>> scale = Scale(name="alliance", direction=Direction.HIGHER, low=0, high=10)
    >>> course = [(1, 7.5), (2, 8.0), (3, 7.8), (4, 7.6), (5, 4.0)]
    >>> [row["signal"] for row in follow(course, scale, Norms(sd=0.5))]
    [None, None, None, 'none', 'review']
    """
    known, total, squares, ewma, drift, highest, before = 0, 0.0, 0.0, 0.0, 0.0, 0.0, None
    for session, given in sorted(course, key=lambda one: one[0]):
        score = given if given is not None and isfinite(given) else None
        usual = norms.level + norms.trend * session
        own = 0.0 if score is None else score - usual
        total, squares = total + own, squares + own**2
        said = UNSAID | {"scale": scale.name, "session": session, "score": score, "prior_n": known}
        if known >= rule.fewest:
            mean, sigma, spread = expected(known, total - own, squares - own**2, norms)
            level, reach = usual + mean, scale.sign * spread
            said |= {
                "prior_mean": level,
                "sigma": sigma,
                "limit_watch": level - rule.watch * reach,
                "limit_review": level - rule.review * reach,
            }
            if score is not None:
                surprise = (score - level) / reach
                ewma += rule.ewma_weight * (surprise - ewma)
                drift += surprise + rule.cusum_slack
                highest = max(highest, drift)
                said["signal"] = named(surprise, rule)
                said |= charted(known, ewma, drift - highest, rule)
        if score is not None:
            said["change"] = None if before is None else score - before
            known += 1
        before = score
        yield said


def broken(
    noticed: Iterable[Mapping[str, Any]], scale: Scale, within: int = REPAIRED_WITHIN
) -> Iterator[dict[str, Any]]:
    """Say of one course what :func:`~attunement.course.strain.ruptures.ruptures` says of it.

    Parameters
    ----------
    noticed
        What :func:`follow` gives.
    scale
        Which way is better.
    within
        Scored sessions after the onset in which a repair counts.

    Yields
    ------
    A row of the table ``ruptures`` for each rupture in order, but for ``client``.

    Raises
    ------
    Problem
        If ``within`` is less than 1.

    Examples
    --------
    >>> from attunement.measures import Direction
    >>> scale = Scale(name="alliance", direction=Direction.HIGHER, low=0, high=10)
    >>> course = [(1, 7.5), (2, 8.0), (3, 7.8), (4, 7.6), (5, 4.0), (6, 7.7)]
    >>> [row["onset"] for row in broken(follow(course, scale, Norms(sd=0.5)), scale)]
    [5]
    """
    if within < 1:
        raise Problem("a repair needs a session or more", field="within")
    scored = [said for said in noticed if said["score"] is not None]
    drop, mended = None, None
    for place, said in enumerate(scored):
        if said["signal"] != "review":
            continue
        usual, sigma, session = said["prior_mean"], said["sigma"], said["session"]
        enough = scale.sign * usual - BACK_TO_USUAL * sigma
        ahead = scored[place + 1 : place + 1 + within]
        back = [scale.sign * later["score"] >= enough for later in ahead]
        steps = back.index(True) + 1 if True in back else None
        first = drop is None or said["prior_n"] - drop > within
        if first or (mended is not None and mended <= session):
            yield {
                "scale": scale.name,
                "onset": session,
                "level": usual,
                "depth": scale.sign * (usual - said["score"]) / sigma,
                "repaired": ahead[steps - 1]["session"] if steps else None,
                "sessions_to_repair": steps,
                "status": standing(repaired=steps is not None, over=len(ahead) == within),
            }
        drop, mended = said["prior_n"], ahead[steps - 1]["session"] if steps else None


def standing(*, repaired: bool, over: bool) -> str:
    """Name what became of a rupture, by whether all sessions in which a repair counts are over."""
    if repaired:
        return "repaired"
    return "unrepaired" if over else "open"


def expected(n: int, total: float, squares: float, norms: Norms) -> tuple[float, float, float]:
    """Predict from the sums of ``n`` earlier values: mean, sigma, and spread of a new value.

    See :func:`attunement.course.prediction.predicted` for the formulas and their sources.
    """
    scatter = max(squares - total**2 / n, 0.0)
    sigma = sqrt((scatter + norms.df * norms.sd**2) / (n - 1 + norms.df))
    weight = n + norms.level_weight
    return total / weight, sigma, sigma * sqrt(1 + 1 / weight)


def named(surprise: float, rule: Rule) -> str:
    """Name the signal of a surprise, in SDs better than expected."""
    if surprise < -rule.review:
        return "review"
    return "watch" if surprise < -rule.watch else "none"


def charted(known: int, ewma: float, cusum: float, rule: Rule) -> dict[str, Any]:
    """Give the two charts for slow drifts with their limits, as far as they are kept."""
    if known >= rule.most_scores:
        return {}
    grown = 1 - exp(2 * log(1 - rule.ewma_weight) * (known - rule.fewest + 1))
    steady = rule.ewma_limit * (rule.ewma_weight / (2 - rule.ewma_weight)) ** 0.5
    return {
        "ewma": ewma,
        "ewma_limit": -steady * sqrt(grown),
        "cusum": cusum,
        "cusum_alarm": cusum < -rule.cusum_interval,
    }
