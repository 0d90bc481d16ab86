import pytest

from attunement.course.proportions import share


def test_a_wilson_interval_is_the_one_worked_by_hand():
    z2 = 1.959963984540054**2
    centre = (0.3 + z2 / 20) / (1 + z2 / 10)
    half = (z2 * (0.3 * 0.7 / 10 + z2 / 400)) ** 0.5 / (1 + z2 / 10)
    found = share(3, 10)
    assert (found.low, found.high) == pytest.approx((centre - half, centre + half))


def test_a_share_of_nobody_is_unknown_rather_than_zero():
    found = share(0, 0)
    assert (found.n, found.of) == (0, 0)
    assert found.share is found.low is found.high is None


def test_nobody_and_everybody_reach_the_very_end():
    assert [share(0, n).low for n in range(1, 400)] == [0.0] * 399
    assert [share(n, n).high for n in range(1, 400)] == [1.0] * 399
