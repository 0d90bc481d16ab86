"""What followed each strategy at a site is shown in large numbers or not at all."""

from datetime import timedelta

import polars as pl
import pytest
from django.urls import reverse
from django.utils import timezone

from attunement.clinic.guidance.followed import compared, followed_at, work_out, work_out_all
from attunement.clinic.guidance.helping import known_at
from attunement.clinic.guidance.models import Attempt, Followed
from attunement.clinic.noticing.models import Rupture, Score
from attunement.clinic.people.permissions import Role
from support import house

pytestmark = pytest.mark.django_db
ALLIANCE = "session-check-in.alliance"


def strained(therapist, *, tried="", recovers=True):
    """Make a client with a drop at session 5, and back at session 7 or not."""
    episode = house.episode(therapist)
    values = [8.0] * 4 + [4.0, 5.0] + [8.0 if recovers else 5.0] * 4
    for number, value in enumerate(values, start=1):
        session = house.session(episode, number)
        Score.objects.create(
            episode=episode, session=session, scale=ALLIANCE, number=number, value=value,
            on=timezone.localdate() - timedelta(days=20 - number), sigma=1.0, prior_mean=8.0,
        )  # fmt: skip
    Rupture.objects.create(
        episode=episode, scale=ALLIANCE, onset=5, level=8.0, depth=4.0, status="open"
    )
    if tried:
        Attempt.objects.create(episode=episode, strategy=tried, state="tried", strain=5, session=6)
    return episode


@pytest.fixture
def site(here, therapist):
    """Forty clients unaided, half of whom recover; twelve and four with a strategy."""
    for place in range(40):
        strained(therapist, recovers=place % 2 == 0)
    for _place in range(12):
        strained(therapist, tried="own-your-part")
    for _place in range(4):
        strained(therapist, tried="one-thing-better")
    return here


def test_tries_and_sessions_without_are_laid_side_by_side(site):
    laid = compared(site)
    tried = laid.filter(pl.col("strategy") == "own-your-part")
    assert len(tried) == 12
    assert tried["depth"].unique().to_list() == [4.0]
    assert laid.filter(pl.col("strategy").is_null()).height >= 40


def test_a_job_works_it_out_and_a_page_shows_what_is_large_enough(client, site):
    work_out_all()
    shown = followed_at(site)
    assert [one.strategy.id for one in shown.lines] == ["own-your-part"]
    assert shown.too_few == 1
    assert known_at(site)["one-thing-better"].shrunken is None
    manager = house.staff(Role.MANAGER, site)
    page = house.sign_in(client, manager).get(reverse("followed")).content.decode()
    assert "This is not the effect of a strategy." in page
    assert "Name your part" in page
    assert "one-thing-better" not in page


def test_with_too_few_the_page_says_so(client, here, therapist):
    strained(therapist, tried="own-your-part")
    work_out(here)
    supervisor = house.staff(Role.SUPERVISOR, here)
    page = house.sign_in(client, supervisor).get(reverse("followed")).content.decode()
    assert "Too few to say." in page
    assert "Name your part" not in page


def test_figures_hold_no_ids(site):
    work_out(site)
    kept = str(Followed.objects.get(site=site).figures)
    assert not any(str(one.episode_id) in kept for one in Attempt.objects.all())


def test_another_site_does_not_count(site, elsewhere):
    work_out_all()
    assert followed_at(elsewhere).lines == ()


@pytest.mark.parametrize("role", [Role.THERAPIST, Role.ADMINISTRATOR])
def test_therapists_and_administrators_do_not_see_the_sites_page(client, here, role):
    who = house.staff(role, here)
    assert house.sign_in(client, who).get(reverse("followed")).status_code == 403
