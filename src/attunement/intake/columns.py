"""From the user's names of columns to ours."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from attunement.intake.sheet import ROW, Sheet, shown
from attunement.problems import Problem
from attunement.tables import Table


def renamed(sheet: Sheet, table: Table, rename: Mapping[str, str]) -> Sheet:
    """Give columns our names: as the user says, or where only upper and lower case differ.

    Parameters
    ----------
    rename
        Our name to theirs.

    Raises
    ------
    Problem
        If a name is not known on either side, or two columns would share one.
    """
    for ours, theirs in rename.items():
        if ours not in table.names:
            raise Problem(
                f"'{shown(ours)}' is no column of {table.name}",
                hint(ours, table.names, "its columns are"),
                field="--rename",
            )
        if theirs not in sheet.columns:
            raise no_column(sheet, theirs, "--rename")
        if ours in sheet.columns and ours not in rename.values() and ours != theirs:
            raise Problem(
                f"there is a column '{ours}' already, so '{shown(theirs)}' cannot be renamed to it",
                "leave one out",
                file=sheet.file,
                field="--rename",
            )
    if len(set(rename.values())) < len(rename):
        raise Problem("one column is given two names", "rename it once", field="--rename")
    given = {theirs: ours for ours, theirs in rename.items()}
    return sheet.having(sheet.frame.rename(given | by_case(sheet.columns, table, given)))


def by_case(columns: list[str], table: Table, given: Mapping[str, str]) -> dict[str, str]:
    """Match 'Client' to 'client' where nothing else is called so."""
    taken = {*columns, *given.values()}
    folded: dict[str, list[str]] = {}
    for name in columns:
        if name not in given:
            folded.setdefault(name.casefold(), []).append(name)
    return {
        folded[ours][0]: ours
        for ours in table.names
        if ours not in taken and len(folded.get(ours, [])) == 1
    }


def require(sheet: Sheet, wanted: Iterable[str], instead: str = "") -> None:
    """Raise a :class:`Problem` when a column is not there, naming those that are."""
    for name in wanted:
        if name not in sheet.columns:
            raise Problem(
                f"there is no column {name}{instead}",
                f"name it: --rename {name}=COLUMN, where COLUMN is one of {listed(sheet.columns)}"
                + single_column(sheet),
                file=sheet.file,
            )


def single_column(sheet: Sheet) -> str:
    """Suspect the separator where only one column was found."""
    if len(sheet.columns) > 1:
        return ""
    return " (only one column was found: separate columns with comma, semicolon or tab)"


def no_column(sheet: Sheet, name: str, field: str) -> Problem:
    """Say that the file has no such column, and which come near."""
    return Problem(
        f"there is no column '{shown(name)}'",
        hint(name, sheet.columns, "the columns are"),
        file=sheet.file,
        field=field,
    )


def hint(name: str, known: Iterable[str], otherwise: str) -> str:
    """Suggest the nearest known name, or list them."""
    known = list(known)
    near = get_close_matches(name, known, n=1, cutoff=0.7)
    return f"did you mean '{shown(near[0])}'" if near else f"{otherwise} {listed(known)}"


def listed(names: Iterable[str], most: int = 12) -> str:
    """List names in a sentence."""
    names = [shown(name) for name in names if name != ROW]
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
