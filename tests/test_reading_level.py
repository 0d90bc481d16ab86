"""The measure of reading by which what clients read is held."""

import pytest

from support.reading_level import grade, sentences, syllables, text_of

KNOWN = {
    "cat": 1, "table": 2, "hope": 1, "hoped": 1, "wanted": 2, "therapist": 3, "session": 2,
    "understood": 3, "answers": 2, "service": 2, "private": 2, "little": 2, "changes": 2,
    "question": 2, "appointment": 3, "conversation": 4, "trying": 2, "previous": 3,
    "helpful": 2, "times": 1, "pages": 2, "closes": 2,
}  # fmt: skip


@pytest.mark.parametrize(("word", "count"), KNOWN.items())
def test_syllables_are_counted_as_dictionaries_do(word, count):
    assert syllables(word) == count


def test_the_grade_is_that_of_the_published_formula():
    text = "The cat sat on the mat. It was a warm day."
    assert grade(text) == pytest.approx(0.39 * 11 / 2 + 11.8 * 11 / 11 - 15.59)


def test_long_words_in_long_sentences_are_harder():
    plain = "You can say it in your own words. We read it soon."
    hard = "Participants may articulate dissatisfaction regarding therapeutic collaboration."
    assert grade(plain) < 4 < 12 < grade(hard)


def test_a_page_is_read_block_by_block_and_without_its_scripts():
    page = (
        "<nav>No</nav><main><h1>One</h1><p>Two <b>three</b></p><script>x()</script></main><p>four"
    )
    assert text_of(page) == "One\nTwo three"
    assert sentences(text_of(page)) == [["One"], ["Two", "three"]]
