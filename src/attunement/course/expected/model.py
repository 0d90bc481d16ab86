"""Expected course: where a client who began like this one usually is by now."""

from dataclasses import dataclass
from typing import Any

import narwhals as nw
import polars as pl
from pydantic import TypeAdapter, ValidationError
from scipy.stats import t

from attunement.course.expected.growth import TERMS, Matrix, Model, fit_growth
from attunement.course.expected.start import TooFewClients, with_start
from attunement.course.windows import known_scores
from attunement.frames import Lazy, like, to_lazy, to_polars
from attunement.measures.scale import Scale
from attunement.problems import Problem
from attunement.tables import SCORES

FEWEST_CLIENTS = 30
FEWEST_SCORES = 3
COVERAGE = 0.80


@dataclass(frozen=True, kw_only=True)
class ExpectedCourse:
    """What a site's own scores say about the course of a client with a given first score.

    Attributes
    ----------
    scale : Scale
        Of which scale.
    model : {"intercept and slope", "intercept", "none"}
        What was let vary from client to client.
    coefficients : tuple of 4 floats
        Intercept (the level at session 1 of a client with the mean first score), change per
        unit of log(session), effect of the first score, and how the first score alters the
        change: in scale units, scale units per log(session), no unit, and per log(session).
    uncertainty : tuple of 4 tuples of 4 floats
        Covariance of the coefficients' estimates.
    baseline_mean : float
        Mean first score, in scale units, from which first scores are counted.
    between : tuple of 2 tuples of 2 floats
        Covariance of the clients' own intercepts and slopes, given their first score.
    residual : float
        Variance of single scores around a client's own course, in squared scale units.
    clients : int
        Clients with a first and a later score, to whom the model was fitted.
    scores_used : int
        Their later scores.
    last_session : int
        The latest session among them; beyond it there is no band.
    warnings : tuple of str
        What a reader should know about the fit, a sentence each.
    """

    scale: Scale
    model: Model
    coefficients: tuple[float, float, float, float]
    uncertainty: Matrix
    baseline_mean: float
    between: Matrix
    residual: float
    clients: int
    scores_used: int
    last_session: int
    warnings: tuple[str, ...] = ()

    def to_json(self) -> str:
        """Write it as JSON."""
        return _JSON.dump_json(self, indent=2).decode()

    @classmethod
    def from_json(cls, text: str, *, file: str | None = None) -> "ExpectedCourse":
        """Read what :meth:`to_json` wrote.

        Raises
        ------
        Problem
            If the text is something else.
        """
        try:
            return _JSON.validate_json(text)
        except ValidationError as error:
            first = error.errors()[0]
            raise Problem(
                f"this is not an expected course: {first['msg']}",
                "write it anew from a file of scores",
                file=file,
                field=".".join(str(part) for part in first["loc"]) or None,
            ) from error


_JSON = TypeAdapter(ExpectedCourse)


def fit(scores: Any, scale: Scale) -> ExpectedCourse | TooFewClients:
    r"""Learn the expected course of one scale from a site's own scores.

    A client's first score :math:`x_i` (less the clients' mean) is the baseline and is not
    predicted; the later ones follow

    .. math::
        y_{it} = b_0 + b_1 \log t + b_2 x_i + b_3 x_i \log t + u_{0i} + u_{1i} \log t + e_{it}

    with normal :math:`u` and :math:`e`, by restricted maximum likelihood (Laird & Ware 1982,
    *Biometrics* 38:963-974). Expected treatment response from log(session) and initial
    severity goes back to Howard, Moras, Brill, Martinovich & Lutz 1996, *Am. Psychol.*
    51:1059-1064, and Finch, Lambert & Schaalje 2001, *Clin. Psychol. Psychother.* 8:231-242
    (both cited from memory).

    Where clients' slopes do not differ measurably, or the fit does not converge, only
    intercepts vary; where that fails too, nothing does; ``warnings`` says so. Standardised
    scores are fitted, so that a scale's unit makes no difference.

    The fit knows every score in the table, later ones too. Whoever is then held against it took
    part in it, so that a verdict on an early session may change a little as later sessions of
    the same clients come in; one client among many weighs little. For a verdict that never
    changes, fit past clients and keep what was learned (:meth:`ExpectedCourse.to_json`).

    Parameters
    ----------
    scores
        One row per client, scale and session: ``client``, ``scale``, ``session``, ``score``
        (scale units). Sessions below 1 may hold the first score, but are not predicted.
    scale
        Which scale.

    Returns
    -------
    The expected course; or, where fewer than 30 clients have three scores or more,
    :class:`TooFewClients`, which says so as a sentence.

    Raises
    ------
    Problem
        If a column is missing.

    Examples
    --------
    >>> from attunement import Plan, simulate
    >>> from attunement.measures import find_scale
    >>> scores = simulate(Plan(clients=60, responses=False), seed=7).scores
    >>> found = fit(scores, find_scale("phq9"))
    >>> found.model, [round(value, 1) for value in found.coefficients]
    ('intercept', [14.7, -2.0, 0.6, 0.1])
    """
    SCORES.require(scores)
    later = _later(to_lazy(scores), scale).filter(~nw.col("score").is_null())
    rows = to_polars(later).sort("client", "session", "score")
    sizes = rows.group_by("client").len()["len"]
    enough = int((sizes >= FEWEST_SCORES - 1).sum())
    if enough < FEWEST_CLIENTS:
        return TooFewClients(
            scale=scale,
            clients=enough,
            needed=FEWEST_CLIENTS,
            kind=f"with {FEWEST_SCORES} scores or more",
        )
    growth = fit_growth(rows)
    return ExpectedCourse(
        scale=scale,
        model=growth.model,
        coefficients=growth.coefficients,
        uncertainty=growth.uncertainty,
        baseline_mean=growth.baseline_mean,
        between=growth.between,
        residual=growth.residual,
        clients=sizes.len(),
        scores_used=rows.height,
        last_session=int(rows.select(pl.col("session").max()).item()),
        warnings=growth.warnings,
    )


def band(expected: ExpectedCourse, scores: Any, coverage: float = COVERAGE) -> Any:
    r"""Predict each client's later scores from the first one, with a band.

    The band is that of a prediction for one score of a new client: with
    :math:`z = (1, \log t)` and :math:`w` the four terms of the model,
    :math:`w^\top b \pm q \sqrt{w^\top \mathrm{Cov}(b) w + z^\top \Psi z + \sigma^2}`, where
    :math:`q` is the quantile of Student's t with as many degrees of freedom as clients less
    coefficients (our choice; with 2,000 clients it is the normal's). It never leaves the
    scale's range. Beyond ``expected.last_session`` nothing is known and nothing is predicted: a
    logarithm goes on without end, as no course does.

    The model is that of Laird & Ware (1982, *Biometrics* 38:963-974).

    Parameters
    ----------
    expected
        From :func:`fit`.
    scores
        One row per client, scale and session, as in :func:`fit`; of any supported kind.
    coverage
        Share of undisturbed scores that fall inside, between 0 and 1.

    Returns
    -------
    A table of the same kind, one row for each session (from 1) after a client's first score,
    scored or not: ``client``, ``scale``, ``session``, ``expected``, ``low``, ``high`` (scale
    units; null beyond ``last_session``). Given the fitted course, nothing after the first score
    is used.

    Raises
    ------
    Problem
        If a column is missing, or the coverage is not between 0 and 1.

    Examples
    --------
    >>> from attunement import Plan, simulate
    >>> from attunement.measures import find_scale
    >>> scores = simulate(Plan(clients=60, responses=False), seed=7).scores
    >>> rows = band(fit(scores, find_scale("phq9")), scores).sort("client", "session")
    >>> rows.select("session", pl.col("expected", "low", "high").round(1)).row(1)
    (3, 11.3, 7.9, 14.6)
    """
    SCORES.require(scores)
    quantile = t.ppf(check_coverage(coverage) / 2 + 0.5, max(expected.clients - len(TERMS), 1))
    log_session, baseline = nw.col("_log"), nw.col("_x")
    terms = [nw.lit(1.0), log_session, baseline, baseline * log_session]
    mean = nw.sum_horizontal(
        *(term * value for term, value in zip(terms, expected.coefficients, strict=True))
    )
    variance = (
        _quadratic(terms, expected.uncertainty)
        + _quadratic(terms[:2], expected.between)
        + expected.residual
    )
    result = (
        _later(to_lazy(scores), expected.scale)
        .with_columns(
            _log=nw.col("session").cast(nw.Float64).log(),
            _x=nw.col("baseline") - expected.baseline_mean,
        )
        .with_columns(_mean=mean, _reach=float(quantile) * variance.sqrt())
        .select(
            "client",
            "scale",
            "session",
            expected=_known(nw.col("_mean"), expected),
            low=_known(nw.col("_mean") - nw.col("_reach"), expected),
            high=_known(nw.col("_mean") + nw.col("_reach"), expected),
        )
    )
    return like(result, scores)


def check_coverage(coverage: float) -> float:
    """Return a share between 0 and 1, or raise a :class:`Problem`."""
    if not 0 < coverage < 1:
        raise Problem(
            f"a band cannot cover a share of {coverage}",
            "give a number between 0 and 1, such as 0.8",
            field="coverage",
        )
    return coverage


def _later(scores: Lazy, scale: Scale) -> Lazy:
    """Keep one scale's sessions after each client's first score."""
    session = nw.col("session")
    return with_start(known_scores(scores, [scale.name])).filter(
        session > nw.col("start"), session >= 1
    )


def _quadratic(terms: list[nw.Expr], matrix: Matrix) -> nw.Expr:
    """Form w'Mw as an expression."""
    return nw.sum_horizontal(
        *(
            left * right * value
            for left, row in zip(terms, matrix, strict=True)
            for right, value in zip(terms, row, strict=True)
        )
    )


def _known(value: nw.Expr, expected: ExpectedCourse) -> nw.Expr:
    """Keep a prediction within the scale's range, and to the sessions that were fitted."""
    low, high = expected.scale.low, expected.scale.high
    held = value if low is None and high is None else value.clip(low, high)
    return nw.when(nw.col("session") <= expected.last_session).then(held)
