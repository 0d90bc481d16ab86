"""Words: short, exact and kind, and the right way round on every scale."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attunement.measures.scale import Direction, Scale
from attunement.report.counting import one_in
from attunement.report.model import FalseAlarms, Kind, Source
from attunement.report.notices import SCHEMA
from attunement.report.words import (
    HEADLINES,
    SENTENCES,
    Telling,
    chance,
    client_name,
    headline,
    sentence,
    source_of,
    subject,
)
from support.made_up import ALLIANCE, PHQ

NEVER = re.compile(r"non-compliant|resistan|fail|risk score|!|None|nan|\{|\}", re.IGNORECASE)
FULL = dict.fromkeys(SCHEMA) | {
    "session": 7, "ago": 0, "depth": 3.0, "score": 5.1, "usual": 7.4, "now": 5.1, "low": 6.2,
    "high": 8.6, "until": 9, "count": 2, "rater": "client", "settled": False,
    "answer": "\u201cseveral days\u201d (1, from 0 to 3)", "question": "question 9 of the PHQ-9",
    "meaning": "thoughts of being better off dead",
}  # fmt: skip
MAYA = Telling("Maya", ALLIANCE)
SYMPTOMS = Telling("Maya", PHQ, relationship=False)


def said(kind, telling=MAYA, **changes):
    return sentence(FULL | {"kind": kind} | changes, telling)


@pytest.mark.parametrize(
    ("kind", "changes", "text"),
    [
        (
            Kind.RUPTURE_OPEN,
            {},
            (
                "After session 7, the working relationship was clearly below Maya's usual "
                "(5.1, usually about 7.4)."
            ),
        ),
        (
            Kind.RUPTURE_OPEN,
            {"ago": 1, "now": 5.6},
            (
                "After session 7, the working relationship was clearly below Maya's usual "
                "(5.1, usually about 7.4), and it is not back yet (now 5.6)."
            ),
        ),
        (
            Kind.RUPTURE_UNREPAIRED,
            {"now": 5.6},
            (
                "After session 7, the working relationship was clearly below Maya's usual "
                "(5.1, usually about 7.4), and it did not come back within three sessions "
                "(now 5.6)."
            ),
        ),
        (
            Kind.TENSION,
            {"score": 7.0},
            (
                "Maya said after session 7 that there was tension (7 of 10), "
                "and that it was not settled."
            ),
        ),
        (
            Kind.TENSION,
            {"score": None, "settled": None, "rater": "therapist"},
            (
                "The therapist said after session 7 that there was tension; "
                "whether it was settled was not said."
            ),
        ),
        (
            Kind.TENSION_SETTLED,
            {"score": 3.0, "settled": True},
            (
                "Maya said after session 7 that there was tension (3 of 10); "
                "it was settled after session 9."
            ),
        ),
        (
            Kind.WATCH,
            {"score": 6.1},
            (
                "After session 7, the working relationship was somewhat below Maya's usual "
                "(6.1, usually about 7.4): worth asking about."
            ),
        ),
        (
            Kind.REPAIRED,
            {},
            (
                "The working relationship fell after session 7 (5.1, usually about 7.4) and was "
                "back to Maya's usual after session 9."
            ),
        ),
        (
            Kind.UNANSWERED,
            {},
            "Maya has not answered the last two check-ins; the newest answer is from session 9.",
        ),
        (Kind.MISSED, {}, "Maya did not come to the last two appointments."),
        (
            Kind.EARLY,
            {},
            (
                "Three earlier scores are needed before a new one can be compared with "
                "Maya's usual; the newest has one."
            ),
        ),
        (
            Kind.EARLY,
            {"count": 1},
            (
                "Three earlier scores are needed before a new one can be compared with "
                "Maya's usual; the newest has none."
            ),
        ),
        (
            Kind.EARLY,
            {"count": 0},
            (
                "Three earlier scores are needed before a new one can be compared with "
                "Maya's usual; there is no score yet."
            ),
        ),
        (
            Kind.USUAL,
            {"score": 7.0},
            (
                "After session 7, the working relationship was as usual for Maya "
                "(7; usually between 6.2 and 8.6)."
            ),
        ),
        (
            Kind.USUAL,
            {"score": 9.5},
            (
                "After session 7, the working relationship was above Maya's usual, which is better "
                "(9.5; usually between 6.2 and 8.6)."
            ),
        ),
        (
            Kind.CEILING,
            {"count": 4},
            (
                "The last four answers about the working relationship were all the best possible; "
                "that can mean that all is well, or that it is hard to say what is not."
            ),
        ),
        (
            Kind.SAFETY,
            {},
            (
                "After session 7, Maya answered \u201cseveral days\u201d (1, from 0 to 3) to "
                "question 9 of the PHQ-9: thoughts of being better off dead."
            ),
        ),
    ],
)
def test_what_is_said(kind, changes, text):
    assert said(kind, **changes) == text


@pytest.mark.parametrize("kind", list(Kind))
def test_rupture_is_a_word_for_the_relationship_alone(kind):
    row = FULL | {"kind": kind}
    said_of_symptoms = sentence(row, SYMPTOMS) + headline(row, SYMPTOMS)
    assert not re.search("rupture|repair|relationship|heal", said_of_symptoms)


def test_where_lower_is_better_the_words_turn_round():
    assert said(Kind.REVIEW, SYMPTOMS, score=18.0, usual=11.0) == (
        "After session 7, depression (PHQ-9) was clearly above Maya's usual "
        "(18, usually about 11), which is worse on this scale."
    )
    assert "higher than expected two sessions running" in said(Kind.OFF_TRACK, SYMPTOMS)
    assert "creeping up" in said(Kind.DRIFT, SYMPTOMS)
    assert "below Maya's usual, which is better" in said(Kind.USUAL, SYMPTOMS, score=2.0)


@pytest.mark.parametrize("telling", [MAYA, SYMPTOMS], ids=["relationship", "symptoms"])
@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_can_be_said_and_no_one_is_graded(kind, telling):
    row = FULL | {"kind": kind}
    for text in (sentence(row, telling), headline(row, telling)):
        assert not NEVER.search(text)
        assert "  " not in text
    assert sentence(row, telling).endswith(".")
    assert sentence(row, telling)[0].isupper()


def test_no_kind_is_without_words():
    assert set(HEADLINES) == set(SENTENCES) == set(Kind)


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.034, "about one client in thirty"),
        (0.128, "about one client in eight"),
        (0.05, "about one client in twenty"),
        (0.5, "about five clients in ten"),
        (0.0, "hardly any client"),
        (0.0001, "about one client in a thousand"),
    ],
)
def test_chance_is_said_in_words(share, words):
    assert one_in(share) == words


@given(st.floats(0.001, 0.4))
def test_one_in_so_many_is_close_to_the_share(share):
    words = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
             "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20,
             "twenty-five": 25, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
             "eighty": 80, "a hundred": 100, "a hundred and fifty": 150, "two hundred": 200,
             "three hundred": 300, "five hundred": 500, "a thousand": 1000}  # fmt: skip
    said_share = 1 / words[one_in(share).removeprefix("about one client in ")]
    assert 0.7 < said_share / share < 1.45


def test_chance_belongs_to_the_rule_that_spoke():
    alarms = FalseAlarms(watch=0.128, review=0.034, drift=None)
    alone = "such a change by chance alone, at least."
    assert chance(Kind.RUPTURE_OPEN, alarms) == f"About one client in thirty shows {alone}"
    assert chance(Kind.WATCH, alarms) == f"About one client in eight shows {alone}"
    often = FalseAlarms(drift=0.5, watch=0.0)
    drifts = "About five clients in ten show such a drift by chance alone, at least."
    assert chance(Kind.DRIFT, often) == drifts
    assert chance(Kind.WATCH, often) == "Hardly any client shows such a change by chance alone."
    assert chance(Kind.DRIFT, alarms) == chance(Kind.TENSION, alarms) == ""
    assert chance(Kind.REVIEW, None) == ""


def test_sources_of_strain_are_kept_apart():
    assert source_of(Kind.TENSION, relationship=True) is Source.TOLD
    assert source_of(Kind.RUPTURE_OPEN, relationship=True) is Source.RELATIONSHIP
    assert source_of(Kind.REVIEW, relationship=False) is Source.SYMPTOMS
    assert source_of(Kind.GAP, relationship=True) is Source.GAP
    assert source_of(Kind.UNANSWERED, relationship=True) is Source.ANSWERS


def test_scales_are_named_as_people_would():
    bond = Scale(name="wai-sr.bond", direction=Direction.HIGHER, title="Bond")
    bdi = Scale(name="bdi", direction=Direction.LOWER)
    assert subject(bond, relationship=True) == "the working relationship (Bond)"
    assert subject(bdi, relationship=False) == "the score on bdi"
    assert subject(PHQ, relationship=False) == "depression (PHQ-9)"
    gad = Scale(name="gad7", direction=Direction.LOWER, title="GAD-7")
    assert subject(gad, relationship=False) == "GAD-7"


@pytest.mark.parametrize(
    ("client", "therapist", "usual", "short", "text"),
    [
        (5.25, 5.75, -1.3, "therapist usually rates lower, now higher",
         "Usually the therapist rates about 1.3 lower than client-49; this time 0.5 higher."),
        (6.0, 5.2, 0.4, "therapist usually rates higher, now lower",
         "Usually the therapist rates about 0.4 higher than client-49; this time 0.8 lower."),
        (8.6, 5.0, -0.4, "therapist rates lower than client, more so than usual",
         "Usually the therapist rates about 0.4 lower than client-49; this time 3.6 lower."),
        (5.0, 5.5, 2.0, "therapist rates higher than client, less so than usual",
         "Usually the therapist rates about 2 higher than client-49; this time 0.5 higher."),
        (7.0, 5.0, 0.01, "therapist usually rates the same, now lower",
         "Usually the two rate about the same; this time the therapist 2 lower."),
        (7.0, 7.0, -3.0, "therapist usually rates lower, now the same",
         "Usually the therapist rates about 3 lower than client-49; this time the same."),
    ],
)  # fmt: skip
def test_a_gap_is_told_with_its_direction(client, therapist, usual, short, text):
    row = FULL | {"kind": Kind.GAP, "score": client, "now": therapist, "usual": usual}
    telling = Telling("client-49", ALLIANCE)
    assert headline(row, telling) == short
    assert sentence(row, telling).endswith(f". {text}")


def test_a_sentence_opens_with_a_capital_even_where_a_name_does_not():
    missed = sentence(FULL | {"kind": Kind.MISSED}, Telling("client-08"))
    assert missed.startswith("Client-08 ")


def test_a_number_is_called_a_client():
    assert client_name("412") == "Client 412"
    assert client_name("Maya R.") == "Maya R."
