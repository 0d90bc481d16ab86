"""Every strategy in the box keeps to the form, covers the reasons, and cites what there is."""

import re
from collections import Counter
from itertools import combinations

import pytest

from attunement.guidance.sources import Kind, Standing, bibliography
from attunement.guidance.strategies import REASONS, School, Step, strategies

ALL = list(strategies().values())
NEVER = re.compile(
    r"non-?complian|resistan|failed|risk score|manipulat|attention.seeking|[!]", re.IGNORECASE
)
SHORTEST_COPY = 9  # words in a row that two files must not share


def prose(strategy) -> list[str]:
    bearing = [one.bears for one in strategy.evidence]
    return [
        strategy.title,
        strategy.summary,
        *strategy.do,
        *strategy.words,
        strategy.why,
        *strategy.not_when,
        *strategy.schools.values(),
        *strategy.guards,
        *bearing,
    ]


def test_there_are_at_least_forty():
    assert len(ALL) >= 40


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_has_four_strategies_from_two_kinds_of_evidence(reason):
    found = [one for one in ALL if reason in one.reasons]
    assert len(found) >= 4
    assert len(set().union(*(one.kinds for one in found))) >= 2


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_has_one_that_suits_the_session_of_a_rupture(reason):
    early = {Step.VALIDATE, Step.EXPLORE, Step.ARRANGE}
    assert any(one.step in early for one in ALL if reason in one.reasons)


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("school", School)
def test_every_reason_has_a_strategy_at_home_in_every_school(reason, school):
    assert any(school in one.at_home_in for one in ALL if reason in one.reasons)


@pytest.mark.parametrize("strategy", ALL, ids=lambda one: one.id)
def test_it_says_what_to_do_what_to_say_and_when_not_to(strategy):
    assert 3 <= len(strategy.do) <= 6
    assert len(strategy.words) >= 1
    assert len(strategy.not_when) >= 3
    assert set(strategy.schools) == set(School)
    assert len(set(strategy.reasons)) == len(strategy.reasons)


@pytest.mark.parametrize("strategy", ALL, ids=lambda one: one.id)
def test_its_words_are_calm(strategy):
    assert [text for text in prose(strategy) if NEVER.search(text)] == []


@pytest.mark.parametrize("strategy", ALL, ids=lambda one: one.id)
def test_no_figure_stands_in_prose(strategy):
    assert [text for text in prose(strategy) if re.search(r"\d|%", text)] == []


def test_no_sentence_is_used_twice():
    sentences = Counter(
        sentence.strip()
        for one in ALL
        for text in prose(one)
        for sentence in re.split(r"(?<=[.?])\s+", text)
        if len(sentence.split()) >= 5
    )
    assert [sentence for sentence, times in sentences.items() if times > 1] == []


def test_no_two_strategies_share_a_long_run_of_words():
    runs = {one.id: _runs(" ".join(prose(one))) for one in ALL}
    shared = {(a, b): runs[a] & runs[b] for a, b in combinations(runs, 2) if runs[a] & runs[b]}
    assert shared == {}


def _runs(text: str) -> set[str]:
    words = re.findall(r"[a-z']+", text.lower())
    n = SHORTEST_COPY
    return {" ".join(words[i : i + n]) for i in range(len(words) - n + 1)}


@pytest.mark.parametrize("strategy", ALL, ids=lambda one: one.id)
def test_a_lever_carries_the_honest_prior_and_guards(strategy):
    if Kind.LEVER in strategy.kinds:
        assert strategy.guards


def test_message_levers_are_held_to_the_figure_from_real_use():
    for name in ("reminders-agreed", "standing-time"):
        cited = {one.id for one in strategies()[name].evidence}
        assert "dellavigna-2022/at-scale" in cited


@pytest.mark.parametrize("strategy", ALL, ids=lambda one: one.id)
def test_nothing_rests_on_memory_alone(strategy):
    assert any(not one.unverified for one in strategy.evidence)


def test_every_source_is_used():
    cited = {one.id for strategy in ALL for one in strategy.evidence}
    held = {
        f"{source}/{finding}"
        for source, entry in bibliography().items()
        for finding in entry.findings
    }
    assert held == cited


def test_danger_is_named_where_a_strategy_could_meet_it():
    asked = strategies()["safety-first"]
    assert "suicide" in " ".join(asked.do)
    for name in ("what-would-be-different", "shame-at-their-pace", "put-the-plan-aside"):
        text = " ".join(prose(strategies()[name]))
        assert re.search(r"suicide|wish to die|not wanting to live", text), name
    for name in ("whose-goal-is-it", "ask-what-gets-in-the-way", "another-place-or-format"):
        text = " ".join(strategies()[name].not_when)
        assert re.search(r"control|violence|monitored|coercion", text), name


SAYS_DANGER = re.compile(
    r"suicid|danger|crisis|violence|harm|wish to die|coercion|unsafe|not safe|not be safe|shelter"
    r"|betray|controlling|overwhelmed|very unwell|despair|abuse|beaten"
    r"|about safety|safety questions",
    re.IGNORECASE,
)
NEEDS_NO_LINE = {
    "ask-about-difference": "a question about the two of you, never asked in a crisis",
    "ask-the-narrow-question": "one small question",
    "ask-what-they-think-you-think": "its limits are suspicion and real judgement",
    "one-thing-better": "one small question",
    "own-your-part": "an apology, which danger does not forbid",
    "your-own-reaction": "done by the therapist alone",
}


def test_every_strategy_says_what_danger_does_to_it_but_for_those_named_here():
    without = {one.id for one in ALL if not SAYS_DANGER.search(" ".join(one.not_when))}
    assert without == set(NEEDS_NO_LINE)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("both-sides-of-change", "suicidal"),
        ("both-sides-of-change", "leaving can be the most dangerous"),
        ("permission-to-pass", "minors"),
        ("widen-the-circle", "suicide"),
        ("what-is-it-for", "suicide"),
        ("take-it-to-supervision", "the workplace"),
        ("take-it-to-supervision", "decides over your job"),
        ("take-it-to-supervision", "only as far as the client shared"),
        ("explain-the-method", "ordered"),
        ("explain-the-method", "acute crisis"),
        ("stay-with-a-feeling", "suicidal"),
        ("say-what-you-respect", "lose face|someone face"),
        ("first-ten-minutes", "was sent"),
    ],
)
def test_a_strategy_names_the_danger_that_is_its_own(name, said):
    assert re.search(said, " ".join(strategies()[name].not_when))


TESTED = {
    "another-place-or-format": {"lin-2022/leaving", "shaker-2023/leaving"},
    "plan-for-the-feeling": {"sheeran-2007/first-session", "avishai-2018/completing"},
    "reminders-agreed": {"gurol-urganci-2013/attending"},
}


def test_only_trials_of_this_very_thing_are_told_as_such():
    marked = {
        one.id: {proof.id for proof in one.evidence if proof.tested}
        for one in ALL
        if any(proof.tested for proof in one.evidence)
    }
    assert marked == TESTED
    kinds = {Kind.RANDOMISED, Kind.CONTROLLED}
    for one in ALL:
        for proof in one.evidence:
            assert not proof.tested or proof.finding.kind in kinds
            if proof.finding.kind in kinds and not proof.tested:
                assert "something similar" in proof.kind_words


OURS = re.compile(
    r"not (?:studied|shown|singled out)|inference|reading|reasoning|experience|as we see it"
)


def test_what_was_measured_between_people_is_told_from_what_we_infer_for_one_act():
    broad = ("elliott-2018", "tryon-2018")
    unmarked = [
        (one.id, proof.bears)
        for one in ALL
        for proof in one.evidence
        if proof.id.startswith(broad) and not OURS.search(proof.bears)
    ]
    assert unmarked == []


def test_an_unverified_source_says_what_was_read():
    for source in bibliography().values():
        assert source.read
        if source.standing is Standing.UNVERIFIED:
            assert re.search(r"nothing|without the figures|from memory", source.read)
