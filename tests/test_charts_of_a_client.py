"""The charts of one client: one axis, marks that need no colour, bars that say a sentence."""

import re

import pytest

from attunement.charts import (
    PALETTE,
    Mark,
    Track,
    Words,
    answer_bar,
    course_spec,
    timeline_spec,
    to_svg,
)
from support.made_up import ALLIANCE, tables

DATES = {1: "3 Mar", 2: "10 Mar", 3: None}


def timeline(tracks, **options):
    return timeline_spec(tracks, sessions=(1, 3), dates=DATES, **options)


def test_course_and_timeline_put_a_session_at_the_same_place():
    known = tables()
    above = course_spec(
        known["signals"], known["ruptures"], ALLIANCE, client="Maya R.", sessions=(1, 9),
        dates=False, width=700,
    )  # fmt: skip
    every = dict.fromkeys(range(1, 10)) | DATES
    below = timeline_spec([Track("sessions", [])], sessions=(1, 9), dates=every, width=700)
    assert above["width"] == below["width"]
    assert above["encoding"]["x"] == below["encoding"]["x"]
    assert above["padding"]["left"] == below["padding"]["left"]
    assert named(above) == named(below) == ["1", "3", "5", "7", "9"]
    assert ">1 Mar<" not in to_svg(above, "x")


def named(spec):
    """Name the sessions under a chart."""
    return [
        one["number"]
        for layer in spec["layer"]
        if layer["encoding"].get("text") == {"field": "number"}
        for one in layer["data"]["values"]
    ]


def test_a_cancelled_session_is_a_cross_and_no_missed_one():
    known = tables()
    spec = course_spec(
        known["signals"], known["ruptures"], ALLIANCE, client="Maya R.", sessions=(1, 9),
        missed=[8], cancelled=[9],
    )  # fmt: skip
    found = {
        layer["mark"]["shape"]: [one["session"] for one in layer["data"]["values"]]
        for layer in spec["layer"]
        if layer["mark"].get("shape") in {"circle", "cross"}
    }
    assert found == {"circle": [8], "cross": [9]}


def test_a_missed_session_is_hollow_though_it_has_no_score():
    known = tables()
    spec = course_spec(
        known["signals"], known["ruptures"], ALLIANCE, client="Maya R.", sessions=(1, 9),
        missed=[8],
    )  # fmt: skip
    assert any(
        value.get("session") == 8
        for layer in spec["layer"]
        if layer["mark"].get("shape") == "circle"
        for value in layer["data"]["values"]
    )


def test_words_and_dates_are_the_readers_own():
    spec = timeline([Track("Sitzungen", [(1, Mark.CAME)])], words=Words(session="Sitzung"))
    drawn = to_svg(spec, "Was wann geschah")
    for word in ("Sitzungen", "Sitzung", "10 Mar"):
        assert f">{word}<" in drawn
    assert ">session<" not in drawn


def test_no_two_marks_differ_by_colour_alone():
    shapes = {(mark.value[0], mark.value[1].role == "paper") for mark in Mark}
    assert len(shapes) == len(Mark)


def test_a_timeline_draws_only_colours_that_have_a_dark_twin():
    drawn = to_svg(timeline([Track("all", [(2, mark) for mark in Mark])]), "x")
    used = set(re.findall(r'(?:fill|stroke)="(#[0-9a-f]{6})"', drawn))
    assert used <= {colour.light for colour in PALETTE}


@pytest.mark.parametrize("value", [-1, 0, 4.5, 10, 11])
@pytest.mark.parametrize("usual", [None, (0, 10), (3, 3)])
def test_a_bar_stays_within_its_ends(value, usual):
    drawn = answer_bar(value, "x", low=0, high=10, usual=usual, stands_out=True)
    for start, width in re.findall(r'<rect x="([\d.]+)"[^>]* width="([\d.]+)"', drawn):
        assert float(start) >= 0
        assert float(start) + float(width) <= 200


def test_a_bar_says_its_sentence_and_holds_no_style():
    drawn = answer_bar(4, 'heard: "4" & <low>', low=0, high=10)
    assert 'aria-label="heard: &quot;4&quot; &amp; &lt;low&gt;"' in drawn
    assert "style" not in drawn
