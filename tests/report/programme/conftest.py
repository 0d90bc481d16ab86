"""A made-up programme, and one in which nothing has an effect."""

from datetime import date

import polars as pl
import pytest

from attunement import Plan, simulate
from attunement.measures.instruments.catalogue import find_scale
from attunement.programme.outcomes.measure import PHQ9
from attunement.report.programme import Asked, document, programme, to_html

ALLIANCE = find_scale("session-check-in.alliance")
HOSTILE = "<b>[[people/began]]|y"


@pytest.fixture(scope="session")
def made():
    """A clinic whose people have an age band; one of them holds three people, one a trap."""
    plan = Plan(clients=700, therapists=20, responses=False, intake_weeks=50, missed_check_ins=0.3)
    cohort = simulate(plan, seed=11)
    bands = ["18-25", "26-40", "41-65", HOSTILE]
    place = pl.int_range(pl.len())
    band = pl.when(place < 3).then(pl.lit("unsaid"))
    for number, name in enumerate(bands):
        band = band.when(place % len(bands) == number).then(pl.lit(name))
    return cohort, cohort.truth.clients.select("client", "therapist", "site", age=band)


@pytest.fixture(scope="session")
def asked():
    """Ask about everything but drifting away, which takes longest."""
    return Asked(
        alliance=ALLIANCE,
        measures=(PHQ9,),
        by=("age", "site"),
        units=("site", "therapist"),
        imputations=3,
        learn=False,
    )


@pytest.fixture(scope="session")
def found(made, asked):
    cohort, people = made
    return programme(cohort.scores, cohort.attendance, people, asked=asked)


@pytest.fixture(scope="session")
def report(found):
    return document(found, drawn_on=date(2026, 11, 22), synthetic=True, notes=["A note."])


@pytest.fixture(scope="session")
def page(report):
    return to_html(report)
