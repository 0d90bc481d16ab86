"""Multilevel models of many clients, as researchers and managers reach for them."""

from attunement.multilevel import (
    Comparison,
    CrossProducts,
    Fit,
    combine,
    compare,
    cross_products,
    fit,
    fit_products,
    fit_same_rows,
    group_effects,
    predict,
    variance_intervals,
)

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
