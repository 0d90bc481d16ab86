"""An administrator sets the site up on pages that hold no answer of anyone."""

import pytest
from django.urls import reverse

from attunement.clinic.audit.models import Event
from attunement.clinic.checkins.models import PlanItem
from attunement.clinic.noticing.instruments import instruments
from attunement.clinic.people.models import Site
from support import house


@pytest.fixture
def browser(client, administrator):
    return house.sign_in(client, administrator)


def contacts(*rows):
    """Fill the form of the contacts."""
    given = {"part": "contacts", "contact-TOTAL_FORMS": len(rows), "contact-INITIAL_FORMS": 0}
    for place, row in enumerate(rows):
        given |= {f"contact-{place}-{name}": value for name, value in row.items()}
    return given


def test_contacts_are_kept_in_order_and_emptied_ones_go(browser, here):
    one, two = {"name": "Line", "phone": "1"}, {"name": "Ward", "phone": "2", "hours": "day"}
    browser.post(reverse("site"), contacts(one, {"name": "", "phone": ""}, two))
    kept = Site.objects.get(pk=here.pk).crisis_contacts
    assert [(row["name"], row["phone"]) for row in kept] == [("Line", "1"), ("Ward", "2")]


@pytest.mark.parametrize("row", [{"name": "", "phone": ""}, {"name": "Line", "phone": ""}])
def test_a_site_is_never_without_a_number_to_call(browser, here, row):
    assert browser.post(reverse("site"), contacts(row)).status_code == 200
    assert Site.objects.get(pk=here.pk).crisis_contacts == house.CONTACTS


@pytest.mark.parametrize("minutes", ["0", "-5", "99999", "x"])
def test_limits_of_time_are_within_reason(browser, here, minutes):
    values = {
        "part": "settings",
        "name": "Harbour",
        "language": "en",
        "time_zone": "UTC",
        "safety_minutes": minutes,
        "alert_hours": 72,
        "link_days": 7,
        "retention_months": 120,
    }
    assert browser.post(reverse("site"), values).status_code == 200
    assert Site.objects.get(pk=here.pk).safety_minutes == 60


def plan(*rows):
    """Fill the form of the plan."""
    names = ("instrument", "moment", "first", "every")
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}


def test_the_plan_is_what_was_filled_in_and_says_who_answers(browser, here, elsewhere):
    rows = plan(
        ("gad7", "before", "1", "4"),
        ("", "before", "1", "1"),
        ("session-check-in-therapist", "after", "2", "1"),
    )
    assert browser.post(reverse("site_plan"), rows).status_code == 302
    kept = PlanItem.objects.filter(site=here).order_by("instrument")
    assert [(one.instrument, one.rater, one.first, one.every) for one in kept] == [
        ("gad7", "client", 1, 4),
        ("session-check-in-therapist", "therapist", 2, 1),
    ]
    assert PlanItem.objects.filter(site=elsewhere).count() == len(house.PLAN)


@pytest.mark.parametrize(
    "row",
    [
        ("wai-sr", "after", "1", "1"),
        ("no-such", "after", "1", "1"),
        ("gad7", "during", "1", "1"),
        ("gad7", "after", "0", "1"),
        ("gad7", "after", "1", "-2"),
        ("gad7", "after", "1", "²"),
    ],
)
def test_only_what_may_be_asked_can_be_planned(browser, here, row):
    browser.post(reverse("site_plan"), plan(row))
    assert PlanItem.objects.filter(site=here).count() == len(house.PLAN)


def test_every_instrument_is_named_with_its_licence(browser):
    text = browser.get(reverse("instruments")).content.decode()
    for one in instruments().values():
        assert one.title.replace("'", "&#x27;") in text


def test_the_keys_page_names_keys_and_shows_none(browser, maya):
    browser.post(reverse("keys"))
    text = browser.get(reverse("keys")).content.decode()
    assert "test" in text
    assert "AAAAAAAA" not in text


def test_the_audit_is_filtered_paged_and_read_only_at_the_own_site(
    browser, administrator, therapist, maya, elsewhere
):
    from django.db import transaction

    from attunement.clinic.audit.record import audit
    from attunement.clinic.people.permissions import Role

    there = house.staff(Role.ADMINISTRATOR, elsewhere)
    with transaction.atomic():
        for _ in range(70):
            audit(house.actor(therapist), "client.read", maya.client, client=maya.client)
        audit(house.actor(there), "site.secret", elsewhere)
    page = browser.get(reverse("audit"))
    assert len(page.context["rows"]) == 50
    assert "site.secret" not in page.content.decode()
    later = browser.post(reverse("audit"), dict(page.context["more"]))
    assert len(later.context["rows"]) == 20
    found = browser.post(reverse("audit"), {"client": maya.client.code, "kind": "client."})
    assert {row.event.action for row in found.context["rows"]} == {"client.read"}
    assert "Dana Levi" in found.content.decode()
    assert maya.client.name not in found.content.decode()
    for nothing in ({"client": "nobody"}, {"until": "2001-01-01"}, {"since": "2999-01-01"}):
        assert browser.post(reverse("audit"), nothing).context["rows"] == []
    assert Event.objects.filter(action="audit.read").count() == 6


@pytest.mark.parametrize("asked", ["until=9999-12-31", "since=0001-01-01", "before=9e99", "who"])
def test_the_audit_bears_any_question(browser, asked):
    given = dict([asked.partition("=")[::2]])
    assert browser.post("/audit/", given).status_code == 200


def test_a_client_s_code_is_no_part_of_the_audit_s_address(browser, maya):
    page = browser.get(reverse("audit"), {"client": maya.client.code})
    assert not page.context["filtered"]
    assert 'method="get"' not in page.content.decode()


def test_the_audit_page_says_when_the_chain_is_broken(browser, here):
    from attunement.clinic.audit.models import Chain

    browser.get(reverse("audit"))
    browser.post(reverse("audit_check"))
    assert "were whole when last checked" in browser.get(reverse("audit")).content.decode()
    Chain.objects.filter(name=str(here.pk)).update(hash="0" * 64)
    browser.post(reverse("audit_check"))
    assert "The chain of events is broken" in browser.get(reverse("audit")).content.decode()
