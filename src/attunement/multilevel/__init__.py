"""Linear mixed models for many clients, fitted from every client's cross-products."""

from attunement.multilevel.comparison import Comparison, compare
from attunement.multilevel.fitting import fit, fit_products
from attunement.multilevel.predicting import group_effects, predict
from attunement.multilevel.profiling import variance_intervals
from attunement.multilevel.results import Fit
from attunement.multilevel.same_rows import fit_same_rows
from attunement.multilevel.sites import CrossProducts, combine, cross_products

__all__ = [
    "Comparison",
    "CrossProducts",
    "Fit",
    "combine",
    "compare",
    "cross_products",
    "fit",
    "fit_products",
    "fit_same_rows",
    "group_effects",
    "predict",
    "variance_intervals",
]
