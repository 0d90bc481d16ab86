"""Who rated is understood however it is written."""

import polars as pl


def test_raters_in_capitals_are_compared_just_the_same(clinic, as_json):
    scores = pl.read_csv("scores.csv").filter(pl.col("scale") != "phq9")
    both = scores.with_columns(pl.col("scale").str.replace("-therapist", ""))
    both.write_csv("small.csv")
    both.with_columns(pl.col("rater").str.to_titlecase() + " ").write_csv("capitals.csv")
    found = as_json("agreement", "capitals.csv")
    assert found["truth_and_bias"]
    assert found == as_json("agreement", "small.csv")
