"""From options to checked tables."""

import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from attunement.cli import show
from attunement.cli.options import pairs
from attunement.problems import Problem

if TYPE_CHECKING:
    from attunement.course.baseline import Norms
    from attunement.intake import Intake
    from attunement.measures.scale import Scale

Given = Sequence[str] | None


def own_instruments() -> Path:
    """Find the folder of a site's own instruments."""
    return Path(
        os.environ.get("ATTUNEMENT_INSTRUMENTS")
        or Path(typer.get_app_dir("attunement")) / "instruments"
    )


def instruments() -> Any:
    """Give all instruments at hand: those in the box, and the site's own."""
    from attunement.measures.instruments.catalogue import library

    folder = own_instruments()
    return library(folder if folder.is_dir() else None)


def read_by(*files: Path | None) -> list[Path | None]:
    """List what a command reads: its files, and the site's own instruments."""
    return [*files, *own_instruments().glob("*.toml")]


def find_scale() -> "Callable[[str], Scale]":
    """Find scales among all instruments at hand."""
    from attunement.measures.instruments.catalogue import find_scale as find

    return partial(find, instruments=instruments())


def scores(
    path: Path, rename: Given, meanings: Given, missing: Given = None, *, both_raters: bool = False
) -> "Intake":
    """Read a file of scores as the options say, and say how it was read."""
    from attunement.intake import read_scores

    given, declared = pairs(rename, "--rename"), pairs(meanings, "--scale")
    with show.working(f"Reading {path.name} ..."):
        intake = read_scores(
            path,
            rename=given,
            scales=declared,
            find=find_scale(),
            both_raters=both_raters,
            missing=missing or (),
        )
    show.notes(intake.notes)
    return intake


def watched(scales: "Mapping[str, Scale]") -> "dict[str, Scale]":
    """Keep the scales that are watched for drops, and say which are not."""
    from attunement.measures.scale import watched as kept_of

    kept = kept_of(scales)
    if told := [name for name in scales if name not in kept]:
        show.notes([f"{' and '.join(told)}: told outright, so not watched for drops."])
    return kept


def scores_of_one(
    path: Path, rename: Given, wanted: Given, missing: Given = None
) -> "tuple[Intake, Scale]":
    """Read a file of scores and choose the scale that is wanted.

    Parameters
    ----------
    wanted
        ``phq9`` chooses, ``bdi=lower-is-better`` declares (and chooses where it is the only one).
    """
    declared = [item for item in wanted or () if "=" in item]
    names = [item for item in wanted or () if "=" not in item]
    intake = scores(path, rename, declared, missing)
    if not names and len(declared) == 1:
        ((column, meaning),) = pairs(declared, "--scale").items()
        names = [column if column in intake.scales else meaning]
    return intake, chosen(intake.scales, names)


def chosen(scales: "Mapping[str, Scale]", names: Sequence[str]) -> "Scale":
    """Choose one of the scales in a file."""
    if len(names) > 1:
        raise Problem("two scales are named", "name one", field="--scale")
    if not names:
        if len(scales) == 1:
            return next(iter(scales.values()))
        raise Problem(
            f"the file has several scales ({', '.join(scales)})", "name one", field="--scale"
        )
    if names[0] in scales:
        return scales[names[0]]
    try:
        return scales[find_scale()(names[0]).name]
    except (Problem, KeyError) as error:
        raise Problem(
            f"there is no scale '{names[0]}' in the file",
            f"its scales are {', '.join(scales)}",
            field="--scale",
        ) from error


def norms(file: Path | None, table: Any, scales: "Mapping[str, Scale]") -> "dict[str, Norms]":
    """Read norms from a file, or estimate them from the scores themselves."""
    from attunement.course.baseline import default_norms, estimate_norms, load_norms
    from attunement.intake.files import first_bytes

    if file is None:
        return estimate_norms(table, scales)
    try:
        first_bytes(file)
        known = load_norms(file.read_text(encoding="utf-8"), file=file.name)
    except Problem:
        raise
    except (OSError, ValueError, OverflowError, RecursionError) as error:
        raise Problem(
            "the norms cannot be read", "write them with 'attunement norms'", file=file.name
        ) from error
    missing = [name for name in scales if name not in known]
    if missing:
        show.notes([f"{file.name} has no norms for {', '.join(missing)}: defaults are used."])
    return {
        name: known[name] if name in known else default_norms(scale)
        for name, scale in scales.items()
    }
