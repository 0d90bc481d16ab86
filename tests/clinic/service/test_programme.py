"""What holds over everybody, as a manager sees it: numbers over many, worked out beforehand."""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from structlog.testing import capture_logs

from attunement.clinic.audit.models import Event
from attunement.clinic.checkins.models import Session
from attunement.clinic.jobs.models import Job
from attunement.clinic.jobs.worker import work_once
from attunement.clinic.service.actions import KIND, compute_anew
from attunement.clinic.service.figures import rows
from attunement.clinic.service.holding import board, kept
from attunement.clinic.service.models import Picture, Programme
from attunement.clinic.service.programme import compute_site
from attunement.report.programme.figures import Figure
from clinic.service import cohort
from support import house

KEPT = {}
PAGES = ("service", "service_analyst")


@pytest.fixture
def filled(therapist):
    """Figures of a site with 60 clients."""
    cohort.fill(therapist, 60)
    return compute_site(therapist.site)


@pytest.fixture
def computed(therapist, request):
    """The same figures, worked out once, of a site without any client."""
    if not KEPT:
        made = request.getfixturevalue("filled")
        KEPT["pictures"] = list(made.pictures.values("language", "name", "svg"))
        KEPT["kept"] = {name: getattr(made, name) for name in ("at", "figures", "points", "about")}
        made.delete()
    found = Programme.objects.create(site=therapist.site, **KEPT["kept"])
    Picture.objects.bulk_create(Picture(programme=found, **one) for one in KEPT["pictures"])
    return found


def test_a_manager_reads_who_leaves_who_gets_better_and_the_relation(client, manager, computed):
    text = house.sign_in(client, manager).get(reverse("service")).content.decode()
    found = board(kept(computed.site))
    assert len(found.leaving) == 4
    assert [one.words for one in found.outcomes][:2] == ["reliably better", "recovered"]
    assert found.within.outcome == "Depression (PHQ-9)"
    for words in (
        "left before the session planned as the last",
        "Had nobody truly changed",
        "points lower",
        "This is an association",
        "<svg",
    ):
        assert words in text
    assert "Secret" not in text


@pytest.mark.parametrize(
    ("ends", "words"),
    [
        ((-1.3, -1.1, -0.9), "1.1 standard deviations worse (0.9 to 1.3)"),
        ((-0.2, 0.1, 0.4), "neither clearly better nor clearly worse, 0.1 standard"),
        ((0.9, 1.1, 1.3), "1.1 standard deviations better (0.9 to 1.3)"),
    ],
)
def test_a_change_is_called_what_it_is(client, manager, computed, ends, words):
    one = computed.figures[f"effect-size/{computed.about['measures'][0]}/pooled"]
    computed.figures = computed.figures | {
        one["figure"]: one | dict(zip(("low", "value", "high"), ends, strict=True))
    }
    computed.save()
    assert words in house.sign_in(client, manager).get(reverse("service")).content.decode()


@pytest.mark.parametrize(("chance", "words"), [(0.02, "2 %"), (0.0, "0 %")])
def test_chance_gives_a_bound_of_getting_better_alone(client, manager, computed, chance, words):
    for name, one in computed.figures.items():
        if name.startswith("had-nobody-changed/"):
            one["value"] = chance
    computed.save()
    browser = house.sign_in(client, manager)
    text = "".join(browser.get(reverse(page)).content.decode() for page in PAGES)
    assert (f"at least {words}" in text) == (chance > 0)
    assert f"about {words}" in text


def test_only_what_may_be_seen_is_kept(computed):
    found = rows.read(computed.figures)
    assert {one.told for one in found.values()} == {"rounded", "between", "withheld"}
    for one in found.values():
        if one.told == "withheld":
            assert (one.value, one.low, one.high) == (None, None, None)
        elif one.told == "between":
            assert one.value is None
            assert (one.high - one.low) * one.of >= 9
        elif one.unit == "count" and not one.figure.startswith("funnel/"):
            assert one.value >= 10
            assert one.value % 5 == 0
        assert one.of is None or one.of % 5 == 0
    assert found["leaving/came-only-once"].told != "rounded"
    assert json.loads(json.dumps(computed.figures)) == computed.figures


def test_what_is_kept_holds_no_text_and_nobody(filled, therapist):
    drawn = "".join(filled.pictures.values_list("svg", flat=True))
    kept = json.dumps([filled.figures, filled.points, filled.about]) + drawn
    assert "Secret" not in kept
    for episode in therapist.episodes.all():
        assert str(episode.pk) not in kept
        assert episode.client.code not in kept
    assert str(therapist.pk) not in kept


def test_one_client_more_does_not_show_in_figures_and_pictures(filled, therapist):
    before = rows.read(filled.figures)
    cohort.fill(therapist, 1, seed=8)
    after = rows.read(compute_site(filled.site).figures)
    assert before["people/began"].value == after["people/began"].value
    for name in set(before) & set(after):
        if name.startswith("effect-size/"):
            for end in ("value", "low", "high"):
                one, other = getattr(before[name], end), getattr(after[name], end)
                assert round(one, 1) == one
                assert abs(one - other) < 0.11


def test_pictures_are_kept_in_every_language(filled, settings):
    settings.LANGUAGES = [("en", "English"), ("de", "German")]
    names = Picture.objects.filter(programme=filled).values_list("name", flat=True)
    drawn = set(names)
    assert {"relation/within", "relation/between", "left-after/before-planned-end"} <= drawn
    compute_site(filled.site)
    found = Picture.objects.values_list("language", "name")
    assert set(found) == {(language, name) for language in ("en", "de") for name in drawn}


def test_among_too_few_people_nothing_is_computed(client, manager, therapist):
    cohort.fill(therapist, 40)
    found = compute_site(therapist.site)
    assert list(found.figures) == ["people/began"]
    assert not found.pictures.exists()
    assert found.points == []
    text = house.sign_in(client, manager).get(reverse("service")).content.decode()
    assert "From 50 on, figures stand here" in text
    assert "Who leaves?" not in text


def test_where_nobody_ever_came_the_page_says_so(client, manager, here):
    assert compute_site(here).figures == {}
    text = house.sign_in(client, manager).get(reverse("service")).content.decode()
    assert "Too few people have begun" in text


def test_where_nobody_is_marked_as_having_come_figures_stay_and_the_page_says_why(
    client, manager, computed, therapist
):
    house.session(house.episode(therapist), 1, days_ago=3)
    Session.objects.update(status="missed")
    browser = house.sign_in(client, manager)
    browser.post(reverse("service_renew"))
    with capture_logs() as logged:
        compute_site(computed.site)
    found = Programme.objects.get()
    assert found.figures == computed.figures
    assert found.at == computed.at
    assert not found.under_way
    assert [set(one) for one in logged] == [{"event", "log_level", "site", "why"}]
    text = browser.get(reverse("service")).content.decode()
    assert "No session is marked as attended" in text
    assert "Who leaves?" in text
    Programme.objects.update(at=None, about={}, figures={})
    text = browser.get(reverse("service")).content.decode()
    assert "No session is marked as attended" in text
    assert "Too few people have begun" not in text
    assert "Nothing has been worked out yet" not in text


@pytest.mark.parametrize("name", PAGES)
def test_without_a_scale_that_tells_who_gets_better_a_page_names_those_that_do(
    name, client, manager, computed
):
    computed.figures = {
        figure: one
        for figure, one in computed.figures.items()
        if figure.startswith(("people/", "leaving/"))
    }
    computed.about = computed.about | {"measures": [], "outcome": "", "models": [], "groups": {}}
    computed.save()
    text = house.sign_in(client, manager).get(reverse(name)).content.decode()
    assert "none here: Depression (PHQ-9), Anxiety (GAD-7)." in text
    assert "There is too little yet" not in text


def test_the_figures_do_not_hold_what_a_client_keeps_from_the_therapist(therapist):
    from attunement.clinic.noticing.models import Score

    cohort.fill(therapist, 60)
    before = compute_site(therapist.site).figures
    for score in Score.objects.filter(scale=cohort.ALLIANCE)[:50]:
        Score.objects.create(
            episode=score.episode,
            session=score.session,
            scale=score.scale,
            rater="client",
            number=score.number,
            on=score.on,
            value=0,
            private=True,
        )
    assert compute_site(therapist.site).figures == before


@pytest.mark.parametrize("name", ["service", "service_analyst", "service_methods"])
def test_a_page_reads_what_is_kept_and_no_table_of_clients(
    name, client, manager, computed, django_assert_max_num_queries
):
    house.sign_in(client, manager).get(reverse(name))
    with django_assert_max_num_queries(8) as asked:
        client.get(reverse(name))
    read = " ".join(query["sql"] for query in asked.captured_queries)
    for table in ("noticing_", "checkins_", "people_episode", "formulation_", "goals_"):
        assert table not in read


def test_the_analyst_reads_curves_groups_models_and_what_is_too_little(client, manager, computed):
    text = house.sign_in(client, manager).get(reverse("service_analyst")).content.decode()
    for words in (
        "Leaving, session by session",
        "How far scores moved",
        "The same, had nobody truly changed",
        "Within clients, with time in the model",
        "There is only one group",
        "This needs 5 therapists",
        "There is no model that was tested",
    ):
        assert words in text
    assert "Secret" not in text


def test_while_figures_are_worked_out_the_page_says_how_far(client, manager, computed):
    browser = house.sign_in(client, manager)
    browser.post(reverse("service_renew"), {"analyst": "yes"})
    Programme.objects.update(steps_done=3)
    page = browser.get(reverse("service_analyst")).content.decode()
    assert '<progress max="6" value="3">' in page
    assert "Work out anew" not in page
    work_once(kinds=[KIND])
    asked_again = browser.get(reverse("service_analyst"), headers={"HX-Request": "true"})
    assert "New figures are here" in asked_again.content.decode()
    page = browser.get(reverse("service_analyst")).content.decode()
    assert "<progress" not in page
    assert "New figures" not in page


def test_a_manager_asks_once_and_the_worker_does_it(client, manager, therapist):
    cohort.fill(therapist, 60)
    browser = house.sign_in(client, manager)
    for _ in range(2):
        assert browser.post(reverse("service_renew"))["Location"] == reverse("service")
    assert Job.objects.filter(kind=KIND).count() == 1
    assert Event.objects.filter(action="programme.asked").count() == 1
    assert "being worked out" in browser.get(reverse("service")).content.decode()
    work_once(kinds=[KIND])
    found = Programme.objects.get(site=therapist.site)
    assert not found.under_way
    assert "people/began" in found.figures


@pytest.mark.parametrize("why", ["an hour ago", "given up"])
def test_figures_that_did_not_come_are_said_not_to_and_can_be_asked_for_again(
    client, manager, computed, why
):
    browser = house.sign_in(client, manager)
    browser.post(reverse("service_renew"))
    now = timezone.now()
    if why == "given up":
        Job.objects.filter(kind=KIND).update(failed_at=now)
    else:
        long_ago = now - timedelta(days=1)
        Programme.objects.update(at=long_ago, asked_at=now - timedelta(minutes=61))
    text = browser.get(reverse("service"), headers={"HX-Request": "true"}).content.decode()
    assert "asked for, but did not come" in text
    assert "New figures are here" not in text
    assert "Work out anew" in text
    browser.post(reverse("service_renew"))
    assert Job.objects.filter(kind=KIND).count() == 2
    assert "<progress" in browser.get(reverse("service")).content.decode()


def test_every_night_all_sites_are_computed(therapist, elsewhere):
    work_once(kinds=["programme.all"])
    assert Programme.objects.count() == 2


def test_a_therapist_cannot_ask_for_it(therapist):
    with pytest.raises(PermissionDenied):
        compute_anew(by=house.actor(therapist))
    assert not Job.objects.filter(kind=KIND).exists()


def test_only_a_press_of_the_button_asks(client, manager):
    assert house.sign_in(client, manager).get(reverse("service_renew")).status_code == 405


def test_what_is_no_number_is_withheld():
    odd = Figure(figure="had-nobody-changed/phq9/recovery", what="", value=float("nan"))
    assert rows.chance(odd).told == rows.number(odd, 0.1).told == "withheld"
