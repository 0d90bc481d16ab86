"""How reliable a scale is over time: test-retest, and between and within clients."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.stats import f as f_distribution
from scipy.stats import pearsonr

from attunement.measures.reliability.alpha import Estimate, Matrix, Vector, reliable_share
from attunement.measures.reliability.omega import one_factor
from attunement.problems import Problem

FEWEST_PAIRS = 4
FEWEST_CLIENTS = 3


@dataclass(frozen=True, kw_only=True)
class Retest:
    """The same people measured twice.

    Attributes
    ----------
    correlation : Estimate
        Pearson's: is the order of people kept?
    agreement : Estimate
        Intraclass correlation ICC(A,1): are the scores themselves kept? Lower than the
        correlation where everyone moved up or down.
    """

    correlation: Estimate
    agreement: Estimate


@dataclass(frozen=True, kw_only=True)
class Repeated:
    """Where the differences between the answers of many check-ins come from.

    Attributes
    ----------
    clients, check_ins, items : int
        How many; check-ins are those with every item answered.
    sessions : float
        The effective number of check-ins per client.
    client, client_by_item, session, error : float
        Variance components of one answer, in the unit of the answers squared: clients'
        lasting levels; a client's lasting leaning on an item; sessions within clients; the
        rest. An estimate below 0 is given as 0, and named in ``warnings``.
    between : Estimate
        Reliability of a client's mean over ``sessions`` check-ins, as a measure of their
        lasting level (``n``: clients).
    between_one : Estimate
        The same of a single check-in (``n``: clients).
    within : Estimate
        Reliability of the differences between one client's check-ins (``n``: check-ins).
    within_omega : Estimate or None
        The same where items may be better and worse measures of the moment (``n``:
        check-ins); None with fewer than three items, or where one factor cannot be fitted.
    warnings : tuple of str
        What a reader must know before leaning on it.
    """

    clients: int
    check_ins: int
    items: int
    sessions: float
    client: float
    client_by_item: float
    session: float
    error: float
    between: Estimate
    between_one: Estimate
    within: Estimate
    within_omega: Estimate | None
    warnings: tuple[str, ...] = ()


def retest(first: Vector, second: Vector, *, level: float = 0.95) -> Retest:
    """Compare two scores of the same people.

    Both are lowered by true change between the two times, not by error alone. Pearson's
    correlation has Fisher's interval (Fisher 1921, *Metron* 1:3).

    Parameters
    ----------
    first, second : shape (people,)
        In scale units; a pair with a missing score (NaN) is left out.
    level : float
        Confidence of the intervals.

    Raises
    ------
    Problem
        With fewer than four pairs, or scores that are the same for everyone at one time.

    Examples
    --------
    >>> first, second = np.array([12.0, 15, 9, 20, 17]), np.array([11.0, 16, 10, 18, 17])
    >>> found = retest(first, second)
    >>> round(found.correlation.value, 2), round(found.agreement.value, 2)
    (0.96, 0.96)
    """
    pairs = np.column_stack([first, second])
    pairs = pairs[np.isfinite(pairs).all(axis=1)]
    if len(pairs) < FEWEST_PAIRS:
        raise Problem(
            f"{len(pairs)} people have both scores", f"retest needs {FEWEST_PAIRS} or more"
        )
    if (np.ptp(pairs, axis=0) == 0).any():
        raise Problem("everyone has the same score at one of the two times", "wait for more")
    pearson = pearsonr(pairs[:, 0], pairs[:, 1])
    low, high = pearson.confidence_interval(level)
    correlation = Estimate(
        value=float(pearson.statistic), low=float(low), high=float(high), n=len(pairs)
    )
    return Retest(correlation=correlation, agreement=icc_agreement(pairs, level=level))


def icc_agreement(scores: Matrix, *, level: float = 0.95) -> Estimate:
    """Intraclass correlation of absolute agreement for one measurement, ICC(A,1).

    The two-way model of McGraw and Wong (1996, *Psychol. Methods* 1:30, tables 4 and 7), which
    is ICC(2,1) of Shrout and Fleiss (1979, *Psychol. Bull.* 86:420), with their F-based
    interval.

    ``(MR - ME) / (MR + (k - 1) ME + k (MC - ME) / n)`` with the mean squares of people, times and
    error, for ``n`` people and ``k`` times.

    Parameters
    ----------
    scores : shape (people, times)
        In scale units, none missing.

    Raises
    ------
    Problem
        With fewer than two people or times, or if no score differs from another.

    Examples
    --------
    >>> found = icc_agreement(np.array([[12.0, 11], [15, 16], [9, 10], [20, 18], [17, 17]]))
    >>> round(found.value, 2)
    0.96
    """
    n, k = scores.shape
    if n < 2 or k < 2 or np.ptp(scores) == 0:
        raise Problem(
            "agreement needs two people and two times or more, and scores that differ",
            "collect more scores",
        )
    people, times = scores.mean(axis=1), scores.mean(axis=0)
    rest = scores - people[:, None] - times + scores.mean()
    rows, columns = k * people.var(ddof=1), n * times.var(ddof=1)
    error = (rest**2).sum() / ((n - 1) * (k - 1))
    icc = float((rows - error) / (rows + (k - 1) * error + k / n * (columns - error)))
    if error <= 1e-12 * rows and columns <= 1e-12 * rows:
        return Estimate(value=1.0, low=1.0, high=1.0, n=n)
    a = k * icc / (n * (1 - icc))
    b = 1 + k * icc * (n - 1) / (n * (1 - icc))
    parts = (a * columns) ** 2 / (k - 1) + (b * error) ** 2 / ((n - 1) * (k - 1))
    df = (a * columns + b * error) ** 2 / parts
    tail = (1 - level) / 2
    above = f_distribution.ppf(1 - tail, n - 1, df)
    below = f_distribution.ppf(1 - tail, df, n - 1)
    others = k * columns + (k * n - k - n) * error
    low = n * (rows - above * error) / (above * others + n * rows)
    high = n * (below * rows - error) / (others + n * below * rows)
    return Estimate(value=icc, low=float(low), high=float(high), n=n)


def repeated(answers: Matrix, clients: NDArray[np.int64], *, level: float = 0.95) -> Repeated:
    """Reliability of the levels of clients, and of the changes of one client.

    Generalisability theory (Cronbach et al. 1972) for a diary in which sessions belong to
    clients: session 3 of one is no occasion of another's (Shrout and Lane 2012, in Mehl and
    Conner, *Handbook of Research Methods for Studying Daily Life*, ch. 17; after Cranford et
    al. 2006, *Pers. Soc. Psychol. Bull.* 32:917). With ``m`` items and ``k`` sessions, and
    ``T = var(client) + var(client by item) / m``:

    - between, R_kRN: ``T / (T + var(session) / k + var(error) / (k m))``
    - within, R_CN: ``var(session) / (var(session) + var(error) / m)``

    The components are estimated from mean squares (Searle, Casella and McCulloch 1992,
    *Variance Components*, ch. 3), for unequal numbers of sessions with the effective number
    ``k = (N - sum(k_i^2) / N) / (clients - 1)``. The intervals are Feldt's (1965): exact for
    normal answers, that of ``between`` only where clients have equally many sessions.
    ``within_omega`` is omega of the pooled covariance within clients (Geldhof, Preacher and
    Zyphur 2014, *Psychol. Methods* 19:72). A trend that all clients share counts as true
    change; sessions close in time that resemble each other make ``between`` too high.

    Parameters
    ----------
    answers : shape (check-ins, items)
        Reversed items turned round; check-ins with a missing answer (NaN) are left out.
    clients : shape (check-ins,)
        Whose check-in it is, as a number.
    level : float
        Confidence of the intervals.

    Raises
    ------
    Problem
        With fewer than two items, fewer than three clients with two complete check-ins or
        more, or answers that never change within clients or never differ between them.

    Examples
    --------
    >>> rng = np.random.default_rng(7)
    >>> clients = np.repeat(np.arange(20), 4)
    >>> level, day = rng.normal(size=(20, 1))[clients], rng.normal(size=(80, 1))
    >>> found = repeated(level + 0.5 * day + 0.5 * rng.normal(size=(80, 3)), clients)
    >>> round(found.between.value, 2), round(found.within.value, 2)
    (0.93, 0.64)
    """
    kept = np.isfinite(answers).all(axis=1)
    y, m = answers[kept], answers.shape[1]
    _, who, counts = np.unique(clients[kept], return_inverse=True, return_counts=True)
    several = int((counts > 1).sum())
    if m < 2 or several < FEWEST_CLIENTS:
        raise Problem(
            f"{several} clients answered the whole scale ({m} items) twice or more",
            f"this needs two items or more and {FEWEST_CLIENTS} such clients or more",
        )
    n, p = len(y), len(counts)
    usual = np.column_stack([np.bincount(who, column) for column in y.T]) / counts[:, None]
    moves = y - usual[who]
    ms_client, ms_leaning = _between(usual, counts)
    ms_session, ms_error = _within(moves, n - p)
    if ms_session <= 1e-12 * ms_client or ms_client <= 1e-12 * ms_session:
        raise Problem(
            "answers never change within clients, or never differ between them",
            "reliability over time needs both; wait for more check-ins",
        )
    k = float(n - (counts**2).sum() / n) / (p - 1)
    leaning = (ms_leaning - ms_error) / k
    components = {
        "client": (ms_client - ms_session) / (k * m) - leaning / m,
        "client_by_item": leaning,
        "session": (ms_session - ms_error) / m,
        "error": ms_error,
    }
    negative = [name.replace("_", " ") for name, value in components.items() if value < 0]
    between = reliable_share(ms_session / ms_client, p - 1, n - p, p, level=level)
    within = reliable_share(ms_error / ms_session, n - p, (n - p) * (m - 1), n, level=level)
    return Repeated(
        clients=p,
        check_ins=n,
        items=m,
        sessions=k,
        **{name: float(max(value, 0.0)) for name, value in components.items()},
        between=between,
        between_one=_of_one(between, k),
        within=within,
        within_omega=_within_omega(moves, n - p, level),
        warnings=tuple(f"the variance of {name} came out below 0" for name in negative),
    )


def _between(usual: Matrix, counts: NDArray[np.int64]) -> tuple[float, float]:
    """Mean squares of clients, and of clients by items, from each client's item means."""
    df, m = len(usual) - 1, usual.shape[1]
    levels = usual.mean(axis=1)
    leanings = usual - levels[:, None]
    centred = leanings - np.average(leanings, axis=0, weights=counts)
    client = m * (counts * (levels - np.average(levels, weights=counts)) ** 2).sum() / df
    return float(client), float((counts[:, None] * centred**2).sum() / (df * (m - 1)))


def _within(moves: Matrix, df: int) -> tuple[float, float]:
    """Mean squares of sessions, and of the rest, from answers less the client's item means."""
    m, moments = moves.shape[1], moves.mean(axis=1)
    rest = ((moves - moments[:, None]) ** 2).sum()
    return float(m * (moments**2).sum() / df), float(rest / (df * (m - 1)))


def _of_one(between: Estimate, k: float) -> Estimate:
    """Spearman and Brown's formula, from the mean of ``k`` check-ins to a single one."""

    def shorter(reliability: float | None) -> float:
        r = np.nan if reliability is None else reliability
        return r / (k - (k - 1) * r)

    return replace(
        between,
        value=shorter(between.value),
        low=shorter(between.low),
        high=shorter(between.high),
    )


def _within_omega(moves: Matrix, df: int, level: float) -> Estimate | None:
    if moves.shape[1] < 3:
        return None
    try:
        return one_factor(moves.T @ moves / df, df, len(moves), level=level).omega
    except Problem:
        return None
