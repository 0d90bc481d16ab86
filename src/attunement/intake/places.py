"""Where results may go: to ordinary files, and never over what a command reads."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from attunement.problems import Problem


def target_of(place: Path, never: Iterable[Path | None] = (), option: str = "--out") -> Path:
    """Find the ordinary file that a result would replace or become, through symbolic links.

    Parameters
    ----------
    never
        Files that the command reads; None stands for one that was not given.
    option
        What the user calls the place, for the sentence.

    Raises
    ------
    Problem
        If there is something that is no ordinary file, or one that the command reads.
    """
    if place.is_dir():
        raise Problem("this is a folder", "name a file", file=str(place), field=option)
    if place.exists() and not place.is_file():
        raise Problem(
            "this is no ordinary file", "name another place", file=str(place), field=option
        )
    for file in never:
        if file is not None and is_same(place, file):
            raise Problem(
                "this file is read by the command, and writing there would destroy it",
                "name another place",
                file=str(place),
                field=option,
            )
    target = Path(os.path.realpath(place))
    if target.is_symlink():
        raise Problem(
            "this link leads to itself", "name another place", file=str(place), field=option
        )
    return target


def is_same(one: Path, other: Path) -> bool:
    """Whether two names lead to one file that is there."""
    try:
        return one.samefile(other)
    except OSError:
        return False


def is_utf8(name: str) -> bool:
    """Whether every byte of a name is part of a letter: the engines open no other."""
    return name.encode("utf-8", "ignore").decode() == name


@cache
def spill_folder() -> Path:
    """Make a folder that only its owner can look into, for as long as the program runs.

    It is made where temporary files are: the system's folder, or the one that ``TMPDIR`` names.
    """
    folder = Path(tempfile.mkdtemp(prefix="attunement-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
