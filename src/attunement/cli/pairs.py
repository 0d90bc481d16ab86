"""Several pairs after one option: ``--rename client=subject session=time``."""

from collections.abc import Iterator, Sequence
from pathlib import Path

SEVERAL = ("--rename", "--scale")


def spread(arguments: Sequence[str]) -> list[str]:
    """Repeat the option before every further pair that follows it.

    A word with an equals sign that names a file is that file.

    Examples
    --------
    >>> spread(["norms", "a.csv", "--rename", "client=id", "session=week", "--json"])
    ['norms', 'a.csv', '--rename', 'client=id', '--rename', 'session=week', '--json']
    """
    return list(_spread(arguments))


def _spread(arguments: Sequence[str]) -> Iterator[str]:
    option = ""
    for before, word in zip(["", *arguments], arguments, strict=False):
        if word in SEVERAL:
            option = word
        elif option and before != option:
            if "=" in word and not word.startswith("-") and not Path(word).exists():
                yield option
            else:
                option = ""
        yield word
