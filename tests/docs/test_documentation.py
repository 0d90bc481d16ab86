"""The documentation builds, holds together, and says what the program says."""

import importlib.util
import re
from pathlib import Path

import pytest
from sphinx.application import Sphinx

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(
    [
        *DOCS.rglob("*.md"),
        *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "GLOSSARY.md")),
    ]
)
LINK = re.compile(r"\]\(([^)\s]+)\)|srcset=\"([^\"]+)\"|src=\"([^\"]+)\"|<([\w./-]+\.csv)>")
ADDRESS = re.compile(r"https?://([\w.-]+)")
WELCOME = {"semver.org", "creativecommons.org", "127.0.0.1"}
MACHINE = re.compile(r"/(?:work|tmp|root|home|Users)/")


def generated():
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.pages()


def anchors(page):
    """Anchors of a page's headings, as MyST makes them."""
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    heads = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def links(page):
    """Links of a page that stay within the repository."""
    text = re.sub(r"^```(?!\{).*?^```", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    for found in LINK.finditer(text):
        target = next(group for group in found.groups() if group)
        if "://" not in target:
            yield target


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The built documentation; any warning is a failure."""
    out = tmp_path_factory.mktemp("site")
    warnings = (out / "warnings.txt").open("w+", encoding="utf-8")
    with warnings:
        app = Sphinx(DOCS, DOCS, out / "html", out / "trees", "html", status=None, warning=warnings)
        app.build()
        warnings.seek(0)
        assert warnings.read() == ""
    return out / "html"


@pytest.mark.filterwarnings("ignore")
def test_the_documentation_builds_without_a_warning(site):
    assert (site / "index.html").is_file()
    for page in DOCS.rglob("*.md"):
        assert (site / page.relative_to(DOCS).with_suffix(".html")).is_file()


@pytest.mark.filterwarnings("ignore")
def test_no_built_page_loads_anything_from_elsewhere(site):
    loads = re.compile(r"<(?:script|link|img|source)[^>]+(?:src|href)=\"(https?:)?//[^\"]+\"")
    for page in site.rglob("*.html"):
        assert not loads.search(page.read_text("utf-8")), page.name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_within_the_repository_leads_somewhere(page):
    for target in links(page):
        path, _, anchor = target.partition("#")
        leads_to = (page.parent / path).resolve() if path else page
        assert leads_to.exists(), target
        assert not anchor or anchor in anchors(leads_to), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_page_names_a_server_we_do_not_know_or_a_path_of_a_machine(page):
    text = page.read_text("utf-8")
    assert set(ADDRESS.findall(text)) <= WELCOME
    assert not MACHINE.search(text)


def test_pages_that_the_program_writes_are_up_to_date():
    for path, text in generated().items():
        assert path.read_text("utf-8") == text, f"run: python docs/generate.py ({path.name})"


def test_every_page_can_be_reached_from_the_index():
    for folder in DOCS.iterdir():
        if folder.is_dir() and (folder / "index.md").is_file():
            index = (folder / "index.md").read_text("utf-8")
            for page in folder.glob("*.md"):
                assert page.stem == "index" or ":glob:" in index or page.stem in index, page.name


def test_the_glossary_is_sorted_and_says_each_word_once():
    rows = re.findall(
        r"^\| (?!word|---)([^|]+) \|", (ROOT / "GLOSSARY.md").read_text("utf-8"), re.M
    )
    assert rows == sorted(set(rows))
    assert len(rows) > 20


VARIABLES = ("exit-codes", "settings")


def test_every_variable_that_the_program_reads_is_documented():
    reference = DOCS / "reference"
    page = "".join((reference / f"{name}.md").read_text("utf-8") for name in VARIABLES)
    source = "".join(path.read_text("utf-8") for path in (ROOT / "src").rglob("*.py"))
    for name in set(re.findall(r"\"(ATTUNEMENT_\w+)\"", source)):
        assert f"`{name}`" in page


def test_every_picture_is_shown_somewhere():
    text = "".join(page.read_text("utf-8") for page in PAGES)
    for picture in (DOCS / "images").iterdir():
        assert picture.name in text


def test_the_readme_counts_the_instruments_in_the_box():
    from attunement.measures import library

    assert f"{len(library())} instruments as data" in (ROOT / "README.md").read_text("utf-8")


def test_every_file_that_contributing_names_is_there():
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    for name in re.findall(r"`(?:\.venv/bin/python )?((?:src|docs|tests)/[\w/.-]+)`", text):
        assert (ROOT / name.replace("ID.toml", "")).exists(), name
