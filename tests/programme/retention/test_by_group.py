"""A model is tested on every group of clients, and no group is so small that it tells of a few."""

import numpy as np
import polars as pl
import pytest

from attunement.programme.retention.by_group import FEWEST_OF_A_GROUP, by_group
from attunement.programme.retention.card import card
from attunement.programme.retention.drift import learn_drift
from attunement.programme.retention.measures import auc
from attunement.programme.retention.model import dump, load

from .conftest import WATCHED


def rows(clients=3000, seed=4):
    """One row per client; for the group ``other`` the forecast knows nothing."""
    rng = np.random.default_rng(seed)
    group = np.where(np.arange(clients) % 3 == 0, "other", "most")
    chance = np.clip(rng.normal(0.15, 0.08, clients), 0.01, 0.6)
    truth = np.where(group == "other", 0.15, chance)
    table = pl.DataFrame({"client": np.arange(clients), "left": rng.random(clients) < truth})
    people = pl.DataFrame({"client": np.arange(clients), "group": group})
    return table, chance, people


def test_it_shows_for_whom_a_forecast_does_not_hold():
    table, chance, people = rows()
    found = {one.group: one for one in by_group(table, chance, people, ["group"])}
    assert found["most"].auc.low > 0.5
    assert found["other"].auc.low < 0.5 < found["other"].auc.high
    assert found["other"].slope.high < 1 < found["most"].slope.high
    mine = (people["group"] == "most").to_numpy()
    assert found["most"].auc == auc(chance[mine], table["left"].to_numpy()[mine])
    assert found["most"].events == table.filter(pl.Series(mine))["left"].sum()


def test_a_small_group_is_not_tested_and_its_counts_are_withheld_with_another():
    table, chance, people = rows()
    few = people.with_columns(
        group=pl.when(pl.col("client") < 12).then(pl.lit("few")).otherwise("group")
    )
    found = {one.group: one for one in by_group(table, chance, few, ["group"])}
    assert found["few"].auc is None
    assert found["few"].events is None
    assert sum(one.events is None for one in found.values()) >= 2
    assert sum(one.auc is None for one in found.values()) >= 2


def test_where_one_group_alone_is_too_small_the_next_is_not_tested_either():
    table, chance, people = rows()
    third = people.with_columns(
        group=pl.when(pl.col("client") < 100).then(pl.lit("third")).otherwise("group")
    )
    found = by_group(table, chance, third, ["group"])
    small = [one for one in found if one.auc is None]
    assert {one.group for one in small} >= {"third"}
    assert len(small) == 2
    assert all(one.events >= FEWEST_OF_A_GROUP for one in found if one.auc is not None)


def test_a_client_who_is_not_in_the_table_of_people_is_in_a_group_not_known():
    table, chance, people = rows()
    found = by_group(table, chance, people.head(1500), ["group"])
    assert {one.group for one in found} == {"most", "other", "not known"}


def test_without_columns_there_are_no_groups():
    table, chance, _people = rows()
    assert by_group(table, chance, None, []) == ()


def test_the_card_and_the_file_hold_it(cohort):
    people = cohort.people.with_columns(
        age=pl.when(pl.col("age") < 40).then(pl.lit("younger")).otherwise(pl.lit("older"))
    )
    model = learn_drift(
        cohort.appointments, cohort.scores, WATCHED, people, groups=["age"], most_clients=4000
    )
    assert {one.group for one in model.groups} == {"younger", "older"}
    assert load(dump(model)) == model
    shown = card(model)
    assert "How it did by group" in shown.markdown
    assert shown.groups["auc"].null_count() == 0
    together = model.tests[0]
    assert sum(one.events for one in model.groups) == together.events
    for one in model.groups:
        assert one.auc.value == pytest.approx(together.auc.value, abs=0.06)
