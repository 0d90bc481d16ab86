"""The page of the documentation says what the files say."""

import importlib.util
from pathlib import Path

from attunement.guidance.sources import bibliography
from attunement.guidance.strategies import strategies

DOCS = Path(__file__).parents[3] / "docs"


def test_the_page_is_the_one_that_the_files_make():
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    page = (DOCS / "reference" / "strategies.md").read_text(encoding="utf-8")
    assert module.strategies() == page
    assert all(f"`{name}`" in page for name in strategies())
    assert all(source.citation in page for source in bibliography().values())
