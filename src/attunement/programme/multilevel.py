"""Multilevel models over a programme's clients, as a manager or researcher reaches for them."""

from attunement.multilevel import Fit, fit

__all__ = ["Fit", "fit"]
