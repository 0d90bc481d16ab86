"""The pages about instruments, held against the program."""

import re
from pathlib import Path

import pytest

from attunement.measures import library, problems
from attunement.measures.instruments import model as instrument
from attunement.measures.instruments.licences import LICENCES

DOCS = Path(__file__).parents[2] / "docs"
FORMAT = (DOCS / "reference" / "instrument-format.md").read_text(encoding="utf-8")
LICENCE_PAGE = (DOCS / "explanation" / "instrument-licences.md").read_text(encoding="utf-8")


def fields():
    for model in vars(instrument).values():
        if isinstance(model, type) and issubclass(model, instrument.Part):
            for name, field in model.model_fields.items():
                yield field.alias or name


@pytest.mark.parametrize("field", sorted(set(fields())))
def test_every_field_is_told_on_the_reference_page(field):
    assert re.search(rf"`{field}`|\b{field} =", FORMAT)


def test_the_example_on_the_reference_page_is_right():
    example = re.search(r"```toml\n(id = .*?)```", FORMAT, re.DOTALL)
    assert problems(example[1], "example.toml") == []


@pytest.mark.parametrize("standing", list(instrument.Standing))
def test_every_standing_is_told(standing):
    assert f"`{standing.value}`" in FORMAT


def test_the_table_of_licences_is_the_program_s():
    rows = [
        f"| `{name}` | {licence.meaning} | {licence.wording.value} |"
        for name, licence in LICENCES.items()
    ]
    assert "\n".join(rows) in LICENCE_PAGE


def test_the_page_of_licences_says_of_every_instrument_how_far_its_licence_was_checked():
    table = LICENCE_PAGE.split("## How far each licence was checked")[1]
    rows = re.findall(r"^\| (`.+`) \|.*\| ([^|]+) \|$", table, re.MULTILINE)
    assert sorted(name for names, _ in rows for name in re.findall(r"`(.+?)`", names)) == sorted(
        library()
    )
    assert {standing for _, standing in rows} <= {
        standing.value for standing in instrument.Standing
    }
