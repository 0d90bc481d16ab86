"""What a careful reader would want to know about how a file was read."""

from typing import Self

from attunement.problems import filled


class Note(str):
    """A sentence that keeps its template, so that a page can say it in another language.

    Parameters
    ----------
    template
        One of :mod:`attunement.intake.sentences`.
    values
        What fills its blanks.
    """

    __slots__ = ("template", "values")

    template: str
    values: dict[str, str]

    def __new__(cls, template: str, **values: str) -> Self:
        """Fill the blanks."""
        note = super().__new__(cls, filled(template, values))
        note.template, note.values = template, values
        return note
