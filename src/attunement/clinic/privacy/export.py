"""Everything about one client in one ZIP: each table as CSV and as JSON, and a word on each."""

import io
import zipfile

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from attunement.clinic.audit.record import audit
from attunement.clinic.caseload.notes import notes_for
from attunement.clinic.checkins.models import Note
from attunement.clinic.people.actor import Actor, check
from attunement.clinic.people.models import Client
from attunement.clinic.people.permissions import Permission
from attunement.clinic.people.reach import cares_for, client_for, episodes_of
from attunement.clinic.privacy.cells import as_csv, as_json
from attunement.clinic.privacy.record import Scope, tables


@transaction.atomic
def export(*, client: Client, by: Actor) -> bytes:
    """Write a client's record, as far as whoever asks may have it.

    The client gets their own answers, whoever may see them; but what they kept to themselves
    elsewhere than in this account only where they have opened it with its code. Staff get
    everything of the episodes in their care but what the client keeps from the therapist; after
    the end of an episode, that episode and nothing about how to reach the client.

    Raises
    ------
    PermissionDenied, Http404
        If it is not theirs to take out.
    """
    own = by.client is not None
    check(by, Permission.OWN_RIGHTS if own else Permission.CLIENT_EXPORT)
    scope = scope_of(by, client_for(by, client.pk))
    found = scope.client
    out = io.BytesIO()
    rows = 0
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("README.txt", readme(own=own, whole=scope.whole))
        for table in tables(own=own, whole=scope.whole):
            content = table.read(scope)
            rows += len(content)
            columns = list(dict.fromkeys(name for row in content for name in row))
            packed.writestr(f"csv/{table.name}.csv", as_csv(columns, content))
            packed.writestr(f"json/{table.name}.json", as_json(content))
    audit(by, "client.exported", found, client=found, rows=rows)
    return out.getvalue()


def scope_of(by: Actor, client: Client) -> Scope:
    """Say how far someone may take a record out: broken glass is for reading alone."""
    own = by.client is not None
    episodes = episodes_of(by, glass=False).filter(client=client)
    if not own and not episodes.exists():
        raise PermissionDenied
    return Scope(
        client=client,
        own=own,
        episodes=episodes,
        notes=Note.objects.none() if own else notes_for(by, client),
        whole=own or cares_for(by, client),
        account=by.person if own else None,
    )


def readme(*, own: bool, whole: bool) -> str:
    """Say what is in the file, and what is not."""
    said = [
        gettext("Everything kept about one person, taken out on %(day)s.")
        % {"day": timezone.localdate().isoformat()},
        gettext("Each table is there twice: csv/ for spreadsheets, json/ for programs."),
        gettext("In csv/, a text that begins like a formula has an apostrophe in front."),
        "",
        *(f"{table.name}: {table.about}" for table in tables(own=own, whole=whole)),
        "",
    ]
    if own:
        said.append(
            gettext(
                "Your therapist's notes and what was done about alerts are part of your record "
                "too. Ask your therapist or your service for them."
            )
        )
        said.append(
            gettext(
                "What you kept to yourself by a link or on a tablet is here only for the days "
                "that you have opened in your account with their code."
            )
        )
    else:
        said.append(
            gettext(
                "Answers and comments that the client keeps from the therapist are left out. The "
                "client can take out a copy with them from their own page."
            )
        )
    return "\n".join(said) + "\n"
