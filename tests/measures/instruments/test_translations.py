"""An instrument in another language asks in other words and counts the same."""

import pytest

from attunement.measures import library, parse, problems
from attunement.measures.scoring.definitions import item_table, key_table, scale_table

OURS = ("session-check-in", "session-check-in-therapist")
SPANISH = """
[translations.es]
source = "made up"
title = "Ánimo"
labels = ["nunca", "a veces", "a menudo"]
items = { low = { text = "Bajo." }, glad = { text = "Alegre." }, tired = { text = "Cansado." } }
"""


@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize("language", ["es", "de"])
def test_our_own_check_in_speaks_every_language_of_the_clinic(name, language):
    own = library()[name]
    said = own.in_language(language)
    assert said.language == language
    for before, after in zip(own.items, said.items, strict=True):
        assert before.text != after.text
        assert bool(before.help) == bool(after.help)


@pytest.mark.parametrize("name", OURS)
def test_what_a_score_depends_on_is_the_same_in_every_language(name):
    own = {name: library()[name]}
    said = {name: library()[name].in_language("es")}
    for table in (item_table, key_table, scale_table):
        assert table(own).equals(table(said))


def test_without_a_translation_the_words_and_their_language_stay():
    phq = library()["phq9"]
    assert phq.in_language("de") is phq
    assert phq.language == "en"


def test_a_regional_language_takes_the_words_of_its_own():
    assert library()["session-check-in"].in_language("de-AT").title == "Nach der Sitzung"


def test_labels_of_options_are_translated_in_their_order(mood):
    said = parse(mood + SPANISH, "mood.toml").in_language("es")
    assert [(o.value, o.label) for o in said.answer.options] == [
        (0, "nunca"),
        (1, "a veces"),
        (2, "a menudo"),
    ]


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('"nunca", ', "", "not as many labels"),
        ('glad = { text = "Alegre." }, ', "", "glad is not translated"),
        ("glad =", "happy =", "no happy to translate"),
        ('title = "Ánimo"', 'title = "Ánimo"\ninstruction = "Di."', "one language only"),
        ("translations.es", "translations.en", "the language of the instrument itself"),
        ('title = "Ánimo"', 'title = "Ánimo"\nscales = { all = "Todo" }', "no all to translate"),
        ('text = "Bajo."', 'text = "Bajo.", help = "Di."', "help stands in one language"),
        ('text = "Bajo."', 'text = "Bajo.", low = "nada"', "low stands in one language"),
    ],
)
def test_a_translation_that_does_not_fit_is_told(mood, right, wrong, said):
    found = problems((mood + SPANISH).replace(right, wrong), "mood.toml")
    assert any(said in problem.what for problem in found), found


def test_answers_that_must_reach_a_person_cannot_be_kept_from_them(mood):
    found = problems(mood.replace('loinc = "44249-1"', "chosen_audience = true"), "mood.toml")
    assert [problem.field for problem in found] == ["chosen_audience"]
