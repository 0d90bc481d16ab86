"""The lowest deviance is found wherever the search begins."""

import numpy as np
import polars as pl
import pytest

from attunement.multilevel import fit, search


def courses(clients, seed, spread):
    """Give each client a slope of its own, of the given spread, and dates of its own."""
    rng = np.random.default_rng(seed)
    client = np.repeat(np.arange(clients), 6)
    moved, time = rng.normal(size=client.size), rng.uniform(0, 5, client.size)
    own = rng.normal(size=(clients, 2)) * np.column_stack([np.full(clients, 2.0), spread])
    score = own[client, 0] + own[client, 1] * moved - 0.1 * time + rng.normal(size=client.size)
    return pl.DataFrame({"client": client, "moved": moved, "time": time, "score": score})


@pytest.mark.parametrize("seed", range(6))
def test_a_few_clients_who_mislead_do_not_lead_the_search_astray(monkeypatch, seed):
    """Those who are looked at first have no slopes of their own: a variance of nothing."""
    monkeypatch.setattr(search, "SAMPLE", 60)
    clients = 600
    spread = np.where(np.arange(clients) % 10 == 0, 0.0, 0.25)
    rows = courses(clients, seed, spread)
    formula = "score ~ moved + time + (1 + moved + time | client)"
    quick = fit(rows, formula)
    monkeypatch.setattr(search, "SAMPLE", clients)
    whole = fit(rows, formula)
    assert quick.deviance == pytest.approx(whole.deviance, abs=1e-5)
    assert not any("converge" in words for words in quick.warnings)
    assert quick.variances["sd"].to_list() == pytest.approx(
        whole.variances["sd"].to_list(), rel=1e-3, abs=1e-3
    )


def test_a_saddle_is_left_behind():
    """Begin where a variance is nothing, though it is not: the ground is flat there."""

    class Point:
        def __init__(self, deviance):
            self.deviance, self.residual, self.inverse = deviance, 1.0, np.eye(1)

    def evaluate(numbers):
        a, b = numbers
        value = (a - 1) ** 2 + (b**2 - 0.25) ** 2
        return Point(value), np.array([2 * (a - 1), 4 * b * (b**2 - 0.25)])

    place = search.standing(evaluate, np.array([1.0, 0.0]), *evaluate(np.array([1.0, 0.0])))
    start = search.way_down(evaluate, place, 100)
    assert evaluate(start)[0].deviance < place.point.deviance
    lowest = search.descended(evaluate, start, 100)
    assert np.abs(lowest) == pytest.approx([1.0, 0.5], abs=1e-6)
    here = search.standing(evaluate, lowest, *evaluate(lowest))
    assert search.way_down(evaluate, here, 100) is None
