"""What a researcher calls says where it comes from and shows itself at work.

Offered is what the toolkit and a package name in ``__all__``, and what the reference of the library
lists. A package that names nothing offers every public function whose parameters it documents,
unless it is an inner one.
"""

import doctest
import importlib
import inspect
import pkgutil
import re
from enum import Enum
from functools import cache
from pathlib import Path

import pytest

from support.examples import FLAGS

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src"
ROOMS = ("programme", "multilevel", "course", "measures", "guidance", "goals", "formulation")
INNER = ("attunement.guidance.reasons", "attunement.measures.instruments")
CITED = re.compile(r"\b(?:18|19|20)\d\d\b|\b[oO]ur own\b")
ELSEWHERE = re.compile(r":(?:func|class|mod):`")
SECTION = re.compile(r"^(?:Parameters|Returns|Yields|Raises)\n-+$", re.MULTILINE)
LISTED = re.compile(r"^\.\. auto(?:function|class):: ([\w.]+)\.(\w+)$", re.MULTILINE)
HOLDS = re.compile(r"^Attributes\n-+$|``\w+``", re.MULTILINE)
EXAMPLES = "Examples\n--------\n>>> "
WITH_EXAMPLES = [
    ".".join(path.relative_to(SRC).with_suffix("").parts)
    for path in sorted(SRC.rglob("*.py"))
    if ">>> " in path.read_text("utf-8")
]


def modules():
    """Every module of the rooms, and the toolkit."""
    names = ["attunement.toolkit"]
    for room in ROOMS:
        package = importlib.import_module(f"attunement.{room}")
        found = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        names += [package.__name__, *(module.name for module in found)]
    return [importlib.import_module(name) for name in names if not name.startswith(INNER)]


def named(module):
    """What a module says that it offers, or what it must be taken to offer."""
    if hasattr(module, "__all__"):
        return [getattr(module, name) for name in module.__all__]
    if hasattr(importlib.import_module(module.__name__.rpartition(".")[0]), "__all__"):
        return []
    return [
        found
        for name, found in inspect.getmembers(module, inspect.isfunction)
        if found.__module__ == module.__name__
        and not name.startswith("_")
        and "Parameters\n" in (found.__doc__ or "")
    ]


def listed():
    """What the reference of the library lists."""
    page = (ROOT / "docs" / "reference" / "api.md").read_text("utf-8")
    return [getattr(importlib.import_module(module), name) for module, name in LISTED.findall(page)]


@cache
def offered():
    """Everything that is offered and can be called, by its full name."""
    found = [one for module in modules() for one in named(module)] + listed()
    return {
        f"{one.__module__}.{one.__qualname__}": one
        for one in found
        if inspect.isclass(one) or inspect.isfunction(inspect.unwrap(one))
    }


def functions():
    return {name: one for name, one in offered().items() if not inspect.isclass(one)}


def has_source(function):
    """Whether it cites a work, says where one is cited, or that it is our own."""
    said = inspect.getdoc(function).partition(EXAMPLES)[0]
    about = inspect.getmodule(function).__doc__
    return CITED.search(said) or CITED.search(about) or ELSEWHERE.search(SECTION.split(said)[0])


def test_much_is_offered():
    assert len(functions()) > 150


def test_every_function_that_is_offered_says_its_source_or_that_it_is_our_own():
    assert [name for name, one in functions().items() if not has_source(one)] == []


def test_every_function_that_is_offered_gives_an_example():
    assert [name for name, one in functions().items() if EXAMPLES not in inspect.getdoc(one)] == []


def test_every_class_that_is_offered_says_what_it_holds():
    classes = {name: one for name, one in offered().items() if inspect.isclass(one)}
    silent = [
        name
        for name, one in classes.items()
        if not issubclass(one, (Enum, Exception)) and not HOLDS.search(inspect.getdoc(one))
    ]
    assert silent == []


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_the_examples_of_a_module_print_what_they_show(name):
    assert doctest.testmod(importlib.import_module(name), optionflags=FLAGS).failed == 0
