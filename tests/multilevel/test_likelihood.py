import numpy as np
import pytest

from attunement.multilevel.likelihood import profile
from attunement.multilevel.merging import merged, unmerged
from attunement.multilevel.structure import Structure, block_basis

CLIENTS = 90


@pytest.fixture(scope="module")
def nested():
    """Rows of clients within therapists within sites, and their cross-products."""
    random = np.random.default_rng(1)
    therapist, site = random.integers(0, 7, CLIENTS), random.integers(0, 3, 7)
    therapist[:7], site[:3] = np.arange(7), np.arange(3)
    client = np.repeat(np.arange(CLIENTS), random.integers(2, 6, CLIENTS))
    order = np.concatenate([np.arange((client == one).sum()) for one in range(CLIENTS)]) / 3
    columns = np.column_stack([np.ones(len(client)), order, random.normal(size=len(client))])
    outcome = random.normal(size=len(client)) + random.normal(size=CLIENTS)[client]
    both = np.column_stack([columns, outcome])
    cross = np.stack(
        [both[client == one][:, :2].T @ both[client == one] for one in range(CLIENTS)], -1
    )
    groups = (client, therapist[client], site[therapist[client]])
    return columns, outcome, groups, both.T @ both, cross, (therapist, site)


def structure():
    made = [
        block_basis([np.eye(2)]),
        block_basis([np.eye(2)[:, :1], np.eye(2)[:, 1:]]),
        block_basis([np.eye(2)[:, :1]]),
    ]
    return Structure(
        bases=tuple(basis for basis, _ in made),
        diagonal=np.concatenate([diagonal for _, diagonal in made]),
    )


def whole_matrix_deviance(nested, numbers, *, reml):
    """The same from the variance of all rows, inverted as it is."""
    columns, outcome, groups, *_ = nested
    variance = np.eye(len(outcome))
    for factor, group in zip(structure().factors(numbers), groups, strict=True):
        together = group[:, None] == group
        variance += columns[:, :2] @ factor @ factor.T @ columns[:, :2].T * together
    inverse = np.linalg.inv(variance)
    information = columns.T @ inverse @ columns
    rest = outcome - columns @ np.linalg.solve(information, columns.T @ inverse @ outcome)
    free = len(outcome) - 3 * reml
    volume = np.linalg.slogdet(variance)[1] + reml * np.linalg.slogdet(information)[1]
    return volume + free * (1 + np.log(2 * np.pi * (rest @ inverse @ rest) / free))


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("gather", [merged, unmerged])
def test_it_is_that_of_all_rows_together_and_so_is_its_slope(nested, gather, reml):
    *_, total, cross, parents = nested
    products = gather(total, int(cross[0, 0].sum()), cross, parents)
    assert (products.design is None) == (gather is unmerged)
    numbers = np.random.default_rng(2).normal(size=6)
    point = profile(products, structure().factors(numbers), reml=reml)
    assert point.deviance == pytest.approx(whole_matrix_deviance(nested, numbers, reml=reml))
    steps = 1e-5 * np.eye(6)
    slopes = [
        (
            whole_matrix_deviance(nested, numbers + step, reml=reml)
            - whole_matrix_deviance(nested, numbers - step, reml=reml)
        )
        / 2e-5
        for step in steps
    ]
    assert structure().gradient(point.gradients) == pytest.approx(slopes, abs=1e-6)
