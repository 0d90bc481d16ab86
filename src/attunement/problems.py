"""Mistakes a user can mend, each said in one sentence."""

import re
from collections.abc import Mapping
from unicodedata import category

BLANK = re.compile(r"\{(\w+)\}")


class Problem(ValueError):
    """Something in the input that the user can put right.

    Parameters
    ----------
    what
        What is wrong, in plain words, without a full stop.
    remedy
        What to do about it, as an instruction, without a full stop.
    values
        What stands in for ``{name}`` in both: then either is a template that can be translated
        before its blanks are filled.
    alike
        How many more are wrong in the same way.
    file, row, field
        Where: the file's name, the row as a spreadsheet counts it (the header is row 1),
        and the column or setting.

    Examples
    --------
    >>> print(Problem("'abc' is not a number", "write a number or leave the cell empty",
    ...               file="scores.csv", row=12, field="score"))
    scores.csv, row 12, score: 'abc' is not a number; write a number or leave the cell empty.
    """

    def __init__(
        self,
        what: str,
        remedy: str = "",
        *,
        values: Mapping[str, object] | None = None,
        alike: int = 0,
        file: str | None = None,
        row: int | None = None,
        field: str | None = None,
    ) -> None:
        self.template, self.advice = what, remedy
        self.values = {name: str(value) for name, value in (values or {}).items()}
        what, remedy = filled(what, self.values), filled(remedy, self.values)
        self.alike = alike
        if alike:
            what += f" (and {alike:,} more like it)"
        self.what, self.remedy = what, remedy
        self.file, self.row, self.field = file, row, field
        place = [file, None if row is None else f"row {row}", field]
        where = ", ".join(part for part in place if part)
        sentence = f"{what}; {remedy}" if remedy else what
        super().__init__(harmless(f"{where}: {sentence}." if where else f"{sentence}."))


def filled(template: str, values: Mapping[str, str]) -> str:
    """Fill the blanks of a template; braces in what fills them stay as they are.

    Examples
    --------
    >>> filled("{value} is outside {range}", {"value": "'{range}'", "range": "0 to 10"})
    "'{range}' is outside 0 to 10"
    """
    parts = BLANK.split(template)
    return (
        "".join(
            values.get(part, f"{{{part}}}") if place % 2 else part
            for place, part in enumerate(parts)
        )
        if values
        else template
    )


def harmless(text: str) -> str:
    r"""Write as escapes what a terminal might obey, or what would break a line.

    Control characters, line ends, marks that turn the direction of writing, and bytes of a file's
    name that are no letters.

    Examples
    --------
    >>> print(harmless("Zoë\x1b[2J\nB"))
    Zoë\x1b[2J\nB
    """
    return text if text.isprintable() else "".join(map(_harmless, text))


def _harmless(letter: str) -> str:
    if letter.isprintable() or category(letter) == "Zs":
        return letter
    return letter.encode("unicode_escape").decode()
