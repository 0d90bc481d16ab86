import json

import pydantic
import pytest

from attunement.measures import Direction, library, parse
from attunement.measures.instruments.model import Answer


def test_an_instrument_cannot_be_changed(mood):
    with pytest.raises(pydantic.ValidationError, match="frozen"):
        parse(mood, "mood.toml").title = "Other"


def test_the_only_scale_is_named_as_its_instrument_and_several_by_both():
    assert list(library()["phq9"].scales_by_name()) == ["phq9"]
    assert list(library()["wai-sr"].scales_by_name()) == [
        "wai-sr.total",
        "wai-sr.task",
        "wai-sr.bond",
        "wai-sr.goal",
    ]


def test_a_scale_brings_its_direction_and_range_along():
    scale = library()["phq9"].scales_by_name()["phq9"]
    assert (scale.direction, scale.low, scale.high) == (Direction.LOWER, 0, 27)
    assert scale.best == 0


def test_an_item_without_scales_counts_for_the_only_one_and_with_none_for_none(mood):
    instrument = parse(mood, "mood.toml")
    assert [item.id for item in instrument.items_of("total")] == ["low", "glad", "tired"]
    unscored = parse(
        mood.replace("reversed = true", "scales = []").replace("[0, 6]", "[0, 4]")
        .replace("to = 6", "to = 4").replace("fewest_answered = 2", "fewest_answered = 1"),
        "mood.toml",
    )  # fmt: skip
    assert [item.id for item in unscored.items_of("total")] == ["low", "tired"]


@pytest.mark.parametrize(
    ("answer", "lowest", "highest", "step"),
    [
        ({"from": -3, "to": 3}, -3, 3, 1),
        ({"from": 0, "to": 10, "continuous": True}, 0, 10, None),
        ({"options": [{"value": v, "label": "x"} for v in (4, 0, 2)]}, 0, 4, 2),
        ({"options": [{"value": v, "label": "x"} for v in (-1, -2)]}, -2, -1, 1),
    ],
)
def test_an_answer_knows_its_ends_and_its_steps(answer, lowest, highest, step):
    made = Answer.model_validate_json(json.dumps(answer))
    assert (made.lowest, made.highest, made.step) == (lowest, highest, step)


def test_a_question_may_depend_on_the_answer_to_another(mood):
    assert parse(mood, "mood.toml").items[2].asked_if.item == "low"


def test_a_skeleton_says_how_its_wording_comes_in_and_whose_it_is():
    said = library()["bdi2"].how_to_add_wording()
    for words in ("BDI-II", "Pearson", "bdi2.toml", 'wording = "included"', "permission-held"):
        assert words in said
