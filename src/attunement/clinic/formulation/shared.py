"""What of the worksheets a client sees: the parts that are shared with them now."""

from dataclasses import replace

from attunement.clinic.formulation.models import Entry
from attunement.clinic.formulation.selectors import Sheet, sheets
from attunement.clinic.people.models import Client


def shared_with(client: Client) -> list[Sheet]:
    """Give the worksheets of the newest episode, with the shared parts alone."""
    episode = (
        client.episodes.filter(worksheets__isnull=False).order_by("-started_on").distinct().first()
    )
    if episode is None:
        return []
    cut = [
        replace(one, fields=[field for field in one.fields if field.shared])
        for one in sheets(episode)
    ]
    return [one for one in cut if one.fields]


def anything_shared(client: Client) -> bool:
    """Say whether there is something for the client to see; old versions do not count."""
    newest = Entry.objects.filter(version__worksheet__episode__client=client, shared=True)
    return bool(newest.exists() and shared_with(client))
