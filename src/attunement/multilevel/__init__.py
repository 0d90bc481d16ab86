"""Linear mixed models for many clients, fitted from every client's cross-products."""

from attunement.multilevel.fitting import fit, fit_products
from attunement.multilevel.results import Fit
from attunement.multilevel.sites import CrossProducts, combine, cross_products

__all__ = ["CrossProducts", "Fit", "combine", "cross_products", "fit", "fit_products"]
