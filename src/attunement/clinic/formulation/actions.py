"""Write worksheets, go back to what stood in them, and let the client add their own words."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _

from attunement.clinic.audit.record import audit
from attunement.clinic.formulation.models import Entry, OwnWords, Version, Worksheet
from attunement.clinic.formulation.selectors import entries_of
from attunement.clinic.people.actor import Actor, check
from attunement.clinic.people.models import Episode
from attunement.clinic.people.permissions import Permission, Role
from attunement.clinic.people.problems import Refused
from attunement.clinic.people.reach import episode_in_care_of, gives_care
from attunement.formulation import Lens, lenses

LONGEST = 5000


@dataclass(frozen=True, kw_only=True)
class Written:
    """What stands in one part, and whether the client sees it."""

    text: str
    shared: bool = False


@transaction.atomic
def save(
    *, episode: Episode, lens: str, parts: Mapping[str, Written], seen: int, by: Actor
) -> Worksheet:
    """Keep a new version of a worksheet; the one before it stays in its history.

    Parameters
    ----------
    parts
        What stands in it from now on, by part.
    seen
        The version that was changed.

    Raises
    ------
    Refused
        If someone else has changed it meanwhile.
    """
    sheet = to_write(episode, lens, by)
    known = lens_of(lens)
    kept = {
        part.id: Written(
            text=parts[part.id].text.strip()[:LONGEST],
            shared=parts[part.id].shared and bool(parts[part.id].text.strip()),
        )
        for part in known.parts
        if part.id in parts
    }
    before = {part: Written(text=one.text, shared=one.shared) for part, one in now(sheet).items()}
    if kept == before:
        return sheet
    made = next_version(sheet, seen, by)
    put(made, kept)
    shared = sum(one.shared for one in kept.values())
    audit(by, "worksheet.written", sheet, client=sheet.episode.client, shared=shared)
    return sheet


@transaction.atomic
def restore(*, episode: Episode, lens: str, number: int, seen: int, by: Actor) -> Worksheet:
    """Go back to an earlier version: it becomes the newest, and nothing is lost.

    What it shared is not shared again by itself: the client might read what was taken back.

    Raises
    ------
    Refused
        If someone else has changed it meanwhile.
    """
    sheet = to_write(episode, lens, by)
    old = Version.objects.filter(worksheet=sheet, number=number).first()
    if old is None:
        raise Http404
    current = now(sheet)
    made = next_version(sheet, seen, by, undoes=number)
    put(
        made,
        {
            one.part: Written(
                text=one.text,
                shared=one.shared and one.part in current and current[one.part].shared,
            )
            for one in old.entries.all()
        },
    )
    audit(by, "worksheet.restored", sheet, client=sheet.episode.client, number=number)
    return sheet


@transaction.atomic
def add_own_words(*, worksheet: Worksheet, part: str, text: str, by: Actor) -> OwnWords:
    """Let a client say in their own words what they see in a part that is shared with them.

    Raises
    ------
    Refused
        If it is not shared with them now.
    """
    check(by, Permission.OWN_ANSWER)
    sheet = Worksheet.objects.select_related("episode__client").get(pk=worksheet.pk)
    if by.client is None or sheet.episode.client_id != by.client.pk:
        raise Http404
    if part not in {one for one, entry in now(sheet).items() if entry.shared}:
        raise Refused(_("This part is not shared with you any more."))
    made = OwnWords.objects.create(worksheet=sheet, part=part, text=text.strip()[:LONGEST])
    audit(by, "worksheet.own-words", sheet, client=sheet.episode.client)
    return made


def to_write(episode: Episode, lens: str, by: Actor) -> Worksheet:
    """Give the worksheet to the therapist whose client it is, made where there is none."""
    check(by, Permission.FORMULATION_WRITE)
    found = episode_in_care_of(by, episode.pk)
    if not gives_care(by, found):
        raise PermissionDenied
    lens_of(lens)
    sheet, _new = Worksheet.objects.get_or_create(episode=found, lens=lens)
    return Worksheet.objects.select_related("episode__client").get(pk=sheet.pk)


def lens_of(name: str) -> Lens:
    """Give a lens, or answer as if there were no such page."""
    if name not in lenses():
        raise Http404
    return lenses()[name]


def now(sheet: Worksheet) -> Mapping[str, Entry]:
    """Give what stands in a worksheet now, by part."""
    return entries_of([sheet]).get(sheet.lens, {})


def next_version(sheet: Worksheet, seen: int, by: Actor, undoes: int | None = None) -> Version:
    """Take the next number by compare-and-set.

    Raises
    ------
    Refused
        If it is taken.
    """
    number = sheet.version + 1
    mine = Worksheet.objects.filter(pk=sheet.pk, version=seen)
    if not mine.update(version=seen + 1) or number != seen + 1:
        raise Refused(_("Someone else has changed this meanwhile. Look at it as it stands now."))
    return Version.objects.create(
        worksheet=sheet, number=number, by=by.held(Role.THERAPIST), undoes=undoes
    )


def put(version: Version, parts: Mapping[str, Written]) -> None:
    """Store what stands in a version; what is empty has no row."""
    for part, one in parts.items():
        if one.text:
            Entry.objects.create(version=version, part=part, text=one.text, shared=one.shared)
