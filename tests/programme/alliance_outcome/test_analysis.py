"""Alliance and outcome: the acceptance rules, and what holds of every table."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from scipy.stats import pearsonr

from attunement.problems import Problem
from attunement.programme.alliance_outcome.analysis import alliance_outcome
from attunement.programme.alliance_outcome.centring import centred
from attunement.programme.alliance_outcome.chart import alliance_outcome_chart
from attunement.programme.alliance_outcome.latent import latent_between
from attunement.programme.alliance_outcome.models import centred_model, detrended_within, from_fit
from attunement.programme.alliance_outcome.pairing import pairs_of


def related(scores, **options):
    return alliance_outcome(scores, alliance="bond", outcome="mood", **options)


def test_within_and_between_are_printed_apart_each_with_its_interval(cohort):
    found = related(cohort(1))
    within, between = found.sentences[1:3]
    assert within.startswith("Within clients: ")
    assert between.startswith("Between clients: ")
    assert "(95% interval -0." in within
    assert "(95% interval -0." in between
    answers = found.table.filter(standing="answer")
    assert answers["about"].to_list() == ["within", "between"]
    assert found.table.filter(about="blend")["standing"].unique().to_list() == ["contrast"]


def test_it_says_association_unless_chance_decided(cohort):
    said = " ".join(related(cohort(1)).sentences)
    assert "This is an association" in said
    assert "effect" not in said
    assert "Chance decided" in related(cohort(1), randomised=True).sentences[-1]


@pytest.mark.parametrize("sessions", [1, 2])
def test_with_fewer_than_three_sessions_nothing_is_said_within_clients(cohort, sessions):
    found = related(cohort(1, sessions=sessions))
    assert found.found.within is None
    assert "3 sessions or more" in found.found.refused[0]
    assert found.sentences[1] == found.found.refused[0]
    assert found.found.between.low < -0.15 < found.found.between.high + 0.2
    assert "within" not in found.table["about"].to_list()


def test_where_the_alliance_never_moves_within_clients_nothing_is_said(cohort):
    steady = cohort(1).with_columns(
        score=pl.when(scale="bond")
        .then(pl.col("score").mean().over("client", "scale"))
        .otherwise("score")
    )
    found = related(steady)
    assert found.found.within is None
    assert "hardly moves within clients" in found.found.refused[0]


def test_a_cohort_with_the_published_correlation_returns_it_in_its_interval(cohort):
    """Between clients r = .278, as over 295 studies (Fluckiger et al. 2018)."""
    r = 0.278
    inside = 0
    for seed in range(20):
        table = cohort(seed, clients=1000, sessions=4, traits=[[1, -r], [-r, 1]])
        rows = centred(pairs_of(table, alliance="bond", outcome="mood"))
        one = latent_between(rows).correlation
        inside += one.low <= -r <= one.high
        assert one.high - one.low < 4 * 0.057
    assert inside >= 17


def test_intervals_of_no_association_hold(cohort):
    times, hits = 60, np.zeros(3)
    for seed in range(times):
        table = cohort(seed, clients=60, sessions=6, within=0, traits=np.eye(2))
        rows = centred(pairs_of(table, alliance="bond", outcome="mood"))
        main = centred_model(rows, 0.95)
        every = (
            from_fit(main, "within", 1.0),
            detrended_within(rows, 0.95),
            from_fit(main, "between", 1.0),
        )
        hits += [one.low <= 0 <= one.high for one in every]
    assert (hits / times >= 0.88).all()


def test_intervals_of_true_levels_hold(cohort):
    times, inside = 60, 0
    for seed in range(times):
        table = cohort(seed, clients=150, sessions=4)
        some = table.sample(fraction=0.8, seed=seed)
        one = latent_between(centred(pairs_of(some, alliance="bond", outcome="mood"))).slope
        inside += one.low <= -0.4 <= one.high
    assert inside / times >= 0.88


def test_how_much_clients_differ_is_told(cohort):
    assert related(cohort(1, differ=0.3)).found.slope_sd == pytest.approx(0.3, abs=0.05)
    assert related(cohort(1, differ=0.0)).found.slope_sd < 0.12


def test_reliability_is_that_of_a_mean_of_as_many_sessions(cohort):
    found = related(cohort(1, clients=2000, sessions=5)).found.latent
    assert found.reliability == pytest.approx(1 / (1 + 1 / 5), abs=0.02)


def test_a_within_association_is_standardised_by_spreads_within_clients(cohort):
    found = related(cohort(1, trends=(0, 0), clients=2000)).found.within
    assert found.standardised == pytest.approx(found.value / np.sqrt(1 + 0.04), abs=0.01)


def test_a_common_trend_does_not_give_clients_with_later_sessions_another_level(cohort):
    """Half of the clients were only seen late, and alliance rises by one each session."""
    late = cohort(1, trends=(1.0, 0.0), traits=np.eye(2)).filter(
        (pl.col("client") % 2 == 0) | (pl.col("session") > 5)
    )
    rows = centred(pairs_of(late, alliance="bond", outcome="mood"))
    levels = rows.group_by("client").agg(pl.col("between").first()).sort("client")
    even = levels.filter(pl.col("client") % 2 == 0)["between"].mean()
    assert even == pytest.approx(levels["between"].mean(), abs=0.15)


def test_the_pair_is_the_session_and_the_one_that_follows(cohort):
    table = pl.DataFrame(
        {
            "client": np.repeat(np.arange(10), 6),
            "scale": (["bond"] * 3 + ["mood"] * 3) * 10,
            "session": [1, 2, 4, 1, 2, 3] * 10,
            "score": [1.0, 2.0, 3.0, 10.0, 20.0, 30.0] * 10,
        }
    )
    found = pairs_of(table, alliance="bond", outcome="mood").filter(client=0)
    assert found.select("session", "alliance", "outcome").rows() == [(1, 1.0, 20.0), (2, 2.0, 30.0)]
    same = pairs_of(table, alliance="bond", outcome="mood", lag=0).filter(client=0)
    assert same["outcome"].to_list() == [10.0, 20.0]


def test_unit_and_zero_of_the_scales_do_not_matter(cohort):
    table = cohort(1, clients=80, sessions=6)
    one = related(table).found
    other = related(
        table.with_columns(
            score=pl.when(scale="bond").then(10 * pl.col("score") + 3).otherwise(pl.col("score"))
        )
    ).found
    for name in ("within", "between", "detrended"):
        first, second = getattr(one, name), getattr(other, name)
        assert second.value == pytest.approx(first.value / 10, rel=1e-3)
        assert second.standardised == pytest.approx(first.standardised, rel=1e-3)
    assert other.latent.slope.value == pytest.approx(one.latent.slope.value / 10, rel=1e-3)


def test_the_order_of_rows_and_the_kind_of_table_do_not_matter(cohort):
    table = cohort(1, clients=60, sessions=5)
    one = related(table)
    shuffled = table.sample(fraction=1, shuffle=True, seed=1)
    for other in (shuffled, shuffled.to_pandas(), shuffled.to_arrow(), shuffled.lazy()):
        assert related(other).table["estimate"].to_list() == pytest.approx(
            one.table["estimate"].to_list(), rel=1e-6
        )


def test_missing_scores_leave_their_session_out_and_are_no_zeros(cohort):
    table = cohort(1, clients=60, sessions=6)
    holes = table.with_columns(
        score=pl.when(pl.int_range(pl.len()) % 7 == 0).then(None).otherwise("score")
    )
    without = related(holes.drop_nulls())
    nan = holes.with_columns(pl.col("score").fill_null(float("nan")))
    for table in (holes, nan):
        assert_frame_equal(related(table).table, without.table, rel_tol=1e-6)
    assert related(pd.DataFrame(holes.to_dict(as_series=False))).about.pairs == without.about.pairs


def test_therapists_are_split_off_where_there_are_enough(cohort):
    found = related(cohort(1, therapists=20)).found
    assert found.therapists.count == 20
    assert found.therapists.clients.low < -0.38 < found.therapists.clients.high
    assert found.therapists.share < 0.05
    few = related(cohort(1, therapists=5)).found
    assert few.therapists is None
    assert "5 therapists are too few" in few.refused[0]


def test_therapists_means_are_told_apart_from_their_clients(cohort):
    """Therapists whose clients rate one higher have outcomes one lower; clients do not."""
    table = cohort(2, therapists=25, traits=np.eye(2), within=0, trends=(0, 0))
    shift = (pl.col("therapist") % 5).cast(pl.Float64) - 2
    moved = table.with_columns(
        score=pl.col("score") + pl.when(scale="bond").then(shift).otherwise(-shift)
    )
    found = related(moved).found.therapists
    assert found.therapists.value == pytest.approx(-1, abs=0.15)
    assert found.clients.low <= 0 <= found.clients.high


def test_a_client_with_several_therapists_keeps_them_from_being_split(cohort):
    table = cohort(1, therapists=20).with_columns(
        therapist=(pl.col("therapist") + pl.col("session")) % 20
    )
    assert "have had several therapists" in related(table).found.refused[0]


def test_observed_means_correlate_as_the_between_association_says(cohort):
    rows = related(cohort(3, trends=(0, 0))).rows
    means = rows.group_by("client").agg(pl.col("alliance", "outcome").mean())
    r = pearsonr(means["alliance"], means["outcome"]).statistic
    found = related(cohort(3, trends=(0, 0))).found.between
    assert found.standardised == pytest.approx(r, abs=0.02)


@pytest.mark.parametrize(
    ("change", "options", "sentence"),
    [
        ({}, {"outcome": "fear"}, "there is no scale 'fear'"),
        ({}, {"outcome": "bond"}, "name two different scales"),
        ({}, {"lag": -1}, "a lag of 0 or more"),
        ({}, {"lag": 30}, "0 clients have both bond and, 30 sessions later, mood"),
        ({"score": pl.lit(3.0)}, {}, "every score of bond is the same"),
        ({"session": pl.lit(1)}, {}, "has several scores of"),
    ],
)
def test_what_is_needed_is_said(cohort, change, options, sentence):
    table = cohort(1, clients=20, sessions=4).with_columns(**change)
    with pytest.raises(Problem, match=sentence):
        alliance_outcome(table, **{"alliance": "bond", "outcome": "mood", **options})


def test_the_picture_shows_both_and_no_single_client(cohort):
    found = related(cohort(1, clients=60))
    drawn = alliance_outcome_chart(found).to_dict()
    titles = [panel["title"] for panel in drawn["hconcat"]]
    assert [one["text"] for one in titles] == ["Within clients", "Between clients, observed"]
    assert all(one["subtitle"].startswith("-0.") for one in titles)
    assert max(len(rows) for rows in drawn["datasets"].values()) <= 41


def test_dots_can_be_rounded_so_that_one_client_more_does_not_show(cohort):
    drawn = alliance_outcome_chart(related(cohort(1, clients=60)), places=1).to_dict()
    dots = [row for rows in drawn["datasets"].values() for row in rows if set(row) >= {"group"}]
    assert dots
    assert all(round(row[end], 1) == row[end] for row in dots for end in ("x", "y"))


def test_where_within_is_refused_the_picture_shows_between_alone(cohort):
    drawn = alliance_outcome_chart(related(cohort(1, sessions=2))).to_dict()
    assert len(drawn["hconcat"]) == 1


def test_the_picture_says_that_it_shows_observed_means_where_the_sentence_corrects_them(cohort):
    found = related(cohort(1, clients=60))
    right = alliance_outcome_chart(found).to_dict()["hconcat"][1]["title"]["subtitle"]
    assert ("not corrected for noise" in right) == (found.found.latent is not None)
