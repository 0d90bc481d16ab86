"""The clinic's sentences say what the report's say, and leave no blank."""

import pytest

from attunement.clinic.caseload.scales import about, relationship_scales
from attunement.clinic.caseload.sentences import SENTENCES, SETTLED_WORSE
from attunement.clinic.caseload.words import sentence
from attunement.measures.scale import Direction
from attunement.report.model import Kind
from attunement.report.words import Telling
from attunement.report.words import sentence as reported

ALLIANCE = about("session-check-in.alliance")
NOTICE = {
    "session": 7, "score": 4.9, "usual": 7.6, "now": 5.2, "low": 6.4, "high": 8.8, "until": 9,
    "count": 4, "rater": "client", "settled": False, "ago": 0, "scale": ALLIANCE.scale.name,
    "depth": 4.0, "answer": "", "question": "", "meaning": "",
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (kind, name)
        for kind in Kind
        for name in ("session-check-in.alliance", "phq9", "who5")
        if kind is not Kind.CEILING or name in relationship_scales()
    ],
)
def test_every_kind_has_a_whole_sentence_on_every_scale(kind, name):
    said = sentence(NOTICE | {"kind": kind}, "Maya R.", about(name))
    assert said[0].isupper()
    assert said.endswith(".")
    assert "%" not in said
    assert "None" not in said


@pytest.mark.parametrize(
    "kind",
    [
        Kind.RUPTURE_OPEN,
        Kind.REVIEW,
        Kind.WATCH,
        Kind.DRIFT,
        Kind.LASTING,
        Kind.REPAIRED,
        Kind.PAST,
    ],
)
def test_of_the_relationship_it_says_the_same_as_the_report(kind):
    notice = NOTICE | {"kind": kind}
    telling = Telling("Maya R.", ALLIANCE.scale, relationship=True)
    assert sentence(notice, "Maya R.", ALLIANCE) == reported(notice, telling)


def test_a_drop_that_lasts_says_where_it_is_now():
    notice = NOTICE | {"kind": Kind.RUPTURE_OPEN, "ago": 1}
    telling = Telling("Maya R.", ALLIANCE.scale, relationship=True)
    assert sentence(notice, "Maya R.", ALLIANCE) == reported(notice, telling)


@pytest.mark.parametrize("settled", [True, False, None])
def test_tension_is_told_as_the_report_tells_it(settled):
    notice = NOTICE | {"kind": Kind.TENSION, "settled": settled, "until": 7, "score": 6.0}
    telling = Telling("Maya R.", ALLIANCE.scale, relationship=True)
    assert sentence(notice, "Maya R.", ALLIANCE) == reported(notice, telling)


@pytest.mark.parametrize("settled", [True, False, None])
def test_the_therapist_reads_you_said_of_what_they_told(settled):
    notice = NOTICE | {"kind": Kind.TENSION, "settled": settled, "score": 6.0}
    theirs = sentence(notice | {"rater": "therapist", "own": False}, "Maya R.", ALLIANCE)
    assert theirs.startswith("The therapist said after session 7")
    mine = sentence(notice | {"rater": "therapist", "own": True}, "Maya R.", ALLIANCE)
    assert mine == theirs.replace("The therapist said", "You said")
    said = sentence(notice | {"own": True}, "Maya R.", ALLIANCE)
    assert said.startswith("Maya R. said")


def test_the_therapist_reads_you_where_the_two_see_it_differently():
    notice = NOTICE | {"kind": Kind.GAP, "score": 8.0, "now": 4.0}
    assert "and the therapist at 4" in sentence(notice, "Maya R.", ALLIANCE)
    mine = sentence(notice | {"own": True}, "Maya R.", ALLIANCE)
    assert "and you at 4" in mine
    assert "therapist" not in mine
    bare = sentence({"kind": Kind.GAP, "session": 7, "own": True}, "Maya R.", ALLIANCE)
    assert bare.startswith("After session 7, Maya R. and you saw")


def test_missing_numbers_leave_a_plainer_sentence():
    bare = {"session": 7}
    for kind in (Kind.RUPTURE_OPEN, Kind.OFF_TRACK, Kind.TENSION, Kind.GAP, Kind.MISSED):
        said = sentence(bare | {"kind": kind}, "Maya R.", ALLIANCE)
        assert "()" not in said
        assert "None" not in said


@pytest.mark.parametrize("name", ["session-check-in.alliance", "phq9", "who5"])
def test_a_drop_of_long_ago_is_told_as_history(name):
    said = sentence(NOTICE | {"kind": Kind.LASTING, "past": True}, "Maya R.", about(name))
    assert said.startswith("Earlier, after session 7, ")
    assert "%" not in said


def test_no_sentence_blames_or_shouts():
    for words in (*SENTENCES.values(), *SETTLED_WORSE.values()):
        low = str(words).lower()
        for word in ("non-compliant", "resistant", "failed", "risk", "!"):
            assert word not in low


def test_which_way_is_worse_is_known_of_every_scale():
    for name in ("phq9", "gad7"):
        assert about(name).scale.direction is Direction.LOWER
        assert about(name).variant == "lower"
    assert about("who5").variant == "higher"
    assert about("session-check-in.alliance").variant == "relationship"
