"""Pages whose examples run are tests: one for each page, in a folder of its own."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

ROOT = Path(__file__).parent


def pytest_collect_file(file_path, parent):
    """Collect the README and the pages of the documentation."""
    documentation = ROOT / "docs" in file_path.parents
    if file_path == ROOT / "README.md" or (documentation and file_path.suffix == ".md"):
        return Page.from_parent(parent, path=file_path)
    return None


class Page(pytest.File):
    """A page."""

    def collect(self):
        """Make one test of all its examples, which build on each other."""
        from support.examples import read

        if read(self.path):
            yield Examples.from_parent(self, name="examples")


class Examples(pytest.Item):
    """The examples of one page, in order."""

    def runtest(self):
        """Run them in an empty folder, with settings that touch nobody's own."""
        from support.examples import neighbours, read

        with TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patch:
            folder = Path(place)
            neighbours(self.path, folder)
            patch.chdir(folder)
            patch.setenv("ATTUNEMENT_INSTRUMENTS", str(folder / "own-instruments"))
            patch.delenv("ATTUNEMENT_DEBUG", raising=False)
            for example in read(self.path):
                example.evaluate()

    def repr_failure(self, excinfo):
        """Show what differs, without our own calls."""
        return (
            str(excinfo.value)
            if excinfo.errisinstance(AssertionError)
            else super().repr_failure(excinfo)
        )

    def reportinfo(self):
        """Name the page."""
        return self.path, 0, f"{self.path.relative_to(ROOT)}: examples"
