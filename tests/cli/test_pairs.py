import pytest
from hypothesis import given
from hypothesis import strategies as st

from attunement.cli.pairs import spread


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("x --rename a=b c=d", "x --rename a=b --rename c=d"),
        ("x --rename a=b c=d e=f --json", "x --rename a=b --rename c=d --rename e=f --json"),
        ("x --rename a=b --scale c=d e=f", "x --rename a=b --scale c=d --scale e=f"),
        ("x --scale a=b file.csv", "x --scale a=b file.csv"),
        ("x --scale a=b file.csv c=d", "x --scale a=b file.csv c=d"),
        ("x --rename a=b --out c=d", "x --rename a=b --out c=d"),
        ("x --rename", "x --rename"),
        ("x a=b", "x a=b"),
    ],
)
def test_one_option_may_take_several_pairs(given, wanted):
    assert spread(given.split()) == wanted.split()


def test_a_file_with_an_equals_sign_is_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "n=1.csv").touch()
    assert spread(["--rename", "a=b", "n=1.csv"]) == ["--rename", "a=b", "n=1.csv"]


@given(st.lists(st.sampled_from(["--rename", "--json", "a=b", "c=d", "x"])))
def test_what_is_spread_stays_as_it_is(arguments):
    assert spread(spread(arguments)) == spread(arguments)


def test_the_command_reads_them_so(attunement, clinic):
    (clinic / "mine.csv").write_text("id,week,mood\na,1,5\na,2,6\n", encoding="utf-8")
    said = attunement(
        "course", "mine.csv", "--rename", "client=id", "session=week",
        "--scale", "mood=higher-is-better:0-10", "--out", "here",
    )  # fmt: skip
    assert "1 client, 2 scores" in said
