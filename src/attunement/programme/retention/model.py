"""A model of leaving: numbers in a file, what it was learned from, and how it was tested."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError
from scipy.special import expit

from attunement.problems import Problem
from attunement.programme.retention.measures import Alerts, Calibration, Estimate

Vector = NDArray[np.float64]

FORMAT = 1


@dataclass(frozen=True, kw_only=True)
class Term:
    """What one feature adds to the log-odds of leaving next.

    Attributes
    ----------
    name, words : str
        Of the feature.
    centre, spread : float
        Its mean and SD where the model was learned, in the feature's unit.
    weight : float
        Log-odds per SD.
    unknown : float
        Log-odds where the feature is not known.
    """

    name: str
    words: str
    centre: float
    spread: float
    weight: float
    unknown: float


@dataclass(frozen=True, kw_only=True)
class Learned:
    """What a model was learned from.

    Attributes
    ----------
    clients, rows, events : int
        A row is a client before a next session, an event one who left.
    first_day, last_day : date
        Of the appointments used.
    most_sessions : int
        The latest session after which anything was learned.
    """

    clients: int
    rows: int
    events: int
    first_day: date
    last_day: date
    most_sessions: int


@dataclass(frozen=True, kw_only=True)
class Tested:
    """How a model did on clients it was not learned from.

    Attributes
    ----------
    kind : str
        ``later`` (clients who began later) or ``site`` (clients of a site left out).
    where : str
        From which day on, or which site; ``all sites`` for all of them together.
    clients, rows, events : int
        Tested on.
    auc : Estimate
        With the interval for rows of one client being alike.
    brier, brier_of_mean : float
        Of the forecasts, and of always forecasting the mean.
    calibration : Calibration
        Intercept, slope and ratio.
    alerts : Alerts
        At the alert rate in use, with the threshold of the model that was tested.
    plot, decision : mapping
        Columns of the calibration plot and of the decision curve.
    """

    kind: str
    where: str
    clients: int
    rows: int
    events: int
    auc: Estimate
    brier: float
    brier_of_mean: float
    calibration: Calibration
    alerts: Alerts
    plot: Mapping[str, tuple[float | None, ...]]
    decision: Mapping[str, tuple[float | None, ...]]


@dataclass(frozen=True, kw_only=True)
class OfGroup:
    """How a model did on one group of those who began later.

    Attributes
    ----------
    by, group : str
        The column, and the group in it.
    clients, events : int or None
        Tested on, and how many of them left; None where withheld.
    auc, slope : Estimate or None
        Discrimination and calibration slope; None where the group is too small to test.
    ratio : float or None
        Observed over expected events.
    """

    by: str
    group: str
    clients: int | None
    events: int | None
    auc: Estimate | None = None
    slope: Estimate | None = None
    ratio: float | None = None


@dataclass(frozen=True, kw_only=True)
class Model:
    """A penalised discrete-time hazard model.

    Attributes
    ----------
    definition : str
        What is called leaving.
    days : int
        Days of silence that make an end.
    alliance, symptoms : str, str or None
        The scales that were looked at.
    terms : tuple of Term
        In the order of the features.
    intercept : float
        Log-odds of a row whose features are all at their centre.
    penalty : float
        Inverse strength of the ridge penalty, chosen by cross-validation over clients.
    alert_rate : float
        Share of rows that are alerted.
    threshold : float
        The forecast from which on to alert.
    learned : Learned
        What it was learned from.
    tests : tuple of Tested
        How it did elsewhere.
    suspects : tuple of str
        Features that forecast too well to be true.
    groups : tuple of OfGroup
        How it did on groups of clients who began later.
    dated : bool
        Whether scores said when they were answered.
    format : int
        Of the file.
    """

    definition: str
    days: int
    alliance: str
    symptoms: str | None
    terms: tuple[Term, ...]
    intercept: float
    penalty: float
    alert_rate: float
    threshold: float
    learned: Learned
    tests: tuple[Tested, ...] = ()
    suspects: tuple[str, ...] = ()
    groups: tuple[OfGroup, ...] = ()
    dated: bool = False
    format: int = FORMAT

    @property
    def version(self) -> str:
        """The last day that was learned from, and a mark of the content."""
        return f"{self.learned.last_day:%Y-%m-%d}-{sha256(_json(self)).hexdigest()[:8]}"

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the features."""
        return tuple(term.name for term in self.terms)


def pieces(terms: tuple[Term, ...], rows: pl.DataFrame) -> Vector:
    """Give what each term adds to the log-odds of each row.

    ``weight * (value - centre) / spread``, or ``unknown``.

    Returns
    -------
    ndarray, shape (rows, terms)

    Examples
    --------
    >>> rows = pl.DataFrame({"gap": [1.0, 3.0, None]})
    >>> term = Term(name="gap", words="weeks", centre=1.0, spread=1.0, weight=0.4, unknown=0.1)
    >>> pieces((term,), rows).round(2).ravel().tolist()
    [0.0, 0.8, 0.1]
    """
    columns = []
    for term in terms:
        values = rows[term.name].cast(pl.Float64).fill_nan(None)
        known = values.is_not_null().to_numpy()
        centred = (values.fill_null(term.centre).to_numpy() - term.centre) / term.spread
        columns.append(np.where(known, term.weight * centred, term.unknown))
    return np.column_stack(columns)


def forecast(model: Model, rows: pl.DataFrame) -> Vector:
    """Forecast the chance that each row's client leaves next."""
    log_odds = model.intercept + pieces(model.terms, rows).sum(axis=1)
    return np.asarray(expit(log_odds), dtype=float)


MODEL = TypeAdapter(Model)


def _json(model: Model) -> bytes:
    return MODEL.dump_json(model)


def dump(model: Model) -> str:
    """Write a model as JSON, readable by people and by any language."""
    return MODEL.dump_json(model, indent=1).decode() + "\n"


def load(text: str, file: str | None = None) -> Model:
    """Read a model from JSON.

    Raises
    ------
    Problem
        If it is no model, or of another format.
    """
    try:
        model = MODEL.validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Problem(
            f"this is no model of leaving: {first['msg'].lower()}",
            "choose a file that this program wrote",
            file=file,
            field=where or None,
        ) from error
    if model.format != FORMAT:
        raise Problem(
            f"the model has format {model.format}, and this program reads {FORMAT}",
            "learn it anew",
            file=file,
        )
    return model
