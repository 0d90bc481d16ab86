"""How many clients a hold-out needs."""

from dataclasses import dataclass
from math import ceil

from statsmodels.stats.proportion import (
    power_proportions_2indep,
    samplesize_proportions_2indep_onetail,
)

from attunement.problems import Problem
from attunement.programme.evaluation.power import USUAL_POWER, positive, share


@dataclass(frozen=True, kw_only=True)
class ArmSizes:
    """How many each arm needs.

    Attributes
    ----------
    held_out, offered : int
        Clients.
    inflation : float
        How many times more that is than without clusters.
    """

    held_out: int
    offered: int
    inflation: float


def holdout_sizes(
    without: float,
    with_offer: float,
    *,
    power: float = USUAL_POWER,
    level: float = 0.95,
    held_out: float = 0.5,
    per_cluster: float = 1.0,
    icc: float = 0.0,
) -> ArmSizes:
    """Clients per arm for a difference between two risks.

    The normal approximation with the pooled variance under no effect (Fleiss, Levin and Paik
    2003, *Statistical Methods for Rates and Proportions*, ch. 4, without continuity
    correction), times ``1 + (per_cluster - 1) * icc`` where whole clusters are randomised
    (Donner and Klar 2000). (Sources cited from memory.)

    With ``p`` the mean of both risks, arms of equal size need ``n = (z_level sqrt(2 p (1 - p)) +
    z_power sqrt(p0 (1 - p0) + p1 (1 - p1)))^2 / (p1 - p0)^2``.

    Parameters
    ----------
    without, with_offer : float
        The two risks, as shares.
    power
        Chance of finding it.
    level
        Confidence of the interval that must exclude no difference.
    held_out
        Share of clients held out.
    per_cluster
        Clients in a cluster; 1 where clients are randomised one by one.
    icc
        Share of the variance that lies between clusters.

    Raises
    ------
    Problem
        If a share is none, or the risks are equal.

    Examples
    --------
    >>> holdout_sizes(0.197, 0.183).offered
    12325
    """
    _check(without, with_offer, held_out, per_cluster, icc)
    share("power", power)
    share("level", level)
    ratio = (1 - held_out) / held_out
    size = samplesize_proportions_2indep_onetail(
        with_offer - without, without, power, ratio=ratio, alpha=1 - level
    )
    inflation = 1 + (per_cluster - 1) * icc
    return ArmSizes(
        held_out=ceil(size * inflation), offered=ceil(size * inflation * ratio), inflation=inflation
    )


def holdout_power(
    without: float,
    with_offer: float,
    *,
    clients: int,
    level: float = 0.95,
    held_out: float = 0.5,
    per_cluster: float = 1.0,
    icc: float = 0.0,
) -> float:
    """Chance that a hold-out of so many clients in all finds this difference.

    Parameters and errors as for :func:`holdout_sizes`, whose formula it turns round.

    Examples
    --------
    >>> round(holdout_power(0.20, 0.10, clients=400), 2)
    0.8
    """
    _check(without, with_offer, held_out, per_cluster, icc)
    positive("clients", clients)
    effective = clients / (1 + (per_cluster - 1) * icc)
    found = power_proportions_2indep(
        with_offer - without,
        without,
        effective * held_out,
        ratio=(1 - held_out) / held_out,
        alpha=1 - level,
        return_results=False,
    )
    return float(found)


def odds_to_risk(without: float, odds_ratio: float) -> float:
    """Give the risk that an odds ratio makes of another risk.

    ``o / (1 + o)`` with ``o = odds_ratio * p0 / (1 - p0)``: the definition of an odds ratio.

    Examples
    --------
    >>> round(odds_to_risk(0.197, 1 / 1.19), 3)
    0.171
    """
    share("without", without)
    positive("odds_ratio", odds_ratio)
    odds = without / (1 - without) * odds_ratio
    return odds / (1 + odds)


def _check(
    without: float, with_offer: float, held_out: float, per_cluster: float, icc: float
) -> None:
    for name, value in (("without", without), ("with_offer", with_offer), ("held_out", held_out)):
        share(name, value)
    if without == with_offer:
        raise Problem("the two risks are equal", "name the difference that would matter")
    if not (per_cluster >= 1 and 0 <= icc < 1):
        raise Problem(
            f"{per_cluster:g} clients in a cluster with an ICC of {icc:g} cannot be",
            "give 1 or more clients, and an ICC from 0 to below 1",
        )
