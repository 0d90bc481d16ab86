"""``attunement reasons``: a file in, likely reasons out."""

from pathlib import Path

import polars as pl


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


def test_a_client_reads_other_words(clinic, attunement):
    assert "aybe" in attunement("reasons", "responses.csv", "--viewer", "client")


def test_the_same_seed_gives_the_same_figures(clinic, as_json):
    asked = ["reasons", "evaluate", "--seed", "5", "--each", "3", "--undisturbed", "50"]
    assert as_json(*asked) == as_json(*asked)


def test_a_report_says_what_may_be_behind_it(clinic, attunement):
    attunement("report", "scores.csv", "--responses", "responses.csv", "--out", "r.html")
    assert "What may be behind it" in Path("r.html").read_text(encoding="utf-8")
