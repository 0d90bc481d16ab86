import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attunement.measures import library, score
from attunement.measures.scoring.one_form import prepare_form

LIBRARY = library()
SCHEMA = {
    "client": pl.String,
    "session": pl.Int64,
    "instrument": pl.String,
    "item": pl.String,
    "value": pl.Float64,
}


@st.composite
def forms(draw):
    """Two forms as they may be handed out together, some of their items answered."""
    chosen = draw(st.lists(st.sampled_from(sorted(LIBRARY)), min_size=1, max_size=2, unique=True))
    answers = []
    for name in chosen:
        form = LIBRARY[name]
        for item in form.items:
            answer = form.answer_of(item)
            possible = [value for value in possible_answers(answer) if answer.allows(value)]
            value = draw(st.one_of(st.none(), st.sampled_from(possible)))
            if value is not None:
                answers.append((name, item.id, float(value)))
    return chosen, answers


def possible_answers(answer):
    step = answer.step or (answer.highest - answer.lowest) / 7
    return [answer.lowest + step * n for n in range(int((answer.highest - answer.lowest) / step))]


@given(forms())
def test_one_form_is_scored_as_a_table_of_many_is(drawn):
    chosen, answers = drawn
    instruments = {name: LIBRARY[name] for name in chosen}
    rows = [("c", 1, *one) for one in answers]
    table = score(pl.DataFrame(rows, SCHEMA, orient="row"), instruments)
    expected = dict.fromkeys(
        (one.full_name(scale) for one in instruments.values() for scale in one.scales), None
    ) | dict(table.select("scale", "score").iter_rows())
    found = prepare_form(instruments)(answers)
    assert found == pytest.approx(expected, abs=1e-12)


def test_a_scale_is_no_zero_where_nothing_was_answered():
    assert set(prepare_form({"phq9": LIBRARY["phq9"]})([]).values()) == {None}
