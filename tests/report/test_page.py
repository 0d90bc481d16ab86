"""The report as a page: complete, the same every time, and safe whatever the names are."""

import re
from html.parser import HTMLParser

import polars as pl
import pytest

from attunement.problems import Problem
from attunement.report import build, to_html
from attunement.report.model import Group
from support.made_up import (
    ALLIANCE,
    DRAWN_ON,
    HOSTILE,
    NORMS,
    PHQ,
    SCALES,
    renamed,
    report,
    some,
    tables,
)


class Outline(HTMLParser):
    """Tags, headings and links of a page."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.headings, self.ids, self.targets, self.text = [], [], [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        for name, value in attrs:
            if name == "id":
                self.ids.append(value)
            if name in {"href", "src"}:
                self.targets.append(value)

    def handle_data(self, data):
        self.text.append(data)


@pytest.fixture(scope="module")
def made():
    return report()


@pytest.fixture(scope="module")
def page(made):
    return to_html(made)


@pytest.fixture(scope="module")
def outline(page):
    return Outline(page)


def test_the_page_needs_nothing_from_elsewhere(page, outline):
    assert all(target.startswith("#") for target in outline.targets)
    assert not {"script", "link", "iframe", "img", "object", "form"} & set(outline.tags)
    assert "default-src 'none'" in page
    assert "@import" not in page
    assert "url(" not in page


def test_every_link_has_its_target_and_every_id_is_there_once(outline):
    assert len(outline.ids) == len(set(outline.ids))
    assert {target[1:] for target in outline.targets} <= set(outline.ids)


def test_headings_are_in_order(outline):
    assert outline.headings[0] == 1
    assert outline.headings.count(1) == 1
    steps = zip(outline.headings, outline.headings[1:], strict=False)
    assert all(after <= before + 1 for before, after in steps)


def test_a_page_of_made_up_people_says_so(page):
    assert "Made-up people." in page
    assert "Made-up people." not in to_html(report(synthetic=False, most=1))


def test_the_list_and_the_sections_are_in_the_same_order(made):
    listed = [client.name for group in Group for client in made.group(group)]
    assert listed == [client.name for client in made.clients]


def test_everyone_in_the_list_has_a_sentence_a_line_and_a_section(made, page):
    for client in made.clients:
        assert client.sentence
        assert f'id="{client.anchor}"' in page
        if client.group is Group.FIRST:
            assert "<svg" in client.line


def test_sources_of_strain_are_told_apart(made):
    maya = next(client for client in made.clients if client.name == "Maya R.")
    assert [one.source for one in maya.said] == [
        "Scores of the relationship", "What was said", "Symptoms and other scores",
    ]  # fmt: skip
    assert maya.also == "client said there was tension after session 7, not settled"


def test_the_relationship_comes_before_symptoms(made):
    for client in made.clients:
        titles = [chart.scale for chart in client.charts]
        assert titles == sorted(titles, key=[ALLIANCE.title, PHQ.title].index)


def test_the_false_alarm_rate_of_the_rules_is_shown(page):
    assert (
        "In 100 clients with as many scores as these, and no strain at all, about 3 would show a "
        "review by chance."
    ) in page
    assert "lower bounds" in page
    assert "About one client in thirty shows such a change by chance alone, at least." in page
    without = to_html(report(false_alarms=None, most=2))
    assert "by chance" not in without
    assert "This was not computed for this report" in without


def test_the_methods_name_the_rule_the_norms_and_what_was_read(page):
    for words in ("at least 2 standard", "at least 2.5 worse", "34 clients with three scores",
                  "scores were missing", "Smyth 2004", "20 November 2026"):  # fmt: skip
        assert words in page


def test_the_same_tables_give_the_same_page():
    known = some("Maya R.", "Rosa V.", "Tom K.", "412")
    shuffled = {
        name: table.sample(fraction=1.0, shuffle=True, seed=2) for name, table in known.items()
    }
    assert to_html(report(**shuffled)) == to_html(report(**known))


def test_pandas_tables_give_the_same_page():
    known = some("Maya R.", "Tom K.", "412")
    pandas = {name: table.to_pandas() for name, table in known.items()}
    assert to_html(report(**pandas)) == to_html(report(**known))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_text_and_nothing_else(name):
    seen = Outline(to_html(report(**renamed(name))))
    assert seen.tags == Outline(to_html(report(**renamed("Somebody")))).tags
    assert name.replace("\u202e", "") in "".join(seen.text)


def test_a_hostile_title_is_text():
    page = to_html(report(title="</title><script>x</script>", most=1))
    assert "<script" not in page


def test_clients_may_be_numbers():
    numbers = {
        name: table.with_columns(pl.col("client").rank("dense").cast(pl.Int64))
        for name, table in tables().items()
        if name in {"signals", "ruptures", "scores"}
    }
    made = build(**numbers, scales=SCALES, norms=NORMS, drawn_on=DRAWN_ON)
    assert made.clients[0].name.startswith("Client ")


def test_only_the_most_in_need_get_a_section_and_the_page_says_so(made):
    few = report(most=3)
    assert [client.name for client in few.clients] == [client.name for client in made.clients[:3]]
    assert few.counts == made.counts
    page = to_html(few)
    assert f"{len(made.clients) - 3} more clients stand here by name alone" in page
    assert "only the 3 most in need have a section" in page
    text = "".join(Outline(page).text)
    assert all(client.name in text for client in made.clients)
    names = [name for group in Group for name in few.unlisted.get(group, ())]
    assert names == [client.name for client in made.clients[3:]]


def test_those_as_usual_have_one_line_and_their_charts_on_demand(page):
    ana = page[page.index('aria-labelledby="client-') :]
    sections = re.findall(r"<article.*?</article>", ana, flags=re.DOTALL)
    short = [section for section in sections if "class=short" in section]
    assert short
    for section in short:
        shown, _, folded = section.partition("<details>")
        assert "<figure>" not in shown
        assert ("<figure>" in folded) == ("<svg" in shown)


def test_a_picture_says_its_sentence_once(made):
    for client in made.clients:
        for chart in client.charts:
            assert chart.svg.count("<title>") == 0
            sentences = chart.spoken.split(". ")
            assert len(sentences) == len(set(sentences))


def test_a_scale_of_unknown_meaning_is_called_by_its_name_and_has_no_rupture():
    page = to_html(report(**some("Maya R."), relationship=None))
    assert "rupture" not in page.partition("How this was worked out</h2>")[0].lower()
    assert "After session 7, working relationship was clearly below" in page


def test_a_score_with_a_band_is_told_with_it(page):
    assert re.search(r"depression \(PHQ-9\) was as usual for [^(]+ \(\d+, \w+( \w+)?; ", page)


def test_where_no_one_stands_out_the_page_says_so():
    page = to_html(report(**some("Ana P.")))
    assert "No one stands out right now." in page
    assert "no one stands out · 1 as usual" in page


def test_an_empty_file_gives_an_empty_report():
    empty = {name: table.clear() for name, table in tables().items()}
    assert "No one stands out right now." in to_html(report(**empty))


def test_a_report_needs_no_more_than_signals_and_ruptures():
    known = tables()
    made = build(known["signals"], known["ruptures"], SCALES, norms={}, drawn_on=DRAWN_ON)
    assert "Maya R." in to_html(made)


def test_a_missing_column_is_named():
    with pytest.raises(Problem, match="signals has no column sigma"):
        report(signals=tables()["signals"].drop("sigma"))


def test_an_unknown_scale_is_named():
    with pytest.raises(Problem, match="nothing is known of the scale phq9"):
        report(scales={ALLIANCE.name: ALLIANCE})


def test_someone_who_only_missed_appointments_is_not_overlooked():
    known = some("Ana P.", "Olga R.")
    for name in ("signals", "scores", "ruptures", "expected", "off_track", "ceiling"):
        known[name] = known[name].filter(pl.col("client") != "Olga R.")
    made = report(**known)
    assert made.clients[0].name == "Olga R."
    assert made.clients[0].about == "no score yet"
    assert "Olga R. did not come to the last two appointments." in to_html(made)


def test_a_section_says_how_far_someone_has_come_and_with_whom(made):
    maya = next(client for client in made.clients if client.name == "Maya R.")
    assert maya.about == "up to session 7, 21 April 2026 · with Sam"


def test_all_scores_are_there_in_numbers_too(made, page):
    maya = next(client for client in made.clients if client.name == "Maya R.")
    rows = maya.charts[0].rows
    assert [row.session for row in rows] == list(range(1, 8))
    assert (rows[0].usual, rows[-1].date) == ("not yet", "21 Apr")
    assert (rows[-1].score, rows[-1].noticed) == ("4.9", "review")
    assert "<td>4.9, review</td>" in page
    tom = next(client for client in made.clients if client.name == "Tom K.")
    assert tom.charts[0].rows[-1].score == "missing"


def test_dates_carry_a_year_where_a_course_spans_several():
    known = some("Ana P.")
    later = pl.col("date").dt.offset_by("9mo")
    known["scores"] = known["scores"].with_columns(
        date=pl.when(pl.col("session") > 3).then(later).otherwise("date")
    )
    rows = report(**known).clients[0].charts[0].rows
    assert rows[0].date.endswith(" 2026")
    assert rows[-1].date.endswith(" 2027")


@pytest.mark.parametrize("kind", [pl.Datetime, pl.String])
def test_dates_may_be_times_or_text(kind):
    known = some("Ana P.")
    known["scores"] = known["scores"].with_columns(pl.col("date").cast(kind))
    assert to_html(report(**known)) == to_html(report(**some("Ana P.")))


def test_it_says_how_far_the_drawing_has_come():
    seen = []
    drawn = report(progress=lambda done, of: seen.append((done, of)))
    assert seen == [(n, len(drawn.clients)) for n in range(1, len(drawn.clients) + 1)]
