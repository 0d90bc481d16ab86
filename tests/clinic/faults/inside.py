# ruff: noqa: E402, T201 - Django must be set up first, and the answer is printed
"""Runs beside the tests, on the server's own database: make it ready, end its work, take stock.

python inside.py prepare 200     prints the secrets of so many check-ins that are due
python inside.py finish          does all work that is due
python inside.py stock           prints what is there
"""

import json
import os
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "attunement.clinic.conf.settings")

import django

django.setup()

from django.core.management import call_command
from django.utils import timezone

from attunement.clinic.audit.models import Event
from attunement.clinic.audit.verify import verify
from attunement.clinic.checkins.models import Answer, CheckIn, Token
from attunement.clinic.checkins.tokens import hashed, new_token
from attunement.clinic.jobs.models import Job
from attunement.clinic.jobs.worker import run, work_once
from attunement.clinic.noticing.escalation import escalate_due
from attunement.clinic.noticing.models import Alert, AlertStep, Score
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.permissions import Role
from support import house

FORM = "phq9"
PER_CLIENT = 4


def prepare(count: int) -> list[str]:
    """Make a clinic in which every safety alert goes further at once."""
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    here = house.site("Harbour", safety_minutes=0, synthetic=True)
    therapist = house.staff(Role.THERAPIST, here)
    house.supervise(house.staff(Role.SUPERVISOR, here), therapist)
    secrets = [new_token() for _ in range(count)]
    soon = timezone.now() + timedelta(days=7)
    episode = None
    for place, secret in enumerate(secrets):
        if place % PER_CLIENT == 0:
            episode = house.episode(therapist, f"Client {place}")
        around = house.session(episode, place % PER_CLIENT + 1)
        asked = house.checkin(around, moment="before", instruments=(FORM,))
        Token.objects.create(checkin=asked, purpose="link", hash=hashed(secret), expires_at=soon)
    return secrets


def finish() -> None:
    """Do all work that is due, also what a killed worker had claimed."""
    Job.objects.filter(done_at__isnull=True).update(leased_until=None)

    while escalate_due() or work_once():
        pass


def stock() -> dict[str, object]:
    """Count what must be there once."""
    answered = CheckIn.objects.filter(state="answered")
    return {
        "due": CheckIn.objects.exclude(state="answered").count(),
        "answered": answered.count(),
        "answers": times(Answer.objects.values_list("checkin", flat=True)),
        "scores": times(Score.objects.values_list("checkin", "scale")),
        "events": times(
            Event.objects.filter(action="checkin.answered").values_list("target_id", flat=True)
        ),
        "used": Token.objects.filter(used_at__isnull=False).count(),
        "alerts": times(Alert.objects.values_list("episode", "kind", "onset", "scale")),
        "opened": times(AlertStep.objects.filter(before="").values_list("alert", flat=True)),
        "further": times(
            AlertStep.objects.filter(after="escalated").values_list("alert", flat=True)
        ),
        "mails": times(Job.objects.filter(kind="mail.alert").values_list("payload", flat=True)),
        "undone": Job.objects.filter(done_at__isnull=True).count(),
        "chains": [one.whole for one in verify(by=Actor.worker())],
    }


def times(rows) -> dict[str, int]:
    """Count how many things there are how many times."""
    each = Counter(map(str, rows))
    return {str(number): count for number, count in sorted(Counter(each.values()).items())}


if __name__ == "__main__":
    what, *more = sys.argv[1:]
    if what == "prepare":
        print(json.dumps(prepare(int(more[0]))))
    elif what == "finish":
        finish()
    elif what == "worker":
        run()
    else:
        print(json.dumps(stock()))
