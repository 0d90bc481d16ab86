"""The picture of a result, where one is asked for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from altair import TopLevelMixin

    from attunement.intake.writing import Output


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """A picture that was asked for, or not.

    Attributes
    ----------
    place : Path or None
        Where to write it.
    title : str
        What it is of.
    chart : callable
        Draws it, once it is wanted.
    """

    place: Path | None
    title: str
    chart: "Callable[[], TopLevelMixin]"

    def outputs(
        self, sentences: Sequence[str], never: Sequence[Path | None] = ()
    ) -> "list[Output]":
        """Draw it into a file to be, with what it says, where one was asked for.

        Raises
        ------
        Problem
            If its kind is not known, or its file is among those that ``never`` are written over.
        """
        if self.place is None:
            return []
        from attunement.intake.places import target_of
        from attunement.intake.writing import file_output
        from attunement.report.picture import picture

        target_of(self.place, never, "--picture")
        drawn = picture(self.chart(), self.place, title=self.title, sentences=sentences)
        return [file_output(self.place, drawn, "--picture")]
