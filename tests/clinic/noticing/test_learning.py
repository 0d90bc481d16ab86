"""What is usual at a site is learned from its own scores, where there are enough."""

import polars as pl

from attunement.clinic.noticing.course import off_track_in
from attunement.clinic.noticing.instruments import scales
from attunement.clinic.noticing.learning import learned
from attunement.synthetic.cohort import simulate
from attunement.synthetic.plan import Plan


def test_spread_gaps_and_expected_courses_are_learned_and_can_be_used():
    scores = simulate(Plan(clients=60), seed=7).scores.with_columns(
        pl.col("client").cast(pl.String), pl.col("score").cast(pl.Float64)
    )
    names = set(scores["scale"].unique())
    known = {name: scale for name, scale in scales().items() if name in names}
    found = learned(scores, known)
    assert found["phq9"]["clients"] > 20
    assert "expected:phq9" in found
    said = off_track_in("phq9", [(1, 3.0), (2, 20.0), (3, 20.0)], found)
    assert [one["off_track"] for one in said] == [False, True]


def test_nothing_is_learned_from_a_few():
    scores = simulate(Plan(clients=5), seed=7).scores
    assert learned(scores.filter(scale="phq9"), {"phq9": scales()["phq9"]}) == {}
