"""Compare units without ranking them: a funnel of what chance gives, and shrunken estimates."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import binom, norm

from attunement.problems import Problem
from attunement.programme.outcomes.case_mix import expected_chances

Vector = NDArray[np.float64]

FEWEST_CLIENTS = 15
INNER, OUTER = 0.95, 0.998
WINSORISED = 0.1
GRID = 501
AS_EXPECTED, EDGE, BEYOND = "as expected", "at the edge", "beyond"


@dataclass(frozen=True, kw_only=True)
class Funnel:
    """Units beside what chance gives.

    Attributes
    ----------
    units : polars.DataFrame
        A row per unit, by name: ``unit``, ``clients``, ``n`` (with the outcome), ``expected``,
        ``rate`` (adjusted for case mix where asked), ``size`` (of an unadjusted unit as precise),
        ``low`` and ``high`` (the 95 % limits of chance at that size), ``shrunken`` with
        ``shrunken_low`` and ``shrunken_high``, ``place`` (as expected, at the edge: outside the
        95 % limits, beyond: outside the 99.8 % limits) and ``why_not``, why a unit is not placed.
    limits : polars.DataFrame
        The funnel's outline: ``size``, ``low``, ``high`` (95 %), ``outer_low``, ``outer_high``
        (99.8 %).
    rate : float
        Over all units.
    between_sd : float
        SD of what units truly differ by beyond chance and case mix; 0 where none shows.
    adjusted_for : tuple of str
        What was adjusted for.
    """

    units: pl.DataFrame
    limits: pl.DataFrame
    rate: float
    between_sd: float
    adjusted_for: tuple[str, ...]


def funnel(
    rows: pl.DataFrame,
    unit: str,
    outcome: str,
    adjust: Sequence[str] = (),
    *,
    fewest: int = FEWEST_CLIENTS,
) -> Funnel:
    """Put units, such as therapists or sites, into a funnel.

    Spiegelhalter 2005, *Stat. Med.* 24:1185-1202: exact binomial limits, interpolated between
    whole numbers, around the rate over all; where units differ by more than chance, additive
    overdispersion widens them, estimated from z-scores winsorised at 10 % on either side. A rate
    is adjusted as observed over expected times the rate over all. Shrunken estimates lie the
    closer to the rate over all, the less a unit's clients can tell. Nothing is ranked: of 20 equal
    units one is always last. Counts of units are not withheld: this is for those who manage them,
    and not for publication.

    Where units differ by more than chance, by the SD ``tau``, limits lie at ``rate -+ z sqrt(tau^2
    + rate (1 - rate) / size)``.

    Parameters
    ----------
    rows
        A row per client; those whose outcome or unit is missing are left out.
    unit, outcome
        Columns.
    adjust
        Columns of numbers or groups that were there before therapy.
    fewest
        A unit with fewer clients is named, and not placed.

    Raises
    ------
    Problem
        If a column is missing, or no unit has enough clients.

    Examples
    --------
    >>> rows = pl.DataFrame({"therapist": [f"t{n % 6}" for n in range(240)],
    ...                      "better": [n % 7 < 3 for n in range(240)]})
    >>> found = funnel(rows, "therapist", "better")
    >>> found.units.select("unit", "n", pl.col("rate").round(2), "place").row(0)
    ('t0', 16, 0.4, 'as expected')
    """
    missing = [name for name in (unit, outcome) if name not in rows.columns]
    if missing:
        raise Problem(f"there is no column {missing[0]}", "check its name")
    known = rows.filter(pl.col(outcome).is_not_null(), pl.col(unit).is_not_null())
    if known.group_by(unit).len().filter(pl.col("len") >= fewest).is_empty():
        raise Problem(f"no {unit} has {fewest} clients", "wait until there are more")
    table = _count(known, unit, outcome, adjust)
    enough = (table["clients"] >= fewest).to_numpy()
    rate = float(known[outcome].cast(pl.Float64).to_numpy().mean())
    y, se, size = _adjusted(table, rate)
    tau = between_sd(y[enough], se[enough], rate)
    low, high = chance_limits(rate, size, tau, INNER)
    outer = chance_limits(rate, size, tau, OUTER)
    shrunken, spread = shrink(y, se, rate, enough)
    reach = norm.ppf(0.5 + INNER / 2) * spread
    place = np.where((y < outer[0]) | (y > outer[1]), BEYOND,
                     np.where((y < low) | (y > high), EDGE, AS_EXPECTED))  # fmt: skip
    placed = table.with_columns(
        rate=pl.Series(y),
        size=pl.Series(size),
        low=pl.Series(low),
        high=pl.Series(high),
        shrunken=pl.Series(shrunken),
        shrunken_low=pl.Series(np.clip(shrunken - reach, 0, 1)),
        shrunken_high=pl.Series(np.clip(shrunken + reach, 0, 1)),
        place=pl.Series(place),
    ).drop("variance")
    hidden = pl.Series(~enough)
    silent = [name for name in placed.columns if name not in ("unit", "clients")]
    units = placed.with_columns(
        *(pl.when(~hidden).then(pl.col(name)) for name in (*silent, "clients")),
        why_not=pl.when(hidden).then(pl.lit(f"fewer than {fewest} clients")),
    )
    return Funnel(
        units=units,
        limits=_outline(rate, tau, size[enough]),
        rate=rate,
        between_sd=tau,
        adjusted_for=tuple(adjust),
    )


def _count(rows: pl.DataFrame, unit: str, outcome: str, adjust: Sequence[str]) -> pl.DataFrame:
    chance = pl.Series(expected_chances(rows, outcome, adjust))
    return (
        rows.select(unit=pl.col(unit).cast(pl.String), y=pl.col(outcome).cast(pl.Int64))
        .with_columns(chance=chance)
        .group_by("unit")
        .agg(
            clients=pl.len().cast(pl.Int64),
            n=pl.col("y").sum(),
            expected=pl.col("chance").sum(),
            variance=(pl.col("chance") * (1 - pl.col("chance"))).sum(),
        )
        .sort("unit")
    )


def _adjusted(table: pl.DataFrame, rate: float) -> tuple[Vector, Vector, Vector]:
    """Give adjusted rates, their standard errors, and sizes of unadjusted units as precise."""
    n, expected, variance = (
        table[name].cast(pl.Float64).to_numpy() for name in ("n", "expected", "variance")
    )
    if not 0 < rate < 1:
        raise Problem("everybody has the outcome, or nobody", "there is nothing to compare")
    se = np.sqrt(variance) * rate / expected
    return n / expected * rate, se, rate * (1 - rate) / se**2


def between_sd(rates: Vector, se: Vector, rate: float) -> float:
    """Estimate by how much units differ beyond chance.

    Spiegelhalter 2005, *Stat. Med.* 24:1185-1202: from the mean square of winsorised z-scores, by
    the method of moments of DerSimonian & Laird 1986, *Control. Clin. Trials* 7:177-188. Ours is
    that the mean square is divided by .68, which it is for normal scores after winsorising, and
    that it has to lie 2 of its SDs above 1; else this is 0.

    ``tau^2 = (k q - (k - 1)) / (sum w - sum w^2 / sum w)`` for ``k`` units, ``w = 1 / se^2`` and
    ``q`` that mean square.

    Parameters
    ----------
    rates, se
        Of the units, and their standard errors by chance alone.
    rate
        Over all units.

    Examples
    --------
    >>> rates, se = np.array([0.2, 0.35, 0.4, 0.45, 0.5, 0.7]), np.full(6, 0.04)
    >>> round(between_sd(rates, se, 0.43), 3)
    0.161
    """
    units = rates.size
    if units < 3:
        return 0.0
    z = np.sort((rates - rate) / se)
    cut = int(WINSORISED * units)
    z = np.clip(z, z[cut], z[units - 1 - cut])
    spread = float(np.mean(z**2)) / _winsorised_square(cut / units)
    if spread <= 1 + 2 * np.sqrt(2 / units):
        return 0.0
    weight = 1 / se**2
    scale = float(weight.sum() - (weight**2).sum() / weight.sum())
    return float(np.sqrt(max(units * spread - (units - 1), 0.0) / scale))


def _winsorised_square(share: float) -> float:
    """Mean square of a standard normal score after winsorising this share on either side."""
    if share == 0:
        return 1.0
    end = norm.isf(share)
    return float(1 - 2 * share - 2 * end * norm.pdf(end) + 2 * share * end**2)


def shrink(
    rates: Vector, se: Vector, rate: float, used: NDArray[np.bool_]
) -> tuple[Vector, Vector]:
    """Draw rates towards the rate over all, as far as they may be chance.

    A normal hierarchical model, averaged over how much units may differ, with a uniform prior on
    that SD (Gelman 2006, *Bayesian Anal.* 1:515-534): so that no interval shrinks to nothing where
    no difference shows.

    ``rate + tau^2 / (tau^2 + se^2) * (r - rate)`` for a unit's rate ``r``, averaged over the
    posterior of ``tau``.

    Parameters
    ----------
    rates, se
        Of the units, and their standard errors by chance alone.
    rate
        Over all units.
    used
        Units from which to learn how much they differ.

    Returns
    -------
    Shrunken rates, and their posterior SDs.

    Examples
    --------
    >>> rates, se = np.array([0.30, 0.40, 0.50]), np.array([0.10, 0.05, 0.10])
    >>> shrunken, sd = shrink(rates, se, 0.40, np.array([True, True, True]))
    >>> shrunken.round(2).tolist()
    [0.37, 0.4, 0.43]
    """
    between = np.linspace(0, 0.5, GRID)[:, None] ** 2
    total = between + se**2
    log = -0.5 * (np.log(total) + (rates - rate) ** 2 / total)[:, used].sum(axis=1)
    weight = np.exp(log - log.max())
    weight = (weight / weight.sum())[:, None]
    keep = between / total
    centre = rate + keep * (rates - rate)
    mean = (weight * centre).sum(axis=0)
    variance = (weight * (keep * se**2 + (centre - mean) ** 2)).sum(axis=0)
    return mean, np.sqrt(variance)


def chance_limits(rate: float, size: Vector, between: float, share: float) -> tuple[Vector, Vector]:
    """Give the limits within which a share of units of each size lie by chance.

    Exact binomial, interpolated (Spiegelhalter 2005, *Stat. Med.* 24:1185-1202, appendix); normal
    with both variances where units differ beyond chance.
    """
    size = np.asarray(size, dtype=float)
    if between > 0:
        reach = norm.ppf(0.5 + share / 2) * np.sqrt(between**2 + rate * (1 - rate) / size)
        return np.clip(rate - reach, 0, 1), np.clip(rate + reach, 0, 1)
    tail = (1 - share) / 2
    return _exact(rate, size, tail), _exact(rate, size, 1 - tail)


def _exact(rate: float, size: Vector, tail: float) -> Vector:
    whole = np.maximum(np.round(size), 1)
    r = binom.ppf(tail, whole, rate)
    upto, before = binom.cdf(r, whole, rate), binom.cdf(r - 1, whole, rate)
    part = (upto - tail) / (upto - before)
    return np.asarray(np.clip((r - part) / whole, 0, 1), dtype=float)


def _outline(rate: float, between: float, sizes: Vector) -> pl.DataFrame:
    ends = max(0.8 * float(sizes.min()), 5.0), 1.05 * float(sizes.max()) + 1
    size = np.unique(np.round(np.linspace(*ends, 200)))
    low, high = chance_limits(rate, size, between, INNER)
    outer_low, outer_high = chance_limits(rate, size, between, OUTER)
    return pl.DataFrame(
        {"size": size, "low": low, "high": high, "outer_low": outer_low, "outer_high": outer_high}
    )
