"""Who the record is about, what they agreed to, and who was at it."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from attunement.clinic.audit.models import Event
from attunement.clinic.audit.voice import AUDIENCE, PREFIX, of_voice
from attunement.clinic.checkins.models import CheckIn
from attunement.clinic.people.models import BreakGlass
from attunement.clinic.privacy.models import Consent, Erasure
from attunement.clinic.privacy.record.scope import Rows, Scope, Table, of, texts
from attunement.clinic.privacy.written import words_of
from attunement.clinic.voice.models import Matter
from attunement.clinic.voice.seen import matters_seen, own_words


def person(scope: Scope) -> Rows:
    """Read the client's own row; how to reach them is for those who care for them now."""
    client = scope.client
    row = {
        "code": client.code,
        "name": client.name,
        "language": client.language,
        "site": client.site.name,
        "created_at": client.created_at,
    }
    if scope.whole:
        row["email"] = client.email
        row["account"] = client.account.email if client.account else ""
    return [row]


def consents(scope: Scope) -> Rows:
    """Read what was agreed to, with the words of that version in English."""
    columns = ("version", "agreed", "given_at", "withdrawn_at")
    rows = of(scope, Consent.objects.all(), "client", *columns)
    return [{**row, "words": words_of(row["version"])} for row in rows]


def heard(scope: Scope) -> Q:
    """Give the events about the client's own voice that may be told: none of them to staff."""
    if not scope.own:
        return Q(pk__in=[])
    mine = Matter.objects.filter(matters_seen(scope.account), episode__client=scope.client)
    theirs = own_words(scope.client, scope.account)
    checkins = CheckIn.objects.filter(
        session__episode__client=scope.client, account__isnull=False, account=scope.account
    )
    ids = [str(pk) for rows in (mine, theirs) for pk in rows.values_list("pk", flat=True)]
    known = [str(pk) for pk in checkins.values_list("pk", flat=True)]
    return Q(action__startswith=PREFIX, target_id__in=ids) | Q(
        action__in=AUDIENCE, target_id__in=known
    )


def visits(scope: Scope) -> Rows:
    """Read who read or changed the record, without names: staff are numbered.

    What concerns the client's own voice is told where the voice itself may be shown.
    """
    numbers: dict[str, int] = {}
    found = []
    others = Q(client_id=str(scope.client.pk)) & ~of_voice()
    for event in Event.objects.filter(others | heard(scope)).order_by("at"):
        number = numbers.setdefault(event.actor, len(numbers) + 1)
        kind = event.actor.partition(" ")[0]
        found.append({"at": event.at, "who": f"{kind} {number}", "action": event.action})
    return found


PERSON: tuple[Table, ...] = (
    Table(name="client", about=_("Who it is about"), read=person),
    Table(
        name="consents",
        about=_("What was agreed to, and when it was taken back"),
        whole=True,
        read=consents,
    ),
    Table(
        name="erasures",
        about=_("What was asked to be erased, and the answer"),
        whole=True,
        read=lambda scope: texts(
            scope, Erasure.objects.all(), "client", "note", "state", "asked_at", "due_at", "done_at"
        ),
    ),
    Table(
        name="visits",
        about=_("Who read or changed the record, and when"),
        whole=True,
        read=visits,
    ),
    Table(
        name="records-opened",
        about=_("When someone outside the care opened the record, and why"),
        whole=True,
        own=False,
        read=lambda scope: texts(
            scope, BreakGlass.objects.all(), "client", "reason", "opened_at", "ends_at"
        ),
    ),
)
