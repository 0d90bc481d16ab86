"""No sentence about a file escapes: each is one of those that can be translated."""

import ast
import re
from pathlib import Path

import pytest

import attunement
from attunement.intake import sentences
from attunement.intake.sentences import KINDS, ON_A_PAGE, SENTENCES
from attunement.measures.scoring import sentences as about_answers
from attunement.problems import BLANK

ROOT = Path(attunement.__file__).parent
COMMAND_LINE = {"attendance.py", "handed_in.py", "places.py", "writing.py"}
DECLARATIONS = {"meaning_of", "refuse_turned_round", "range_of"}
"""Understand what was typed after an option; a page offers known scales alone."""

INTAKE = [path for path in sorted((ROOT / "intake").glob("*.py")) if path.name not in COMMAND_LINE]
READERS = [*INTAKE, ROOT / "measures" / "scoring" / "responses.py"]
PAGES = sorted((ROOT / "clinic" / "exchange").rglob("*.py"))
SPOKEN = {"_", "gettext", "ngettext"}
RAISES = {
    "Problem": slice(0, 2),
    "refuse": slice(3, 5),
    "Note": slice(0, 1),
    "Refused": slice(0, 1),
}


def functions(path):
    """Give every function of a file that may say something to whoever uses a page."""
    top = ast.parse(path.read_text()).body
    found = [*top, *(one for kind in top if isinstance(kind, ast.ClassDef) for one in kind.body)]
    return [
        one for one in found if isinstance(one, ast.FunctionDef) and one.name not in DECLARATIONS
    ]


def is_sentence(node, function):
    """Whether an expression can only be a sentence that is translated."""
    match node:
        case ast.Attribute(value=ast.Name(id="said")):
            return True
        case ast.Call(func=ast.Name(id=name)):
            return name in SPOKEN
        case ast.BinOp(left=left, op=ast.Mod()):
            return is_sentence(left, function)
        case ast.IfExp(body=one, orelse=other):
            return is_sentence(one, function) and is_sentence(other, function)
        case ast.Name(id=name):
            given = {one.arg for one in (*function.args.args, *function.args.kwonlyargs)}
            told = [
                one.value
                for one in ast.walk(function)
                if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]).startswith(name)
            ]
            return name in given or (bool(told) and all(is_sentence(one, function) for one in told))
    return False


def escaping(path):
    """Give the places where something is said in words of their own."""
    for function in functions(path):
        for node in ast.walk(function):
            name = getattr(getattr(node, "func", None), "id", "")
            said = node.args[RAISES[name]] if name in RAISES else ()
            if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
                said = node.value.elts[:2] if path.name == "responses.py" else ()
            for one in said:
                if not is_sentence(one, function):
                    yield f"{path.stem}.{function.name}: {ast.unparse(one)}"


PASSED_ON = {
    "undoing.refuse_worked_on: '; '.join(changed)",
    "reading.read_answers: ', '.join(Audience.values)",
    "responses.check_responses: problem.what",
    "responses.check_responses: problem.remedy",
    "responses._problem: what",
    "responses._problem: remedy",
}


def test_readers_and_pages_say_nothing_that_cannot_be_translated():
    assert {one for path in [*READERS, *PAGES] for one in escaping(path)} == PASSED_ON


@pytest.mark.parametrize("path", READERS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_readers_name_exists(path):
    named = set(re.findall(r"\bsaid\.([A-Z_0-9]+)", path.read_text()))
    where = about_answers if path.name == "responses.py" and "scoring" in path.parts else sentences
    assert named <= set(vars(where))


def test_a_page_says_what_the_reader_says_with_no_other_blanks():
    assert set(ON_A_PAGE.values()) <= set(SENTENCES)
    assert not set(ON_A_PAGE) & set(SENTENCES)
    assert set(KINDS) <= set(SENTENCES)
    for said, here in ON_A_PAGE.items():
        assert set(BLANK.findall(here)) <= set(BLANK.findall(said)) | {"names"}, here
    assert not any("--" in one for one in SENTENCES)
