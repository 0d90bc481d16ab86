"""Linear mixed models for many clients, fitted from every client's cross-products."""

from attunement.multilevel.fitting import fit
from attunement.multilevel.results import Fit

__all__ = ["Fit", "fit"]
