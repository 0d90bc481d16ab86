"""How likely each answer is, given how the day was as a whole, with and without a strain."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from attunement.guidance.reasons.bounded import counted
from attunement.guidance.reasons.level import Own
from attunement.guidance.reasons.usual import BOTTOM, TOP, Usual

Array = NDArray[np.float64]

LOWEST_DAY, HIGHEST_DAY, DAYS = -6.0, 4.0, 26
STRANGE = 0.01
WAYS_TO_ANSWER = 11.0
LEAST = 1e-300


@dataclass(frozen=True)
class Chances:
    """Logarithms of chances, on a grid of what the day may have been like.

    Attributes
    ----------
    answers : shape (rows, 9, shifts, days)
        Of each answer (the therapist's mean is the ninth), when its level has fallen by each
        shift; 0 where it is missing, whatever the shift. A mean further from what is expected
        never says less (:func:`.bounded.counted`).
    days : shape (rows, days)
        Of each kind of day, given all answers and no strain: sums to one.
    none : shape (rows,)
        Of all answers together, without any strain.
    """

    answers: Array
    days: Array
    none: Array


def chances(
    now: Array, view: Array, view_n: Array, own: Own, usual: Usual, shifts: Array
) -> Chances:
    """Compute the chance of each answer for each shift and each kind of day.

    Given the day, answers are independent (one common factor), so that missing ones drop out;
    each is a normal variable seen only to the nearest point, and a best possible answer as
    anything above it. One answer in a hundred is taken to be a slip of the finger.

    Parameters
    ----------
    now : shape (rows, 8)
        The answers of the session, NaN where missing.
    view, view_n : shape (rows,)
        The therapist's mean answer, and of how many answers.
    own
        What is usual for each client.
    usual
        What is usual at the site.
    shifts : shape (shifts,)
        By how many of the client's own SDs the level has fallen, ascending from 0; infinity
        stands for a fall of any depth, which makes all answers up to the expected one alike.
    """
    grid = np.linspace(LOWEST_DAY, HIGHEST_DAY, DAYS)
    prior = np.exp(-(grid**2) / 2)
    prior = np.log(prior / prior.sum())
    sd = np.column_stack([own.sd, np.full(len(now), usual.view_sd)])
    shared = np.append(usual.shared, usual.view_shared)
    level = np.column_stack([own.next, own.view])
    view_particular = (1 - usual.view_shared) * usual.view_sd**2 + own.view_doubt
    particular = np.sqrt(np.column_stack([own.particular, view_particular]))
    value = np.column_stack([now, view])
    half = np.column_stack([np.full_like(now, 0.5), 0.5 / np.maximum(view_n, 1.0)])
    loading = np.sqrt(shared) * sd * np.sqrt(own.day)[:, None]
    upper = np.where(value >= TOP, np.inf, value + half)
    lower = np.where(value <= BOTTOM, -np.inf, value - half)
    any_fall = np.isinf(shifts)
    shifts = np.where(any_fall, 0.0, shifts)
    fallen = level[:, :, None, None] - shifts[None, None, :, None] * sd[:, :, None, None]
    centre = fallen + loading[:, :, None, None] * grid
    scale = particular[:, :, None, None]
    chance = ndtr((upper[:, :, None, None] - centre) / scale)
    chance -= ndtr((lower[:, :, None, None] - centre) / scale)
    if any_fall.any():
        below = np.clip(level, BOTTOM, TOP)
        alike = np.where(value <= below, 2 * half / (below + 2 * half), 0.0)
        chance[:, :, any_fall] = alike[:, :, None, None]
    chance *= 1 - STRANGE
    chance += STRANGE / WAYS_TO_ANSWER
    answers = np.where(np.isfinite(value)[:, :, None, None], np.log(chance.clip(LEAST)), 0.0)
    if np.isfinite(view).any():
        away = _far(
            np.stack([lower, upper])[:, :, -1, None, None],
            centre[:, -1:, 0],
            particular[:, -1, None, None],
            (shifts * sd[:, -1:])[:, :, None],
        )
        known = np.isfinite(view)[:, None, None] & ~any_fall[:, None]
        answers[:, -1] = np.where(known, answers[:, -1, :1] + away, answers[:, -1])
    usually = answers[:, :, 0, :].sum(axis=1) + prior
    none = np.logaddexp.reduce(usually, axis=1)
    return Chances(answers=answers, days=usually - none[:, None], none=none)


def _far(edges: Array, centre: Array, spread: Array, shift: Array) -> Array:
    """Compare a mean under each shift with none, as a logarithm; far ones as near as they count."""
    lower, upper = edges
    width = np.where(np.isfinite(upper - lower), upper - lower, 1.0)
    middle = np.where(np.isfinite(lower), lower + width / 2, upper - width / 2)
    strange = STRANGE / WAYS_TO_ANSWER / (1 - STRANGE) / width
    wide = np.broadcast_to(spread, shift.shape)
    z = middle - centre
    moved = counted(z, shift, wide, np.broadcast_to(strange, shift.shape)) - z

    def chance(fallen: Array) -> Array:
        inside = ndtr((upper + moved - centre + fallen) / spread)
        inside -= ndtr((lower + moved - centre + fallen) / spread)
        return np.asarray((1 - STRANGE) * inside + STRANGE / WAYS_TO_ANSWER)

    return np.asarray(np.log(chance(shift) / chance(np.zeros_like(shift))))
