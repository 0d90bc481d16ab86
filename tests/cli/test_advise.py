"""Advice and strategies from the command line."""

from pathlib import Path

import polars as pl
import pytest

from attunement.cli.run import run
from attunement.guidance.reasons.library import general_sentence
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


def fall(by):
    """Lower all answers of the newest check-in of somebody with sessions enough."""
    answers = pl.read_csv("responses.csv")
    own = answers.filter(instrument="session-check-in")
    long = own.group_by("client").agg(pl.col("session").max()).filter(pl.col("session") > 5)
    client, last = long.sort("session", "client").row(-1)
    at_last = pl.struct("client", "session", "instrument") == pl.struct(
        client=pl.lit(client), session=pl.lit(last), instrument=pl.lit("session-check-in")
    )
    answered = ~pl.col("item").is_in(["tension", "settled"])
    usual = pl.col("value").mean().over("client", "item").round()
    lower = pl.when(at_last & answered).then((usual - by).clip(0)).otherwise("value")
    calm = pl.when(at_last & (pl.col("item") == "tension")).then(0.0).otherwise("value")
    answers.with_columns(value=lower).with_columns(value=calm).write_csv("responses.csv")
    return str(client)


@pytest.mark.usefixtures("clinic")
def test_where_all_answers_fell_advice_and_report_say_so_and_what_helps(attunement, as_json):
    client = fall(6)
    assert general_sentence() in attunement("reasons", "responses.csv", "--client", client)
    ask = ("advise", "responses.csv", "--client", client)
    said = attunement(*ask)
    assert general_sentence() in said
    assert "The answers dropped" in said
    assert "Nothing stands out" not in said
    found = as_json(*ask)
    assert found["dropped"] is True
    assert strategies()[found["advice"][0]["strategy"]].step == "validate"
    attunement("score", "responses.csv", "--out", "own.csv")
    attunement("report", "own.csv", "--responses", "responses.csv", "--out", "r.html")
    page = Path("r.html").read_text(encoding="utf-8")
    assert general_sentence() in page
    assert strategies()[found["advice"][0]["strategy"]].title in page


@pytest.mark.usefixtures("clinic")
def test_after_a_drop_that_no_reason_explains_advice_does_not_say_that_nothing_stands_out(
    attunement,
):
    client = str(pl.read_csv("responses.csv")["client"][0])
    answers = pl.read_csv("responses.csv").filter(pl.col("client").cast(pl.String) == client)
    answers.filter(pl.col("session") < 3).write_csv("few.csv")
    assert "stands out" not in attunement("advise", "few.csv", "--client", client)
    steady = [
        ("a", session, "session-check-in", item, 8)
        for session in range(1, 7)
        for item in ("heard", "understood", "safe", "goals", "way", "depth")
    ]
    names = ["client", "session", "instrument", "item", "value"]
    pl.DataFrame(steady, schema=names, orient="row").write_csv("steady.csv")
    assert "Nothing stands out." in attunement("advise", "steady.csv", "--client", "a")
    said = attunement("advise", "steady.csv", "--client", "a", "--rupture")
    assert "No single reason stands out." in said


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
    one = attunement("strategies", "show", "permission-to-pass")
    assert "When not to" in one
    assert "(unverified)" in one
    whole = as_json("strategies", "show", "permission-to-pass")
    assert {proof["standing"] for proof in whole["evidence"]} == {"read", "unverified"}
    assert run(["strategies", "show", "x"]) == 2
    assert "attunement strategies lists" in capsys.readouterr().err
    assert run(["strategies", "list", "--reason", "x"]) == 2
