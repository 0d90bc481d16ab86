"""Learn a site's model of leaving from its own data, once there are enough: the work of a job.

Twelve features need 120 who left among those who began early (the first 70 %), and the test on
those who began later needs 100 who left: about 400 in all.
"""

import json
from datetime import date

import polars as pl
from django.db import transaction
from django.utils import timezone

from attunement.clinic.audit.record import audit
from attunement.clinic.drift.models import Attempt, Version
from attunement.clinic.noticing.instruments import scales
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import Site
from attunement.clinic.service.cells import SMALLEST
from attunement.clinic.service.tables import attendance_of, episodes_of, people_of, scores_of
from attunement.course.attendance.overview import attendance
from attunement.problems import Problem
from attunement.programme.retention.drift import learn_drift
from attunement.programme.retention.known import Watched
from attunement.programme.retention.model import Model, dump
from attunement.programme.retention.periods import BEFORE_PLANNED_END, Leaving
from attunement.programme.retention.validation import why_not_valid

ALLIANCE, SYMPTOMS = "session-check-in.alliance", ("phq9", "gad7")
ABOUT_ENOUGH = 400
GROUPS = ("language",)


def learn_all() -> None:
    """Learn every site's model anew."""
    for site in Site.objects.order_by("pk"):
        learn_site(site)


def learn_site(site: Site) -> Version | None:
    """Learn one site's model anew; None where there is too little to learn from.

    From then on the new version counts: where it did not hold on those who began later, nothing
    is suggested any more.
    """
    episodes = episodes_of(site)
    appointments = attendance_of(episodes)
    scores = scores_of(episodes, (ALLIANCE, *SYMPTOMS)).drop("therapist", "date")
    today = timezone.localdate()
    model = learned(appointments, scores, today, people_of(episodes))
    return keep(site, model, known_to_have_left(appointments, today))


def learned(
    appointments: pl.DataFrame,
    scores: pl.DataFrame,
    today: date,
    people: pl.DataFrame | None = None,
) -> Model | None:
    """Learn and test a model, or None where there is too little to learn from.

    ``people`` has a row per ``client`` with the ``language``, by which the test is told too.
    """
    if appointments.is_empty():
        return None
    present = set(scores["scale"].unique())
    symptoms = next((scales()[name] for name in SYMPTOMS if name in present), None)
    watched = Watched(alliance=scales()[ALLIANCE], symptoms=symptoms)
    try:
        return learn_drift(
            appointments,
            scores,
            watched,
            people,
            leaving=Leaving(until=today),
            groups=() if people is None else GROUPS,
            fewest=SMALLEST,
        )
    except Problem:
        return None


def known_to_have_left(appointments: pl.DataFrame, today: date) -> int:
    """Count who is known to have left before the planned end."""
    try:
        rates = attendance(appointments, until=today).rates
    except Problem:
        return 0
    found: list[int] = rates.filter(definition=BEFORE_PLANNED_END)["events"].to_list()
    return found[0] if found else 0


@transaction.atomic
def keep(site: Site, model: Model | None, left: int) -> Version | None:
    """Keep a new version, or that there was too little."""
    now, enough = timezone.now(), model is not None
    Attempt.objects.update_or_create(
        site=site, defaults={"at": now, "left": left, "enough": enough}
    )
    if model is None:
        return None
    version, _new = Version.objects.update_or_create(
        site=site,
        name=model.version,
        defaults={
            "learned_at": now,
            "usable": not why_not_valid(model),
            "content": json.loads(dump(model)),
        },
    )
    audit(Actor.worker(site), "model.learned", version, usable=version.usable)
    return version
