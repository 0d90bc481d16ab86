"""The published ways to ask whether one person's change is more than error of measurement.

Every method gives a difference (in scale units, positive where the score rose) and the standard
error to hold it against; the change is reliable where their ratio is larger than z.

Standing: the formulas of Jacobson and Truax were checked against published results; those of
Edwards and Nunnally and of Hageman and Arrindell are given from knowledge of the literature and
were checked by deriving them from classical test theory, not against the papers' own tables.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from attunement.problems import Problem

Numbers = NDArray[np.float64]


class Method(StrEnum):
    """How change is judged."""

    JACOBSON_TRUAX = "jacobson-truax"
    EDWARDS_NUNNALLY = "edwards-nunnally"
    HAGEMAN_ARRINDELL = "hageman-arrindell"
    MULTILEVEL = "multilevel"


@dataclass(frozen=True, kw_only=True)
class Norm:
    """Mean and SD of a group of people, in scale units."""

    mean: float
    sd: float


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What is held against its standard error, both in units of ``per``.

    Attributes
    ----------
    value : ndarray
        One per person, positive where the score rose.
    standard_error : ndarray or float
        One per person, or one for all.
    """

    value: Numbers
    standard_error: Numbers | float

    @property
    def index(self) -> Numbers:
        """The difference in standard errors."""
        return self.value / self.standard_error


def z_of(confidence: float) -> float:
    """Two-sided normal quantile: .95 gives 1.96, .90 gives 1.645.

    Raises
    ------
    Problem
        If ``confidence`` is not between 0 and 1.

    Examples
    --------
    >>> round(z_of(0.95), 2), round(z_of(0.90), 3)
    (1.96, 1.645)
    """
    if not 0 < confidence < 1:
        raise Problem(
            f"{confidence} is not a confidence", "choose one such as .95", field="confidence"
        )
    return float(norm.ppf(0.5 + confidence / 2))


def measurement_error(sd: float, reliability: float) -> float:
    """Give the standard error of measurement, ``SD * sqrt(1 - r)``, in scale units.

    Examples
    --------
    >>> round(measurement_error(6.1, 0.84), 2)
    2.44
    """
    return sd * float(np.sqrt(1 - reliability))


def reliable_change(sd: float, reliability: float, confidence: float = 0.95) -> float:
    """Give the smallest change that is reliable, ``z * SD * sqrt(2 * (1 - r))``, in scale units.

    Jacobson & Truax 1991, *J. Consult. Clin. Psychol.* 59:12-19.

    Parameters
    ----------
    sd
        SD of the scores before treatment, in scale units.
    reliability
        Of the scale, between 0 and 1.
    confidence
        Two-sided: .95 (z = 1.96) or .90 (z = 1.645) are usual.

    Examples
    --------
    >>> round(reliable_change(6.1, 0.84), 2)
    6.76
    """
    return z_of(confidence) * float(np.sqrt(2)) * measurement_error(sd, reliability)


def cutoff_a(clinical: Norm, sign: int) -> float:
    """Two SDs from the mean of people in treatment, on the better side (Jacobson & Truax 1991).

    ``sign`` is +1 where higher is better, -1 where lower is better.

    Examples
    --------
    >>> cutoff_a(Norm(mean=17.0, sd=5.0), sign=-1)
    7.0
    """
    return clinical.mean + sign * 2 * clinical.sd


def cutoff_b(functional: Norm, sign: int) -> float:
    """Two SDs from the mean of people who are well, on the worse side (Jacobson & Truax 1991).

    Examples
    --------
    >>> cutoff_b(Norm(mean=4.0, sd=3.0), sign=-1)
    10.0
    """
    return functional.mean - sign * 2 * functional.sd


def cutoff_c(functional: Norm, clinical: Norm) -> float:
    """Where a score is as likely in either group (Jacobson & Truax 1991, unequal SDs).

    ``(SD0 * M1 + SD1 * M0) / (SD0 + SD1)``, 0 being people who are well and 1 those in treatment.

    Examples
    --------
    >>> round(cutoff_c(Norm(mean=7.69, sd=7.52), Norm(mean=35.475, sd=8.158643)), 2)
    21.02
    """
    weighted = functional.sd * clinical.mean + clinical.sd * functional.mean
    return weighted / (functional.sd + clinical.sd)


def jacobson_truax(pre: Numbers, post: Numbers, sd: float, reliability: float) -> Difference:
    """Compare the plain change with its error: ``post - pre`` against ``SD * sqrt(2 * (1 - r))``.

    Jacobson & Truax 1991, *J. Consult. Clin. Psychol.* 59:12-19.

    Examples
    --------
    >>> found = jacobson_truax(np.array([18.0]), np.array([6.0]), 6.1, 0.84)
    >>> (found.value / found.standard_error).round(2).tolist()
    [-3.48]
    """
    error = measurement_error(sd, reliability)
    return Difference(value=post - pre, standard_error=float(np.sqrt(2)) * error)


def edwards_nunnally(pre: Numbers, post: Numbers, sd: float, reliability: float) -> Difference:
    """Compare with the score that regression to the mean alone would lead to.

    The estimated true score before treatment is ``M + r * (pre - M)``; the change from there is
    reliable when it leaves ``z * SD * sqrt(1 - r)``. Edwards, Yarvis, Mueller, Zingale & Wagman
    1978, *Evaluation Quarterly* 2, after Nunnally; as compared by Speer 1992,
    *J. Consult. Clin. Psychol.* 60:402-408. They used 2 for z.

    Examples
    --------
    >>> found = edwards_nunnally(np.array([18.0, 14, 20]), np.array([6.0, 13, 12]), 6.1, 0.84)
    >>> (found.value / found.standard_error).round(2).tolist()
    [-4.87, -0.63, -3.1]
    """
    true_before = pre.mean() + reliability * (pre - pre.mean())
    return Difference(value=post - true_before, standard_error=measurement_error(sd, reliability))


def hageman_arrindell(pre: Numbers, post: Numbers, sd: float, reliability: float) -> Difference:
    """Compare the estimated true change of the person with the error of that estimate.

    ``RC = ((post - pre) * rDD + (Mpost - Mpre) * (1 - rDD)) / (sqrt(rDD) * sqrt(2) * SE)``, with
    ``SE = SD * sqrt(1 - r)`` taken to be the same before and after, and ``rDD``, the reliability
    of the observed differences, ``1 - 2 * SE^2 / Var(post - pre)``. Hageman & Arrindell 1999,
    *Behav. Res. Ther.* 37:1169-1193 (individual level). They used 1.65 for z, which is the
    two-sided ``confidence`` .90 here.

    Raises
    ------
    Problem
        If the differences hold no more variance than error of measurement would give.

    Examples
    --------
    >>> pre, post = np.array([20.0, 18, 22, 15, 19]), np.array([8.0, 17, 12, 14, 6])
    >>> found = hageman_arrindell(pre, post, 6.1, 0.9)
    >>> (found.value / found.standard_error).round(2).tolist()
    [-4.55, -0.97, -3.9, -0.97, -4.88]
    """
    error = float(np.sqrt(2)) * measurement_error(sd, reliability)
    spread = float((post - pre).var(ddof=1)) if len(pre) > 1 else 0.0
    if spread <= error**2:
        raise Problem(
            "people's changes differ no more than error of measurement alone would make them",
            "use the method jacobson-truax, or check the reliability and the SD",
            field="method",
        )
    r_dd = 1 - error**2 / spread
    change = post - pre
    return Difference(
        value=change * r_dd + change.mean() * (1 - r_dd),
        standard_error=float(np.sqrt(r_dd)) * error,
    )


def true_score_beyond(
    post: Numbers, cutoff: float, sd: float, reliability: float, *, sign: int, z: float
) -> NDArray[np.bool_]:
    """Ask whether a person's estimated true score is reliably beyond the cut-off.

    ``CS = (M + (post - M) * r - cutoff) / (sqrt(r) * SE)`` larger than z on the better side, where
    M, and r = ``1 - SE^2 / Var(post)``, are those after treatment. Hageman & Arrindell 1999,
    *Behav. Res. Ther.* 37:1169-1193 (individual level). Where the scores after treatment hold no
    more variance than error, nobody can be told to be beyond it.

    Examples
    --------
    >>> post = np.array([4.0, 12, 20, 7, 16])
    >>> true_score_beyond(post, 9.5, 6.1, 0.84, sign=-1, z=1.645).tolist()
    [True, False, False, False, False]
    """
    error = measurement_error(sd, reliability)
    spread = float(post.var(ddof=1))
    if spread <= error**2:
        return np.zeros(len(post), dtype=np.bool_)
    r_post = 1 - error**2 / spread
    true_after = post.mean() + (post - post.mean()) * r_post
    return np.asarray(sign * (true_after - cutoff) / (np.sqrt(r_post) * error) > z, dtype=np.bool_)
