"""What staff did with a client's address and account, for the client and the supervisor."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from attunement.clinic.audit.models import Event
from attunement.clinic.people.models import Client, Person

WORDS: Mapping[str, Promise] = {
    "client.changed": _("%(name)s changed the e-mail address."),
    "client.invited": _("%(name)s sent an invitation to an account."),
    "client.account-closed": _("%(name)s closed the account."),
}


@dataclass(frozen=True)
class Step:
    """One thing that was done, and when."""

    at: datetime
    words: str


def account_history(client: Client) -> list[Step]:
    """Give what was done, the newest first."""
    found = Event.objects.filter(client_id=str(client.pk), action__in=WORDS).order_by("-at")
    steps = [
        one for one in found if one.action != "client.changed" or "email" in one.detail["fields"]
    ]
    known = Person.objects.filter(pk__in={whose(one) for one in steps})
    names = {str(one.pk): one.name for one in known}
    gone = gettext("Someone who has left")
    return [
        Step(one.at, str(WORDS[one.action]) % {"name": names.get(whose(one), gone)})
        for one in steps
    ]


def whose(event: Event) -> str:
    """Give the id of whoever did something."""
    return event.actor.partition(" ")[2]
