"""Facts about the instruments in the box, frozen here so that no edit can change them unseen."""

import tomllib
from importlib.resources import files
from itertools import chain

import pytest

from attunement.measures import library, problems
from attunement.measures.instruments.licences import LICENCES, Wording
from attunement.measures.instruments.loinc import mistake
from attunement.measures.instruments.model import Standing

FILES = sorted(
    entry.name
    for entry in (files("attunement.measures") / "library").iterdir()
    if entry.name.endswith(".toml")
)
WITH_WORDING = {
    "phq2", "phq8", "phq9", "gad2", "gad7", "k6", "k10", "pcl5",
    "session-check-in", "session-check-in-therapist",
}  # fmt: skip
SKELETONS = {
    "wai-sr", "wai", "haq2", "srs", "ors", "bdi2", "bai", "core10", "core-om", "who5", "cnip",
    "wsas", "gbo", "sai", "reqol10",
}  # fmt: skip
PHQ = ["44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3"]
GAD = ["69725-0", "68509-9", "69733-4", "69734-2", "69735-9", "69689-8", "69736-7"]
PANELS = {"phq9": "44249-1", "phq2": "55757-9", "gad7": "69737-5"}
TOTALS = {"phq9": "44261-6", "gad7": "70274-6"}
ITEMS = {
    "phq9": [*PHQ, "44260-8", "69722-7"],
    "phq8": PHQ,
    "phq2": PHQ[:2],
    "gad7": GAD,
    "gad2": GAD[:2],
}
FREQUENCY = [
    (0, "Not at all", "LA6568-5"),
    (1, "Several days", "LA6569-3"),
    (2, "More than half the days", "LA6570-1"),
    (3, "Nearly every day", "LA6571-9"),
]
RANGES = {
    "phq2": (2, 0, 6, "lower"), "phq8": (8, 0, 24, "lower"), "phq9": (9, 0, 27, "lower"),
    "gad2": (2, 0, 6, "lower"), "gad7": (7, 0, 21, "lower"), "k6": (6, 0, 24, "lower"),
    "k10": (10, 10, 50, "lower"), "pcl5": (20, 0, 80, "lower"),
    "wai-sr.total": (12, 12, 60, "higher"), "wai-sr.task": (4, 4, 20, "higher"),
    "wai-sr.bond": (4, 4, 20, "higher"), "wai-sr.goal": (4, 4, 20, "higher"),
    "wai.total": (36, 36, 252, "higher"), "wai.task": (12, 12, 84, "higher"),
    "wai.bond": (12, 12, 84, "higher"), "wai.goal": (12, 12, 84, "higher"),
    "haq2": (19, 19, 114, "higher"), "srs": (4, 0, 40, "higher"), "ors": (4, 0, 40, "higher"),
    "bdi2": (21, 0, 63, "lower"), "bai": (21, 0, 63, "lower"), "core10": (10, 0, 40, "lower"),
    "core-om": (34, 0, 40, "lower"), "who5": (5, 0, 100, "higher"),
    "cnip.directiveness": (5, -15, 15, "neither"),
    "cnip.emotional-intensity": (5, -15, 15, "neither"), "cnip.past": (3, -9, 9, "neither"),
    "cnip.support": (5, -15, 15, "neither"), "wsas": (5, 0, 40, "lower"),
    "gbo": (3, 0, 10, "higher"), "sai": (6, 0, 5, "higher"), "reqol10": (10, 0, 40, "higher"),
    "session-check-in.alliance": (8, 0, 10, "higher"),
    "session-check-in.tension": (1, 0, 10, "lower"),
    "session-check-in-therapist.alliance": (4, 0, 10, "higher"),
    "session-check-in-therapist.tension": (1, 0, 10, "lower"),
}  # fmt: skip
REVERSED = {
    "wai": [1, 3, 7, 9, 10, 11, 12, 15, 20, 27, 29, 31, 33, 34],
    "haq2": [4, 8, 11, 16, 19],
    "core10": [2, 3],
    "core-om": [3, 4, 7, 12, 19, 21, 31, 32],
}
BANDS = {
    "phq8": [0, 5, 10, 15, 20], "phq9": [0, 5, 10, 15, 20], "gad7": [0, 5, 10, 15],
    "k10": [10, 16, 22, 30], "bdi2": [0, 14, 20, 29], "bai": [0, 8, 16, 26], "wsas": [0, 10, 21],
}  # fmt: skip
CUTOFFS = {
    "phq2": [(">=", 3), (">=", 2)], "phq8": [(">=", 10)], "phq9": [(">=", 10)],
    "gad2": [(">=", 3)], "gad7": [(">=", 10), (">=", 8)], "k6": [(">=", 13)],
    "pcl5": [(">=", 31)], "srs": [("<", 36)], "ors": [("<", 25)],
    "core10": [(">=", 11), (">=", 13)], "core-om": [(">=", 10)],
    "who5": [("<=", 50), ("<=", 28)], "reqol10": [(">=", 25)],
    "cnip.directiveness": [(">=", 8), ("<=", -3)],
    "cnip.emotional-intensity": [(">=", 7), ("<=", -1)], "cnip.past": [(">=", 3), ("<=", -3)],
    "cnip.support": [(">=", 4), ("<=", -4)],
}  # fmt: skip
SAFETY = {
    "phq9": ["9"],
    "bdi2": ["9"],
    "core10": ["6"],
    "core-om": ["6", "9", "16", "22", "24", "34"],
}


def scales():
    for instrument in library().values():
        for id_, scale in instrument.scales.items():
            yield instrument.full_name(id_), instrument, id_, scale


@pytest.mark.parametrize("name", FILES)
def test_every_file_in_the_box_is_right_and_named_as_its_instrument(name):
    text = (files("attunement.measures") / "library" / name).read_text(encoding="utf-8")
    assert problems(text, name) == []
    assert name == f"{tomllib.loads(text)['id']}.toml"


def test_the_box_holds_these_instruments():
    assert set(library()) == WITH_WORDING | SKELETONS


@pytest.mark.parametrize("name", sorted(WITH_WORDING))
def test_wording_ships_only_under_a_licence_that_lets_everyone_copy_it(name):
    instrument = library()[name]
    assert instrument.wording == "included"
    assert LICENCES[instrument.licence].wording is Wording.ANYWHERE
    assert all(item.text for item in instrument.items)


@pytest.mark.parametrize("name", sorted(SKELETONS))
def test_a_skeleton_holds_none_of_the_owner_s_words(name):
    instrument = library()[name]
    assert instrument.wording == "to-be-added"
    assert not any(item.text or item.help for item in instrument.items)
    assert instrument.instruction == ""
    for answer in [instrument.answer, *(item.answer for item in instrument.items)]:
        assert answer is None or not (answer.options or answer.low or answer.high)
    assert instrument.how_to_add_wording()


def test_the_scales_have_these_items_ranges_and_directions():
    found = {
        name: (len(one.items_of(id_)), *scale.range, scale.direction.removesuffix("-is-better"))
        for name, one, id_, scale in scales()
    }
    assert found == RANGES


def test_these_items_are_reversed_and_no_others():
    found = {
        one.id: [int(item.id) for item in one.items if item.reversed]
        for one in library().values()
        if any(item.reversed for item in one.items)
    }
    assert found == REVERSED


def test_these_are_the_bands():
    found = {
        name: [step.from_ for step in scale.bands.steps]
        for name, _, _, scale in scales()
        if scale.bands
    }
    assert found == BANDS


def test_these_are_the_cut_offs():
    found = {
        name: [(cutoff.operator, cutoff.value) for cutoff in scale.cutoffs]
        for name, _, _, scale in scales()
        if scale.cutoffs
    }
    assert found == CUTOFFS


def test_these_are_the_changes_said_to_be_reliable():
    found = {
        name: [change.value for change in scale.reliable_change]
        for name, _, _, scale in scales()
        if scale.reliable_change
    }
    assert found == {
        "core-om": [5], "core10": [6], "gad7": [4], "gbo": [2.45], "ors": [5], "phq9": [6],
        "reqol10": [5], "who5": [10], "wsas": [8],
    }  # fmt: skip


def test_any_answer_but_the_lowest_to_these_items_must_reach_a_person():
    rules = {one.id: one.safety for one in library().values() if one.safety}
    assert {name: [rule.item for rule in found] for name, found in rules.items()} == SAFETY
    assert all(
        (rule.operator, rule.value) == (">", 0) for found in rules.values() for rule in found
    )


def test_loinc_codes_are_those_that_were_read_and_no_others():
    boxed = library()
    assert {one.id: one.loinc for one in boxed.values() if one.loinc} == PANELS
    assert {name: scale.loinc for name, _, _, scale in scales() if scale.loinc} == TOTALS
    found = {
        one.id: [item.loinc for item in one.items]
        for one in boxed.values()
        if any(item.loinc for item in one.items)
    }
    assert found == ITEMS


@pytest.mark.parametrize(
    "code", sorted({*PANELS.values(), *TOTALS.values(), *chain(*ITEMS.values())})
)
def test_the_check_digit_of_every_code_fits(code):
    assert mistake(code) is None


@pytest.mark.parametrize("name", ["phq2", "phq8", "phq9", "gad2", "gad7"])
def test_the_lowest_answer_of_phq_and_gad_is_not_at_all(name):
    options = library()[name].answer.options
    assert [(option.value, option.label, option.loinc) for option in options] == FREQUENCY


def test_44260_8_is_item_nine_and_not_the_total():
    phq9 = library()["phq9"]
    assert next(item.id for item in phq9.items if item.loinc == "44260-8") == "9"
    assert phq9.scales["total"].loinc == "44261-6"


def test_the_difficulty_item_is_not_scored():
    phq9 = library()["phq9"]
    difficulty = phq9.items[-1]
    assert phq9.scales_of(difficulty) == ()
    assert difficulty.answer.options[0].loinc == "LA6572-7"


def test_item_ten_of_the_c_nip_counts():
    cnip = library()["cnip"]
    assert [item.id for item in cnip.items_of("emotional-intensity")] == ["6", "7", "8", "9", "10"]


def test_the_short_forms_are_the_first_items_of_the_long_ones():
    boxed = library()
    for short, long in [("phq2", "phq9"), ("phq8", "phq9"), ("gad2", "gad7")]:
        pairs = zip(boxed[short].items, boxed[long].items, strict=False)
        assert all(a.text == b.text for a, b in pairs)


def test_every_instrument_says_where_it_comes_from_and_every_figure_how_sure_it_is():
    for instrument in library().values():
        assert instrument.source
        assert instrument.standing
    for _, _, _, scale in scales():
        figures = [*scale.cutoffs, *scale.reliability, *scale.sd, *scale.reliable_change]
        assert all(figure.source and isinstance(figure.standing, Standing) for figure in figures)


def test_missing_answers_are_allowed_only_where_a_source_allows_them():
    lenient = {name: scale.fewest_answered for name, _, _, scale in scales() if scale.prorate}
    assert lenient == {"session-check-in.alliance": 6, "gbo": 1}


CHECK_IN = ["heard", "understood", "safe", "goals", "way", "depth", "progress", "takeaway"]


def test_the_check_in_asks_eight_things_and_tension_directly():
    check_in = library()["session-check-in"]
    assert [item.id for item in check_in.items] == [*CHECK_IN, "tension", "settled"]
    assert check_in.scales["alliance"].title == "Working relationship"
    assert check_in.items[-1].asked_if.item == "tension"


def test_the_therapist_s_form_asks_some_of_the_same_under_the_same_names():
    theirs = [item.id for item in library()["session-check-in-therapist"].items]
    assert theirs == ["heard", "safe", "goals", "way", "tension", "settled"]
    assert library()["session-check-in-therapist"].rater == "therapist"


@pytest.mark.parametrize("name", ["session-check-in", "session-check-in-therapist"])
def test_the_check_in_says_of_itself_that_it_is_not_validated(name):
    check_in = library()[name]
    assert check_in.standing == "not a validated scale"
    assert "not a validated scale" in check_in.instruction
    assert check_in.licence == "CC-BY-4.0"


@pytest.mark.parametrize("name", ["session-check-in", "session-check-in-therapist"])
def test_the_questions_on_tension_say_what_to_do(name):
    tension = next(item for item in library()[name].items if item.id == "tension")
    assert "next" in tension.help
    assert tension.answer.low == "none"
