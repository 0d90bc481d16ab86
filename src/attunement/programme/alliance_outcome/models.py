"""The models of the ladder, from the one that blends everything to those that keep things apart."""

import numpy as np
import polars as pl
from statsmodels.regression.linear_model import OLS

from attunement.multilevel import Fit, fit
from attunement.programme.alliance_outcome.associations import Association, association
from attunement.programme.alliance_outcome.centring import detrended, spread
from attunement.programme.evaluation.clustered import fit_clustered

RANDOM = "(1 + within + time | client)"


def from_fit(model: Fit, term: str, unit: float) -> Association:
    """Take one effect out of a fitted model."""
    row = model.coefficients.row(by_predicate=pl.col("term") == term, named=True)
    return Association(
        value=row["estimate"],
        se=row["se"],
        low=row["low"],
        high=row["high"],
        standardised=row["estimate"] * unit,
    )


def units_of(rows: pl.DataFrame) -> tuple[float, float]:
    """Alliance SD over outcome SD, within clients and between their means; NaN where undefined."""
    means = rows.group_by("client").agg(pl.col("between").first(), pl.col("outcome").mean())
    within = spread(rows, "within"), spread(rows, "outcome")
    between = means["between"].std(), means["outcome"].std()
    return _ratio(*within), _ratio(*between)


def _ratio(above: object, below: object) -> float:
    numbers = [float(value) if isinstance(value, float) else 0.0 for value in (above, below)]
    return numbers[0] / numbers[1] if numbers[1] > 0 else float("nan")


def pooled(rows: pl.DataFrame, level: float) -> Association:
    """Regress outcome on alliance over all sessions, as if they were strangers': a blend."""
    design = np.column_stack([np.ones(len(rows)), rows["alliance"].to_numpy()])
    groups = rows["client"].rank("dense").to_numpy().astype(np.int64) - 1
    found = fit_clustered(rows["outcome"].to_numpy(), design, groups)
    se = float(np.sqrt(found.covariance[1, 1]))
    return association(float(found.values[1]), se, unit=float("nan"), level=level)


def uncentred(rows: pl.DataFrame, level: float) -> Association:
    """Let clients have own intercepts but leave the alliance as it is: still a blend."""
    model = fit(rows, "outcome ~ alliance + (1 | client)", level=level)
    return from_fit(model, "alliance", float("nan"))


def time_ignored(rows: pl.DataFrame, level: float) -> Association:
    """Centre within clients but ignore time, so that two trends look like an association."""
    level_of = pl.col("alliance").mean().over("client")
    split = rows.with_columns(moved=pl.col("alliance") - level_of, level=level_of)
    model = fit(split, "outcome ~ moved + level + (1 | client)", level=level)
    return from_fit(model, "moved", units_of(rows)[0])


def centred_model(rows: pl.DataFrame, level: float) -> Fit:
    """Fit within and between with time; the within effect and the trend vary over clients."""
    return fit(rows, f"outcome ~ within + between + time + {RANDOM}", level=level)


def detrended_within(rows: pl.DataFrame, level: float) -> Association | None:
    """Relate departures from each client's own lines, with errors robust within clients.

    None where too few clients have four sessions.
    """
    moves = detrended(rows)
    groups = moves["client"].rank("dense").to_numpy().astype(np.int64) - 1
    alliance = moves["alliance"].to_numpy()
    if len(moves) == 0 or groups.max() + 1 < 10 or not (alliance**2).sum() > 0:
        return None
    found = fit_clustered(moves["outcome"].to_numpy(), alliance[:, None], groups)
    se = float(np.sqrt(found.covariance[0, 0]))
    return association(
        float(found.values[0]),
        se,
        unit=units_of(rows)[0],
        level=level,
        df=found.clusters - 1,
    )


def between_alone(rows: pl.DataFrame, level: float) -> Association:
    """Relate clients' means, where sessions are too few to look within."""
    means = rows.group_by("client").agg(
        pl.col("between").first(), pl.col("outcome").mean(), pl.col("time").mean()
    )
    columns = [np.ones(len(means)), means["between"].to_numpy()]
    time = means["time"].to_numpy()
    if np.ptp(time) > 0:
        columns.append(time)
    found = OLS(means["outcome"].to_numpy(), np.column_stack(columns)).fit(cov_type="HC3")
    return association(
        float(found.params[1]), float(found.bse[1]), unit=units_of(rows)[1], level=level
    )
