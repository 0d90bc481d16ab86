import numpy as np
import polars as pl
import pytest

from attunement.multilevel import fit
from attunement.problems import Problem

LEVELS = "score ~ time + exposure + (1 | client)"


def deviance_of_all_rows(rows, variance, residual, phi):
    """Minus twice the restricted log-likelihood, from the variance of all rows as it is."""
    client, session = rows["client"].to_numpy(), rows["session"].to_numpy()
    together = client[:, None] == client
    steps = np.abs(session[:, None] - session)
    whole = together * (variance + residual * np.sign(phi) ** steps * np.abs(phi) ** steps)
    design = np.column_stack([np.ones(len(rows)), rows["time"], rows["exposure"]])
    inverse = np.linalg.inv(whole)
    information = design.T @ inverse @ design
    score = rows["score"].to_numpy()
    rest = score - design @ np.linalg.solve(information, design.T @ inverse @ score)
    volume = np.linalg.slogdet(whole)[1] + np.linalg.slogdet(information)[1]
    return volume + rest @ inverse @ rest + (len(rows) - 3) * np.log(2 * np.pi)


@pytest.mark.parametrize("phi", [0.5, -0.4])
def test_the_likelihood_is_that_of_all_rows_together(cohort, phi):
    rows = cohort(20, 90, phi=phi).filter(pl.col("session") != 3)
    found = fit(rows, LEVELS, ar1=True)
    variance, residual = found.variances["variance"]
    assert found.deviance == pytest.approx(
        deviance_of_all_rows(rows, variance, residual, found.phi), rel=1e-9
    )
    for other in (found.phi - 0.02, found.phi + 0.02):
        assert deviance_of_all_rows(rows, variance, residual, other) > found.deviance
    assert np.sign(found.phi) == np.sign(phi)


def test_the_order_of_rows_is_that_of_the_column_named(cohort):
    rows = cohort(21, phi=0.5)
    mixed = rows.sample(fraction=1, shuffle=True, seed=1)
    first, second = fit(rows, LEVELS, ar1=True), fit(mixed, LEVELS, ar1="session")
    assert second.phi == pytest.approx(first.phi, abs=1e-5)
    assert second.log_likelihood == pytest.approx(first.log_likelihood, abs=1e-6)


def test_two_rows_at_once_are_refused(cohort):
    rows = cohort(22)
    with pytest.raises(Problem, match="the same place in order"):
        fit(pl.concat([rows, rows]), LEVELS, ar1=True)
    with pytest.raises(Problem, match="there is no column 'week'"):
        fit(rows, LEVELS, ar1="week")
