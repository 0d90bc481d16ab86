"""Up to where a value that is further away counts for more."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

STEPS = 45
REACH = 9.0


def counted(z: Array, shift: Array, spread: Array, strange: Array) -> Array:
    """Draw a value back to where what it says of a fall is greatest, on either side.

    A value is compared under a normal distribution that has fallen by ``shift`` with one that has
    not; any value may be strange, with the same density under both. So the further away it is, the
    less it tells the two apart, once it is strange under both. Far values must not count for less
    than near ones: beyond the greatest ratio, they count as much. The ratio is antisymmetric around
    half the shift, and with it these two points.

    Parameters
    ----------
    z
        How far the value lies from where it usually is; below zero is lower.
    shift
        How far the distribution may have fallen; where 0, nothing is changed.
    spread
        Its standard deviation.
    strange
        Density of strange values over that of all others, in the same unit.

    All of shapes that can be put beside each other, ``shift``, ``spread`` and ``strange`` of the
    same.
    """

    def weight(away: Array) -> Array:
        normal = np.exp(-((away / spread) ** 2) / 2) / (spread * np.sqrt(2 * np.pi))
        return np.asarray(normal / (normal + strange))

    low, high = -shift - REACH * spread, -shift
    for _ in range(STEPS):
        middle = (low + high) / 2
        beyond = middle * weight(middle) > (middle + shift) * weight(middle + shift)
        low, high = np.where(beyond, middle, low), np.where(beyond, high, middle)
    return np.where(shift > 0, np.clip(z, high, -shift - high), z)
