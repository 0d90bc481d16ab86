"""The catalogues hold every sentence, in every language, with the same placeholders."""

import re
from datetime import timedelta
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override

from attunement.clinic.caseload.bands import NAMES
from attunement.clinic.caseload.scales import all_bands
from attunement.clinic.caseload.templatetags.caseload import ago
from attunement.clinic.conf.numbers import in_language
from attunement.intake.sentences import SENTENCES

pytestmark = pytest.mark.sqlite
ROOT = Path(__file__).parents[3]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}|%%|<[^>]+>")


@pytest.fixture(scope="module")
def script():
    """The script that gathers."""
    path = ROOT / "script" / "translations.py"
    spec = spec_from_file_location("translations", path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def messages(script, language):
    """Give the messages of a catalogue, each form beside what it translates."""
    with script.place(language).open("rb") as file:
        for message in read_po(file, locale=language):
            if message.id:
                ids, strings = script.listed(message.id), script.listed(message.string)
                yield from zip(ids, strings, strict=True)


def test_the_catalogues_are_complete_up_to_date_and_compiled(script, capsys):
    assert script.main(["--check"]) == 0, capsys.readouterr().out


def test_a_word_with_two_meanings_is_gathered_with_its_context(script):
    assert script.gather().get("Answer", context="verb")


def test_what_may_be_wrong_with_a_file_is_gathered_too(script):
    found = script.gather()
    assert all(found.get(sentence) for sentence in SENTENCES)


@pytest.mark.parametrize("language", ["es", "de"])
def test_translations_keep_placeholders_and_markup(script, language):
    for said, translated in messages(script, language):
        before, after = (sorted(PLACEHOLDER.findall(one)) for one in (said, translated))
        assert before == after, (said, translated)
        assert said.endswith("\n") == translated.endswith("\n"), said


@pytest.mark.parametrize("language", ["es", "de"])
def test_translations_do_not_raise_their_voice(script, language):
    for _said, translated in messages(script, language):
        assert "!" not in translated


def test_german_speaks_to_people_as_sie_and_spanish_as_tu(script):
    for _said, translated in messages(script, "de"):
        assert not re.search(r"\b(du|dich|dir|deine?[rmns]?)\b", translated, re.I), translated
    for _said, translated in messages(script, "es"):
        assert not re.search(r"\b(usted|ustedes)\b", translated, re.I), translated


def test_every_band_of_a_scale_has_a_name_in_every_language():
    said = {name for bands in all_bands().values() for _begins, name in bands}
    assert said <= set(NAMES)


@pytest.mark.parametrize(
    ("language", "day", "number"),
    [
        ("en", "3 March 2026", "5.5"),
        ("de", "3. März 2026", "5,5"),
        ("es", "3 de marzo de 2026", "5,5"),
    ],
)
def test_days_and_numbers_are_written_as_the_language_does(language, day, number):
    from datetime import date

    with override(language):
        assert date_format(date(2026, 3, 3)) == day
        assert in_language("5.5") == number


@pytest.mark.parametrize("language", ["es", "de"])
def test_no_sentence_ends_with_a_name_that_may_end_with_a_point(script, language):
    for said, translated in messages(script, language):
        if "%(name)s." not in said:
            assert not re.search(r"%\(name\)s\.(\s|$)", translated), translated


@pytest.mark.parametrize(
    ("language", "said"), [("en", "4 days ago"), ("de", "vor 4 Tagen"), ("es", "hace 4 días")]
)
def test_how_long_ago_is_said_in_whole_grammar(language, said):
    with override(language):
        spoken = ago(timezone.now() - timedelta(days=4, hours=2))
        assert spoken.replace("\xa0", " ") == said
