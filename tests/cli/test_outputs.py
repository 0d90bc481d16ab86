"""What a command writes never harms what is there, and what it shows never harms a terminal."""

import io
import json
import os
import resource
import stat
import subprocess
import sys
from pathlib import Path
from typing import get_type_hints

import pytest

from attunement.cli import show
from attunement.cli.app import app
from attunement.cli.run import run

ATTUNEMENT = [sys.executable, "-c", "from attunement.cli import main; main()"]
SCALE = ["--scale", "session-check-in.alliance"]
DRAW_FEW = ["--most", "1"]
READS = {
    "report": ["scores.csv", "--norms", "norms.json", "--responses", "responses.csv",
               "--attendance", "attendance.csv", *DRAW_FEW],
    "course": ["scores.csv", "--norms", "norms.json", "--format", "csv"],
    "norms": ["scores.csv"],
    "change": ["scores.csv", *SCALE],
    "sudden-gains": ["scores.csv", *SCALE, "--cutoff", "1"],
    "agreement": ["scores.csv"],
    "attendance": ["attendance.csv", "--scores", "scores.csv"],
    "score": ["responses.csv"],
    "psychometrics": ["responses.csv", "--instrument", "session-check-in"],
    "fit": ["scores.csv", "score ~ session + (1 | client)", "--scale", "phq9"],
    "alliance-outcome": ["scores.csv", "--alliance", "session-check-in.alliance",
                         "--outcome", "phq9"],
    "rules": [],
    "simulate": [],
}  # fmt: skip
OUTPUTS = {"out", "pdf", "picture", "safety"}
COMMANDS = {
    one.name or one.callback.__name__: {
        name for name, kind in get_type_hints(one.callback).items() if kind in (Path, Path | None)
    }
    for one in app.registered_commands
}


def quick(name):
    """Give the fewest arguments, and of a report the fewest drawings."""
    return [*READS[name][:1], *(DRAW_FEW if name == "report" else [])]


def files_of(name):
    return [one for one in READS[name] if one.endswith((".csv", ".json"))]


def cases():
    """Every output of every command, with every file that the command reads."""
    for name, paths in COMMANDS.items():
        for place in sorted(paths & OUTPUTS):
            for file in files_of(name):
                yield name, place, file


@pytest.fixture
def learnt(clinic):
    """Folder with a file of norms too."""
    assert run(["norms", "scores.csv", "--out", "norms.json"]) == 0
    return clinic


def everything(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def limited(arguments, folder, **options):
    """Run a command in a process of its own that may write no file of more than 100 kB."""

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    return subprocess.run(
        [*ATTUNEMENT, *arguments],
        cwd=folder,
        env=buffered,
        text=True,
        check=False,
        preexec_fn=limit,
        stderr=subprocess.PIPE,
        **options,
    )


@pytest.mark.parametrize("name", [name for name, paths in COMMANDS.items() if paths & OUTPUTS])
def test_every_file_that_a_command_may_read_is_tried_below(name):
    assert len(files_of(name)) == len(COMMANDS[name] - OUTPUTS)


@pytest.mark.parametrize(
    ("name", "place", "file", "link"),
    [
        *((*case, os.symlink) for case in cases()),
        ("norms", "out", "scores.csv", None),
        ("norms", "out", "scores.csv", os.link),
        ("course", "out", "norms.json", os.link),
    ],
)
def test_no_command_writes_over_a_file_that_it_reads(name, place, file, link, learnt, capsys):
    arguments = [name, *READS[name]]
    target = "signals.csv" if name == "course" else "same.csv"
    if link is None:
        (learnt / file).rename(target)
        arguments[arguments.index(file)] = target
    else:
        link(file, target)
    arguments += [f"--{place}", "." if name == "course" else target]
    if place != "out":
        arguments += ["--out", "other.csv"]
    before = everything(learnt)
    capsys.readouterr()
    assert run(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert f"{target}, --{place}: this file is read by the command" in said.err
    assert everything(learnt) == before


def test_a_report_spares_the_instruments_of_ones_own(clinic, capsys):
    (clinic / "own").mkdir()
    (clinic / "mine.toml").rename(clinic / "own" / "mine.toml")
    before = everything(clinic / "own")
    assert run(["report", *quick("report"), "--out", "own/mine.toml"]) == 2
    assert "this file is read by the command" in capsys.readouterr().err
    assert everything(clinic / "own") == before


@pytest.mark.parametrize(("name", "second"), [("report", "--pdf"), ("score", "--safety")])
def test_if_the_second_output_cannot_be_the_first_is_not_written(name, second, clinic, capsys):
    os.mkfifo(clinic / "pipe.csv")
    (clinic / "folder.csv").mkdir()
    (clinic / "first.csv").write_text("before")
    before = everything(clinic)
    for bad, what in {
        "pipe.csv": "no ordinary file",
        "folder.csv": "this is a folder",
        "scores.csv/x.csv": "nothing could be written (",
        "first.csv": f"{second} name one file twice",
    }.items():
        assert run([name, *quick(name), "--out", "first.csv", second, bad]) == 2
        said = capsys.readouterr()
        assert what in said.err.replace(f"--out and {second}", second).replace(
            f"{second} and --out", f"{second}"
        )
        assert second in said.err
        assert everything(clinic) == before


@pytest.mark.parametrize("name", ["report", "change", "course", "norms", "simulate", "score"])
def test_results_are_for_their_owners_eyes(name, clinic, attunement):
    file = "new" if name in ("course", "simulate") else "new.csv"
    arguments = READS[name] if name == "change" else quick(name)
    old = os.umask(0)
    try:
        attunement(name, *arguments, "--out", file)
    finally:
        os.umask(old)
    new = clinic / file
    files = list(new.iterdir()) if new.is_dir() else [new]
    assert files
    assert {stat.S_IMODE(one.stat().st_mode) for one in files} == {0o600}


def test_names_of_files_give_a_terminal_nothing_to_obey(clinic, capsys):
    evil = "a\x1b[2J\nb\u202e.csv"
    (clinic / evil).write_bytes((clinic / "scores.csv").read_bytes())
    assert run(["norms", evil, "--out", f"{evil}.json"]) == 0
    said = capsys.readouterr()
    assert "Written: a\\x1b[2J\\nb\\u202e.csv.json\n" in said.out
    assert run(["norms", f"no{evil}", "--out", "x.json"]) == 2
    said_too = capsys.readouterr().err
    assert said_too.count("\n") == 1
    for text in (said.out, said.err, said_too):
        assert not set(text) & set("\x1b\u202e")


def test_titles_in_an_instruments_file_give_a_terminal_nothing_to_obey(clinic, attunement):
    text = (clinic / "mine.toml").read_text()
    title = 'title = "Session check-in"'
    assert title in text
    (clinic / "mine.toml").write_text(text.replace(title, 'title = "A\\u001B[2JB"', 1))
    attunement("instruments", "add", "mine.toml")
    assert "A\\x1b[2JB" in attunement("instruments", "list")
    assert "\x1b" not in attunement("instruments", "show", "mine")


def test_a_file_name_that_is_not_utf8_gives_sound_json(clinic, capsysbinary):
    name = os.fsdecode(b"\xff.csv")
    (clinic / name).write_bytes((clinic / "scores.csv").read_bytes())
    assert run(["norms", name, "--out", f"x{name}", "--json"]) == 0
    found = json.loads(capsysbinary.readouterr().out.decode("utf-8"))
    assert found["files"] == ["x\\udcff.csv"]
    assert run(["course", name, "--engine", "duckdb", "--out", "out"]) == 0
    assert run(["course", name, "--out", name + "out"]) == 2
    assert b"the name is not UTF-8; give another" in capsysbinary.readouterr().err


def test_json_carries_no_unseen_control_characters(capsys):
    value = {"a\x7f": ["\x1b\x9b\u2028", "Zoë", None, True, 1]}
    show.as_json(value)
    said = capsys.readouterr().out
    assert json.loads(said) == value
    assert not set(said) & set("\x1b\x7f\x9b\u2028")
    assert "Zoë" in said


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
def test_any_encoding_of_the_output_will_do(encoding, monkeypatch):
    for options in ([], ["--json"]):
        shown = io.BytesIO()
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(shown, encoding=encoding))
        code = run(["instruments", "show", "wai-sr", *options])
        sys.stdout.flush()
        assert code == 0
        text = shown.getvalue().decode(encoding)
        assert text
        assert not options or json.loads(text)


def test_a_terminal_of_another_encoding_will_do(tmp_path):
    ran = subprocess.run(
        [*ATTUNEMENT, "instruments", "show", "wai-sr"],
        env=os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
        capture_output=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert ran.stdout.decode("ascii")


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_output_that_finds_no_room_ends_with_2_and_a_sentence(options, clinic):
    with (clinic / "full.txt").open("w") as full:
        full.write(" " * 99_000)
        full.flush()
        arguments = ["change", "scores.csv", *SCALE, "--out", "people.csv", *options]
        ran = limited(arguments, clinic, stdout=full)
    assert ran.returncode == 2
    assert ran.stderr.splitlines()[-1] == (
        "The output could not be shown in full (file too large); make room, or send it elsewhere."
    )
    assert "nothing" not in ran.stderr
    assert (clinic / "people.csv").exists()


def test_help_that_finds_no_room_ends_with_2(tmp_path):
    with (tmp_path / "full.txt").open("w") as full:
        full.write(" " * 99_990)
        full.flush()
        ran = limited(["--version"], tmp_path, stdout=full)
    assert ran.returncode == 2
    assert ran.stderr.count("\n") == 1
    assert "could not be shown in full" in ran.stderr


@pytest.mark.parametrize("closed", ["2>&-", ">&-", ">&- 2>&-"])
@pytest.mark.parametrize(
    ("arguments", "code"),
    [("norms scores.csv --out n.json", 0), ("norms none.csv --out n.json", 2)],
)
def test_closed_streams_change_neither_results_nor_codes(arguments, code, closed, clinic):
    command = f"\"$0\" -c 'from attunement.cli import main; main()' {arguments} {closed}"
    ran = subprocess.run(
        ["sh", "-c", command, sys.executable], cwd=clinic, capture_output=True, check=False
    )
    assert ran.returncode == code
    if code == 0:
        assert json.loads((clinic / "n.json").read_text())
