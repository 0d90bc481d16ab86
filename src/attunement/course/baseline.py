"""What a programme knows about a scale before it knows the client."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any, Literal

import narwhals as nw
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import digamma, polygamma

from attunement.frames import Lazy, to_lazy, to_polars
from attunement.measures.scale import Scale
from attunement.problems import Problem

UNIT_SD = 0.35 / 6
FEWEST_CLIENTS = 20
FEWEST_SCORES = 3
FEWEST_DF, MOST_DF = 2.0, 1000.0
SMALLEST_SHARE = 1e-6

Vector = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Norms:
    """What a programme knows about one scale before it knows the client.

    Attributes
    ----------
    sd : float
        Usual spread of one client's scores around their own level, in scale units.
    df : float
        How many observations that knowledge is worth.
    trend : float
        Usual change per session, in scale units.
    level : float
        Usual level, in scale units, at session 0 of that trend; scores are centred there.
    level_weight : float
        How many observations of one client the usual level counts as. Estimated norms leave it
        at 0, so that nobody is expected to move towards the others: with more, clients whose
        own level is low would be flagged more often than others without any strain.
    between_sd : float or None
        Spread of clients' levels, in scale units, where it was estimated.
    clients : int
        From how many clients it was estimated; 0 for the documented defaults.

    Raises
    ------
    Problem
        If a value is not a finite number, or a spread or weight is out of range.

    Examples
    --------
    >>> Norms(sd=0.5).df, Norms(sd=0.5).origin
    (6.0, 'default')
    """

    sd: float
    df: float = 6.0
    trend: float = 0.0
    level: float = 0.0
    level_weight: float = 0.0
    between_sd: float | None = None
    clients: int = 0

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if value is not None and not (isinstance(value, int | float) and isfinite(value)):
                raise Problem(f"{value!r} is not a finite number", field=name)
        if self.sd <= 0 or self.df <= 0 or self.level_weight < 0:
            raise Problem("sd and df must be above 0, and level_weight 0 or more")

    @property
    def origin(self) -> Literal["site", "default"]:
        """Where the values come from."""
        return "site" if self.clients else "default"


def default_norms(scale: Scale) -> Norms:
    """Documented defaults for a scale whose range is known.

    A within-client SD of 0.35 on a scale from 1 to 7, in proportion for other ranges, worth
    6 degrees of freedom, without a trend.

    The defaults are our own choice.

    ``sd = 0.35 / 6 * (high - low)``.

    Raises
    ------
    Problem
        If the scale's range is not known.

    Examples
    --------
    >>> from attunement.measures import find_scale
    >>> round(default_norms(find_scale("session-check-in.alliance")).sd, 2)
    0.58
    """
    if scale.low is None or scale.high is None:
        raise Problem(
            f"the usual spread of {scale.name} is not known: its range is not, "
            f"and fewer than {FEWEST_CLIENTS} clients have {FEWEST_SCORES} scores or more",
            "say which instrument's scale it is, or its range, or hand in norms from a larger file",
        )
    return Norms(sd=UNIT_SD * (scale.high - scale.low), level=(scale.low + scale.high) / 2)


def estimate_norms(scores: Any, scales: Mapping[str, Scale]) -> dict[str, Norms]:
    """Learn each scale's usual spread, trend and level from a site's own scores.

    The trend is the pooled slope within clients. The clients' residual variances are moderated as
    limma does for genes: their logarithms have the mean and variance of a scaled F, from
    which the prior's df and SD follow (Smyth 2004, *Stat. Appl. Genet. Mol. Biol.* 3:3,
    section 6.2). Clients who always answer the same tell about a ceiling, not about spread:
    they count for the level alone. The spread between clients is the variance of their levels
    less what sampling adds (method of moments).

    Parameters
    ----------
    scores
        One row per client, scale and session: ``client``, ``scale``, ``session``, ``score``.
    scales
        The scales to learn about, by name.

    Returns
    -------
    Norms for each scale; documented defaults (``origin`` "default") where fewer than
    20 clients have three scores or more.

    Raises
    ------
    Problem
        If a scale has too few clients and no known range either.

    Examples
    --------
    >>> from attunement import Plan, simulate
    >>> from attunement.measures import find_scale
    >>> scores = simulate(Plan(clients=60, responses=False), seed=7).scores
    >>> scale = "session-check-in.alliance"
    >>> found = estimate_norms(scores, {scale: find_scale(scale)})[scale]
    >>> found.clients, round(found.sd, 2)
    (59, 0.69)
    """
    summary = to_polars(_per_client(to_lazy(scores)))
    return {
        name: _norms_of_scale(summary.filter(scale=name).drop("client", "scale"), scale)
        for name, scale in scales.items()
    }


def dump_norms(norms: Mapping[str, Norms]) -> str:
    """Write norms as JSON, a scale's name to its values."""
    return json.dumps({name: asdict(value) for name, value in norms.items()}, indent=2) + "\n"


def load_norms(text: str, *, file: str | None = None) -> dict[str, Norms]:
    """Read what :func:`dump_norms` wrote.

    Raises
    ------
    Problem
        If the text is no such JSON.
    """
    remedy = "write it anew with: attunement norms SCORES --out norms.json"
    try:
        read = {name: Norms(**value) for name, value in json.loads(text).items()}
    except Problem as problem:
        raise Problem(problem.what, remedy, file=file, field=problem.field) from problem
    except (json.JSONDecodeError, AttributeError, TypeError) as error:
        raise Problem("these are not norms", remedy, file=file) from error
    return read


def _per_client(scores: Lazy) -> Lazy:
    """Sum squares and products of session and score, centred by client so that none cancels."""
    score, session = nw.col("score"), nw.col("session").cast(nw.Float64)
    known = scores.with_columns(score.cast(nw.Float64)).filter(score.is_finite())
    centred = known.select(
        "client",
        "scale",
        t=session,
        y=score,
        t_mean=session.mean().over("client", "scale"),
        y_mean=score.mean().over("client", "scale"),
    ).with_columns(dt=nw.col("t") - nw.col("t_mean"), dy=nw.col("y") - nw.col("y_mean"))
    return (
        centred.with_columns(
            tt=nw.col("dt") ** 2, ty=nw.col("dt") * nw.col("dy"), yy=nw.col("dy") ** 2
        )
        .group_by("client", "scale")
        .agg(
            nw.len().alias("n"),
            nw.col("t_mean").mean(),
            nw.col("y_mean").mean(),
            nw.col("tt", "ty", "yy").sum(),
        )
    )


def _norms_of_scale(summary: Any, scale: Scale) -> Norms:
    enough = summary.filter(summary["n"] >= FEWEST_SCORES).sort("n", "t_mean", "y_mean", "yy")
    n, t_mean, y_mean, tt, ty, yy = (
        enough[name].cast(float).to_numpy() for name in ("n", "t_mean", "y_mean", "tt", "ty", "yy")
    )
    vary = yy > SMALLEST_SHARE * yy.sum() / max(len(yy), 1)
    if vary.sum() < FEWEST_CLIENTS:
        return default_norms(scale)
    trend = float(ty[vary].sum() / tt[vary].sum())
    residual = np.maximum(yy - 2 * trend * ty + trend**2 * tt, SMALLEST_SHARE * yy)[vary]
    sd, df = moderate(residual / (n[vary] - 1), n[vary] - 1)
    levels = y_mean - trend * t_mean
    between = max(float(np.var(levels, ddof=1) - np.mean(sd**2 / n)), 0.0)
    return Norms(
        sd=sd,
        df=df,
        trend=trend,
        level=float(levels.mean()),
        between_sd=between**0.5,
        clients=len(enough),
    )


def moderate(variances: Vector, df: Vector) -> tuple[float, float]:
    """Spread common to many clients, and what that knowledge is worth.

    If each ``s_i**2 ~ s0**2 F(df_i, df0)``, then ``e_i = log s_i**2 - psi(df_i/2) + log(df_i/2)``
    has mean ``log s0**2 - psi(df0/2) + log(df0/2)`` and variance ``psi'(df_i/2) + psi'(df0/2)``
    (Smyth 2004, *Stat. Appl. Genet. Mol. Biol.* 3:3, section 6.2).

    Parameters
    ----------
    variances, df : shape (clients,)
        Each client's variance in squared scale units, above 0, and its degrees of freedom.

    Returns
    -------
    sd : float
        In scale units.
    df : float
        From 2 up to 1000, which is as good as knowing it, and never more than the scores it
        rests on.

    Examples
    --------
    >>> sd, df = moderate(np.array([0.2, 0.3, 0.5, 0.4, 0.25, 0.35]), np.full(6, 5.0))
    >>> round(sd, 2), round(df)
    (0.58, 30)
    """
    e = np.log(variances) - digamma(df / 2) + np.log(df / 2)
    excess = float(np.var(e, ddof=1) - np.mean(polygamma(1, df / 2)))
    most = min(MOST_DF, float(df.sum()))
    if excess <= polygamma(1, most / 2):
        pooled = float(np.average(variances, weights=df))
        return pooled**0.5, most
    if excess >= polygamma(1, FEWEST_DF / 2):
        df0 = FEWEST_DF
    else:
        df0 = brentq(lambda x: polygamma(1, x / 2) - excess, FEWEST_DF, most)
    log_variance = float(np.mean(e)) + digamma(df0 / 2) - np.log(df0 / 2)
    return float(np.exp(log_variance / 2)), float(df0)
