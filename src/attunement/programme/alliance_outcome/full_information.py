"""Full-information likelihood of the multivariate normal, whatever is missing."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from attunement.programme.alliance_outcome.associations import Array


@dataclass(frozen=True, kw_only=True)
class Patterns:
    """Rows summed up by what they lack: all kinds that have equally many columns.

    Attributes
    ----------
    seen : shape (kinds, columns seen)
        Which columns each kind has.
    rows : shape (kinds,)
    mean : shape (kinds, columns seen)
    covariance : shape (kinds, columns seen, columns seen)
        With divisor ``rows``.
    """

    seen: NDArray[np.int64]
    rows: Array
    mean: Array
    covariance: Array


def patterns_of(values: Array) -> list[Patterns]:
    """Sum rows up by what they lack; rows without anything are left out."""
    known = np.isfinite(values)
    values, known = values[known.any(axis=1)], known[known.any(axis=1)]
    kind = known @ (1 << np.arange(known.shape[1], dtype=np.int64))
    _, one_of, place = np.unique(kind, return_index=True, return_inverse=True)
    kinds = known[one_of]
    groups = np.split(values[np.argsort(place)], np.cumsum(np.bincount(place))[:-1])
    by_size: dict[int, list[tuple[NDArray[np.int64], Array]]] = {}
    for seen, group in zip(kinds, groups, strict=True):
        columns = np.flatnonzero(seen).astype(np.int64)
        by_size.setdefault(len(columns), []).append((columns, group[:, columns]))
    return [_stacked(alike) for alike in by_size.values()]


def _stacked(alike: list[tuple[NDArray[np.int64], Array]]) -> Patterns:
    centred = [group - group.mean(axis=0) for _, group in alike]
    return Patterns(
        seen=np.stack([columns for columns, _ in alike]),
        rows=np.array([float(len(group)) for _, group in alike]),
        mean=np.stack([group.mean(axis=0) for _, group in alike]),
        covariance=np.stack([part.T @ part / len(part) for part in centred]),
    )


def deviance(
    patterns: list[Patterns], mean: Array, covariance: Array
) -> tuple[float, Array, Array]:
    """Minus twice the log-likelihood and its derivatives by mean and covariance.

    Each row contributes the density of what it has (Arbuckle 1996, in Marcoulides and
    Schumacker, *Advanced Structural Equation Modeling*; cited from memory); estimates are right
    where values are missing at random.

    ``sum over rows of log |S| + (x - m)' S^-1 (x - m) + k log(2 pi)``, with the ``k`` values that a
    row has and the parts of ``m`` and ``S`` that belong to them.

    Parameters
    ----------
    patterns
        From :func:`patterns_of`.
    mean : shape (columns,)
    covariance : shape (columns, columns)

    Examples
    --------
    >>> rows = np.array([[1.0, 2.0], [3.0, 1.0], [2.0, np.nan]])
    >>> value, by_mean, by_covariance = deviance(patterns_of(rows), np.array([2.0, 1.5]), np.eye(2))
    >>> round(value, 2), by_mean.round(2).tolist()
    (11.69, [0.0, 0.0])
    """
    value = 0.0
    by_mean, by_covariance = np.zeros_like(mean), np.zeros_like(covariance)
    for one in patterns:
        block = one.seen[:, :, None], one.seen[:, None, :]
        precision = np.linalg.inv(covariance[block])
        apart = one.mean - mean[one.seen]
        seen = one.covariance + apart[:, :, None] * apart[:, None, :]
        logs = one.seen.shape[1] * np.log(2 * np.pi) + np.linalg.slogdet(covariance[block])[1]
        value += float(one.rows @ (logs + np.einsum("kij,kji->k", precision, seen)))
        pulls = -2 * one.rows[:, None] * np.einsum("kij,kj->ki", precision, apart)
        slopes = one.rows[:, None, None] * (precision - precision @ seen @ precision)
        np.add.at(by_mean, one.seen, pulls)
        np.add.at(by_covariance, block, slopes)
    return value, by_mean, by_covariance
