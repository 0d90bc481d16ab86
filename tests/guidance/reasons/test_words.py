"""What is said of reasons: possibilities, in words that people read easily."""

import pytest

from attunement.guidance.reasons.finding import as_objects, reasons
from attunement.guidance.reasons.library import (
    OTHER_SOURCES,
    evidence_words,
    reasons_library,
    thin_sentences,
)
from attunement.guidance.reasons.model import Part, Reason, Reasons
from attunement.guidance.reasons.words import evidence, sentence, summary
from attunement.problems import Problem
from support.reading_level import grade

NEVER = ("because", "caused", "causes", "failed to", "non-compliant", "risk score", "!")


def part(source, strength=1.0, value=4.0, usual=8.2, unusual=-3.4):
    return Part(
        source=source, value=value, usual=usual, unusual=unusual, strength=strength,
        audience="therapist",
    )  # fmt: skip


def test_a_reason_is_said_in_one_sentence_with_its_evidence():
    reason = Reason(
        id="fear_of_judgement",
        strength=2.5,
        parts=(part("safe", 3.0), part("depth", 1.5, 5.0, 7.0, -1.8), part("rarity", -2.0)),
    )
    assert sentence(reason) == (
        "Something may have felt risky to say: “safe to be honest” was 4 (far below usual; "
        "usually about 8) and “below the surface” was 5 (below usual; usually about 7)."
    )


def test_agreement_is_called_lower_only_where_there_was_any_before():
    later = evidence(part("goal_agreement", 1.0, 0.2, 0.8, -3.0))
    assert later == "agreement on goals was 0.2 of 1 (usually about 0.8)"
    first = evidence(part("goal_agreement", 1.0, 0.2, None, None))
    assert first == "agreement on goals is low (0.2 of 1)"


@pytest.mark.parametrize(
    ("value", "usual", "unusual", "said"),
    [
        (7.0, 8.2, -0.9, "7 (a little below usual; usually about 8)"),
        (7.0, 7.4, -0.8, "7 (about as usual, where more was to be expected; usually about 7)"),
        (7.0, 7.8, -0.4, "7 (about as usual, where more was to be expected; usually about 8)"),
        (9.0, 7.8, 0.9, "9 (no lower than usual, where more was to be expected; usually about 8)"),
    ],
)
def test_an_answer_is_called_lower_only_where_it_is(value, usual, unusual, said):
    assert evidence(part("heard", 1.0, value, usual, unusual)) == f"“heard” was {said}"


@pytest.mark.parametrize("named", reasons_library().values(), ids=lambda named: named.id)
def test_every_reason_is_a_possibility_in_plain_words(named):
    assert "may " in named.therapist
    assert "aybe" in named.client or "may " in named.client
    for text in (named.therapist, named.client):
        assert not any(word in text.lower() for word in NEVER)
    assert grade(named.client) <= 7


def test_every_source_has_words():
    for source in (*OTHER_SOURCES, "view"):
        assert source in evidence_words()
        assert evidence(part(source))


def test_what_is_found_in_a_cohort_can_all_be_said(planted, usual):
    found = as_objects(
        reasons(
            planted.responses, symptoms=planted.scores, attendance=planted.attendance,
            goals=planted.goals, usual=usual, sessions="all",
        )
    )  # fmt: skip
    for one in found:
        for said in (*summary(one), *summary(one, "client")):
            assert said.endswith(".")
            assert "{" not in said
            assert "None" not in said


def test_nothing_found_and_too_little_to_go_by_are_said_apart():
    assert summary(Reasons(client=1, session=2, found=())) == ("Nothing stands out.",)
    thin = Reasons(client=1, session=2, found=(), thin="too_few_sessions")
    assert summary(thin) == (thin_sentences()["too_few_sessions"],)


def test_parts_that_do_not_add_up_are_no_reason():
    with pytest.raises(Problem, match="add up"):
        Reason(id="not_heard", strength=3.0, parts=(part("heard", 1.0),))
