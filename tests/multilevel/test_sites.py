import polars as pl
import pytest

from attunement.multilevel import combine, cross_products, fit, fit_products
from attunement.problems import Problem

SLOPES = "score ~ time + treatment + (1 + time | client)"
NESTED = "score ~ time + (1 + time | client) + (1 | therapist)"
ALL = {"treatment": ["BtheB", "TAU", "other"]}


@pytest.mark.parametrize("own_dates", [True, False])
@pytest.mark.parametrize("formula", [SLOPES, NESTED])
def test_sites_together_give_the_fit_of_one_table(cohort, formula, own_dates):
    rows = cohort(30, 200, own_dates=own_dates)
    sites = [rows.filter(pl.col("site") == site) for site in range(3)]
    moved = [site.with_columns(therapist=pl.col("therapist") * 7) for site in sites]
    both = fit_products(combine([cross_products(site, formula) for site in moved]))
    whole = fit(rows, formula)
    assert both.groups == whole.groups
    assert both.log_likelihood == pytest.approx(whole.log_likelihood, abs=1e-6)
    for column in ("estimate", "se"):
        assert both.coefficients[column].to_numpy() == pytest.approx(
            whole.coefficients[column].to_numpy(), rel=1e-6
        )
    assert both.variances["sd"].to_numpy() == pytest.approx(
        whole.variances["sd"].to_numpy(), rel=1e-6
    )


def test_a_site_that_lacks_a_category_must_be_told_of_it(cohort):
    rows = cohort(31)
    one, other = rows, rows.filter(pl.col("treatment") != "other")
    with pytest.raises(Problem, match="categories"):
        combine([cross_products(site, SLOPES) for site in (one, other)])
    found = combine([cross_products(site, SLOPES, categories=ALL) for site in (one, other)])
    assert fit_products(found).rows == one.height + other.height


def test_clients_who_share_a_design_leave_no_sums_of_their_own(cohort):
    rows = cohort(32, 2_000)
    products = cross_products(rows, "score ~ time + (1 | client)").products
    assert products.cross.shape[-1] <= 7 * 3
    assert products.clients.sum() == 2_000


def test_nothing_cannot_be_combined():
    with pytest.raises(Problem, match="nothing to combine"):
        combine([])
