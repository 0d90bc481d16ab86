"""The expected course: against lme4, against a known truth, and for every input."""

import json
from dataclasses import replace

import duckdb
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from scipy.stats import t

from attunement.course.expected import growth
from attunement.course.expected.model import ExpectedCourse, band, fit
from attunement.course.expected.off_track import off_track
from attunement.course.expected.start import TooFewClients
from attunement.measures.scale import Direction, Scale
from attunement.multilevel.arrays import fit_mixed
from attunement.problems import Problem

BDI = Scale(name="bdi", direction=Direction.LOWER)


@pytest.fixture(scope="module")
def cohort(growth_cohort):
    return growth_cohort(1, 120, sessions=8)


@pytest.fixture(scope="module")
def expected(cohort):
    return fit(cohort, BDI)


@pytest.fixture(scope="module")
def beat_the_blues(reference_data):
    table = pl.read_csv(reference_data / "BtheB_long.csv", null_values="NA")
    return table.select(
        client="subject", scale=pl.lit("bdi"), session="time", score=pl.col("bdi").cast(pl.Float64)
    )


def test_a_simulated_cohort_gives_the_estimates_of_lme4(expected):
    """Frozen figures of lme4 1.1-31 (R 4.2.2).

    The cohort was written to CSV; in R, x = each client's first score less the clients' mean,
    l = log(session), rows after the first; lmer(score ~ l * x + (l | client)), REML, with
    xtol_rel 1e-10. fixef, VarCorr and the diagonal of vcov as printed.
    """
    assert expected.model == "intercept and slope"
    assert expected.baseline_mean == pytest.approx(14.6899225, abs=1e-6)
    assert expected.coefficients == pytest.approx(
        (15.4027551248, -2.1992047507, 0.7408677636, -0.1622036732), abs=1e-5
    )
    assert expected.between[0][0] == pytest.approx(6.97901703391, rel=1e-3)
    assert expected.between[1][1] == pytest.approx(1.38903291205, rel=1e-3)
    assert expected.between[0][1] == pytest.approx(-0.06605552146, abs=2e-3)
    assert expected.residual == pytest.approx(6.54425939639, rel=1e-4)
    assert np.diag(expected.uncertainty) == pytest.approx(
        [0.1519606312, 0.0490521284, 0.005914067079, 0.001909031145], rel=5e-4
    )
    assert expected.warnings == ()


@pytest.mark.reference
def test_beat_the_blues_gives_the_estimates_of_lme4(beat_the_blues):
    """Frozen figures of lme4 1.1-31, obtained as above; the first score is that of month 2."""
    expected = fit(beat_the_blues, BDI)
    assert expected.model == "intercept and slope"
    assert expected.coefficients == pytest.approx(
        (18.1712361828, -2.9979401208, 1.1039988657, -0.1916636216), abs=1e-4
    )
    assert expected.between[0] == pytest.approx((82.59096436, -32.59203884), rel=1e-3)
    assert expected.between[1][1] == pytest.approx(18.96495490, rel=1e-3)
    assert expected.residual == pytest.approx(19.30404684, rel=1e-3)
    assert np.diag(expected.uncertainty) == pytest.approx(
        [2.904611876851, 1.014719978661, 0.026358140044, 0.009470186020], rel=1e-3
    )


@pytest.mark.reference
def test_beat_the_blues_gets_a_band_a_clinician_can_believe(beat_the_blues):
    scale = replace(BDI, low=0, high=63)
    expected = fit(beat_the_blues, scale)
    limits = band(expected, beat_the_blues)
    seen = off_track(beat_the_blues, limits, scale)
    assert (expected.clients, expected.scores_used) == (73, 58 + 52 + 73)
    assert limits["low"].min() >= 0
    assert limits["high"].max() <= 63
    assert (limits["low"] <= limits["expected"]).all()
    assert (limits["expected"] <= limits["high"]).all()
    assert 10 < (limits["high"] - limits["low"]).median() < 25
    assert (seen["outside"] == "inside").mean() == pytest.approx(0.8, abs=0.07)
    month_8 = limits.filter(session=8)["expected"].mean()
    month_3 = limits.filter(session=3)["expected"].mean()
    assert month_8 < month_3


def test_the_truth_is_recovered(growth_cohort):
    found = fit(growth_cohort(7, 1500), BDI)
    shift = found.baseline_mean - 15
    level, change, baseline, interaction = found.coefficients
    error = np.sqrt(np.diag(found.uncertainty))
    truth = [15 + 0.7 * shift, -2 - 0.1 * shift, 0.7, -0.1]
    assert (np.abs(np.array([level, change, baseline, interaction]) - truth) < 3 * error).all()
    assert found.between[0] == pytest.approx((9.0, -1.5), abs=0.9)
    assert found.between[1][1] == pytest.approx(2.0, abs=0.3)
    assert found.residual == pytest.approx(2.5**2, abs=0.2)


def test_the_band_covers_four_fifths_of_new_clients_scores(growth_cohort):
    new = growth_cohort(999, 4000, sessions=12)
    covered, flagged, ever = [], [], []
    for seed in range(6):
        limits = band(fit(growth_cohort(seed, 250, sessions=12), BDI), new)
        seen = off_track(new, limits, BDI)
        covered.append((seen["outside"] == "inside").mean())
        flagged.append(seen["off_track"].mean())
        ever.append(seen.group_by("client").agg(pl.col("off_track").any())["off_track"].mean())
    assert np.mean(covered) == pytest.approx(0.80, abs=0.02)
    assert np.mean(flagged) == pytest.approx(0.037, abs=0.01)
    assert np.mean(ever) == pytest.approx(0.14, abs=0.03)


UNDISTURBED = {
    "hardly any difference between clients": (0.01, 0.0, 5.0),
    "noise above all": (1.0, 0.0, 5.0),
    "a little of everything": (4.0, 0.5, 4.0),
    "levels alone": (9.0, 0.0, 2.5),
    "levels and slopes": (9.0, 2.0, 2.5),
    "clients above all": (25.0, 5.0, 1.5),
    "hardly any noise": (36.0, 9.0, 1.0),
}


@pytest.mark.parametrize("setting", UNDISTURBED)
def test_undisturbed_courses_are_off_track_as_rarely_as_the_documentation_says(
    growth_cohort, setting
):
    """1 to 6 % of scores and 8 to 14 % of clients; half a point or one is left to chance."""
    level, slope, sd = UNDISTURBED[setting]
    tied = -0.3 * (level * slope) ** 0.5
    truth = {"sessions": 12, "between": ((level, tied), (tied, slope)), "sd": sd}
    new = growth_cohort(99, 3000, **truth)
    seen = off_track(new, band(fit(growth_cohort(1, 600, **truth), BDI), new), BDI)
    ever = seen.group_by("client").agg(pl.col("off_track").any())["off_track"].mean()
    assert 0.005 <= seen["off_track"].mean() <= 0.07
    assert 0.07 <= ever <= 0.15


def test_the_band_covers_four_fifths_at_every_session(growth_cohort):
    new = growth_cohort(998, 4000, sessions=12)
    expected = fit(growth_cohort(3, 800, sessions=12), BDI)
    seen = off_track(new, band(expected, new), BDI)
    inside = seen.group_by("session").agg((pl.col("outside") == "inside").mean())
    assert inside["outside"].to_numpy() == pytest.approx([0.80] * 11, abs=0.035)


def test_even_thirty_clients_give_a_band_that_covers(growth_cohort):
    new = growth_cohort(997, 2000)
    covered = []
    for seed in range(15):
        expected = fit(growth_cohort(seed, 30), BDI)
        assert expected.model != "none"
        seen = off_track(new, band(expected, new), BDI)
        covered.append((seen["outside"] == "inside").mean())
    assert np.mean(covered) == pytest.approx(0.80, abs=0.03)


def test_too_few_clients_are_told_so_in_a_sentence(cohort):
    few = cohort.filter(pl.col("client") < 29)
    refusal = fit(few, BDI)
    assert isinstance(refusal, TooFewClients)
    assert str(refusal) == (
        "Too few clients to know the expected course of bdi: 29 with 3 scores or more, "
        "and it takes 30."
    )


def test_two_scores_a_client_are_not_enough(cohort):
    refusal = fit(cohort.filter(pl.col("session") <= 2), BDI)
    assert isinstance(refusal, TooFewClients)
    assert refusal.clients == 0


def test_a_scale_nobody_answered_is_refused_alike(cohort):
    assert isinstance(fit(cohort, Scale(name="phq9", direction=Direction.LOWER)), TooFewClients)


def test_clients_with_the_same_slope_get_a_simpler_model_that_says_so(growth_cohort):
    """Frozen figures of lme4's lmer(score ~ l * x + (1 | client)), obtained as above."""
    cohort = growth_cohort(2, 600, sessions=12, between=((9.0, 0.0), (0.0, 0.0)))
    found = fit(cohort, BDI)
    assert found.model == "intercept"
    assert "differ in level alone" in found.warnings[0]
    assert found.between[0][0] == pytest.approx(9.441270655, rel=1e-4)
    assert found.between[1] == (0.0, 0.0)
    assert found.residual == pytest.approx(6.154851849, rel=1e-4)
    assert np.diag(found.uncertainty) == pytest.approx(
        [2.706404642e-02, 3.148827358e-03, 7.567904494e-04, 8.805048714e-05], rel=1e-4
    )


def test_slopes_tied_to_levels_are_kept_where_they_matter_as_in_lme4(growth_cohort):
    """Frozen figures of lme4, obtained as above; lme4 calls this fit singular."""
    found = fit(growth_cohort(1, 100, sessions=12, between=((9.0, 3.0), (3.0, 1.0))), BDI)
    assert found.model == "intercept and slope"
    assert "hand in hand" in found.warnings[0]
    assert found.between[0] == pytest.approx((8.8542350686, 2.9368178450), rel=1e-3)
    assert found.between[1][1] == pytest.approx(0.9740987209, rel=1e-3)
    assert found.residual == pytest.approx(6.4386644140, rel=1e-4)
    assert np.diag(found.uncertainty) == pytest.approx(
        [0.159648228179, 0.029505143830, 0.006115534600, 0.001130233201], rel=1e-3
    )


@pytest.mark.parametrize(
    ("broken", "model"), [({2}, "intercept"), ({1, 2}, "none")], ids=["slopes", "levels too"]
)
def test_a_fit_that_fails_gives_way_to_a_simpler_one(cohort, monkeypatch, broken, model):
    def fails(*rows, random):
        return replace(fit_mixed(*rows, random=random), converged=random not in broken)

    monkeypatch.setattr(growth, "fit_mixed", fails)
    found = fit(cohort, BDI)
    assert found.model == model
    assert "could be fitted" in found.warnings[0]


@pytest.fixture(scope="module")
def unlike_in_nothing(cohort):
    """Everybody's later scores are the same, whatever the first was."""
    session = pl.col("session")
    course = 10 + session % 3 - session.log()
    return cohort.with_columns(score=pl.when(session == 1).then("score").otherwise(course))


def test_clients_who_do_not_differ_get_the_simplest_model_that_says_so(unlike_in_nothing):
    found = fit(unlike_in_nothing, BDI)
    assert found.model == "none"
    assert "independent" in found.warnings[0]
    assert found.between == ((0.0, 0.0), (0.0, 0.0))


def test_the_simplest_model_is_least_squares(unlike_in_nothing):
    found = fit(unlike_in_nothing, BDI)
    first = pl.col("score").first().over("client", order_by="session")
    later = unlike_in_nothing.with_columns(x=first).filter(pl.col("session") > 1)
    log_session = later["session"].log().to_numpy()
    x = later["x"].to_numpy() - found.baseline_mean
    design = np.column_stack([np.ones_like(x), log_session, x, x * log_session])
    solution, squares, *_ = np.linalg.lstsq(design, later["score"].to_numpy())
    assert found.coefficients == pytest.approx(solution, abs=1e-9)
    assert found.residual == pytest.approx(squares[0] / (len(x) - 4))


def test_clients_who_all_began_alike_are_fitted_without_their_start(cohort):
    alike = cohort.with_columns(score=pl.when(pl.col("session") == 1).then(15.0).otherwise("score"))
    found = fit(alike, BDI)
    assert found.coefficients[2:] == (0.0, 0.0)
    assert "All clients began at the same score" in found.warnings[-1]
    assert band(found, alike)["low"].is_not_null().all()


def test_scores_that_never_move_still_give_an_answer(cohort):
    found = fit(cohort.with_columns(score=pl.lit(7.0)), BDI)
    limits = band(found, cohort.with_columns(score=pl.lit(7.0)))
    assert limits["expected"].to_numpy() == pytest.approx(7.0)
    assert limits["high"].to_numpy() == pytest.approx(7.0)


def test_one_client_who_began_elsewhere_does_not_make_the_start_known(cohort):
    began = pl.when(pl.col("client") == 0).then(22.0).otherwise(15.0)
    odd = cohort.with_columns(score=pl.when(pl.col("session") == 1).then(began).otherwise("score"))
    found = fit(odd.filter((pl.col("client") > 0) | (pl.col("session") <= 2)), BDI)
    assert found.coefficients[2:] == (0.0, 0.0)
    assert "or nearly all" in found.warnings[-1]


def test_clients_who_never_move_after_their_second_score_still_give_an_answer(cohort):
    first = pl.col("score").first().over("client", order_by="session")
    level = first + 3 * (pl.col("client") % 7)
    still = cohort.with_columns(
        score=pl.when(pl.col("session") == 1).then("score").otherwise(level)
    )
    found = fit(still, BDI)
    assert found.coefficients[1:] == pytest.approx((0.0, 1.0, 0.0), abs=0.2)
    assert found.between[0][0] == pytest.approx(9 * 4, rel=0.1)
    assert found.residual == pytest.approx(0, abs=1e-6)


def test_it_survives_json(expected):
    read = ExpectedCourse.from_json(expected.to_json())
    assert read == expected
    assert read.scale.sign == -1
    assert json.loads(expected.to_json())["clients"] == 120


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"scale": 3}'])
def test_json_of_something_else_is_refused_in_a_sentence(text):
    with pytest.raises(Problem, match="this is not an expected course"):
        ExpectedCourse.from_json(text, file="expected.json")


@pytest.mark.parametrize("coverage", [0, 1, 80, -0.1, float("nan")])
def test_a_coverage_that_is_no_share_is_refused(expected, cohort, coverage):
    with pytest.raises(Problem, match="coverage"):
        band(expected, cohort, coverage)


def test_a_wider_coverage_gives_a_wider_band(expected, cohort):
    narrow, wide = band(expected, cohort, 0.68), band(expected, cohort, 0.95)
    assert (wide["low"] < narrow["low"]).all()
    assert (wide["high"] > narrow["high"]).all()


def test_the_band_starts_after_the_first_score_and_includes_unscored_sessions(expected):
    scores = pl.DataFrame(
        {
            "client": ["a"] * 5 + ["b"] * 2 + ["c"],
            "scale": "bdi",
            "session": [1, 2, 3, 4, 5, 0, 1, 1],
            "score": [None, 20.0, None, float("nan"), 18.0, 12.0, None, None],
        }
    )
    limits = band(expected, scores).sort("client", "session")
    assert limits.select("client", "session").rows() == [("a", 3), ("a", 4), ("a", 5), ("b", 1)]
    assert limits["low"].is_not_null().all()


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_beyond_the_last_session_that_was_fitted_nothing_is_predicted(expected, engine):
    rows = pl.DataFrame(
        {"client": "a", "scale": "bdi", "session": [1, 7, 8, 9, 20], "score": [20.0, 5, 90, 90, 90]}
    )
    scores = rows if engine == "polars" else duckdb.from_arrow(rows.to_arrow())
    assert expected.last_session == 8
    limits = _polars(band(expected, scores)).sort("session")
    assert limits["session"].to_list() == [7, 8, 9, 20]
    for column in ("expected", "low", "high"):
        assert limits[column].is_not_null().to_list() == [True, True, False, False]
    seen = _polars(off_track(scores, band(expected, scores), BDI))
    assert sorted(seen["session"].to_list()) == [7, 8]


@pytest.mark.parametrize(("low", "high"), [(0, None), (None, 12), (0, 12)])
def test_the_band_stays_in_the_range_of_the_scale_as_far_as_it_is_known(
    cohort, expected, low, high
):
    limits = band(replace(expected, scale=replace(BDI, low=low, high=high)), cohort)
    free = band(expected, cohort)
    for side in ("low", "expected", "high"):
        assert limits[side].to_list() == np.clip(free[side].to_numpy(), low, high).tolist()


def test_the_band_is_the_formula_of_its_documentation(expected):
    scores = pl.DataFrame({"client": "a", "scale": "bdi", "session": [1, 5], "score": [22.0, 11.0]})
    x, log_session = 22 - expected.baseline_mean, np.log(5)
    w = np.array([1, log_session, x, x * log_session])
    mean = w @ expected.coefficients
    variance = w @ np.array(expected.uncertainty) @ w + expected.residual
    variance += w[:2] @ np.array(expected.between) @ w[:2]
    reach = t.ppf(0.9, 120 - 4) * np.sqrt(variance)
    row = band(expected, scores).row(0, named=True)
    assert (row["expected"], row["low"], row["high"]) == pytest.approx(
        (mean, mean - reach, mean + reach), abs=1e-9
    )


@pytest.mark.parametrize("kind", ["pandas", "pyarrow", "duckdb", "lazy"])
def test_every_kind_of_table_gives_the_same_rows_in_its_own_kind(cohort, expected, kind):
    shuffled = cohort.sample(fraction=1.0, shuffle=True, seed=1)
    table = {
        "pandas": shuffled.to_pandas,
        "pyarrow": shuffled.to_arrow,
        "duckdb": lambda: duckdb.from_arrow(shuffled.to_arrow()),
        "lazy": shuffled.lazy,
    }[kind]()
    limits = band(expected, table)
    flags = off_track(table, limits, BDI)
    assert type(limits) is type(table)
    assert type(flags) is type(table)
    for got, wanted in (
        (limits, band(expected, cohort)),
        (flags, off_track(cohort, band(expected, cohort), BDI)),
    ):
        assert_frame_equal(
            _polars(got).sort("client", "session"),
            wanted.sort("client", "session"),
            rel_tol=0,
            abs_tol=1e-9,
        )
    assert fit(table, BDI) == expected


def _polars(table):
    if isinstance(table, pl.LazyFrame):
        return table.collect()
    return table.pl() if isinstance(table, duckdb.DuckDBPyRelation) else pl.DataFrame(table)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), last=st.integers(1, 8))
def test_nothing_changes_when_later_sessions_are_removed(cohort, expected, seed, last):
    some = cohort.sample(fraction=0.6, seed=seed)
    then = some.filter(pl.col("session") <= last)
    for look in (lambda t: band(expected, t), lambda t: off_track(t, band(expected, t), BDI)):
        seen_then = look(then).sort("client", "session")
        seen_later = look(some).filter(pl.col("session") <= last).sort("client", "session")
        assert_frame_equal(seen_then, seen_later)


@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_row_order_never_matters(cohort, expected, seed):
    shuffled = cohort.sample(fraction=1.0, shuffle=True, seed=seed)
    assert fit(shuffled, BDI) == expected
    assert_frame_equal(
        band(expected, shuffled).sort("client", "session"),
        band(expected, cohort).sort("client", "session"),
    )


@settings(max_examples=5, deadline=None)
@given(factor=st.floats(0.01, 100), shift=st.floats(-1000, 1000), turned=st.booleans())
def test_shifting_scaling_and_turning_a_scale_changes_no_flag(
    cohort, expected, factor, shift, turned
):
    sign, direction = (-1, Direction.HIGHER) if turned else (1, Direction.LOWER)
    moved = cohort.with_columns(score=pl.col("score") * factor * sign + shift)
    scale = replace(BDI, direction=direction)
    flags = ["client", "session", "outside", "off_track", "ahead"]
    assert_frame_equal(
        off_track(moved, band(fit(moved, scale), moved), scale).select(flags),
        off_track(cohort, band(expected, cohort), BDI).select(flags),
        check_row_order=False,
    )


def test_other_scales_in_the_table_change_nothing(cohort, expected):
    other = cohort.with_columns(scale=pl.lit("phq9"), score=-pl.col("score"))
    both = pl.concat([cohort, other])
    assert fit(both, BDI) == expected
    assert_frame_equal(band(expected, both), band(expected, cohort), check_row_order=False)


def test_a_table_without_scores_is_refused(expected):
    with pytest.raises(Problem, match="no column score"):
        fit(pl.DataFrame({"client": [1], "scale": ["bdi"], "session": [1]}), BDI)
