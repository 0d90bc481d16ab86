"""Every figure as a file: CSV and Parquet alike, explained, and nothing finer than on the pages."""

import io
import zipfile

import polars as pl
import pytest
from django.urls import reverse

from attunement.clinic.audit.models import Event
from attunement.clinic.people.models import Client
from attunement.clinic.people.permissions import Role
from attunement.clinic.service import programme as room
from attunement.clinic.service.cells import Cell
from attunement.clinic.service.counting import count_site
from attunement.clinic.service.models import Programme
from attunement.clinic.service.selectors import service
from attunement.report.programme.figures import figures
from clinic.service import cohort
from support import house

KEPT = {}


@pytest.fixture
def found(therapist, monkeypatch):
    """What a report would say of a site, beside what is kept of it: worked out once."""
    if not KEPT:
        cohort.fill(therapist, 140, missed_check_ins=0.4, dropout=0.06)
        few = Client.objects.values_list("pk", flat=True)[:60]
        Client.objects.filter(pk__in=list(few)).update(language="de")
        told = room.told
        monkeypatch.setattr(room, "told", lambda of, *rest: KEPT.update(of=of) or told(of, *rest))
        made = room.compute_site(therapist.site)
        KEPT["kept"] = {name: getattr(made, name) for name in ("at", "figures", "points", "about")}
    Programme.objects.update_or_create(site=therapist.site, defaults=KEPT["kept"])
    return KEPT["of"]


def unpacked(client, manager):
    answer = house.sign_in(client, manager).get(reverse("service_download"))
    assert answer["Content-Type"] == "application/zip"
    assert answer["Cache-Control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_csv_and_parquet_hold_the_same_and_every_column_is_explained(client, manager, found):
    files = unpacked(client, manager)
    explained = pl.read_csv(files["dictionary.csv"])
    for name in ("figures", "pictures"):
        as_csv = pl.read_csv(files[f"{name}.csv"], infer_schema_length=None)
        as_parquet = pl.read_parquet(io.BytesIO(files[f"{name}.parquet"]))
        assert as_csv.height == as_parquet.height > 0
        assert as_csv["value"].to_list() == as_parquet["value"].to_list()
        assert as_parquet.columns == explained.filter(table=name)["column"].to_list()
    assert b"Units are not ranked" in files["READ-ME.txt"]
    event = Event.objects.get(action="figures.exported")
    assert event.detail == {"figures": pl.read_csv(files["figures.csv"]).height}


def test_what_a_report_withholds_of_groups_is_withheld_and_what_it_tells_is_told_coarser(
    client, manager, found
):
    told = pl.read_csv(unpacked(client, manager)["figures.csv"], infer_schema_length=None)
    shown = {row["figure"]: row for row in told.iter_rows(named=True)}
    exact = {name: one for name, one in figures(found).items() if "=" in name}
    assert any(one.value is None for one in exact.values())
    assert any(one.value is not None for one in exact.values())
    for name, one in exact.items():
        row = shown[name]
        if one.value is None:
            assert row["told"] == "withheld"
        elif row["told"] == "rounded":
            assert row["value"] == pytest.approx(
                one.value, abs=2.5 if one.unit == "count" else 0.03
            )
            assert round(100 * row["value"]) == pytest.approx(100 * row["value"])
        if row["told"] == "withheld":
            assert {row[column] for column in ("value", "low", "high", "of")} == {None}


def test_points_of_curves_are_numbers_of_people_to_the_nearest_five(client, manager, found):
    told = pl.read_csv(unpacked(client, manager)["figures.csv"], infer_schema_length=None)
    points = told.filter(pl.col("figure").str.starts_with("left-after/before-planned-end/"))
    assert points.height >= 2
    people = (points["value"] * points["of"]).to_list()
    assert people[0] > 9.9
    drawn = pl.DataFrame(KEPT["kept"]["points"]).filter(
        pl.col("picture") == "left-after/before-planned-end", pl.col("column") == "gone"
    )
    *values, tread = drawn["value"].to_list()
    assert values == points["value"].to_list()
    assert tread == values[-1]
    assert all(abs(one - 5 * round(one / 5)) < 0.1 for one in people)


def test_under_a_picture_stands_what_it_draws_without_noise(found):
    points = pl.DataFrame(KEPT["kept"]["points"]).filter(pl.col("value").is_not_null())
    within, between = (
        {
            tuple(part["value"])
            for part in points.filter(picture=f"relation/{name}").partition_by("part")
            if part.height > 1
        }
        for name in ("within", "between")
    )
    assert within
    assert between
    assert not within & between
    assert all(
        str(value) == str(round(value, 6)) and str(value) != "-0.0" for value in points["value"]
    )


def test_counts_at_the_top_of_the_page_are_in_the_file_as_they_are_shown(
    client, manager, found, therapist
):
    count_site(therapist.site)
    told = pl.read_csv(unpacked(client, manager)["figures.csv"], infer_schema_length=None)
    counts = {
        row["figure"]: row
        for row in told.filter(pl.col("figure").str.starts_with("counts/")).iter_rows(named=True)
    }
    page = service(therapist.site)
    cells = [
        *(cell for _, cell in (*page.people, *page.sessions, *page.alerts)),
        *(page.all_sessions, page.overdue, page.closed, Cell(page.therapists)),
    ]
    kept = [row["value"] for row in counts.values() if row["unit"] == "count"]
    assert sorted(kept, key=str) == sorted((cell.count for cell in cells), key=str)
    assert {name for name in counts if name.startswith("counts/answered/clients/")} == {
        f"counts/answered/clients/{one.month:%Y-%m}" for one in page.months
    }
    assert counts["counts/people/in_care"]["what"] == "clients in care now"
    assert {"counts/ceiling", "counts/alerts/median-hours"} < set(counts)


def test_before_anything_was_worked_out_there_is_no_file(client, manager):
    browser = house.sign_in(client, manager)
    assert browser.get(reverse("service_download")).status_code == 404
    assert not Event.objects.filter(action="figures.exported").exists()


def test_a_manager_elsewhere_is_handed_nothing_of_this_site(client, found, elsewhere):
    other = house.staff(Role.MANAGER, elsewhere)
    assert house.sign_in(client, other).get(reverse("service_download")).status_code == 404
