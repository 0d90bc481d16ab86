"""Ask: what is asked, and what an answer is worth."""

from attunement.measures.instruments.catalogue import (
    add,
    find_instrument,
    find_scale,
    library,
    template,
)
from attunement.measures.instruments.model import Instrument
from attunement.measures.instruments.reading import load, parse, problems
from attunement.measures.scale import Direction, Scale
from attunement.measures.scoring.responses import check_responses
from attunement.measures.scoring.scores import safety, score

__all__ = [
    "Direction",
    "Instrument",
    "Scale",
    "add",
    "check_responses",
    "find_instrument",
    "find_scale",
    "library",
    "load",
    "parse",
    "problems",
    "safety",
    "score",
    "template",
]
