"""The page: readable by anybody, asking for nothing, calm about nothing."""

import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from io import BytesIO

import numpy as np
import polars as pl
import pytest
from pypdf import PdfReader

from attunement import Plan, simulate
from attunement.programme.outcomes.measure import GAD7, PHQ9
from attunement.report.programme import Asked, document, programme, to_html, to_pdf
from attunement.report.programme.limits import limits
from attunement.report.programme.pictures import rates_picture

WORRYING = re.compile(
    r"\b(alarm|danger|worst|failing|poor|bad results|beyond chance alone|urgent|warning)\b", re.I
)


class Words(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.said, self.heads, self._skip, self._head = [], [], 0, ""
        self.feed(page)

    def handle_starttag(self, tag, _attributes):
        self._skip += tag in ("style", "svg")
        self._head = tag if tag in ("h1", "h2", "h3") else self._head

    def handle_endtag(self, tag):
        self._skip -= tag in ("style", "svg")
        self._head = "" if tag == self._head else self._head

    def handle_data(self, data):
        if not self._skip:
            self.said.append(data)
            if self._head == "h2":
                self.heads.append(data)

    @property
    def text(self):
        return re.sub(r"\s+", " ", "".join(self.said))


def test_board_comes_first_and_limits_last(page):
    assert Words(page).heads == ["For the board", "For the analyst", "Methods and limits"]


def test_the_board_reads_plain_sentences_with_intervals(page):
    text = Words(page).text
    for words in (
        "700 people began.",
        "the client rated the working relationship",
        "lack a first or a last score",
        "None of these is the one right rate",
        "had nobody truly changed",
        "This is an association: it does not show that one brings the other about.",
        "Everybody who began, missing filled in",
    ):
        assert words in text
    assert re.search(r"points lower \(change \u2212[\d.]+ to \u2212[\d.]+\)", text)


def test_chance_gives_a_bound_of_getting_better_and_a_guess_of_getting_worse(page):
    row = re.search(r"Reliable deterioration</th>.*?</tr>", page, re.S | re.I).group()
    assert "about " in row
    assert "at least" not in row


def test_the_page_is_whole_and_asks_for_nothing(page):
    assert page.count("<svg") >= 4
    assert "default-src 'none'" in page
    assert not re.search(r"<(script|link|img|iframe)\b", page)
    assert not re.search(r'(src|href)="(?!#)', page)
    assert "Made-up people." in page


def test_the_name_of_a_group_is_text_and_nothing_else(page):
    assert "&lt;b&gt;[ [people/began]]|y" in page
    assert "<b>" not in page


def test_no_unit_is_ranked_or_named(page):
    assert "therapist-0" not in page
    assert "Units compared, and not ranked" in page


def test_a_column_that_is_grouped_by_has_no_funnel(found):
    assert {unit for unit, _ in found.outcomes.funnels} == {"therapist"}


def test_the_pdf_says_the_same_and_is_tagged(report):
    read = PdfReader(BytesIO(to_pdf(report)))
    text = re.sub(r"\s+", " ", " ".join(one.extract_text() for one in read.pages))
    assert "700 people began." in text
    assert "Methods and limits" in text
    assert read.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_the_same_tables_of_any_kind_give_the_same_page(made, asked, page):
    cohort, people = made
    again = programme(
        cohort.scores.sample(fraction=1.0, shuffle=True, seed=1).to_pandas(),
        cohort.attendance.to_arrow(),
        people.to_pandas(),
        asked=asked,
    )
    said = to_html(document(again, drawn_on=date(2026, 11, 22), synthetic=True, notes=["A note."]))
    assert Words(said).text == Words(page).text


def test_parts_without_data_say_so_and_the_others_stand(made):
    cohort, _ = made
    found = programme(
        cohort.scores.filter(pl.col("scale") == "phq9"), asked=Asked(measures=(PHQ9,))
    )
    text = Words(to_html(document(found, drawn_on=date(2026, 11, 22)))).text
    assert set(found.absent) == {"relation", "retention"}
    assert "Nothing is said of leaving: there is no table of attendance" in text
    assert "Reliable improvement" in text
    empty = programme(cohort.scores, asked=Asked(measures=(GAD7,)))
    said = Words(to_html(document(empty, drawn_on=date(2026, 11, 22)))).text
    assert "there is no score of gad7" in said


def null_programme(seed):
    """Nobody changes, nothing goes together with anything, all units are alike."""
    plan = Plan(clients=400, therapists=16, responses=False, improvement=0.0, symptom_effect=0.0,
                symptom_r=0.0, rupture=0.0, therapist_icc=0.0, site_icc=0.0, trend=0.0,
                trend_sd=0.0, intake_weeks=50)  # fmt: skip
    return simulate(plan, seed=seed)


@pytest.mark.parametrize("seed", [1, 2])
def test_where_nothing_has_an_effect_nothing_alarming_is_said(asked, seed):
    made = null_programme(seed)
    people = made.truth.clients.with_columns(age=pl.lit("any"))
    found = programme(made.scores, made.attendance, people, asked=asked)
    page = to_html(document(found, drawn_on=date(2026, 11, 22)))
    text = Words(page).text.replace("as if worst", "").replace("worse", "")
    assert not WORRYING.search(text), WORRYING.search(text)
    assert "was neither clearly higher nor clearly lower" in text
    lowest = found.outcomes.without_change["phq9"].any_improvement
    assert np.isclose(found.outcomes.seen_at_all["phq9"].share, lowest, atol=0.15)
    for one in found.outcomes.funnels.values():
        assert one.units.filter(pl.col("place") == "beyond").is_empty()


def test_funnels_are_adjusted_for_case_mix_and_say_so(made, asked):
    cohort, people = made
    wanted = replace(asked, by=(), units=("therapist",), adjust=("age", "therapist"), imputations=0)
    found = programme(cohort.scores, None, people, asked=wanted)
    assert found.outcomes.funnels["therapist", "reliable_improvement"].adjusted_for == (
        "pre phq9", "age",
    )  # fmt: skip
    page = to_html(document(found, drawn_on=date(2026, 11, 22)))
    assert "Reliable improvement by therapist, adjusted for first scores and age." in page
    assert "rates are adjusted for first scores, age and therapist, as observed" in page


def test_the_words_count_the_ways_that_the_picture_draws(made, asked, found):
    cohort, people = made
    none = replace(asked, imputations=0)
    plain = programme(cohort.scores, cohort.attendance, people, asked=none)
    for one, ways in ((found, "four"), (plain, "three")):
        assert f"under {ways} ways" in rates_picture(one).caption
        said = "".join(map(str, limits(one, ()).parts))
        assert ("Filled in: multiple imputation" in said) == (ways == "four")
        assert ("Nothing is filled in" in said) == (ways == "three")
