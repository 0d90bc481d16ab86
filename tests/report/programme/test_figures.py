"""What the page shows is what the files hold, and what is withheld stands in neither."""

import re
from dataclasses import replace
from datetime import date
from html import unescape

import polars as pl
import pytest

from attunement.programme.retention.staying import EVERYBODY
from attunement.report.programme import document, figures_table, programme, to_html

DATA = re.compile(r'<data value="([^"]+)" data-figure="([^"]+)" data-part="(\w+)">([^<]+)</data>')


@pytest.fixture(scope="module")
def table(report):
    return figures_table(report.figures)


def test_every_number_on_the_page_is_in_the_table_of_figures(page, table, tmp_path):
    table.write_csv(tmp_path / "figures.csv")
    rows = pl.read_csv(tmp_path / "figures.csv", infer_schema_length=None)
    known = {row["figure"]: row for row in rows.to_dicts()}
    shown = DATA.findall(page)
    assert len(shown) > 150
    for value, name, part, _ in shown:
        own = known[unescape(name)]["value" if part == "size" else part]
        assert float(value) == pytest.approx(abs(own) if part == "size" else own, rel=1e-12)


def test_what_is_written_is_the_value_rounded(page):
    for value, _, _, text in DATA.findall(page):
        digits = text.replace(",", "").replace("\u2212", "-")
        if digits.endswith("%") and not digits.startswith("under"):
            assert float(digits[:-1]) == pytest.approx(100 * float(value), abs=0.0501)
        elif not digits.startswith("under"):
            assert float(digits) == pytest.approx(float(value), abs=0.00501)


def test_a_withheld_cell_appears_nowhere(found, page, table):
    hidden = [
        name
        for name in table["figure"]
        if name.startswith(("leaving/age=unsaid", "groups/age=unsaid"))
    ]
    assert hidden
    for row in table.filter(pl.col("figure").is_in(hidden)).iter_rows(named=True):
        assert [row[name] for name in ("value", "low", "high", "n", "of")] == [None] * 5
    assert not [name for _, name, _, _ in DATA.findall(page) if unescape(name) in hidden]
    assert "withheld" in page


def test_of_no_group_a_few_missing_are_told(found, table):
    groups = found.outcomes.groups.filter(pl.col("both").is_not_null())
    missing = groups["clients"] - groups["both"]
    assert not ((missing > 0) & (missing < found.asked.fewest)).any()
    rates = found.retention.staying.rates.filter(pl.col("by") != EVERYBODY)
    unknown = (rates["clients"] - rates["known"]).drop_nulls()
    assert not ((unknown > 0) & (unknown < found.asked.fewest)).any()


def test_of_a_few_people_only_how_many_began_is_told(made, asked):
    cohort, _ = made
    few = cohort.scores["client"].unique().sort().head(12).to_list()
    own = [
        frame.filter(pl.col("client").is_in(few)) for frame in (cohort.scores, cohort.attendance)
    ]
    plain = replace(asked, by=(), units=())
    small = document(programme(*own, asked=plain), drawn_on=date(2026, 11, 22))
    table = figures_table(small.figures)
    assert set(table["figure"]) == {"people/known", "people/began"}
    assert set(table["value"]) == {12}
    assert "fewer than 50 people began" in to_html(small)
    study = programme(*own, asked=replace(plain, smallest=0))
    assert study.retention is not None


def test_what_one_table_withholds_no_other_gives_away(found):
    rates, groups = found.retention.staying.rates, found.outcomes.groups
    rows = rates.filter(pl.col("by") != EVERYBODY)
    one = set(rows.filter(pl.col("clients").is_null()).select("by", "group").iter_rows())
    other = set(groups.filter(pl.col("clients").is_null()).select("by", "group").iter_rows())
    assert one == other != set()
    assert len(one) > 1


def test_no_curve_of_a_group_is_told(table):
    after = table.filter(pl.col("figure").str.starts_with("left-after/"))["figure"].to_list()
    assert after
    assert not [name for name in after if "=" in name]
    assert table.filter(pl.col("what").str.contains("after 1 session (", literal=True)).height
    assert table.filter(pl.col("what").str.contains("after 2 sessions (", literal=True)).height


def test_names_of_figures_are_told_once(report, table):
    assert table["figure"].is_unique().all()
    assert table["figure"].to_list() == list(report.figures)


def test_why_a_part_is_absent_ends_in_one_stop_and_counts_one_session_in_words(made, asked):
    cohort, _ = made
    few = cohort.scores["client"].unique().sort().head(5).to_list()
    own = cohort.scores.filter(pl.col("client").is_in(few))
    found = programme(own, asked=replace(asked, by=(), units=(), smallest=0))
    assert "one session later" in found.absent["relation"]
    assert ".." not in to_html(document(found, drawn_on=date(2026, 11, 22)))
