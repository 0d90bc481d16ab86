"""Null checks: of data with no effect, or a known one, how many 95 % intervals hold the truth.

Of a test it counts how often p is .05 or more where there is no effect, which should be as often.

``nullchecks.py [SIMULATIONS] [CHECK ...]`` prints rows of a table for the documentation, with the
seed and the day; all checks where none is named.
"""

import sys
from datetime import UTC, datetime
from time import perf_counter

import numpy as np
from null import money, rates, relations, trials

CHECKS = {
    check.__name__: check
    for check in (
        trials.series,
        trials.individuals,
        trials.clusters,
        trials.scores,
        trials.nudges,
        trials.fading,
        trials.wedge,
        money.costs,
        money.skewed,
        money.ratios,
        relations.alliance,
        relations.therapists,
        relations.lagged,
        relations.models,
        relations.likelihoods,
        relations.spreads,
        rates.shares,
        rates.changes,
        rates.curves,
        rates.forecasts,
    )
}
SEED = 1


def run(check, simulations):
    rng, start, hits = np.random.default_rng(SEED), perf_counter(), {}
    for _ in range(simulations):
        for name, (low, high, truth) in check(rng).items():
            hits[name] = hits.get(name, 0) + (low <= truth <= high)
    each = (perf_counter() - start) / simulations
    day = datetime.now(UTC).date()
    for name, count in hits.items():
        held = count / simulations
        error = (held * (1 - held) / simulations) ** 0.5
        print(
            f"| {name} | {held:.1%} | {error:.1%} | {simulations:,} | {SEED} | {day} "
            f"| {1000 * each:.0f} ms |",
            flush=True,
        )


def main(simulations, names):
    print("| interval | holds the truth | +- | simulations | seed | day | time for one |")
    print("|---|---|---|---|---|---|---|", flush=True)
    for name in names or CHECKS:
        run(CHECKS[name], simulations)


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:2]]
    main(*(numbers or [1000]), sys.argv[2:])
