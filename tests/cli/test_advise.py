"""Advice and strategies from the command line."""

import pytest

from attunement.cli.run import run
from attunement.guidance.strategies import REASONS, strategies


@pytest.mark.usefixtures("clinic")
def test_advice_names_three_at_most_with_parts_that_add_up(attunement, as_json):
    client = as_json("reasons", "responses.csv")["reasons"][0]["client"]
    ask = ("advise", "responses.csv", "--client", str(client), "--orientation", "cbt")
    advice = as_json(*ask)["advice"]
    assert 1 <= len(advice) <= 3
    for one in advice:
        assert one["strategy"] in strategies()
        assert one["score"] == pytest.approx(sum(part["value"] for part in one["why"]))
    assert strategies()[advice[0]["strategy"]].title in attunement(*ask)


@pytest.mark.usefixtures("clinic")
@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (("--client", "nobody"), "nobody is called 'nobody'"),
        (("--client", "x", "--wants", "love"), "choose one of structure"),
    ],
)
def test_what_is_not_known_is_said_in_one_sentence(capsys, asked, sentence):
    assert run(["advise", "responses.csv", *asked]) == 2
    assert sentence in capsys.readouterr().err


def test_strategies_are_listed_and_printed(attunement, as_json, capsys):
    every = as_json("strategies", "list")
    assert [one["id"] for one in every] == list(strategies())
    assert 4 <= len(as_json("strategies", "list", "--reason", REASONS[0])) < len(every)
    one = attunement("strategies", "show", "own-your-part")
    assert "When not to" in one
    assert "(unverified)" in one
    whole = as_json("strategies", "show", "own-your-part")
    assert {proof["standing"] for proof in whole["evidence"]} == {"read", "unverified"}
    assert run(["strategies", "show", "x"]) == 2
    assert "attunement strategies lists" in capsys.readouterr().err
    assert run(["strategies", "list", "--reason", "x"]) == 2
