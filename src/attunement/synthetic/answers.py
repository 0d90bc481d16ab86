"""Whole-number answers to the check-in's items, whose mean is a given score."""

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Answers = NDArray[np.int64]

CLIENT_ITEMS = ("heard", "understood", "safe", "goals", "way", "depth", "progress", "takeaway")
THERAPIST_ITEMS = ("heard", "safe", "goals", "way")
HIGHEST = 10


def answerable(score: Vector, items: int) -> Vector:
    """Move scores to the nearest mean that whole answers from 0 to 10 to ``items`` items have."""
    return np.asarray(np.floor(score.clip(0, HIGHEST) * items + 0.5) / items)


def split(score: Vector, leaning: Vector) -> Answers:
    """Split scores into whole answers from 0 to 10 whose mean is exactly the score.

    The answers follow the score plus each item's leaning, which is shrunk where it would pass
    an end of the scale; they are rounded as differences of a rounded running sum, so that no
    rounding is lost.

    Parameters
    ----------
    score : shape (n,)
        As :func:`answerable` gives them for that many items.
    leaning : shape (n, items)
        How much higher each item lies than the others, in points.

    Returns
    -------
    Answers of shape (n, items).
    """
    centred = leaning - leaning.mean(axis=1, keepdims=True)
    highest, lowest = centred.max(axis=1), -centred.min(axis=1)
    room = np.minimum(
        np.divide(HIGHEST - score, highest, out=np.ones_like(score), where=highest > 0),
        np.divide(score, lowest, out=np.ones_like(score), where=lowest > 0),
    ).clip(0, 1)
    wished = score[:, None] + room[:, None] * centred
    sums = np.cumsum(wished, axis=1)
    sums[:, -1] = score * leaning.shape[1]
    rounded = np.floor(np.round(sums, 6) + 0.5)
    return np.diff(rounded, axis=1, prepend=0.0).astype(np.int64)


def tension(depth: Vector, rng: np.random.Generator) -> Answers:
    """Answer how strong the tension was: around two and a half points per SD of strain."""
    felt = 2.5 * depth + rng.normal(0, 1.0, depth.size) - np.where(depth > 0, 0.0, 1.5)
    return np.round(felt).clip(0, HIGHEST).astype(np.int64)


def settled(depth: Vector, rng: np.random.Generator) -> Answers:
    """Answer how far it was settled: hardly while a rupture is open, mostly otherwise."""
    centre = np.where(depth > 0, 3.0, 8.0)
    return np.round(rng.normal(centre, 1.5)).clip(0, HIGHEST).astype(np.int64)
