"""Ask: what is asked, and what an answer is worth."""

from attunement.measures.catalogue import add, find_instrument, find_scale, library
from attunement.measures.instrument import Instrument
from attunement.measures.reading import load, parse, problems
from attunement.measures.scale import Direction, Scale

__all__ = [
    "Direction",
    "Instrument",
    "Scale",
    "add",
    "find_instrument",
    "find_scale",
    "library",
    "load",
    "parse",
    "problems",
]
