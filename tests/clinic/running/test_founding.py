"""A clinic begins with a site and somebody who can set up the rest."""

import pytest

from attunement.cli.begin import refuse_made_up_people
from attunement.clinic.conf.environment import Environment
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


@pytest.mark.parametrize("mode", ["demo", "clinic"])
def test_real_people_are_not_looked_after_among_made_up_ones(db, mode):
    Site.objects.create(name="Made up", synthetic=True)
    settings = Environment(mode=mode)
    if mode == "demo":
        refuse_made_up_people(settings)
        return
    with pytest.raises(Problem, match="made-up people, whose passwords everybody knows"):
        refuse_made_up_people(settings)
