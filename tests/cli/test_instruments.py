"""What people are told of an instrument's file."""

import pytest

from attunement.cli.run import run
from attunement.measures import library, template


@pytest.fixture
def skeleton(tmp_path):
    file = tmp_path / "bdi2.toml"
    file.write_text(template("bdi2"), encoding="utf-8")
    return file


def test_every_mistake_in_a_file_is_said_in_a_line_of_its_own(skeleton, capsys):
    text = skeleton.read_text(encoding="utf-8")
    wrong = text.replace("title", "titel", 1).replace("range = [0, 63]", "range = [0, 2]")
    skeleton.write_text(wrong, encoding="utf-8")
    assert run(["instruments", "check", str(skeleton)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [
        "bdi2.toml, titel: there is no field titel here; perhaps you mean title.",
        (
            "bdi2.toml, scales, total, range: the range from 0 to 2 cannot be right: the sum of 21 "
            "answers goes from 0 to 63; check the range, the answers, the multiplier and the items."
        ),
    ]


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_file_that_is_not_there_is_one_sentence(options, capsys):
    assert run(["instruments", "check", "nowhere.toml", *options]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("nowhere.toml: the file cannot be read")
    assert said.err.count("\n") == 1


def test_a_template_is_the_file_in_the_box_to_the_letter(attunement, as_json):
    assert attunement("instruments", "template", "BDI-II") == template("bdi2")
    assert as_json("instruments", "template", "bdi2") == {"template": template("bdi2")}


def test_a_template_of_nothing_is_refused_with_what_may_be_meant(capsys):
    assert run(["instruments", "template", "bdi3"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "there is no instrument 'bdi3'; perhaps you mean bdi2" in said.err


@pytest.mark.parametrize("name", ["bdi2", "phq9"])
def test_show_says_how_wording_comes_in_where_it_is_not_there(name, attunement):
    said = attunement("instruments", "show", name)
    how = library()[name].how_to_add_wording()
    assert bool(how) == (name == "bdi2")
    assert how in said
    assert (f"`attunement instruments template {name}` prints that file." in said) == bool(how)
