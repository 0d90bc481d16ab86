"""A made-up clinic's files, and a way to run commands."""

import json
from importlib.resources import files

import pytest

from attunement.cli.run import run
from cli import trials


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clinic")
    assert run(["simulate", "--clients", "40", "--seed", "3", "--out", str(folder)]) == 0
    check_in = files("attunement.measures") / "library" / "session-check-in.toml"
    text = check_in.read_text(encoding="utf-8").replace('"session-check-in"', '"mine"', 1)
    (folder / "mine.toml").write_text(text, encoding="utf-8")
    trials.write(folder)
    return folder


@pytest.fixture
def clinic(made, tmp_path, monkeypatch):
    """Work in a folder with copies of the clinic's files."""
    for file in made.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ATTUNEMENT_INSTRUMENTS", str(tmp_path / "own"))
    return tmp_path


@pytest.fixture
def attunement(capsys):
    """Run a command that must succeed; give what it printed."""

    def command(*arguments):
        capsys.readouterr()
        code = run(arguments)
        said = capsys.readouterr()
        assert code == 0, said.err
        return said.out

    return command


@pytest.fixture
def as_json(attunement):
    """Run a command with --json and read what it printed."""
    return lambda *arguments: json.loads(attunement(*arguments, "--json"))
