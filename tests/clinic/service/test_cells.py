"""Small counts are hidden, and nothing that is shown gives them away."""

from hypothesis import given
from hypothesis import strategies as st

from attunement.clinic.service.cells import SMALLEST, alone, parts, rounded, share

COUNTS = st.dictionaries(st.text("abcdef", min_size=1, max_size=2), st.integers(0, 60), max_size=6)


@given(COUNTS)
def test_no_small_count_is_ever_shown(counts):
    shown = parts(counts)
    assert all(cell.count is None or cell.count >= SMALLEST for cell in shown.values())
    assert all(shown[name].small == (count < SMALLEST) for name, count in counts.items())


@given(COUNTS)
def test_a_hidden_count_cannot_be_worked_out_from_the_total_and_the_others(counts):
    shown = parts(counts)
    hidden = [name for name, cell in shown.items() if cell.count is None]
    rest = sum(counts[name] for name in hidden)
    if not hidden or len(hidden) == len(counts):
        return
    assert len(hidden) > 1
    assert rest >= SMALLEST


@given(COUNTS)
def test_what_need_not_be_hidden_is_shown(counts):
    if all(count >= SMALLEST for count in counts.values()):
        assert [cell.count for cell in parts(counts).values()] == [
            rounded(count) for count in counts.values()
        ]


@given(st.integers(0, 200), st.integers(0, 200))
def test_a_share_gives_neither_its_part_nor_its_rest_away_where_they_are_small(part, rest):
    found = share(part, part + rest)
    if part + rest < 2 * SMALLEST:
        assert found is None
    elif part < SMALLEST or rest < SMALLEST:
        whole = part + rest
        possible = [n for n in range(whole + 1) if found[0] <= n / whole <= found[1]]
        assert len(possible) >= SMALLEST
        assert part in possible
    else:
        assert found == (part / (part + rest),) * 2


def test_nine_is_hidden_and_ten_is_shown():
    assert alone(9).count is None
    assert alone(10).count == 10
