"""Sites in which it is known what a strategy does: nothing, or something."""

import numpy as np
import polars as pl

STRATEGIES = tuple(f"s{i}" for i in range(8))
USUAL, SD = 7.0, 1.0


def site(seed, *, clients=400, sessions=12, effect=None, chosen_by_depth=True):
    """Scores with one strain each, and tries chosen by how deep it is.

    A strained client recovers at a session with a chance that is lower the deeper the drop.
    ``effect`` adds to that chance (as a logarithm of odds) for three sessions after a try.
    """
    rng = np.random.default_rng(seed)
    scores, attempts = [], []
    for number in range(clients):
        client, strained, boost = f"c{number}", 0.0, 0
        onset = int(rng.integers(4, 8))
        for session in range(1, sessions + 1):
            if session == onset:
                strained = float(rng.uniform(2.5, 4.5))
            elif strained:
                tried = _tried(rng, strained, chosen_by_depth)
                if tried:
                    attempts.append((client, session, tried))
                    boost = (effect or {}).get(tried, 0.0) or boost
                chance = 1 / (1 + np.exp(0.5 * (strained - 2.5) - boost + 0.6))
                if rng.random() < chance:
                    strained = 0.0
            value = USUAL - strained + SD * rng.normal() * 0.5
            scores.append((client, "alliance", session, value))
    return (
        pl.DataFrame(scores, schema=["client", "scale", "session", "score"], orient="row"),
        pl.DataFrame(attempts, schema=["client", "session", "strategy"], orient="row"),
    )


def _tried(rng, depth, chosen_by_depth):
    chance = 0.15 + 0.1 * (depth - 2.5) if chosen_by_depth else 0.25
    if rng.random() > chance:
        return None
    lean = np.arange(len(STRATEGIES)) * (depth - 3.5) * 0.15 if chosen_by_depth else 0.0
    weight = np.exp(lean + np.zeros(len(STRATEGIES)))
    return STRATEGIES[rng.choice(len(STRATEGIES), p=weight / weight.sum())]
