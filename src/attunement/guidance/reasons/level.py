"""A client's own level and spread from earlier sessions, also where answers are at the top."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr, ndtr

from attunement.guidance.reasons.past import Earlier
from attunement.guidance.reasons.usual import ROUNDING, TOP, Usual

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

AT_TOP = TOP - 0.5
GENERAL_SD = 2.5
ROUNDS = 8
LEAST_INFORMATION = 0.05
VIEW_LEVEL_SD = 0.8
LEAST_SD = 0.5


@dataclass(frozen=True)
class Own:
    """What is usual for each client at each judged session, and how well it is known.

    Attributes
    ----------
    level, sd : shape (rows, 8)
        Usual answer (it may lie above the top of the scale) and its spread, in points.
    next : shape (rows, 8)
        What is expected now: the level, and what carries over from the session before.
    particular : shape (rows, 8)
        Variance around that of what is particular to an answer.
    day : shape (rows,)
        Variance around that of what the answers share, 1 where all is known.
    view, view_doubt : shape (rows,)
        Expected mean answer of the therapist, and the variance of that.
    sessions : shape (rows,)
        Earlier sessions with an answer.
    """

    level: Array
    sd: Array
    next: Array
    particular: Array
    day: Array
    view: Array
    view_doubt: Array
    sessions: Array


def own_usual(past: Array, view: Earlier, usual: Usual) -> Own:
    """Estimate level and spread of every answer for every client.

    The steps of an EM algorithm (Dempster, Laird & Rubin 1977, *J. R. Stat. Soc. B* 39:1) are
    repeated: what the answers of a session share is estimated from those given (the factor
    score of Thomson 1951, *The Factorial Analysis of Human Ability*); with it, an answer at the
    top, which says only that it would have been at least that high, is replaced by the mean of a
    normal distribution cut off there (Tobin 1958, *Econometrica* 26:24), and a missing
    one by what the others lead us to expect. An answer's level is drawn towards the client's
    other answers as far as clients' profiles usually are flat, and not towards other
    clients (except, weakly, where all answers are at the top). The spread is the site's, times
    one factor for the client, moderated as limma does for genes (Smyth 2004, *Stat. Appl. Genet.
    Mol. Biol.* 3:3).

    Parameters
    ----------
    past : shape (rows, sessions, 8)
        Earlier answers, the latest session first, NaN where missing.
    view
        Earlier mean answers of the therapist.
    usual
        What is usual at the site.
    """
    there: Flags = np.isfinite(past)
    top: Flags = there & (np.where(there, past, 0.0) >= TOP)
    given = there.sum(axis=2)
    happened: Flags = given > 0
    count, sessions = there.sum(axis=1), happened.sum(axis=1)
    scale = np.sqrt(usual.sds**2 + ROUNDING)
    shared = float(np.mean(usual.shared * usual.sds**2 / scale**2))
    apart = 1 - usual.shared
    score = shared / (1 + (given - 1) * shared)
    rest = np.sqrt(1 - score * given * shared)
    freedom = _freedom(count.astype(float), usual.carries).sum(axis=1)
    factor = np.ones(len(past))
    known = np.maximum(count, 1)
    level = np.where(count > 0, np.where(there, past, 0.0).sum(axis=1) / known, usual.levels)
    filled = np.where(there, past, level[:, None, :])
    top_variance = np.zeros_like(filled)
    informative = count.astype(float)
    for _ in range(ROUNDS):
        sd = factor[:, None] * scale
        away = np.where(there, (filled - level[:, None, :]) / sd[:, None, :], 0.0)
        centre = level[:, None, :] + sd[:, None, :] * (score * away.sum(axis=2))[:, :, None]
        filled = np.where(there, past, centre)
        if top.any():
            width = sd[:, None, :] * np.where(given > 1, rest, 1.0)[:, :, None]
            z = (AT_TOP - centre) / width
            hazard = np.exp(-(z**2) / 2 - log_ndtr(-z)) / np.sqrt(2 * np.pi)
            left = (1 + z * hazard - hazard**2).clip(1e-3, 1.0)
            filled = np.where(top, centre + width * hazard, filled)
            top_variance = np.where(top, left * width**2, 0.0)
            lost = np.where(top, left.clip(None, 1 - LEAST_INFORMATION), 0.0).sum(axis=1)
            informative = count - lost
        mean = np.where(happened[:, :, None], filled, 0.0).sum(axis=1)
        mean = mean / np.maximum(sessions, 1)[:, None]
        noise = apart * sd**2 / np.maximum(informative, LEAST_INFORMATION)
        level, kept = _drawn_together(mean, noise, count, usual)
        mahalanobis = _distance(filled - mean[:, None, :], top_variance, there, scale, shared)
        factor = np.sqrt((usual.df + mahalanobis) / (usual.df + freedom))
    latest = happened[:, :1] if past.shape[1] else np.zeros((len(past), 1), dtype=bool)
    carries = np.where(latest, usual.carries, 0.0)
    last = filled[:, 0] if past.shape[1] else level
    sd = np.maximum(factor[:, None] * usual.sds, LEAST_SD)
    doubt = np.where(count > 0, kept * noise, usual.profile_sd**2)
    of_day = np.maximum(informative.mean(axis=1), 0.2)
    expected, view_doubt = _own_view(level, view, usual)
    return Own(
        level=level,
        sd=sd,
        next=level + carries * np.where(latest, last - level, 0.0),
        particular=(1 - carries**2) * (apart * sd**2 + doubt),
        day=(1 - carries[:, 0] ** 2) * (1 + 1 / of_day),
        view=expected,
        view_doubt=view_doubt,
        sessions=sessions.astype(float),
    )


def _drawn_together(
    mean: Array, noise: Array, count: NDArray[np.int64], usual: Usual
) -> tuple[Array, Array]:
    """Draw the levels of a client's answers towards one another; and by how much they are kept."""
    weight = np.where(count > 0, 1 / (usual.profile_sd**2 + noise), 0.0)
    above = mean - usual.levels
    general = (weight * above).sum(axis=1) / (weight.sum(axis=1) + GENERAL_SD**-2)
    kept = np.where(count > 0, usual.profile_sd**2 / (usual.profile_sd**2 + noise), 0.0)
    return usual.levels + general[:, None] + kept * (above - general[:, None]), kept


def _distance(away: Array, variance: Array, there: Flags, scale: Array, shared: float) -> Array:
    """Add up squared Mahalanobis distances of sessions from their mean, answers given alone.

    Of equally correlated answers, whose inverse covariance is known in closed form.
    """
    z = np.where(there, away / scale, 0.0)
    squares = (z**2 + variance / scale**2).sum(axis=2)
    given = there.sum(axis=2)
    together = shared * z.sum(axis=2) ** 2 / (1 + (given - 1) * shared)
    return np.asarray(((squares - together) / (1 - shared)).sum(axis=1))


def _freedom(count: Array, carries: float) -> Array:
    """Count the degrees of freedom around a mean of values that carry over.

    ``n`` less the variance of their mean in units of one value's over ``n`` (Bartlett 1946, *Suppl.
    J. R. Stat. Soc.* 8:27); ``n - 1`` where nothing carries over.
    """
    n = np.maximum(count, 1.0)
    ends = 2 * carries * (1 - carries**n) / (n * (1 - carries) ** 2)
    return np.asarray(np.maximum(count - (1 + carries) / (1 - carries) + ends, 0.0))


def _own_view(level: Array, view: Earlier, usual: Usual) -> tuple[Array, Array]:
    """Expect a therapist's mean answer: around the client's, and the therapist's own earlier."""
    seen = view.count[:, 0]
    around = level.clip(None, TOP).mean(axis=1) + usual.view_bias
    kept = VIEW_LEVEL_SD**2 / (VIEW_LEVEL_SD**2 + usual.view_sd**2 / np.maximum(seen, 1))
    kept = np.where(seen > 0, kept, 0.0)
    mean = view.total[:, 0] / np.maximum(seen, 1)
    return around + kept * (mean - around), (1 - kept) * VIEW_LEVEL_SD**2


def all_fell(now: Array, own: Own) -> Flags:
    """Say where no answer lies above what is expected of it.

    Parameters
    ----------
    now : shape (rows, 8)
        The answers of the session, NaN where missing.
    own
        What is usual for each client.
    """
    there = np.isfinite(now)
    above = there & (now > usual_answer(own.next, own.sd))
    return np.asarray(~above.any(axis=1) & (there.sum(axis=1) > 1))


def usual_answer(level: Array, sd: Array) -> Array:
    """Give the answer to be expected on a scale that ends at the top: never above it.

    The mean of a normal variable that is cut off at the top (Tobin 1958).
    """
    z = (TOP - level) / sd
    density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    return np.asarray(TOP - sd * (z * ndtr(z) + density))
