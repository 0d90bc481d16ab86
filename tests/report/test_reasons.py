"""The report says that all answers fell together, and helps, where a drop was noticed."""

from datetime import date

import polars as pl
import pytest

import attunement as at
from attunement.guidance.reasons.model import Part, Reason, Reasons
from attunement.report.build import build, clients_in_strain
from attunement.report.model import Kind

TOGETHER = "All answers fell together: no single reason fits as well. Worth asking what happened."


def said(last, *behind, general=True):
    days = range(1, 10)
    scores = pl.DataFrame(
        {
            "client": ["a"] * 9,
            "scale": ["alliance"] * 9,
            "session": list(days),
            "score": [8.0, 8.2, 7.9, 8.1, 8.0, 8.2, 7.9, 8.0, last],
        }
    )
    norms = {"alliance": at.Norms(sd=0.5)}
    found = at.course(scores, {"alliance": "higher-is-better"}, norms=norms)
    report = build(
        found.signals,
        found.ruptures,
        {"alliance": at.Scale(name="alliance", direction="higher-is-better")},
        drawn_on=date(2026, 1, 1),
        norms=norms,
        relationship=["alliance"],
        reasons=[Reasons(client="a", session=9, found=behind, general=general)],
    )
    return str(report)


def test_a_fall_of_all_answers_is_told_with_what_could_help_beside_a_drop():
    assert TOGETHER in said(2.0)


def test_nothing_is_made_of_it_without_one():
    assert TOGETHER not in said(8.0)


def test_a_reason_is_told_whatever_heading_the_client_stands_under():
    heard = Part(
        source="heard", value=3, usual=8, unusual=-3.1, strength=4.0, audience="therapist"
    )  # fmt: skip
    page = said(8.0, Reason(id="not_heard", strength=4.0, parts=(heard,)), general=False)
    assert "As usual" in page
    assert "There may not have been enough room for what your client wanted to say" in page


@pytest.mark.parametrize("kind", [Kind.RUPTURE_OPEN, Kind.REVIEW, Kind.TENSION])
def test_an_open_rupture_a_drop_and_told_tension_are_strain(kind):
    noticed = pl.DataFrame({"client": ["a", "b"], "kind": [int(kind), int(Kind.USUAL)]})
    assert clients_in_strain(noticed) == {"a"}
