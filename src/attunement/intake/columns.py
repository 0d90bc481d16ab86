"""From the user's names of columns to ours."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches

from attunement.intake import sentences as said
from attunement.intake.sheet import ROW, Sheet, shown
from attunement.problems import Problem
from attunement.tables import Table

LATEST_HEADER = 10


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
                said.NO_COLUMN_OF_OURS,
                said.NEAR_OF_OURS if near(ours, table.names) else said.COLUMNS_OF_OURS,
                values={"name": shown(ours), "table": table.name} | hint(ours, table.names),
                field="--rename",
            )
        if theirs not in sheet.columns:
            raise no_column(sheet, theirs, "--rename")
        if ours in sheet.columns and ours not in rename.values() and ours != theirs:
            raise Problem(
                said.NAME_TAKEN,
                said.LEAVE_ONE_OUT,
                values={"ours": ours, "theirs": shown(theirs)},
                file=sheet.file,
                field="--rename",
            )
    if len(set(rename.values())) < len(rename):
        raise Problem(said.TWO_NAMES, said.RENAME_ONCE, field="--rename")
    given = {theirs: ours for ours, theirs in rename.items()}
    given |= by_case(sheet.columns, table, given)
    return replace(
        sheet,
        frame=sheet.frame.rename(given),
        renamed={ours: theirs for theirs, ours in given.items() if ours != theirs},
    )


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


def require(sheet: Sheet, wanted: Mapping[str, str] | Sequence[str]) -> None:
    """Raise a :class:`Problem` when columns are not there, naming all of them and those that are.

    Parameters
    ----------
    wanted
        Our names, or our names to the words that say what is missing.
    """
    words = wanted if isinstance(wanted, Mapping) else {name: name for name in wanted}
    missing = [name for name in words if name not in sheet.columns]
    if not missing:
        return
    refuse_late_header(sheet, words)
    renames = " ".join(f"--rename {name}=COLUMN" for name in missing)
    raise Problem(
        said.NO_COLUMNS,
        said.NAME_COLUMNS if len(sheet.columns) > 1 else said.SEPARATE_COLUMNS,
        values={
            "missing": " and no column ".join(words[name] for name in missing),
            "names": ", ".join(missing),
            "them": "it" if len(missing) == 1 else "them",
            "renames": renames,
            "columns": listed(sheet.own_columns),
        },
        file=sheet.file,
    )


def refuse_late_header(sheet: Sheet, wanted: Iterable[str]) -> None:
    """Raise a :class:`Problem` when names that are wanted stand in one of the first rows."""
    names = {name.casefold() for name in wanted}
    for row in sheet.frame.head(LATEST_HEADER).iter_rows(named=True):
        cells = {str(cell).strip().casefold() for name, cell in row.items() if name != ROW}
        if names & cells:
            raise Problem(
                said.LATE_HEADER,
                said.HEADER_FIRST,
                file=sheet.file,
                row=row[ROW],
            )


def no_column(sheet: Sheet, name: str, field: str) -> Problem:
    """Say that the file has no such column, and which come near."""
    refuse_late_header(sheet, [name])
    return unknown(name, sheet.own_columns, file=sheet.file, field=field)


def unknown(name: str, columns: Collection[str], *, field: str, file: str | None = None) -> Problem:
    """Say that there is no such column among these."""
    return Problem(
        said.NO_SUCH_COLUMN,
        said.NEAR_COLUMN if near(name, columns) else said.THE_COLUMNS,
        values={"name": shown(name)} | hint(name, columns),
        file=file,
        field=field,
    )


def near(name: str, known: Collection[str]) -> str:
    """Give the known name that is nearest, if any is near."""
    return next(iter(get_close_matches(name, known, n=1, cutoff=0.7)), "")


def hint(name: str, known: Collection[str]) -> dict[str, str]:
    """Give the nearest known name and a list of all, to fill a sentence."""
    return {"near": shown(near(name, known)), "columns": listed(known)}


def listed(names: Iterable[str], most: int = 12) -> str:
    """List names in a sentence, each in quotation marks."""
    names = [f"'{shown(name)}'" for name in names if name != ROW]
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
