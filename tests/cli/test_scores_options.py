"""What a newcomer's first commands say: defaults, codes for missing, counts in words, misuse."""

import json

import pytest

from attunement.cli import show
from attunement.cli.run import run

MOOD = "mood=higher-is-better:0-100"
CODED = "client,session,mood\n" + "".join(
    f"c{client},{session},{-9 if session == 3 else 20 + client * session % 7}\n"
    for client in range(25)
    for session in range(1, 7)
)


@pytest.fixture
def coded(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text(CODED)
    return tmp_path


def test_without_out_the_results_go_into_a_folder_called_so(coded, attunement):
    said = attunement("course", "a.csv", "--scale", MOOD, "--missing", "-9")
    files = "results/signals.parquet, results/ruptures.parquet and results/norms.json"
    assert f"Written: {files}\n" in said


def test_the_norms_that_were_used_are_kept_and_make_the_same_signals(coded, as_json, attunement):
    options = ["a.csv", "--scale", MOOD, "--missing", "-9"]
    first = as_json("course", *options)
    kept = coded / "results" / "norms.json"
    again = as_json("course", *options, "--norms", str(kept), "--out", "again")
    assert json.loads(kept.read_text()) == json.loads((coded / "again/norms.json").read_text())
    assert again["norms"] == first["norms"]


def test_norms_that_are_read_are_not_written_over(coded, attunement, capsys):
    options = ["course", "a.csv", "--scale", MOOD, "--missing", "-9"]
    attunement(*options)
    kept = coded / "results" / "norms.json"
    known = json.loads(kept.read_text())
    kept.write_text(json.dumps(known | {"other": known["mood"]}))
    assert run([*options, "--norms", "results/norms.json"]) == 0
    assert "other" in json.loads(kept.read_text())


def test_it_is_said_how_to_keep_a_signal_once_shown(coded, capsys):
    options = ["course", "a.csv", "--scale", MOOD, "--missing", "-9"]
    assert run(options) == 0
    hint = "use these norms again with --norms results/norms.json, so that a signal once shown"
    assert hint in capsys.readouterr().err
    assert run([*options, "--norms", "results/norms.json"]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    "command",
    [
        ["course"],
        ["course", "--engine", "duckdb"],
        ["norms", "--out", "norms.json"],
        ["report"],
        ["change", "--reliability", "0.9"],
        ["sudden-gains", "--cutoff", "5"],
    ],
    ids=" ".join,
)
def test_every_command_that_reads_scores_knows_codes_for_missing(command, coded, capsys):
    name, *options = command
    given = [name, "a.csv", *options, "--scale", MOOD]
    assert run(given) == 2
    refusal = capsys.readouterr().err
    assert "'-9' is outside the range of mood, 0 to 100 (and 24 more like it)" in refusal
    assert "--missing" in refusal
    assert run([*given, "--missing", "-9"]) == 0


@pytest.mark.parametrize(
    ("value", "shown"), [(0, "0 clients"), (1, "1 client"), (1200, "1,200 clients")]
)
def test_one_is_one_and_more_are_several(value, shown):
    assert show.counted(value, "client") == shown


def test_one_drop_is_told_with_what_became_of_it(tmp_path, monkeypatch, attunement):
    monkeypatch.chdir(tmp_path)
    scores = [60, 70, 65, 62, 5]
    rows = "".join(f"A,{at},{score}\n" for at, score in enumerate(scores, 1))
    (tmp_path / "a.csv").write_text(f"client,session,mood\n{rows}")
    said = attunement("course", "a.csv", "--scale", MOOD).splitlines()[0]
    assert said == (
        "1 client, 5 scores: 1 to review, 0 to watch. 1 drop to review and what became of it: "
        "0 repaired, 0 unrepaired, 1 still open."
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["course"], "Missing argument 'SCORES'; see attunement course --help."),
        (["curse"], "No such command 'curse'"),
        (["course", "a.csv", "--engine", "abacus"], "'abacus' is not one of 'polars', 'duckdb'"),
        (
            ["rules", "--sessions", "many"],
            "Invalid value for '--sessions': Input should be a valid integer",
        ),
    ],
)
def test_what_cannot_be_understood_is_said_in_one_sentence(arguments, sentence, capsys):
    assert run(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert sentence in said.err
    assert said.err.count("\n") == 1


def test_without_a_command_the_help_is_shown(capsys):
    assert run([]) == 2
    said = capsys.readouterr()
    assert "To begin: attunement simulate" in said.out + said.err
    assert "see attunement" not in said.err
