"""How large a micro-randomised trial must be."""

from math import ceil

from scipy.stats import f, ncf

from attunement.problems import Problem
from attunement.programme.evaluation.power import USUAL_POWER, planned, positive, share


def decision_points(
    effect: float, *, probability: float = 0.5, power: float = USUAL_POWER, level: float = 0.95
) -> int:
    """Decisions of available clients, over all clients, for an average proximal effect.

    ``(z_level + z_power)^2 / (probability (1 - probability) effect^2)``: the two-sample formula
    for a standardised difference, with no dependence within clients.

    The normal approximation of any textbook (as in Fleiss, Levin and Paik 2003, *Statistical
    Methods for Rates and Proportions*; cited from memory); to count decisions as independent is our
    own simplification.

    Parameters
    ----------
    effect
        In standard deviations of the proximal outcome.
    probability
        Of being nudged.
    power, level
        Chance of finding it; confidence of the interval that must exclude zero.

    Raises
    ------
    Problem
        If a share is none, or the effect is 0.

    Examples
    --------
    >>> decision_points(0.05), decision_points(0.10)
    (12559, 3140)
    """
    share("probability", probability)
    positive("effect", abs(effect))
    z = planned(power, level)
    return ceil(z**2 / (probability * (1 - probability) * effect**2))


def micro_randomised_power(
    effect: float,
    *,
    clients: int,
    decisions: int,
    probability: float = 0.5,
    available: float = 1.0,
    level: float = 0.95,
    controls: int = 1,
) -> float:
    """Chance that a trial finds a constant proximal effect.

    Liao, Klasnja, Tewari and Murphy (2016, *Stat. Med.* 35:1944; cited from memory): an F test
    on 1 and ``clients - controls - 1`` degrees of freedom, with non-centrality ``clients *
    decisions * available * probability (1 - probability) effect^2``.

    Parameters
    ----------
    effect
        In standard deviations of the proximal outcome, the same at every decision.
    clients, decisions
        Clients, and decision points of each.
    probability, available
        Of being nudged; and of being available.
    level
        Confidence of the interval that must exclude zero.
    controls
        Numbers that describe the outcome without nudges.

    Raises
    ------
    Problem
        If a share is none, or there are fewer clients than numbers to estimate.

    Examples
    --------
    >>> round(micro_randomised_power(0.1, clients=60, decisions=60), 2)
    0.84
    """
    share("probability", probability)
    share("level", level)
    positive("decisions", decisions)
    if not 0 < available <= 1:
        raise Problem(f"{available:g} is no share above 0", "give one", field="available")
    df = clients - controls - 1
    if df < 1:
        raise Problem(f"{clients} clients are too few", "give more", field="clients")
    strength = clients * decisions * available * probability * (1 - probability) * effect**2
    return float(ncf.sf(f.ppf(level, 1, df), 1, df, strength))
