import pytest
from hypothesis import given
from hypothesis import strategies as st

from attunement.measures import library, load, parse, problems
from attunement.problems import Problem


def broken(text, before, after):
    assert before in text
    return problems(text.replace(before, after, 1), "mood.toml")


def test_a_right_file_has_no_problems_and_can_be_read(mood):
    assert problems(mood, "mood.toml") == []
    assert parse(mood, "mood.toml").title == "Mood"


MISTAKES = [
    ('title = "Mood"', 'titel = "Mood"', "there is no field titel here; perhaps you mean title"),
    ('title = "Mood"', "", "title is missing"),
    ('title = "Mood"', 'title = ""', "is not enough"),
    ('title = "Mood"', "title = 3", "3 is not text; put it in quotation marks"),
    ('id = "mood"', 'id = "My mood"', "'My mood' is not a name we can use"),
    ('rater = "client"', 'rater = "mother"', "'mother' is not one of the choices"),
    ('licence = "CC0-1.0"', 'licence = "MIT"', "'MIT' is not a licence we know"),
    ('licence = "CC0-1.0"', 'licence = "all-rights-reserved"', "does not allow the words"),
    ('licence = "CC0-1.0"', 'licence = "permission-held"', "does not say who gave permission"),
    ('rater = "client"', 'rater = "client"\nwording = "to-be-added"', "item low has a text"),
    ('text = "I felt low."', "", "this item has no text"),
    ('id = "glad"', 'id = "low"', "2 items have the id low"),
    ("reversed = true", "reversed = 1", "1 is not true or false"),
    ("reversed = true", 'scales = ["totl"]', "there is no scale totl; perhaps you mean total"),
    ("reversed = true", 'scales = ["total", "total"]', "the scale total is named twice"),
    ("reversed = true", "answer = { from = 2, to = 0 }", "from a smaller to a larger number"),
    ("reversed = true", "answer = { from = 0.5, to = 2 }", "has an end that is not whole"),
    ("reversed = true", "answer = { from = 0 }", "from a smaller to a larger number"),
    ("reversed = true", "answer = { low = 'x' }", "either a range or a list of options"),
    ('label = "often"', "labl = 1", "there is no field labl here; perhaps you mean label"),
    ("value = 2, label", "value = 1, label", "two options have the same value"),
    ("value = 2, label", "value = 5, label", "are not equally far apart"),
    ("value = 2, label", "value = 1.5, label", "1.5 is not a whole number"),
    ("range = [0, 6]", "range = [0, 27]", "cannot be right: the sum of 3 answers goes from 0 to 6"),
    ("range = [0, 6]", "range = [0]", "there are too few numbers"),
    ("range = [0, 6]", "range = 6", "6 is not a list"),
    ("range = [0, 6]", 'range = [0, "6"]', "'6' is not a number"),
    ("range = [0, 6]", "range = [0, inf]", "is not a number to reckon with"),
    ('scoring = "sum"', 'scoring = "max"', "'max' is not one of the choices"),
    ('scoring = "sum"', 'scoring = "sum"\nmultiplier = 0', "write more than 0"),
    ('scoring = "sum"', 'scoring = "sum"\nmultiplier = 4', "goes from 0 to 24"),
    ('"lower-is-better"', '"lower"', "'lower' is not one of the choices"),
    ("fewest_answered = 2", "fewest_answered = 4", "only 3 items count for this scale"),
    ("fewest_answered = 2", "fewest_answered = 0", "write at least 1"),
    ("fewest_answered = 2", "", "from how many answers a score may be made"),
    ('prorate = { source = "made up", standing = "our own choice" }', "", "but not who says so"),
    ("value = 4", "value = 40", "the cut-off 40 lies outside the range from 0 to 6"),
    ("to = 3,", "to = 4,", "the bands must rise without overlap"),
    ("from = 0, to = 3", "from = 1, to = 3", "span the range from 0 to 6"),
    ("value = 0.8", "value = 8", "a reliability lies between 0 and 1"),
    ("value = 0.8", 'value = "high"', "'high' is not a number"),
    ("[1.2, 1.4]", "[1.2, 14]", "a standard deviation must fit the range"),
    ("value = 2\nconfidence", "value = 20\nconfidence", "a reliable change of 20 does not fit"),
    ("value = 2\nconfidence", "value = 0\nconfidence", "a reliable change of 0 does not fit"),
    ("confidence = 0.9", "confidence = 90", "90 is not small enough; write less than 1"),
    (
        'item = "low"\noperator',
        'item = "lo"\noperator',
        "there is no item lo; perhaps you mean low",
    ),
    ("value = 2\nmeaning", "value = 7\nmeaning", "no answer to item low comes near 7"),
    ('item = "low", operator = ">"', 'item = "x", operator = ">"', "there is no item x"),
    ("44249-1", "44249-2", "the LOINC code 44249-2 is mistyped"),
    ("LA6568-5", "LA6568-6", "the LOINC code LA6568-6 is mistyped"),
    ("LA6568-5", "44249-1", "does not look like a LOINC answer code"),
    ("text = ", 'loinc = "44249-1"\ntext = ', "stands in 2 places"),
    ('title = "Mood"', 'title = "Mood', "row 3: this is not TOML"),
    ("[answer]", "[answer", "this is not TOML"),
    ("value = 0.8", "value = [0.8, 'x']", "'x' is not a number"),
    ("value = 0.8", "value = [0.8]", "there are too few numbers"),
    ("value = 0.8", "value = [0.8, 0.8, 0.8]", "is not a pair of numbers; write two"),
    ('id = "mood"', 'id = "mood"\n"float" = 1', "there is no field float here"),
    ('id = "mood"', 'id = "mood"\n"[key]" = 1', "there is no field [key] here"),
    ('id = "mood"', 'id = "mood"\nvalue = { float = 1 }', "there is no field value here"),
    ('title = "Mood"', 'title = "Mood"\ntitle = "Mood"', "this is not TOML"),
]


@pytest.mark.parametrize(("before", "after", "sentence"), MISTAKES)
def test_every_mistake_is_said_in_one_sentence(mood, before, after, sentence):
    found = broken(mood, before, after)
    assert len(found) == 1, [str(problem) for problem in found]
    said = str(found[0])
    assert sentence in said
    assert said.startswith("mood.toml")
    assert said.count("\n") == 0
    assert said.endswith(".")


@pytest.mark.parametrize(
    "line", ['source = "made up"\nstanding = "our own choice"\n\n[[scales.total.sd]]']
)
def test_a_figure_without_source_and_standing_is_refused(mood, line):
    found = broken(mood, line, "[[scales.total.sd]]")
    assert [problem.what for problem in found] == ["source is missing", "standing is missing"]


def test_all_mistakes_are_found_at_once(mood):
    text = mood.replace("range = [0, 6]", "range = [0, 7]").replace("44249-1", "44249-2")
    assert len(problems(text, "mood.toml")) == 2


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('title = "Mood"', 'titel = "Mood"'),
        ('title = "Mood"', ""),
        ('rater = "client"', 'rater = "mother"'),
        ('id = "mood"', 'id = "mood"\nzzz = 3'),
        ('label = "often"', 'labl = "often"'),
    ],
)
def test_a_mistake_of_shape_does_not_hide_the_others(mood, before, after):
    text = mood.replace("range = [0, 6]", "range = [0, 7]").replace("44249-1", "44249-2")
    said = [str(problem) for problem in problems(text.replace(before, after, 1), "mood.toml")]
    assert len(said) == 3, said
    assert any("44249-2 is mistyped" in one for one in said)
    assert any("cannot be right: the sum of 3 answers" in one for one in said)


def test_a_misspelt_field_brings_no_mistakes_that_are_not_there(mood):
    assert len(broken(mood, "text =", "txet =")) == 1
    assert len(broken(mood, "answer]", "anwser]")) == 1


def test_the_place_of_a_mistake_is_named_as_its_author_would_name_it(mood):
    [problem] = broken(mood, 'text = "I felt glad."', 'txt = "I felt glad."\ntext = "x"')
    assert problem.field == 'items "glad", txt'


SECOND = """
[scales.other]
title = "x"
direction = "lower-is-better"
scoring = "sum"
range = [0, 6]
"""


def test_an_item_must_say_its_scale_where_there_are_several(mood):
    found = problems(mood + SECOND, "mood.toml")
    assert len(found) == 3
    assert all("which scale this item counts for" in str(problem) for problem in found)


def test_a_scale_without_items_is_refused(mood):
    [found] = problems(mood.replace("text =", 'scales = ["total"]\ntext =') + SECOND, "mood.toml")
    assert "no item counts for this scale" in str(found)
    assert found.field == "scales, other"


def test_an_item_without_any_answer_is_refused(mood):
    start, end = mood.index("[answer]"), mood.index("[[items]]")
    found = problems(mood[:start] + mood[end:], "mood.toml")
    assert any("it is not said what may be answered" in str(problem) for problem in found)


def test_parsing_raises_the_first_mistake(mood):
    with pytest.raises(Problem, match="'MIT' is not a licence"):
        parse(mood.replace("CC0-1.0", "MIT"), "mood.toml")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\xff\xfe\x00x", "is not a text file in UTF-8"),
        (b"x" * 1_000_001, "far too long"),
        (b"", "is missing"),
        (b"[" * 5000, "nested too deeply|not TOML"),
        (b"\x00", "this is not TOML"),
        (b"answer = 1979-05-27", "is not a table of fields|is missing"),
    ],
)
def test_a_file_that_is_no_instrument_gets_one_sentence(tmp_path, content, sentence):
    path = tmp_path / "mood.toml"
    path.write_bytes(content)
    with pytest.raises(Problem, match=sentence):
        load(path)


def test_a_file_that_is_not_there_gets_one_sentence(tmp_path):
    with pytest.raises(Problem, match=r"gone\.toml: the file cannot be read \(no such file"):
        load(tmp_path / "gone.toml")


def test_a_byte_order_mark_does_not_matter(mood):
    assert problems("\ufeff" + mood, "mood.toml") == []


@given(st.text(max_size=200))
def test_no_text_whatever_makes_more_than_problems(text):
    assert all(isinstance(problem, Problem) for problem in problems(text, "any.toml"))


TOML = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@given(field=st.sampled_from(["items", "scales", "answer", "safety", "title", "rater"]), value=TOML)
def test_a_field_of_any_kind_makes_problems_and_nothing_else(field, value):
    text = "\n".join(f"{name} = {toml(given)}" for name, given in {field: value}.items())
    assert problems(text, "any.toml")


def toml(value):
    if isinstance(value, dict):
        return (
            "{" + ", ".join(f"{quoted(key)} = {toml(inner)}" for key, inner in value.items()) + "}"
        )
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, bool) or value is None:
        return str(bool(value)).lower()
    return quoted(value) if isinstance(value, str) else repr(value)


def quoted(text):
    return '"' + "".join(f"\\U{ord(character):08x}" for character in text) + '"'


def test_every_instrument_in_the_box_keeps_what_its_file_says():
    assert library()["phq9"].answer.options[0].label == "Not at all"
