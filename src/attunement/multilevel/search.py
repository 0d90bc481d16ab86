"""The search for the most likely variances."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.optimize import minimize

from attunement.multilevel.likelihood import Point, clients_of, profile
from attunement.multilevel.products import Products
from attunement.multilevel.stacks import Array
from attunement.multilevel.structure import Structure

FLAT = 1e-6
STEP = 1e-4
MOST_STEPS, MOST_RESTARTS = 20, 3
BENT, ASIDE = 1e-7, 0.02
NOTHING_TO_GAIN = 1e-17
SAMPLE = 10_000
FAR = 1e3
WORTH_A_SAMPLE = 4


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


def optimise(products: Products, structure: Structure, *, reml: bool) -> Optimum:
    """Minimise the deviance.

    The sign of a column of a factor makes no difference, so that the search needs no bounds. A
    few thousand clients out of many tell where to begin and how the deviance curves; from there
    Newton's steps lead to the minimum for all.
    """
    evaluate = evaluation(products, structure, reml=reml)
    some = sample_of(products)
    if some is None:
        numbers = descended(evaluate, structure.start, products.rows)
        hessian = curvature_of(evaluate, numbers).hessian
    else:
        near = optimise(some, structure, reml=reml)
        numbers, hessian = near.numbers, near.hessian * (products.rows / some.rows)
    place = standing(evaluate, *polished(evaluate, numbers, hessian))
    for _ in range(MOST_RESTARTS):
        start = way_down(evaluate, place, products.rows)
        if start is None:
            break
        lower = descended(evaluate, start, products.rows)
        bent = curvature_of(evaluate, lower).hessian
        found = standing(evaluate, *polished(evaluate, lower, bent))
        if found.point.deviance >= place.point.deviance and place.flat(products.rows):
            break
        place = found
    return Optimum(
        numbers=place.numbers,
        point=place.point,
        hessian=place.curvature.hessian,
        covariance_slopes=place.curvature.covariance_slopes,
        converged=place.flat(products.rows),
    )


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the search stands, and how the ground lies there."""

    numbers: Array
    point: Point
    gradient: Array
    curvature: "Curvature"

    def flat(self, rows: int) -> bool:
        """Whether the deviance hardly changes nearby."""
        return bool((np.abs(self.gradient) < FLAT * rows).all())


def standing(evaluate: Evaluate, numbers: Array, point: Point, gradient: Array) -> Place:
    """Look how the ground lies."""
    return Place(
        numbers=numbers,
        point=point,
        gradient=gradient,
        curvature=curvature_of(evaluate, numbers),
    )


def way_down(evaluate: Evaluate, place: Place, rows: int) -> Array | None:
    """Say from where to go on downhill; None where the lowest point is reached.

    A saddle is flat too: as the sign of a column of a factor makes no difference, a variance of
    nothing is always one or a minimum. There the way leads along the direction that bends down.
    """
    if not place.flat(rows):
        return place.numbers
    if not len(place.numbers):
        return None
    bends, ways = np.linalg.eigh(place.curvature.hessian)
    if bends[0] > -BENT * np.abs(bends).max():
        return None
    aside = [place.numbers + sign * ASIDE * ways[:, 0] for sign in (1, -1)]
    return min(aside, key=lambda numbers: float(evaluate(numbers)[0].deviance))


def evaluation(products: Products, structure: Structure, *, reml: bool) -> Evaluate:
    """Give a function of the free numbers to the point and its gradient."""

    def evaluate(numbers: Array) -> tuple[Point, Array]:
        point = profile(products, structure.factors(numbers), reml=reml)
        return point, structure.gradient(point.gradients)

    return evaluate


def sample_of(products: Products) -> Products | None:
    """Take every so many clients, where there are many and every one has a design of their own.

    What varies within clients is taken in proportion: as it was summed over all, only the part
    that any effects of clients could explain is known for some of them.
    """
    clients = len(products.clients)
    every = clients // SAMPLE
    if products.design is not None or products.cells is not None or every < WORTH_A_SAMPLE:
        return None
    some = replace(
        products,
        designs=np.ascontiguousarray(products.designs[..., ::every]),
        clients=products.clients[::every],
        cross=np.ascontiguousarray(products.cross[..., ::every]),
    )
    share = len(some.clients) / clients
    far = FAR * np.eye(len(products.designs))
    inside = products.total - clients_of(products, far).explained
    return replace(
        some,
        total=share * inside + clients_of(some, far).explained,
        rows=round(products.rows * share),
    )


def descended(evaluate: Evaluate, start: Array, rows: int) -> Array:
    """Go downhill until the ground is flat."""
    if not len(start):
        return start

    def per_row(numbers: Any) -> tuple[float, Array]:
        point, gradient = evaluate(numbers)
        return point.deviance / rows, gradient / rows

    found = minimize(per_row, start, jac=True, method="BFGS", options={"gtol": 1e-9})
    return np.asarray(found.x)


def polished(evaluate: Evaluate, numbers: Array, hessian: Array) -> tuple[Array, Point, Array]:
    """Take Newton's steps as long as they lead to flatter ground.

    Each step teaches how the ground curves (the update of Broyden, Fletcher, Goldfarb and Shanno).

    Returns
    -------
    The free numbers, their point and its gradient.
    """
    inverse: Array = np.linalg.pinv(hessian, rcond=1e-9, hermitian=True).astype(np.float64)
    point, gradient = evaluate(numbers)
    for _ in range(MOST_STEPS):
        step = -inverse @ gradient
        if abs(gradient @ step) < NOTHING_TO_GAIN:
            break
        next_point, next_gradient = evaluate(numbers + step)
        if np.abs(next_gradient).max() >= np.abs(gradient).max():
            break
        inverse = learned(inverse, step, next_gradient - gradient)
        numbers, point, gradient = numbers + step, next_point, next_gradient
    return numbers, point, gradient


def learned(inverse: Array, step: Array, change: Array) -> Array:
    """Update an inverse Hessian by how a step changed the gradient."""
    bent = float(step @ change)
    if bent <= 0:
        return inverse
    rest: Array = np.eye(len(step)) - np.outer(step, change) / bent
    return rest @ inverse @ rest.T + np.outer(step, step) / bent


@dataclass(frozen=True, kw_only=True)
class Curvature:
    """Second derivatives of the deviance, and first ones of the effects' covariance."""

    hessian: Array
    covariance_slopes: Array


def curvature_of(evaluate: Evaluate, numbers: Array) -> Curvature:
    """Differentiate gradient and covariance by central differences."""
    size = len(numbers)
    gradients, covariances = [], []
    for step in STEP * np.eye(size):
        (above, up), (below, down) = evaluate(numbers + step), evaluate(numbers - step)
        gradients.append((up - down) / (2 * STEP))
        covariances.append(
            (above.residual * above.inverse - below.residual * below.inverse) / (2 * STEP)
        )
    hessian = np.array(gradients).reshape(size, size)
    return Curvature(hessian=(hessian + hessian.T) / 2, covariance_slopes=np.array(covariances))
