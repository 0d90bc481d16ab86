"""The notebooks run from first to last cell, and find what was planted."""

import importlib.util
from pathlib import Path

import polars as pl
import pytest

NOTEBOOKS = Path(__file__).parents[2] / "docs" / "notebooks"
# marimo's own imports are not ours to mend.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def app_of(file):
    spec = importlib.util.spec_from_file_location(file.stem, file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.app


@pytest.mark.parametrize("file", sorted(NOTEBOOKS.glob("*.py")), ids=lambda file: file.stem)
def test_a_notebook_runs_from_its_first_cell_to_its_last(file):
    app_of(file).run()


def test_the_notebook_goes_from_a_raw_table_to_the_figure_of_alliance_and_outcome():
    _, defined = app_of(NOTEBOOKS / "alliance_outcome.py").run()
    found, own = defined["found"], defined["own"]
    within = found.found.within
    assert within.high < 0
    spec = defined["figure"].to_dict()
    assert len(spec["hconcat"]) == 2
    row = own.coefficients.filter(pl.col("term") == "within").row(0, named=True)
    assert within.low < row["estimate"] < within.high
