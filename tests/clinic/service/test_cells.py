"""Small counts are hidden, and nothing that is shown gives them away."""

from hypothesis import given
from hypothesis import strategies as st

from attunement.clinic.service.cells import SMALLEST, STEP, alone, parts, rounded, share, step_of

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


@given(st.integers(0, 3000), st.integers(0, 200))
def test_no_count_can_be_read_off_a_share_though_all_but_one_are_known(part, rest):
    whole = part + rest
    found = share(part, whole)
    if whole < 2 * SMALLEST:
        assert found is None
        return
    low, high = found
    alike = [n for n in range(whole + 1) if share(n, whole) == found]
    assert part in alike
    if low == high:
        assert len(alike) >= STEP
        assert min(alike) >= SMALLEST
        assert whole - max(alike) >= SMALLEST
        assert abs(low / 100 - part / whole) <= step_of(whole) / 200
    else:
        assert len(alike) >= SMALLEST
        assert low / 100 <= part / whole <= high / 100


def test_shares_come_in_ones_of_many_and_further_apart_of_few():
    assert [step_of(whole) for whole in (20, 49, 50, 99, 100, 249, 250, 499, 500)] == [
        25, 25, 10, 10, 5, 5, 2, 2, 1,
    ]  # fmt: skip


def test_nine_is_hidden_and_ten_is_shown():
    assert alone(9).count is None
    assert alone(10).count == 10
