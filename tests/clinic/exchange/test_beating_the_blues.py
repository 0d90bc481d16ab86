"""A published data set goes in, is noticed as on the command line, and leaves no trace."""

import polars as pl
import pytest
from django.db import connection

from attunement.clinic.checkins.models import Session
from attunement.clinic.exchange.actions.held import opened
from attunement.clinic.exchange.actions.taking_in import take_in
from attunement.clinic.exchange.actions.undoing import undo
from attunement.clinic.exchange.plan import plan
from attunement.clinic.exchange.reading import Reading, read
from attunement.clinic.noticing.models import Alert, Rupture, Score
from attunement.clinic.people.models import Client, Episode, Site
from attunement.course.baseline import estimate_norms
from attunement.course.noticing import notice
from attunement.intake import read_scores
from support import house

READING = {"rename": {"client": "subject", "session": "time"}, "scales": {"bdi": "bdi2"}}
EMPTY = (Client, Episode, Session, Score, Rupture, Alert)
SIGNALS = ["prior_n", "prior_mean", "sigma", "limit_watch", "limit_review", "signal", "change",
           "ewma", "ewma_limit", "cusum", "cusum_alarm"]  # fmt: skip

pytestmark = pytest.mark.reference


@pytest.fixture
def file(reference_data):
    return reference_data / "BtheB_long.csv"


def test_the_dry_run_says_what_would_come_and_changes_nothing(file, handed_in, here):
    upload = handed_in(file, **READING)
    with opened(upload) as path:
        planned = plan(
            read(path, "scores", Reading(**READING)), here, upload.digest, upload.at.date()
        )
    assert (len(planned.new_clients), planned.scores.height, planned.there) == (100, 280, 0)
    assert not planned.dated
    assert not any(model.objects.exists() for model in EMPTY)


def test_the_signals_are_those_of_the_command_line(file, handed_in, administrator):
    made = take_in(upload=handed_in(file, **READING), by=house.actor(administrator))
    assert (made.clients, made.rows, Client.objects.count(), Score.objects.count()) == (
        100,
        280,
        100,
        280,
    )
    intake = read_scores(file, **READING)
    wanted = notice(intake.scores, intake.scales, estimate_norms(intake.scores, intake.scales))
    rows = Score.objects.values_list("episode__client__code", "scale", "number", "value", *SIGNALS)
    found = pl.DataFrame(
        list(rows), schema=["client", "scale", "session", "score", *SIGNALS], orient="row"
    ).sort("client", "session")
    told = wanted.signals.filter(pl.col("score").is_not_null()).sort("client", "session")
    assert found["client"].to_list() == told["client"].to_list()
    assert found["signal"].to_list() == told["signal"].fill_null("none").to_list()
    for name in ("prior_mean", "sigma", "limit_watch", "limit_review", "ewma", "cusum"):
        assert found[name].to_list() == pytest.approx(told[name].to_list(), abs=1e-9), name
    ruptures = wanted.ruptures.sort("client", "onset").select("client", "onset", "status").rows()
    stored = Rupture.objects.values_list("episode__client__code", "onset", "status")
    assert sorted(stored) == ruptures


def test_an_undo_leaves_no_row(file, handed_in, administrator, here):
    made = take_in(upload=handed_in(file, **READING), by=house.actor(administrator))
    assert Site.objects.get().norms
    done = undo(made=made, by=house.actor(administrator))
    assert (done.clients, done.scores) == (100, 280)
    assert not any(model.objects.exists() for model in EMPTY)
    assert Site.objects.get().norms == {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM exchange_import_episodes")
        assert cursor.fetchone() == (0,)
    again = take_in(upload=handed_in(file, **READING), by=house.actor(administrator))
    assert again.clients == 100
