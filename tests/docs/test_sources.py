"""The page of scientific sources knows every work that the program cites, and says how far.

What strategies rest on has a bibliography and a page of its own.
"""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "explanation" / "scientific-sources.md").read_text("utf-8")
NAME = r"(?:[dD]e |[dD]el |[vV]an |[vV]on )*[A-Z][\w-]+"
CITED = re.compile(
    rf"({NAME})(?:(?:, {NAME})*,? (?:&|and) (?:others|{NAME})| et al\.)?(?:'s)?,? \(?"
    r"((?:18|19|20)\d\d)\b"
)
MONTHS = {
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
}  # fmt: skip
STANDING = re.compile(r"\b(?:read|elsewhere: \w+|memory)\b")
ROWS = [
    tuple(cell.strip() for cell in line.strip("|").split(" | "))
    for line in PAGE.splitlines()
    if line.startswith("| ") and not line.startswith("| source")
]


def works(text):
    """First author and year of every work cited in a text."""
    cited = CITED.findall(" ".join(text.split()))
    return {(name.split()[-1], year) for name, year in cited if name not in MONTHS}


def texts():
    """Every place of the program and of its pages that may cite, with its text."""
    for path in sorted((ROOT / "src").rglob("*.py")):
        strings = [
            node.value
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
        yield path, "\n".join(strings)
    for path in [*(ROOT / "src").rglob("*.toml"), *(ROOT / "docs" / "explanation").glob("*.md")]:
        if path.name not in ("scientific-sources.md", "bibliography.toml"):
            yield path, path.read_text("utf-8")


CITING = {str(path.relative_to(ROOT)): works(text) for path, text in texts() if works(text)}
KNOWN = [works(source.replace("*", "")) for source, *_ in ROWS]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Feldt (1965, *Psychometrika* 30:357)", {("Feldt", "1965")}),
        ("are Feldt's (1965): exact", {("Feldt", "1965")}),
        ("McGraw and Wong (1996, *Psychol. Methods*)", {("McGraw", "1996")}),
        ("Swift, Callahan & Levine 2009", {("Swift", "2009")}),
        ("Stiles and others (2004)", {("Stiles", "2004")}),
        (
            "Cranford et\n    al. 2006; (Van Dobben\nde Bruyn 1968)",
            {("Cranford", "2006"), ("Bruyn", "1968")},
        ),
        ("Eubanks-Carter, Gorman & Muran 2012", {("Eubanks-Carter", "2012")}),
        ("Kessler et al. 2002, Psychol Med 32:959-976", {("Kessler", "2002")}),
        ("Accepted, November 2026. Med Care 41:1284-1292", set()),
    ],
)
def test_citations_are_found_however_they_are_written(text, found):
    assert works(text) == found


def test_there_is_something_to_find():
    assert len(set().union(*CITING.values())) > 80
    assert any(path.endswith("phq9.toml") for path in CITING)


@pytest.mark.parametrize("path", CITING)
def test_every_work_that_is_cited_stands_on_the_page(path):
    assert CITING[path] - set().union(*KNOWN) == set()


def test_nothing_stands_on_the_page_that_nothing_cites():
    assert set().union(*KNOWN) - set().union(*CITING.values()) == set()


def test_every_work_stands_on_the_page_once():
    sources = [source for source, *_ in ROWS]
    assert len(sources) == len(set(sources))
    assert all(len(works_) == 1 for works_ in KNOWN)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:40])
def test_every_source_says_what_it_is_used_for_and_how_far_it_was_checked(row):
    _, use, standing = row
    assert use
    assert STANDING.search(standing), standing


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`([\w/]+\.py)`", PAGE))))
def test_a_test_that_the_page_names_is_there(name):
    assert (ROOT / "tests" / name).is_file()


def test_hawkins_is_named_for_his_idea_alone():
    """Our charts do without his transformation, so their limits are not his."""
    naming = [text for _, text in texts() if "Hawkins" in text]
    assert naming
    for text in naming:
        near = re.search(r".{0,400}Hawkins.{0,400}", " ".join(text.split()))[0]
        assert "idea of Hawkins" in near
        assert "simulat" in near
    assert re.search(r"\| Hawkins 1987, \*The Statistician\* 36 \|.*\bidea\b.*\bsimulation\b", PAGE)
