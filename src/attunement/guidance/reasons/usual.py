"""What is usual at a site: how answers spread and move together within a client."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from attunement.course.baseline import UNIT_SD, Norms
from attunement.course.strain.answers import item_norms
from attunement.guidance.reasons.library import ITEMS

Array = NDArray[np.float64]

TOP, BOTTOM = 10.0, 0.0
SHARED = 0.6
LEVEL = 7.0
ROUNDING = 1 / 12


@dataclass(frozen=True, kw_only=True)
class Usual:
    """How the answers of one client usually spread, in points from 0 to 10.

    Within a client, an answer departs from its own level by ``sd * (sqrt(shared) f +
    sqrt(1 - shared) e)``: the day as a whole ``f``, and what is particular to the answer ``e``.

    Attributes
    ----------
    levels : shape (8,)
        Usual level of each answer; only the differences between them matter.
    sds : shape (8,)
        Usual spread of each answer within a client.
    shared : shape (8,)
        Share of that variance that the answers have in common: the squared loading on one factor.
    profile_sd : float
        Spread between clients of how far an answer lies above the client's other answers.
    carries : float
        Correlation of a departure with that of the session before.
    df : float
        How many degrees of freedom the usual spread counts for against a client's own.
    view_bias, view_sd, view_shared : float
        The therapist's mean answer: how far above the client's, its spread within a client, and
        the share of its variance that it has in common with the client's answers.
    symptoms_shared : float
        Correlation of two symptom scales within a client.
    absent, late : float
        Shares of appointments that do not take place, and that begin late.
    clients : int
        From how many clients it was learnt; 0 for the documented defaults.
    """

    levels: Array
    sds: Array
    shared: Array
    profile_sd: float = 0.6
    carries: float = 0.2
    df: float = 12.0
    view_bias: float = -0.5
    view_sd: float = 0.7
    view_shared: float = 0.3
    symptoms_shared: float = 0.6
    absent: float = 0.10
    late: float = 0.06
    clients: int = 0


def as_figures(usual: Usual) -> dict[str, Any]:
    """Write down what is usual, rounded to four places, so that JSON can hold it."""
    known = {one.name: getattr(usual, one.name) for one in fields(usual)}
    return {name: np.round(value, 4).tolist() for name, value in known.items()}


def from_figures(figures: Mapping[str, Any]) -> Usual:
    """Read back what :func:`as_figures` wrote."""
    known: dict[str, Any] = {
        name: np.array(value) if isinstance(value, list) else value
        for name, value in figures.items()
    }
    return Usual(**known)


def default_usual(sd: float | None = None, df: float = 12.0) -> Usual:
    """Documented defaults, or what follows from the usual spread of the mean of the eight.

    One answer spreads as :func:`attunement.course.strain.answers.item_norms` says: rather widely,
    so that it has to move far before it counts. Of that variance, answers share 0.6.

    Parameters
    ----------
    sd
        Usual spread of the mean of the eight within a client, in points;
        :data:`attunement.course.baseline.UNIT_SD` of the range where None.
    df
        What that knowledge is worth.
    """
    items = len(ITEMS)
    mean = Norms(sd=UNIT_SD * (TOP - BOTTOM) if sd is None else sd, df=df)
    return Usual(
        levels=np.full(items, LEVEL),
        sds=np.full(items, item_norms(mean, items).sd),
        shared=np.full(items, SHARED),
        df=df,
    )
