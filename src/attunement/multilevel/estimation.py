"""From cross-products to estimates, in the units of the table."""

from dataclasses import dataclass

import numpy as np

from attunement.multilevel.nesting import Nesting
from attunement.multilevel.products import Products
from attunement.multilevel.search import Optimum, optimise
from attunement.multilevel.stacks import Array
from attunement.multilevel.structure import Structure
from attunement.multilevel.units import Units, covariance_of, in_units, structure_of

SINGULAR = 1e-4


@dataclass(frozen=True, kw_only=True)
class Estimates:
    """What was found.

    Attributes
    ----------
    values : shape (effects,)
    covariance : shape (effects, effects)
    df : shape (effects,)
        Satterthwaite's degrees of freedom.
    between : tuple of arrays
        The covariance of each level's effects.
    residual : float
    deviance : float
        Minus twice the logarithm of the (restricted) likelihood.
    singular : bool
    optimum, products, structure, units, nesting, reml
        What predictions and profiles go on from.
    phi : float or None
        The autocorrelation of residuals.
    """

    values: Array
    covariance: Array
    df: Array
    between: tuple[Array, ...]
    residual: float
    deviance: float
    singular: bool
    optimum: Optimum
    products: Products
    structure: Structure
    units: Units
    nesting: Nesting
    reml: bool
    phi: float | None = None


def estimate(products: Products, units: Units, nesting: Nesting, *, reml: bool) -> Estimates:
    """Maximise the likelihood.

    Parameters
    ----------
    products
        As they were summed, clients of equal design merged.
    """
    model = in_units(products, units)
    structure = structure_of(nesting.levels, units)
    optimum = optimise(model, structure, reml=reml)
    point = optimum.point
    matrix, shift = units.to_original()
    unit = units.scale[-1]
    factors = structure.factors(optimum.numbers)
    stretch = -2 * np.linalg.slogdet(matrix / unit)[1] if reml else 0.0
    return Estimates(
        values=matrix @ point.values + shift,
        covariance=point.residual * matrix @ point.inverse @ matrix.T,
        df=satterthwaite(optimum, matrix),
        between=tuple(
            point.residual * unit**2 * covariance_of(factor, level, units)
            for factor, level in zip(factors, nesting.levels, strict=True)
        ),
        residual=point.residual * unit**2,
        deviance=float(point.deviance + 2 * point.free * np.log(unit) + stretch),
        singular=bool((np.abs(optimum.numbers[structure.diagonal]) < SINGULAR).any()),
        optimum=optimum,
        products=model,
        structure=structure,
        units=units,
        nesting=nesting,
        reml=reml,
    )


def satterthwaite(optimum: Optimum, contrasts: Array) -> Array:
    r"""Degrees of freedom of linear combinations of the effects.

    With :math:`v` the variance of a combination and :math:`A` the asymptotic covariance of the
    variance parameters, :math:`2 v^2 / (\nabla v^\top A \nabla v)` (Satterthwaite 1946,
    *Biometrics Bull.* 2:110-114; for mixed models Giesbrecht & Burns 1985, *Biometrics*
    41:477-486; the software of Kuznetsova, Brockhoff & Christensen 2017, *J. Stat. Softw.*
    82(13), does the same; all cited from memory). With :math:`H` the Hessian of the profiled
    deviance and :math:`d` its free rows, that is
    :math:`v^2 / (\dot v^\top H^{-1} \dot v + v^2 / d)`, where :math:`\dot v` follows the
    residual variance along.
    """
    point = optimum.point
    covariance = point.residual * point.inverse
    variance = np.einsum("ci,ij,cj->c", contrasts, covariance, contrasts)
    slopes = np.einsum("ci,kij,cj->ck", contrasts, optimum.covariance_slopes, contrasts)
    inverse = np.linalg.pinv(optimum.hessian, rcond=1e-8, hermitian=True)
    spread = np.einsum("ck,kl,cl->c", slopes, inverse, slopes)
    return np.asarray(variance**2 / (spread + variance**2 / point.free))
