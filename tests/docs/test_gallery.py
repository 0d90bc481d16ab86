"""Every page of the clinic has its pictures, on a desktop and on a phone, and none is left over."""

import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
SCREENS = ("desktop", "phone")


@pytest.fixture(scope="module")
def gallery():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(DOCS))
        import gallery

        yield gallery
    del sys.modules["gallery"]


def test_every_page_has_a_picture_on_each_screen_and_no_picture_is_of_nothing(gallery):
    wanted = {gallery.picture(page, screen) for page in gallery.PAGES for screen in SCREENS}
    there = {file.name for file in (DOCS / "images").glob("clinic-page-*.png")}
    assert there == wanted


def test_the_page_that_shows_them_is_what_would_be_written(gallery):
    assert (DOCS / "reference" / "pages.md").read_text("utf-8") == gallery.text()
