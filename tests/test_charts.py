"""Charts: what they show is what the tables say, in any colours and to any reader."""

import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attunement.charts import PALETTE, course_chart, course_spec, small_line, style, to_svg
from attunement.charts.layers import Words, marks_of, parts_of
from attunement.charts.layout import (
    Frame,
    Label,
    box_of,
    number,
    overlap,
    place,
    score_range,
    session_ticks,
    spread_out,
)
from attunement.measures.scale import Direction, Scale
from support.made_up import ALLIANCE, PHQ, tables

FRAME = Frame(sessions=(0.5, 12.5), scores=(0.0, 10.0), width=310.0, height=180.0)


@pytest.fixture(scope="module")
def clinic():
    return tables()


def drawn(clinic, client, scale=ALLIANCE, sentence="What it says", **options):
    spec = course_spec(clinic["signals"], clinic["ruptures"], scale, client=client, **options)
    return to_svg(spec, sentence)


def words_in(svg):
    root = ET.fromstring(svg)  # noqa: S314 our own drawing
    return [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]


def test_a_chart_says_its_sentence_to_those_who_listen(clinic):
    svg = drawn(clinic, "Maya R.", sentence='She said "no" & <left>')
    root = ET.fromstring(svg)  # noqa: S314 our own drawing
    assert root.get("role") == "img"
    assert root.get("aria-label") == 'She said "no" & <left>'
    assert "title" not in {element.tag.rpartition("}")[2] for element in root.iter()}


def test_ruptures_and_repairs_are_marked_with_a_word(clinic):
    words = words_in(drawn(clinic, "Rosa V."))
    assert {"rupture", "repaired", "usual", "session"} <= set(words)


def test_a_chart_draws_only_colours_that_have_a_dark_twin(clinic):
    known = {colour.light for colour in PALETTE} | {"none", "transparent"}
    for client, scale in (("Rosa V.", ALLIANCE), ("412", PHQ), ("Tom K.", ALLIANCE)):
        svg = drawn(clinic, client, scale, expected=clinic["expected"])
        used = set(re.findall(r'(?:fill|stroke)="([^"]+)"', svg))
        assert used <= known
    css = style()
    assert all(f'[fill="{colour.light}"]' in css for colour in PALETTE)


def test_a_chart_asks_nothing_of_the_network(clinic):
    svg = drawn(clinic, "Rosa V.")
    addresses = set(re.findall(r"https?://[^\"' ]+", svg))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert "url(" not in svg


def test_a_missed_score_breaks_the_line_and_leaves_a_hollow_circle(clinic):
    spec = course_spec(clinic["signals"], clinic["ruptures"], ALLIANCE, client="Lee S.")
    hollow = [layer for layer in spec["layer"] if layer["mark"].get("shape") == "circle"]
    assert [row["session"] for row in hollow[0]["data"]["values"]] == [5]
    rows = [{"session": session, "score": 1.0} for session in (1, 2, 3, 6, 7)]
    assert parts_of(rows) == [0, 0, 0, 1, 1]
    assert parts_of([{"session": session, "score": 1.0} for session in (1, 3, 5, 7)]) == [0] * 4
    assert parts_of([]) == []


def test_the_expected_course_is_named_where_it_ends(clinic):
    svg = drawn(clinic, "412", PHQ, expected=clinic["expected"])
    assert "expected" in words_in(svg)


def test_a_chart_for_a_notebook_is_a_valid_altair_chart(clinic):
    chart = course_chart(
        clinic["signals"], clinic["ruptures"], ALLIANCE, client="Maya R.", title="What it says"
    )
    assert chart.to_dict(validate=True)["title"]["text"] == "What it says"
    assert "What it says" in words_in(to_svg(chart, "What it says"))


def test_any_kind_of_table_gives_the_same_chart(clinic):
    there = drawn(clinic, "Maya R.")
    pandas = {name: clinic[name].to_pandas() for name in ("signals", "ruptures")}
    pandas["signals"]["cusum_alarm"] = pandas["signals"]["cusum_alarm"].astype("boolean")
    assert drawn(pandas, "Maya R.") == there


def test_a_client_without_any_score_has_an_empty_chart(clinic):
    assert "session" in words_in(drawn(clinic, "Zoe I."))
    assert "session" in words_in(drawn(clinic, "nobody of that name"))


def test_while_a_rupture_lasts_further_low_scores_need_no_word():
    signals = ("none", "review", "watch", "none", "watch")
    rows = [
        {"session": session, "score": 5.0, "signal": signal}
        for session, signal in enumerate(signals, start=1)
    ]
    marks = marks_of(rows, [{"onset": 2, "repaired": 4}], Words())
    assert [(mark["session"], mark["kind"], mark["word"]) for mark in marks] == [
        (2, "review", "rupture"),
        (3, "watch", ""),
        (4, "repaired", "repaired"),
        (5, "watch", "watch"),
    ]


scores = st.floats(0, 10)


@given(st.lists(scores, min_size=1))
def test_the_axis_shows_every_score_and_stays_inside_the_scale(values):
    low, high = score_range(values, ALLIANCE)
    assert 0 <= low <= min(values)
    assert max(values) <= high <= 10
    assert high - low >= 5 - 1e-9


@given(st.lists(st.floats(-1e6, 1e6), min_size=1))
def test_a_scale_of_unknown_range_shows_every_score(values):
    low, high = score_range(values, Scale(name="x", direction=Direction.LOWER))
    assert low < high
    assert low <= min(values)
    assert high >= max(values)


@given(
    st.lists(
        st.builds(
            Label,
            text=st.sampled_from(["rupture", "repaired", "watch"]),
            x=st.floats(0, 310),
            y=st.floats(0, 180),
            weight=st.integers(0, 2),
        ),
        max_size=12,
    )
)
def test_words_never_cover_each_other(labels):
    placed = [box_of(label) for label in place(labels, [], FRAME)]
    assert not any(overlap(one, other) for i, one in enumerate(placed) for other in placed[i + 1 :])


@given(st.lists(st.floats(0, 180), max_size=5))
def test_words_at_the_end_of_a_line_keep_their_order_and_distance(wanted):
    placed = spread_out(wanted, 18, 180)
    in_order = sorted(range(len(wanted)), key=wanted.__getitem__)
    heights = [placed[index] for index in in_order]
    assert all(after - before >= 18 - 1e-9 for before, after in pairwise(heights))
    assert all(-1e-9 <= height <= 180 + 1e-9 for height in heights)


@given(st.sets(st.integers(1, 300), min_size=1), st.integers(1, 9))
def test_the_newest_session_is_always_named_and_few_are(sessions, most):
    ticks = session_ticks(list(sessions), most)
    assert ticks[-1] == max(sessions)
    assert set(ticks) <= sessions
    assert len(ticks) <= most + 1


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (7.0, "7"),
        (7.25, "7.3"),
        (5.75, "5.8"),
        (5.249, "5.2"),
        (-1.5, "\u22121.5"),
        (0.0, "0"),
        (-0.01, "0"),
    ],
)
def test_scores_are_written_short(value, text):
    assert number(value, PHQ) == text


def test_scores_on_a_narrow_scale_keep_two_decimals():
    assert number(2.347, Scale(name="x", direction=Direction.HIGHER, low=0, high=3)) == "2.35"


def test_a_small_line_is_a_picture_with_a_sentence():
    svg = small_line([7.0, None, 6.0, 3.0], "<b>", noticed=[3], usual=6.5)
    root = ET.fromstring(svg)  # noqa: S314 our own drawing
    assert root.get("aria-label") == "<b>"
    assert root.get("role") == "img"


@given(
    st.lists(st.none() | st.floats(-1e6, 1e6), max_size=40),
    st.none() | st.floats(-1e6, 1e6),
    st.floats(0, 10),
)
def test_a_small_line_stays_inside_its_frame(values, usual, least):
    svg = small_line(values, "x", usual=usual, least=least, noticed=range(len(values)))
    ET.fromstring(svg)  # noqa: S314 our own drawing
    heights = [float(y) for y in re.findall(r' (?:cy|y1|y2)="([^"]+)"', svg)]
    heights += [float(pair.split(",")[1]) for points in re.findall(r'points="([^"]+)"', svg)
                for pair in points.split()]  # fmt: skip
    assert all(0 <= height <= 30 for height in heights)
