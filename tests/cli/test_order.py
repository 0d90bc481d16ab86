"""Names come in the order in which people count."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from attunement.cli.order import as_people_count, by_client
from attunement.cli.run import run


def ordered(*names):
    return [row["client"] for row in by_client(pl.DataFrame({"client": names}))]


def test_numbers_within_names_count_as_numbers():
    assert ordered("10", "1", "11", "2") == ["1", "2", "10", "11"]
    assert ordered("C-10a", "C-2b", "B", "C-2a", "") == ["", "B", "C-2a", "C-2b", "C-10a"]
    assert ordered(10, 9) == [9, 10]


@given(st.lists(st.integers(0, 10**30)))
def test_whole_numbers_are_sorted_as_numbers(numbers):
    assert sorted(map(str, numbers), key=as_people_count) == [str(n) for n in sorted(numbers)]


@given(st.lists(st.text()))
def test_any_names_whatever_can_be_sorted(names):
    assert sorted(sorted(names, key=as_people_count)) == sorted(names)


def test_a_number_of_any_length_can_be_sorted():
    assert sorted(["9" * 9000, "10"], key=as_people_count) == ["10", "9" * 9000]


def test_one_clients_rows_keep_their_order():
    rows = pl.DataFrame({"client": ["2", "10", "2"], "session": [3, 1, 1]})
    assert [row["session"] for row in by_client(rows)] == [3, 1, 1]


def test_change_and_sudden_gains_list_client_2_before_client_10(tmp_path, capsys):
    courses = {name: [20, 21, 19, 5, 4, 6] for name in ("10", "1", "2", "11")}
    file = tmp_path / "scores.csv"
    file.write_text(
        "client,session,phq9\n"
        + "".join(
            f"{name},{session},{score}\n"
            for name, scores in courses.items()
            for session, score in enumerate(scores, start=1)
        )
    )
    for command in (["change"], ["sudden-gains", "--cutoff", "6"]):
        assert run([command[0], str(file), *command[1:]]) == 0
        first = [line.split()[0] for line in capsys.readouterr().out.splitlines() if line.split()]
        assert [word for word in first if word in courses][:4] == ["1", "2", "10", "11"]
