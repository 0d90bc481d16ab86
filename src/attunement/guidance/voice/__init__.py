"""The client's own voice: what is offered to whoever answered low, and the ways from there."""

from attunement.guidance.voice.candour import Candour, candour
from attunement.guidance.voice.choices import AUDIENCE, Choice, offered
from attunement.guidance.voice.library import Words, words
from attunement.guidance.voice.low import Low, low_answers
from attunement.guidance.voice.signposts import Signposts, signposts

__all__ = [
    "AUDIENCE",
    "Candour",
    "Choice",
    "Low",
    "Signposts",
    "Words",
    "candour",
    "low_answers",
    "offered",
    "signposts",
    "words",
]
