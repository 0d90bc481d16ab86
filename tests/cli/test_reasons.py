"""``attunement reasons``: a file in, likely reasons out."""

from pathlib import Path

import polars as pl
import pytest

from attunement.cli.run import run


def test_a_files_name_may_stand_right_after_the_command(clinic, as_json, attunement):
    asked = ["responses.csv", "--symptoms", "scores.csv", "--attendance", "attendance.csv"]
    short = as_json("reasons", *asked)
    assert short == as_json("reasons", "find", *asked)
    assert short["sessions"] == 40
    assert short["reasons"]
    assert "never a cause" in attunement("reasons", *asked)


def test_three_tables_are_written_whose_parts_add_up(clinic, attunement):
    attunement("reasons", "responses.csv", "--sessions", "all", "--out", "r", "--format", "csv")
    told, parts = (pl.read_csv(f"r/{name}.csv") for name in ("reasons", "parts"))
    sums = parts.group_by("client", "session", "reason").agg(total=pl.col("strength").sum())
    both = told.join(sums, on=["client", "session", "reason"])
    assert both.height == told.height > 0
    assert (both["strength"] - both["total"]).abs().max() < 1e-6
    assert pl.read_csv("r/sessions.csv").height > told.height


def test_one_client_is_told_with_every_part(clinic, as_json, attunement):
    found = as_json("reasons", "responses.csv")["reasons"][0]["client"]
    said = attunement("reasons", "responses.csv", "--client", found)
    assert "What makes up" in said
    assert "rarity" in said


def test_whoever_asks_reads_what_would_fit_best(clinic, as_json, attunement):
    told, asked = (as_json("reasons", "responses.csv", *more) for more in ([], ["--asked"]))
    assert len(asked["reasons"]) > len(told["reasons"])
    quiet = next(one["client"] for one in asked["reasons"] if not one["found"])
    said = attunement("reasons", "responses.csv", "--client", quiet, "--asked")
    assert "If something is off, this would fit best." in said
    assert "speaks for it)." in said


def behind(as_json, client, *more):
    """Every part behind one client's newest session, by reason and source."""
    said = as_json("reasons", "responses.csv", "--client", client, "--asked", *more)["reasons"]
    return {
        (reason["id"], part["source"]): part["value"]
        for one in said
        for reason in (*one["found"], *one["weaker"])
        for part in reason["parts"]
    }


def client_of(answers):
    """Somebody with sessions enough, and the newest of them."""
    long = answers.group_by("client").agg(pl.col("session").max()).sort("session").row(-1)
    return str(long[0]), long[1]


def test_agreement_on_goals_is_evidence_as_an_index_or_as_the_goals_of_both(clinic, as_json):
    answers = pl.read_csv("responses.csv")
    client, last = client_of(answers)
    low = pl.struct("client", "session", "rater", "item") == pl.struct(
        client=pl.lit(client), session=pl.lit(last), rater=pl.lit("client"), item=pl.lit("goals")
    )
    answers.with_columns(value=pl.when(low).then(2).otherwise("value")).write_csv("responses.csv")
    sessions = range(1, last + 1)
    agreed = [0.1 if one == last else 1.0 for one in sessions]
    pl.DataFrame({"client": client, "session": sessions, "agreement": agreed}).write_csv("i.csv")
    found = behind(as_json, client, "--goals", "i.csv")
    assert found["goals_not_shared", "goal_agreement"] == 0.1
    both = [
        (client, one, rater, "g", 1, "" if one == last else "a")
        for one in sessions for rater in ("client", "therapist")
    ]  # fmt: skip
    names = ["client", "session", "rater", "goal", "rank", "pair"]
    pl.DataFrame(both, schema=names, orient="row").write_csv("goals.csv")
    found = behind(as_json, client, "--goals", "goals.csv")
    assert found["goals_not_shared", "goal_agreement"] == 0
    assert behind(as_json, client)["goals_not_shared", "goal_agreement"] is None
    ask = ("advise", "responses.csv", "--client", client)
    assert as_json(*ask, "--goals", "i.csv")["reasons"] != as_json(*ask)["reasons"]


def test_hurried_answers_are_heard_where_the_file_has_seconds(clinic, as_json):
    answers = pl.read_csv("responses.csv")
    client, last = client_of(answers)
    hurried = (pl.col("client").cast(pl.String) == client) & (pl.col("session") == last)
    seconds = pl.when(hurried).then(6.0).otherwise(90 + pl.col("session") % 7)
    own = hurried & (pl.col("rater") == "client")
    pat = pl.when(own).then(10).otherwise("value")
    answers.with_columns(value=pat, seconds=seconds).write_csv("responses.csv")
    assert behind(as_json, client)["not_candid", "hurried"] == 6


@pytest.mark.parametrize(
    ("name", "rows", "words"),
    [
        (
            "goals",
            "client,session,agreement\nA,1,80",
            "goals.csv, row 2, agreement: '80' is no share",
        ),
        ("goals", "client,session,rank\nA,1,2", "no column rater"),
        (
            "responses",
            "client,session,instrument,item,value,seconds\nA,1,session-check-in,safe,4,-3",
            "responses.csv, row 2, seconds: '-3' is negative",
        ),
    ],
)
def test_a_file_that_makes_no_sense_is_refused_in_a_sentence(clinic, capsys, name, rows, words):
    Path(f"{name}.csv").write_text(rows, encoding="utf-8")
    more = ["--goals", "goals.csv"] if name == "goals" else []
    assert run(["reasons", "responses.csv", *more]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1


def test_a_client_reads_other_words(clinic, attunement):
    assert "aybe" in attunement("reasons", "responses.csv", "--viewer", "client")


def test_the_same_seed_gives_the_same_figures(clinic, as_json):
    asked = ["reasons", "evaluate", "--seed", "5", "--each", "3", "--undisturbed", "50"]
    assert as_json(*asked) == as_json(*asked)


def test_a_report_says_what_may_be_behind_it(clinic, attunement):
    attunement("report", "scores.csv", "--responses", "responses.csv", "--out", "r.html")
    assert "What may be behind it" in Path("r.html").read_text(encoding="utf-8")
