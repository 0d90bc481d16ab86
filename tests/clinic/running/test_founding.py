"""A clinic begins with a site and somebody who can set up the rest."""

import os
import subprocess
import sys

import pytest

from attunement.clinic.conf.environment import Mode
from attunement.clinic.people.models import Membership, Site
from attunement.clinic.running.belonging import refuse_others_people
from attunement.clinic.running.founding import found
from attunement.clinic.running.state import new_secrets
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


PEOPLE = (("demo", False, "real people"), ("clinic", True, "made-up people, whose passwords"))


@pytest.mark.parametrize(("mode", "synthetic", "said"), PEOPLE)
def test_real_people_and_made_up_ones_are_never_in_the_others_mode(db, mode, synthetic, said):
    Site.objects.create(name="Harbour", synthetic=not synthetic)
    refuse_others_people(Mode(mode))
    Site.objects.update(synthetic=synthetic)
    with pytest.raises(Problem, match=said):
        refuse_others_people(Mode(mode))


@pytest.mark.sqlite
def test_a_server_that_is_started_by_hand_does_not_open_a_clinic_as_a_demonstration(tmp_path):
    env = {name: value for name, value in os.environ.items() if "ATTUNEMENT" not in name}
    env |= {"ATTUNEMENT_STATE": str(tmp_path), **new_secrets()}
    env["DJANGO_SETTINGS_MODULE"] = "attunement.clinic.conf.settings"

    def run(code):
        return subprocess.run(
            [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False
        )

    start = "import attunement.clinic.conf.wsgi"
    assert run(start).returncode == 0
    made = run(
        "import django; django.setup(); from django.core.management import call_command as call; "
        "call('migrate', verbosity=0); from attunement.clinic.people.models import Site; "
        "Site.objects.create(name='Harbour')"
    )
    assert made.returncode == 0, made.stderr
    done = run(start)
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert "holds real people" in done.stderr
