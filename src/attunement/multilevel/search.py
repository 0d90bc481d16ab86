"""The search for the most likely variances."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from scipy.optimize import minimize

from attunement.multilevel.likelihood import Point, Products, profile
from attunement.multilevel.stacks import Array
from attunement.multilevel.structure import Structure

FLAT = 1e-6
STEP = 1e-4
SMALLEST_STEP = 1e-9


@dataclass(frozen=True, kw_only=True)
class Optimum:
    """Where the deviance is lowest.

    Attributes
    ----------
    numbers : shape (numbers,)
        The free numbers of the factors.
    point : Point
    hessian : shape (numbers, numbers)
        Of the deviance, profiled.
    covariance_slopes : shape (numbers, effects, effects)
        How the effects' covariance changes with each number, the residual variance with it.
    converged : bool
    """

    numbers: Array
    point: Point
    hessian: Array
    covariance_slopes: Array
    converged: bool


Evaluate = Callable[[Array], tuple[Point, Array]]


def evaluation(products: Products, structure: Structure, *, reml: bool) -> Evaluate:
    """Give a function of the free numbers to the point and its gradient."""

    def evaluate(numbers: Array) -> tuple[Point, Array]:
        point = profile(products, structure.factors(numbers), reml=reml)
        return point, structure.gradient(point.gradients)

    return evaluate


def optimise(products: Products, structure: Structure, *, reml: bool) -> Optimum:
    """Minimise the deviance.

    The sign of a column of a factor makes no difference, so that the search needs no bounds.
    """
    evaluate = evaluation(products, structure, reml=reml)
    per_row = partial(_per_row, evaluate, products.rows)
    found = minimize(
        per_row,
        structure.start,
        jac=True,
        method="L-BFGS-B",
        options={"ftol": 1e-15, "gtol": 1e-9},
    )
    numbers = found.x
    curvature = _curvature(evaluate, numbers)
    point, gradient = evaluate(numbers)
    for _ in range(3):
        step = -np.linalg.pinv(curvature.hessian, rcond=1e-9, hermitian=True) @ gradient
        better, new_gradient = evaluate(numbers + step)
        if np.abs(new_gradient).max() >= np.abs(gradient).max():
            break
        numbers, point, gradient = numbers + step, better, new_gradient
    return Optimum(
        numbers=numbers,
        point=point,
        hessian=curvature.hessian,
        covariance_slopes=curvature.covariance_slopes,
        converged=bool((np.abs(gradient) < FLAT * products.rows).all()),
    )


def _per_row(evaluate: Evaluate, rows: int, numbers: Any) -> tuple[float, Array]:
    point, gradient = evaluate(numbers)
    return point.deviance / rows, gradient / rows


@dataclass(frozen=True)
class _Curvature:
    hessian: Array
    covariance_slopes: Array


def _curvature(evaluate: Evaluate, numbers: Array) -> _Curvature:
    """Differentiate gradient and covariance by central differences."""
    gradients, covariances = [], []
    for step in STEP * np.eye(len(numbers)):
        (above, up), (below, down) = evaluate(numbers + step), evaluate(numbers - step)
        gradients.append((up - down) / (2 * STEP))
        covariances.append(
            (above.residual * above.inverse - below.residual * below.inverse) / (2 * STEP)
        )
    hessian = np.array(gradients)
    return _Curvature((hessian + hessian.T) / 2, np.array(covariances))
