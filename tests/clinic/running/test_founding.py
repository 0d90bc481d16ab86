"""A clinic begins with a site and somebody who can set up the rest."""

import pytest

from attunement.clinic.people.models import Membership, Site
from attunement.clinic.running.founding import found
from attunement.problems import Problem

KIM = {"name": "Kim Park", "email": "kim@clinic.example", "time_zone": "Europe/London"}


def test_the_administrator_chooses_a_password_at_the_address_and_signs_in(client, db):
    address = found(site="Harbour", **KIM)
    path = "/" + address.split("/", 3)[3]
    page = client.get(path, follow=True)
    assert page.status_code == 200
    word = "a calm and quiet harbour"
    answer = client.post(page.request["PATH_INFO"], {"password1": word, "password2": word})
    assert answer.status_code == 302
    held = Membership.objects.get()
    held.person.refresh_from_db()
    assert held.person.check_password(word)
    assert (held.role, held.site.name) == ("administrator", "Harbour")
    assert client.get(path, follow=True).status_code == 200
    assert Site.objects.get().plan.count() == 2
    assert not Site.objects.get().synthetic


def test_nothing_is_founded_twice(db):
    found(site="Harbour", **KIM)
    for site in ("Harbour", "Hillside"):
        with pytest.raises(Problem, match="already"):
            found(site=site, **KIM)
    with pytest.raises(Problem, match="time zone"):
        found(site="Other", **(KIM | {"time_zone": "Nowhere/../x", "email": "x@y.z"}))
    assert Site.objects.count() == 1
