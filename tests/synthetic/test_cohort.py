"""Synthetic cohorts: the truth that was planted comes back, and the tables are as promised."""

from datetime import date

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from attunement.course.baseline import estimate_norms
from attunement.measures.scale import Direction, Scale
from attunement.measures.scoring.scores import score
from attunement.problems import Problem
from attunement.synthetic.cohort import simulate
from attunement.synthetic.plan import ALLIANCE, SYMPTOMS, THERAPIST_ALLIANCE, Plan
from attunement.tables import ATTENDANCE, RESPONSES, SCORES

QUIET = {
    "level": 5.0, "trend": 0.0, "trend_sd": 0.0, "rupture": 0.0, "dropout": 0.0, "ceiling": 0.0,
    "missed_sessions": 0.0, "missed_check_ins": 0.0, "responses": False, "symptoms": False,
    "therapist_form": False,
}  # fmt: skip


@pytest.fixture(scope="module")
def clinic():
    return simulate(Plan(clients=400), seed=3)


@pytest.fixture(scope="module")
def strained():
    """Many clients with frequent ruptures, whose scores are not at an end of the scale."""
    plan = Plan(clients=20_000, therapists=500, sites=20, level=6.0, ceiling=0.0, rupture=0.10,
                client_icc=0.3, responses=False)  # fmt: skip
    return plan, simulate(plan, seed=4)


def with_truth(cohort):
    """Every appointment with what was true of it."""
    clients = cohort.truth.clients.drop("therapist", "site")
    ends = cohort.truth.ruptures.with_columns(until=pl.col("repaired").fill_null(10_000))
    open_now = (
        cohort.attendance.join(ends, on="client")
        .filter(pl.col("session").is_between("onset", "until", closed="left"))
        .select("client", "session", "depth")
    )
    return (
        cohort.attendance.drop("planned_end")
        .join(clients, on="client")
        .join(open_now, on=["client", "session"], how="left", validate="1:1")
        .with_columns(
            strained=pl.col("depth").is_not_null(),
            course=pl.col("level") + pl.col("trend") * pl.col("session"),
        )
    )


def scored(cohort, scale):
    scores = cohort.scores.filter(scale=scale).select("client", "session", "score")
    return with_truth(cohort).join(scores, on=["client", "session"])


def test_tables_keep_their_contracts(clinic):
    for contract, table in [
        (SCORES, clinic.scores), (RESPONSES, clinic.responses), (ATTENDANCE, clinic.attendance)
    ]:  # fmt: skip
        contract.require(table)
        assert not table.select(contract.key).is_duplicated().any()
        assert_frame_equal(table, table.sort(contract.key))
    assert set(clinic.scores["scale"]) == {ALLIANCE, THERAPIST_ALLIANCE, SYMPTOMS}


def test_the_same_seed_gives_the_same_cohort():
    plan = Plan(clients=50)
    first, second, other = simulate(plan, 1), simulate(plan, 1), simulate(plan, 2)
    for name in ("scores", "responses", "attendance"):
        assert getattr(first, name).equals(getattr(second, name))
        assert not getattr(first, name).equals(getattr(other, name))
    assert first.truth.clients.equals(second.truth.clients)
    assert first.truth.ruptures.equals(second.truth.ruptures)


def test_scores_do_not_depend_on_whether_single_answers_are_written():
    with_answers, without = (
        simulate(Plan(clients=50, responses=wanted), 1) for wanted in (True, False)
    )
    assert with_answers.scores.equals(without.scores)
    assert without.responses.is_empty()
    assert without.responses.schema == with_answers.responses.schema


def test_shares_of_variance_come_back():
    plan = Plan(clients=24_000, therapists=2000, sites=400, site_icc=0.10, therapist_icc=0.15,
                client_icc=0.35, within_sd=0.5, autocorrelation=0.0, mean_sessions=6,
                **QUIET)  # fmt: skip
    scores = simulate(plan, 5).scores
    within = scores.group_by("client").agg(v=pl.var("score"), n=pl.len()).filter(pl.col("n") > 1)
    within_variance = (within["v"] * (within["n"] - 1)).sum() / (within["n"] - 1).sum()
    means = scores.group_by("client", "therapist", "site").agg(pl.mean("score"), n=pl.len())
    x = means.with_columns(x=pl.col("score") - pl.mean("score"))
    therapists = x.group_by("site", "therapist").agg(
        n=pl.len(), sum=pl.sum("x"), squares=(pl.col("x") ** 2).sum()
    )
    sites = therapists.group_by("site").agg(
        n=pl.sum("n"), sum=pl.sum("sum"), nn=(pl.col("n") ** 2).sum(), ss=(pl.col("sum") ** 2).sum()
    )
    same_site = (sites["sum"] ** 2 - sites["ss"]).sum() / (sites["n"] ** 2 - sites["nn"]).sum()
    pairs = (therapists["n"] * (therapists["n"] - 1)).sum()
    same_therapist = (therapists["sum"] ** 2 - therapists["squares"]).sum() / pairs
    sampling = within_variance * (1 / x["n"]).mean()
    all_clients = x["x"].var() - sampling
    total = all_clients + within_variance
    found = np.diff([0, same_site, same_therapist, all_clients, total]) / total
    np.testing.assert_allclose(found, [0.10, 0.15, 0.35, 0.40], atol=0.02)
    assert within_variance**0.5 == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("autocorrelation", [-0.3, 0.0, 0.5])
def test_spread_within_clients_and_what_carries_over_come_back(autocorrelation):
    plan = Plan(clients=2000, mean_sessions=30, autocorrelation=autocorrelation, client_icc=0.3,
                **QUIET)  # fmt: skip
    table = scored(simulate(plan, 6), ALLIANCE).sort("client", "session")
    noise = table.with_columns(noise=pl.col("score") - pl.col("course")).select(
        "noise", last=pl.col("noise").shift(1).over("client")
    )
    assert noise["noise"].std() == pytest.approx(0.6, abs=0.01)
    found = noise.drop_nulls().select(pl.corr("noise", "last")).item()
    assert found == pytest.approx(autocorrelation, abs=0.02)


def test_what_norms_estimate_is_what_was_planned():
    quiet = QUIET | {"trend": 0.05}
    plan = Plan(clients=3000, autocorrelation=0.0, client_icc=0.3, **quiet)
    scales = {ALLIANCE: Scale(name=ALLIANCE, direction=Direction.HIGHER, low=0, high=10)}
    norms = estimate_norms(simulate(plan, 7).scores, scales)[ALLIANCE]
    assert norms.sd == pytest.approx(0.6, abs=0.01)
    assert norms.trend == pytest.approx(0.05, abs=0.003)
    assert norms.level == pytest.approx(5.0, abs=0.25)


def test_scores_fall_by_the_depth_of_an_open_rupture(strained):
    plan, cohort = strained
    table = scored(cohort, ALLIANCE).drop_nulls("score")
    fall = (pl.col("course") - pl.col("score")) / plan.within_sd
    found = table.group_by("strained").agg(fall=fall.mean(), depth=pl.mean("depth"))
    calm, tense = (found.row(by_predicate=pl.col("strained") == yes, named=True)
                   for yes in (False, True))  # fmt: skip
    assert calm["fall"] == pytest.approx(0, abs=0.05)
    assert tense["fall"] == pytest.approx(tense["depth"], abs=0.1)


def test_ruptures_have_the_planned_depth_and_are_mended_as_planned():
    quiet = QUIET | {"rupture": 0.05}
    plan = Plan(clients=5000, mean_sessions=40, client_icc=0.3, **quiet)
    truth = simulate(plan, 8).truth
    ruptures = truth.ruptures.join(truth.clients, on="client")
    early = ruptures.filter(pl.col("onset") + 12 < pl.col("planned_end"))
    taken = (early["repaired"] - early["onset"]).drop_nulls()
    assert early["repaired"].is_not_null().mean() == pytest.approx(plan.repair, abs=0.02)
    assert taken.mean() == pytest.approx(plan.repair_sessions, abs=0.05)
    assert taken.min() == 1
    assert ruptures["depth"].mean() == pytest.approx(plan.depth, abs=0.05)
    assert ruptures["onset"].min() == 2


def test_one_rupture_ends_before_the_next_begins(strained):
    ruptures = strained[1].truth.ruptures.sort("client", "onset")
    following = ruptures.with_columns(next=pl.col("onset").shift(-1).over("client"))
    overlapping = following.filter(pl.col("next") <= pl.col("repaired").fill_null(10_000))
    assert overlapping.is_empty()


def odds_ratio(table, event):
    """Of an event, with strain against without."""
    shares = {strained: table.filter(strained=strained).select(event.mean()).item()
              for strained in (True, False)}  # fmt: skip
    yes, no = shares[True], shares[False]
    return yes / (1 - yes) / (no / (1 - no)), no


def test_drop_out_depends_on_strain_as_planned(strained):
    plan, cohort = strained
    could_leave = with_truth(cohort).filter(pl.col("session") < pl.col("planned_end"))
    leaves = pl.col("dropped_out") & (pl.col("session") == pl.col("last_session"))
    ratio, chance = odds_ratio(could_leave, leaves)
    assert chance == pytest.approx(plan.dropout, abs=0.002)
    assert ratio == pytest.approx(plan.dropout_odds, rel=0.12)


def test_unanswered_check_ins_depend_on_strain_as_planned(strained):
    plan, cohort = strained
    ratio, chance = odds_ratio(scored(cohort, ALLIANCE), pl.col("score").is_null())
    assert chance == pytest.approx(plan.missed_check_ins, abs=0.004)
    assert ratio == pytest.approx(plan.absence_odds, rel=0.1)


def test_only_attended_sessions_are_scored(clinic):
    attended = clinic.attendance.filter(pl.col("status").is_in(["attended", "late"]))
    for scale in (ALLIANCE, THERAPIST_ALLIANCE, SYMPTOMS):
        keys = clinic.scores.filter(scale=scale).select("client", "session")
        assert_frame_equal(keys, attended.select("client", "session"))
    assert set(clinic.attendance["status"]) == {"attended", "late", "cancelled", "missed"}


def test_nobody_comes_after_leaving_and_everybody_else_reaches_the_planned_end(clinic):
    clients = clinic.truth.clients
    last = clinic.attendance.group_by("client").agg(pl.max("session")).sort("client")
    assert (last["session"] == clients["last_session"]).all()
    stayed = clients.filter(~pl.col("dropped_out"))
    assert (stayed["last_session"] == stayed["planned_end"]).all()
    gone = clients.filter("dropped_out")
    assert (gone["last_session"] < gone["planned_end"]).all()


def test_the_therapist_sees_the_planned_share_of_every_departure(strained):
    plan, cohort = strained
    table = scored(cohort, ALLIANCE).join(
        cohort.scores.filter(scale=THERAPIST_ALLIANCE).select("client", "session", seen="score"),
        on=["client", "session"],
    )
    inside = table.filter((pl.col("score") < 10) & (pl.col("seen") < 10)).drop_nulls(
        ["score", "seen"]
    )
    truth, bias = np.polyfit(
        inside["score"] - inside["course"], inside["seen"] - inside["course"], 1
    )
    assert truth == pytest.approx(plan.therapist_truth, abs=0.02)
    assert bias == pytest.approx(plan.therapist_bias, abs=0.02)


def test_symptoms_go_with_alliance_between_clients_and_follow_it_within(strained):
    plan, cohort = strained
    clients = cohort.truth.clients
    assert clients.select(pl.corr("level", "symptoms")).item() == pytest.approx(-0.28, abs=0.03)
    table = scored(cohort, SYMPTOMS).rename({"score": "phq9"}).join(
        cohort.scores.filter(scale=ALLIANCE).select(
            "client", alliance="score", session=pl.col("session") + 1
        ),
        on=["client", "session"],
    )  # fmt: skip
    before = pl.col("course") - pl.col("trend")
    surprise = table.filter(pl.col("phq9").is_between(3, 24)).select(
        departure=(pl.col("alliance") - before) / plan.within_sd,
        phq9=pl.col("phq9") - pl.col("symptoms") + plan.improvement * pl.col("session").log(),
    )
    slope, _ = np.polyfit(*surprise.drop_nulls().to_numpy().T, 1)
    assert slope == pytest.approx(plan.symptom_effect, abs=0.04)


def test_the_planned_share_always_gives_the_best_answer():
    cohort = simulate(Plan(clients=4000, ceiling=0.1, responses=False), 9)
    lowest = cohort.scores.filter(scale=ALLIANCE).group_by("client").agg(pl.min("score"))
    at_ceiling = cohort.truth.clients.filter("at_ceiling")
    assert len(at_ceiling) / 4000 == pytest.approx(0.1, abs=0.015)
    assert (lowest.join(at_ceiling, on="client")["score"].drop_nulls() == 10).all()


def test_scoring_the_answers_gives_the_scores(clinic):
    found = score(clinic.responses).filter(pl.col("scale").is_in([ALLIANCE, THERAPIST_ALLIANCE]))
    expected = clinic.scores.filter(pl.col("scale") != SYMPTOMS)
    columns = ["client", "scale", "session", "score", "rater", "date"]
    assert_frame_equal(found.select(columns), expected.select(columns))


def test_tension_is_told_where_there_is_strain_and_settled_only_asked_where_it_was_told(clinic):
    wide = clinic.responses.filter(rater="client").pivot(
        "item", index=["client", "session"], values="value"
    )
    told = wide.join(with_truth(clinic), on=["client", "session"]).filter(
        ~pl.col("at_ceiling") & pl.col("tension").is_not_null()
    )
    tension = told.group_by("strained").agg(pl.mean("tension")).sort("strained")["tension"]
    assert tension[0] < 0.5
    assert tension[1] > 5
    asked = wide.filter(pl.col("tension").is_not_null())
    assert (asked["settled"].is_null() == (asked["tension"] == 0)).all()


def test_the_item_a_rupture_is_about_falls_most(clinic):
    open_on = clinic.truth.ruptures.select("client", "about", session="onset")
    answers = clinic.responses.filter(
        (pl.col("rater") == "client") & ~pl.col("item").is_in(["tension", "settled"])
    ).join(open_on, on=["client", "session"])
    others = answers.filter(pl.col("item") != pl.col("about"))["value"].mean()
    its_own = answers.filter(pl.col("item") == pl.col("about"))["value"].mean()
    assert its_own < others - 1.5


def test_sessions_are_weekly_on_working_days(clinic):
    days = clinic.attendance.sort("client", "session")
    assert (days["date"].dt.weekday() <= 5).all()
    apart = days.select(pl.col("date").diff().over("client").drop_nulls().dt.total_days())
    assert (apart.to_series() == 7).all()
    assert days["date"].min() >= date(2024, 1, 1)


def test_names_are_pseudonyms_as_long_as_each_other(clinic):
    for column, pattern in [("client", r"^client-\d{3}$"), ("therapist", r"^therapist-\d{2}$"),
                            ("site", r"^site-\d$")]:  # fmt: skip
        assert clinic.scores[column].str.contains(pattern).all()


def test_progress_counts_weeks():
    steps = []
    simulate(Plan(clients=5), 1, progress=lambda *step: steps.append(step))
    done, expected = zip(*steps, strict=True)
    assert list(done) == list(range(1, len(done) + 1))
    assert done[-1] <= expected[-1]


def test_a_cohort_of_one_is_a_cohort():
    cohort = simulate(Plan(clients=1, therapists=1, sites=1, mean_sessions=1), 1)
    assert len(cohort.truth.clients) == 1
    assert cohort.truth.ruptures.is_empty()
    assert set(cohort.scores["session"]) == {1}


@pytest.mark.parametrize(
    "settings",
    [{"clients": 0}, {"rupture": 1.5}, {"within_sd": 0}, {"trend_sd": -1}, {"client_icc": 0.95},
     {"autocorrelation": 1}, {"mean_sessions": 0.5}, {"dropout": float("nan")},
     {"therapist_sd": float("inf")}, {"level": float("nan")}],
    ids=str,
)  # fmt: skip
def test_a_plan_that_cannot_be_is_refused_in_a_sentence(settings):
    with pytest.raises(Problem):
        Plan(**settings)
