"""The command says both associations, draws them, and writes their table."""

import polars as pl
import pytest

from attunement.cli.run import run

SCALES = ("--alliance", "session-check-in.alliance", "--outcome", "phq9")


def test_within_and_between_are_said_apart_with_their_standing(clinic, attunement):
    said = attunement("alliance-outcome", "scores.csv", *SCALES)
    lines = said.splitlines()
    assert lines[1].startswith("Within clients: ")
    assert lines[2].startswith("Between clients: ")
    assert "This is an association" in said
    assert "contrast" in said


def test_the_table_and_the_picture_are_written(clinic, as_json):
    found = as_json(
        "alliance-outcome", "scores.csv", *SCALES, "--out", "both.csv", "--picture", "both.html"
    )
    assert found["files"] == ["both.csv", "both.html"]
    table = pl.read_csv("both.csv")
    assert table["model"].to_list() == [row["model"] for row in found["table"]]
    page = (clinic / "both.html").read_text("utf-8")
    assert page.count("<svg") == 1
    assert found["sentences"][1].replace("'", "&#x27;") in page


def test_the_cross_lagged_model_is_told_where_there_are_clients_enough(tmp_path, capsys):
    assert run(["simulate", "--clients", "80", "--seed", "5", "--out", str(tmp_path)]) == 0
    capsys.readouterr()
    assert run(["alliance-outcome", str(tmp_path / "scores.csv"), *SCALES]) == 0
    said = capsys.readouterr().out
    assert "From one session to the next, within clients" in said
    assert "session-check-in.alliance to phq9" in said


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--alliance", "bond", "--outcome", "phq9"), "there is no scale 'bond'"),
        ((*SCALES, "--lag", "50"), "0 clients have both"),
        ((*SCALES, "--picture", "both.gif"), "kind of picture is not known"),
    ],
)
def test_a_mistake_ends_with_a_sentence(clinic, capsys, arguments, sentence):
    assert run(["alliance-outcome", "scores.csv", *arguments]) == 2
    assert sentence in capsys.readouterr().err
