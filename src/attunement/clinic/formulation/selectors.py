"""What stands in worksheets now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.utils.translation import gettext

from attunement.clinic.formulation.models import Entry, OwnWords, Worksheet
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import Episode
from attunement.clinic.people.reach import episode_for, through_glass
from attunement.formulation import Lens, Part, lenses


@dataclass(frozen=True, kw_only=True)
class Field:
    """One part of a worksheet as a page shows it."""

    part: Part
    title: str
    ask: str
    for_client: str
    text: str
    shared: bool
    own: str


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One lens, and what stands in it for one client."""

    lens: Lens
    title: str
    about: str
    worksheet: Worksheet | None
    fields: list[Field]

    @property
    def written(self) -> int:
        """How many parts hold something."""
        return sum(bool(one.text) for one in self.fields)

    @property
    def shared(self) -> int:
        """How many the client sees."""
        return sum(one.shared for one in self.fields)


def sheets(episode: Episode) -> list[Sheet]:
    """Give the four worksheets of an episode, empty ones too."""
    found = {one.lens: one for one in Worksheet.objects.filter(episode=episode)}
    entries = entries_of(found.values())
    own = own_words(found.values())
    return [
        sheet(lens, found.get(name), entries.get(name, {}), own.get(name, {}))
        for name, lens in lenses().items()
    ]


def sheet(
    lens: Lens, worksheet: Worksheet | None, entries: Mapping[str, Entry], own: Mapping[str, str]
) -> Sheet:
    """Put one worksheet together."""
    return Sheet(
        lens=lens,
        title=gettext(lens.title),
        about=gettext(lens.about),
        worksheet=worksheet,
        fields=[
            Field(
                part=part,
                title=gettext(part.title),
                ask=gettext(part.ask),
                for_client=gettext(part.for_client),
                text=entries[part.id].text if part.id in entries else "",
                shared=part.id in entries and entries[part.id].shared,
                own=own.get(part.id, ""),
            )
            for part in lens.parts
        ],
    )


def entries_of(worksheets: Iterable[Worksheet]) -> dict[str, dict[str, Entry]]:
    """Give what stands in the newest version of each, by lens and part."""
    found: dict[str, dict[str, Entry]] = {}
    rows = Entry.objects.filter(
        version__worksheet__in=list(worksheets), version__number=F("version__worksheet__version")
    ).select_related("version__worksheet")
    for one in rows:
        found.setdefault(one.version.worksheet.lens, {})[one.part] = one
    return found


def own_words(worksheets: Iterable[Worksheet]) -> dict[str, dict[str, str]]:
    """Give the client's newest words, by lens and part."""
    found: dict[str, dict[str, str]] = {}
    rows = OwnWords.objects.filter(worksheet__in=list(worksheets)).select_related("worksheet")
    for one in rows.order_by("written_at"):
        found.setdefault(one.worksheet.lens, {})[one.part] = one.text
    return found


def written(found: Iterable[Sheet]) -> dict[str, str]:
    """Give everything that the therapist wrote, by lens and part (``cbt.thoughts``)."""
    return {
        f"{one.lens.id}.{field.part.id}": field.text
        for one in found
        for field in one.fields
        if field.text
    }


def readable(by: Actor, pk: UUID) -> Episode:
    """Give an episode to whoever may read how its client is seen.

    These are drafts of the therapist: they are read in care relations alone, and not by whoever
    has only broken the glass.
    """
    found = episode_for(by, pk)
    if through_glass(by, found):
        raise PermissionDenied
    return found
