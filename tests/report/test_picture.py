"""A picture as a file: it stands alone, in any light, and says what it is."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import altair as alt
import pytest

from attunement.charts import PALETTE
from attunement.charts.palette import ACCENT
from attunement.problems import Problem
from attunement.report.picture import picture

TITLE, SENTENCES = "A <trial>", ["It fell & rose.", "Chance alone could explain this."]


def drawn(name):
    rows = alt.InlineData(values=[{"x": 1, "y": 2}, {"x": 2, "y": 1}])
    chart = alt.Chart(rows).mark_line(color=ACCENT.light).encode(x="x:Q", y="y:Q")
    return picture(chart, Path(name), title=TITLE, sentences=SENTENCES)


def test_a_drawing_has_a_name_and_a_description():
    root = ET.fromstring(drawn("one.svg"))  # noqa: S314 our own drawing
    said = {element.tag.rpartition("}")[2]: element.text for element in root}
    assert root.get("aria-label") == said["title"] == TITLE
    assert said["desc"] == " ".join(SENTENCES)


def test_a_drawing_has_paper_of_its_own_and_turns_dark_with_the_reader():
    svg = drawn("one.svg").decode()
    dark = re.search(r"prefers-color-scheme:dark\)\{(.*?)\}</style>", svg)[1]
    assert all(f'[stroke="{one.light}"]{{stroke:{one.dark}}}' in dark for one in PALETTE)
    assert svg.index("<rect") < svg.index("<path")


def test_a_page_needs_nothing_else_and_says_the_sentences():
    page = drawn("one.html").decode()
    assert "<h1>A &lt;trial&gt;</h1>" in page
    assert all(f"<p>{said}</p>" in page for said in ("It fell &amp; rose.", SENTENCES[1]))
    assert "http" not in page.replace("http://www.w3.org", "")


def test_dots_and_paper_are_what_they_are_called():
    assert drawn("one.png").startswith(b"\x89PNG")
    paper = drawn("one.pdf")
    assert paper.startswith(b"%PDF")
    assert b"pdfuaid" in paper


def test_another_kind_is_refused():
    with pytest.raises(Problem, match=r"let its name end in \.svg, \.png, \.pdf or \.html"):
        drawn("one.gif")
