"""No hidden number comes back by subtracting one shown figure from another."""

from functools import cache
from itertools import product

import pytest

from attunement.clinic.service.cells import SMALLEST, rounded
from attunement.clinic.service.figures import rows
from attunement.clinic.service.figures.telling import outcome_rows
from attunement.clinic.service.holding import outcomes, rate
from attunement.course.proportions import share
from attunement.report.programme.figures import Figure

HELD = [(3, 14, 120), (0, 14, 120), (2, 12, 150), (0, 25, 180), (1, 30, 250), (0, 60, 300)]


interval = cache(share)


def one(name, n, of, counted=True):
    found = interval(n, of)
    return Figure(
        figure=name, what="", value=found.share, low=found.low, high=found.high,
        n=n if counted else None, of=of,
    )  # fmt: skip


def shown_of(had, missing, began):
    """Show one outcome of so many who began, with so many missing, as a manager sees it."""
    name = "outcomes/recovery"
    every = (
        one(f"{name}/left out", had, began - missing),
        one(f"{name}/as if worst", had, began),
        one(f"{name}/as if best", had + missing, began),
        one(f"{name}/imputed", had + missing // 2, began, counted=False),
    )
    told = outcome_rows({figure.figure: figure for figure in every})
    (shown,) = outcomes({figure.figure: figure for figure in told})
    return shown


def row(had, missing, began):
    """Show it with what stands beside it."""
    shown = shown_of(had, missing, began)
    gone = rate(rows.share(one("outcomes/missing", missing, began)))
    return rounded(began), gone, shown.ends, shown.everybody, shown.both


def as_shown(had, missing, began):
    """Leave out what is no help to a reader who does not know how the missing were filled in."""
    total, gone, ends, everybody, both = row(had, missing, began)
    return total, gone, ends, everybody is None, both


def same_page(had, missing, began):
    """List every truth near this one that gives the very same page."""
    page = as_shown(had, missing, began)
    near = (range(20), range(max(missing - 15, 0), missing + 16), range(began - 4, began + 5))
    return [truth for truth in product(*near) if as_shown(*truth) == page]


@pytest.mark.parametrize(("had", "missing", "began"), HELD)
def test_a_hidden_number_stays_hidden_beside_its_ends(had, missing, began):
    assert {n for n, _, _ in same_page(had, missing, began)} >= set(range(SMALLEST))


@pytest.mark.parametrize("missing", [1, 4, 9])
def test_so_does_how_many_are_missing_and_that_is_why(missing):
    _, gone, ends, everybody, both = row(40, missing, 120)
    assert shown_of(40, missing, 120).few_missing
    assert not shown_of(40, 30, 120).few_missing
    assert not gone.share.exact
    assert ends == (None, None)
    assert everybody is None
    assert both.share.exact


def test_nor_is_the_rest_told():
    _, _, ends, everybody, both = row(100, 15, 120)
    assert ends == (None, None)
    assert everybody is None
    assert not both.share.exact


def test_where_nothing_is_small_both_ends_are_shown():
    _, _, ends, everybody, both = row(40, 30, 120)
    assert all(end.exact for end in ends)
    assert everybody.share.exact
    assert both.share.exact
