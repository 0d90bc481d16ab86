"""Examples in pages are run as they stand: Python, and commands with what they print."""

import contextlib
import doctest
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

from sybil import Sybil
from sybil.parsers.myst import CodeBlockParser, PythonCodeBlockParser, SkipParser

from attunement.cli.run import run

SHELL = re.compile(r"[|<>;&$*`\\]")
BIN = Path(sys.executable).parent
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def console(example):
    """Run the lines after a dollar sign and compare what they print, if that is shown."""
    for command, shown in steps(example.parsed):
        code, printed = execute(command)
        if code:
            return f"$ {command}\nended with exit code {code} and said\n{printed}"
        if shown.strip() and not matches(shown, printed):
            return f"$ {command}\nthe page shows\n{shown}\nand it printed\n{printed}"
    return None


def steps(block):
    """Split a block into commands and what is shown for each.

    A backslash continues a command, and so does ``<<'END'`` until a line that says END.
    """
    lines = iter(block.splitlines(keepends=True))
    found = []
    for line in lines:
        if not line.startswith("$ "):
            found[-1][1] += line
            continue
        command = line[2:]
        while command.endswith("\\\n"):
            command += next(lines)
        if command.endswith("<<'END'\n"):
            command += "".join(iter(lines.__next__, "END\n")) + "END\n"
        found.append([command.strip(), ""])
    return found


def execute(command):
    """Run our own command in this process, which is quicker, and any other in a shell."""
    if command.startswith("attunement ") and not SHELL.search(command):
        said = io.StringIO()
        with (
            contextlib.redirect_stdout(said),
            contextlib.redirect_stderr(said),
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("ignore")
            code = run(shlex.split(command)[1:])
        return code, said.getvalue()
    done = subprocess.run(
        ["sh", "-c", command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env=os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"},
    )
    return done.returncode, done.stdout


def matches(shown, printed):
    """Compare line by line without spaces at their ends; three dots stand for anything."""
    wanted = ".*".join(re.escape(part) for part in tidy(shown).split("..."))
    return re.fullmatch(wanted, tidy(printed), flags=re.DOTALL) is not None


def tidy(text):
    return "\n".join(line.rstrip() for line in text.splitlines() if line.strip())


READER = Sybil(
    [
        CodeBlockParser("console", console),
        PythonCodeBlockParser(doctest_optionflags=FLAGS),
        SkipParser(),
    ]
)


def read(page):
    """Give the examples of a page."""
    return list(READER.parse(page))


def neighbours(page, folder):
    """Copy the files that are shipped beside a page."""
    if page.parent.name in ("tutorials", "how-to"):
        for file in page.parent.iterdir():
            if file.is_file() and file.suffix != page.suffix:
                shutil.copy(file, folder)
