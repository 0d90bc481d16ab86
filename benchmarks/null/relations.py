"""Relationship and outcome that have nothing to do with one another, both with trends."""

import numpy as np
import polars as pl

from attunement.multilevel import compare, fit, fit_same_rows, variance_intervals
from attunement.programme.alliance_outcome.centring import centred
from attunement.programme.alliance_outcome.cross_lagged import fit_panel
from attunement.programme.alliance_outcome.latent import latent_between
from attunement.programme.alliance_outcome.models import centred_model, detrended_within, from_fit
from attunement.programme.alliance_outcome.therapists import therapist_split
from null.trials import ends


def alliance(rng):
    clients, sessions = 100, 8
    client, time = (part.ravel() for part in np.indices((clients, sessions)))
    own = rng.normal(0, 0.1, clients)[client] * time
    rows = pl.DataFrame(
        {
            "client": client,
            "session": time,
            "alliance": rng.normal(size=clients)[client] + 0.15 * time + rng.normal(size=800),
            "outcome": rng.normal(size=clients)[client] - 0.2 * time + own + rng.normal(size=800),
        }
    ).filter(pl.Series(rng.random(800) < 0.85))
    table = centred(rows)
    main = centred_model(table, 0.95)
    return {
        "relationship, within": ends(from_fit(main, "within", 1.0)),
        "relationship, within, own trends taken off": ends(detrended_within(table, 0.95)),
        "relationship, between": ends(from_fit(main, "between", 1.0)),
        "relationship, between true levels": ends(latent_between(table).slope),
    }


def therapists(rng):
    client, time = (part.ravel() for part in np.indices((160, 5)))
    therapist = client // 8
    level = rng.normal(size=160) + rng.normal(0, 0.4, 20)[np.arange(160) // 8]
    outcome = rng.normal(size=160) + rng.normal(0, 0.4, 20)[np.arange(160) // 8]
    rows = pl.DataFrame(
        {
            "client": client,
            "session": time,
            "therapist": therapist,
            "alliance": level[client] + rng.normal(size=800),
            "outcome": outcome[client] - 0.1 * time + rng.normal(size=800),
        }
    )
    found = therapist_split(centred(rows), 0.95)
    return {
        "relationship, between clients of a therapist": ends(found.clients),
        "relationship, between 20 therapists": ends(found.therapists),
    }


def lagged(rng):
    values = rng.normal(size=(200, 1, 2)) + rng.normal(size=(200, 4, 2))
    found = fit_panel(values.reshape(200, 8), range(1, 5))
    return {
        "cross-lagged, relationship to outcome": ends(found.alliance_to_outcome),
        "cross-lagged, outcome to relationship": ends(found.outcome_to_alliance),
    }


def trial(rng):
    client, session = (part.ravel() for part in np.indices((60, 6)))
    own = rng.normal(size=(60, 2)) * [2.0, 0.4]
    treated = rng.permutation(np.arange(60) % 2)[client]
    score = own[client, 0] + own[client, 1] * session + rng.normal(size=360)
    return pl.DataFrame(
        {"client": client, "session": session, "treated": treated, "score": score}
    ).filter(pl.Series(rng.random(360) < 0.8))


def models(rng):
    found = fit(trial(rng), "score ~ session * treated + (1 + session | client)")
    effects = found.coefficients.rows_by_key("term", named=True, unique=True)
    return {
        f"mixed model, {term}": (one["low"], one["high"], 0.0)
        for term, one in effects.items()
        if term != "Intercept"
    }


def likelihoods(rng):
    """Count the tests that let no effect stand: p of .05 or more."""
    less, more = (
        f"score ~ session{effects} + (1 + session | client)"
        for effects in ("", " + treated + session:treated")
    )
    found = compare(*fit_same_rows(trial(rng), [less, more], reml=False))
    return {"mixed model, likelihood-ratio test of treated (2 df)": (0.05, 1.0, found.p)}


def spreads(rng):
    client = np.repeat(np.arange(50), 5)
    rows = pl.DataFrame(
        {"client": client, "score": rng.normal(0, 2.0, 50)[client] + rng.normal(size=250)}
    )
    found = variance_intervals(fit(rows, "score ~ 1 + (1 | client)"))
    pairs = found.select("sd_low", "sd_high").rows()
    names = ("of levels", "of what is left")
    return {
        f"mixed model, SD {name} (profile)": (*pair, truth)
        for name, pair, truth in zip(names, pairs, (2.0, 1.0), strict=True)
    }
