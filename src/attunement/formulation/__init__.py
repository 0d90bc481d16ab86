"""Seeing a case anew: one story in the words of four lenses, and questions from another lens."""

from attunement.formulation.anew import Question, persists, questions
from attunement.formulation.helped import Helped, helped
from attunement.formulation.lenses import Lens, Part, lenses

__all__ = [
    "Helped",
    "Lens",
    "Part",
    "Question",
    "helped",
    "lenses",
    "persists",
    "questions",
]
