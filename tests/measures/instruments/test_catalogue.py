import pytest

from attunement.measures import add, find_instrument, find_scale, library, parse, template
from attunement.problems import Problem


def with_wording(name):
    """As a licence holder would write it."""
    text = template(name).replace('wording = "to-be-added"\n', "")
    text = text.replace(
        'licence = "all-rights-reserved"', 'licence = "permission-held"\npermission = "the owner"'
    )
    for item in library()[name].items:
        text = text.replace(f'{{ id = "{item.id}"', f'{{ id = "{item.id}", text = "our words"')
    return text


@pytest.mark.parametrize("name", ["bdi2", "BDI-II", "bdi-ii", "Bdi Ii", "bdi2.total"])
def test_a_scale_is_found_by_id_and_by_alias_however_it_is_written(name):
    assert find_scale(name).name == "bdi2"


def test_a_name_that_could_be_another_instrument_s_is_never_guessed():
    with pytest.raises(Problem, match="no instrument 'bdi'; perhaps you mean bdi2"):
        find_scale("bdi")


def test_one_of_several_scales_must_be_named():
    assert find_scale("WAI-SR.bond").title == "Bond (WAI-SR)"
    with pytest.raises(Problem, match=r"several scales; write one of wai-sr\.total, wai-sr\.task"):
        find_scale("wai-sr")
    with pytest.raises(Problem, match="has no scale 'bonds'; its scales are"):
        find_scale("wai-sr.bonds")


def test_a_preference_is_no_scale_to_watch():
    with pytest.raises(Problem, match="neither end is better"):
        find_scale("cnip.past")
    assert library()["cnip"].scales_by_name() == {}


def test_no_two_instruments_answer_to_one_name():
    names = [name for one in library().values() for name in (one.id, *one.aliases)]
    assert {find_instrument(name).id for name in names} == set(library())


def test_the_library_cannot_be_changed_by_accident():
    with pytest.raises(TypeError):
        library()["mine"] = library()["phq9"]


def test_a_site_adds_its_own_instrument_once(mood, tmp_path):
    source, folder = tmp_path / "draft.toml", tmp_path / "site"
    source.write_text(mood, encoding="utf-8")
    assert add(source, folder) == folder / "mood.toml"
    assert add(source, folder) == folder / "mood.toml"
    assert library(extra=folder)["mood"] == parse(mood, "mood.toml")
    assert "mood" not in library()
    source.write_text(mood.replace("I felt low", "I was low"), encoding="utf-8")
    with pytest.raises(Problem, match=r"mood\.toml is in that folder already, and differs"):
        add(source, folder)
    assert (folder / "mood.toml").read_text(encoding="utf-8") == mood


def test_a_file_with_a_mistake_is_not_added(mood, tmp_path):
    source = tmp_path / "draft.toml"
    source.write_text(mood.replace("[0, 6]", "[0, 7]"), encoding="utf-8")
    with pytest.raises(Problem, match="cannot be right"):
        add(source, tmp_path / "site")
    assert not (tmp_path / "site").exists()


@pytest.mark.parametrize("name", ["bdi2", "wai-sr", "srs"])
def test_a_licence_holder_adds_the_wording_as_the_skeleton_says(name, tmp_path):
    assert "attunement instruments add" in library()[name].how_to_add_wording()
    source = tmp_path / "ours.toml"
    source.write_text(with_wording(name), encoding="utf-8")
    add(source, tmp_path / "site")
    ours = library(extra=tmp_path / "site")[name]
    assert {item.text for item in ours.items} == {"our words"}
    assert ours.how_to_add_wording() == ""
    assert ours.scales == library()[name].scales


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ('scoring = "sum"', 'scoring = "mean"', "cannot be right"),
        ('id = "bdi2"', 'id = "bdi3"', "the name BDI-II already stands for bdi2"),
        ('{ id = "1",', '{ id = "1", reversed = true,', "already stands for another instrument"),
        ('operator = ">"\nvalue = 0', 'operator = ">"\nvalue = 2', "a safety rule of bdi2 is gone"),
    ],
)
def test_an_instrument_in_the_box_keeps_its_scoring_and_its_safety(
    before, after, sentence, tmp_path
):
    source = tmp_path / "ours.toml"
    text = with_wording("bdi2")
    assert before in text
    source.write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(Problem, match=sentence):
        add(source, tmp_path / "site")


def test_a_folder_that_cannot_be_written_to_is_named(mood, tmp_path):
    source = tmp_path / "draft.toml"
    source.write_text(mood, encoding="utf-8")
    with pytest.raises(Problem, match="cannot be written to"):
        add(source, source / "site")


def test_two_files_for_one_instrument_in_a_folder_are_refused(mood, tmp_path):
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(mood, encoding="utf-8")
    with pytest.raises(Problem, match=r"b\.toml: the id mood already stands"):
        library(extra=tmp_path)


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(Problem, match="gone: there is no such folder of instruments"):
        library(extra=tmp_path / "gone")
