"""The report on paper: tagged, with words for every picture, and in everyone's script."""

import io

import pytest
from pypdf import PdfReader

from attunement.report import to_pdf
from support.made_up import HOSTILE, renamed, report


@pytest.fixture(scope="module")
def made():
    return report()


@pytest.fixture(scope="module")
def paper(made):
    return PdfReader(io.BytesIO(to_pdf(made)))


def words_of(paper):
    return " ".join(" ".join(page.extract_text() for page in paper.pages).split())


def structure(node, found):
    """Walk the tags of a PDF."""
    node = node.get_object()
    if hasattr(node, "get"):
        found.append(node)
        for child in _list(node.get("/K")):
            if not isinstance(child, int):
                structure(child, found)
    return found


def _list(kids):
    kids = kids.get_object() if hasattr(kids, "get_object") else kids
    return kids if isinstance(kids, list) else [] if kids is None else [kids]


def test_the_pdf_is_tagged_in_a_language_and_has_a_title(paper, made):
    root = paper.root_object
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert paper.metadata.title == made.title
    assert "pdfuaid" in root["/Metadata"].get_object().get_data().decode()


def test_every_picture_has_words(paper, made):
    tags = structure(paper.root_object["/StructTreeRoot"], [])
    figures = [tag for tag in tags if tag.get("/S") == "/Figure"]
    pictures = sum(len(client.charts) for client in made.clients)
    assert len(figures) > pictures
    assert all(str(figure.get("/Alt", "")) for figure in figures)
    assert any("rupture" not in str(figure["/Alt"]) and "clearly below" in str(figure["/Alt"])
               for figure in figures)  # fmt: skip


def test_the_pdf_says_what_the_page_says(paper, made):
    words = words_of(paper).replace("- ", "-")
    for client in made.clients[:5]:
        assert client.name in words
    assert "In 100 clients with as many scores as these" in words
    assert "Made-up people." in words


def test_everyone_is_named_on_paper_with_a_section_or_without(made):
    words = words_of(PdfReader(io.BytesIO(to_pdf(report(most=2)))))
    assert all(client.name in words for client in made.clients)


def test_the_pdf_is_on_a4_and_no_client_is_torn_apart(paper):
    for page in paper.pages:
        assert round(float(page.mediabox.width)) == 595
        assert round(float(page.mediabox.height)) == 842
    starts = [page.extract_text().lstrip() for page in paper.pages]
    assert len(paper.pages) < 25
    assert all(starts)


def test_the_same_report_gives_the_same_bytes(made):
    assert to_pdf(made) == to_pdf(made)


@pytest.mark.parametrize("name", [*HOSTILE, "\U0001f33b", "\ue000", "\x07bell", "*bold* _it_ $x$"])
def test_a_name_is_text_on_paper_too(name):
    paper = PdfReader(io.BytesIO(to_pdf(report(**renamed(name)))))
    assert len(paper.pages) >= 2
