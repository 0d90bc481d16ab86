"""Worksheets as the therapist sees them."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from attunement.clinic.audit.record import read as record_read
from attunement.clinic.caseload.site_time import site_time
from attunement.clinic.formulation.actions import lens_of, restore, save
from attunement.clinic.formulation.anew import anew
from attunement.clinic.formulation.forms import number, read
from attunement.clinic.formulation.models import Version
from attunement.clinic.formulation.selectors import readable, sheets
from attunement.clinic.people.models import Episode
from attunement.clinic.people.problems import Refused
from attunement.clinic.people.reach import cares_for, gives_care
from attunement.clinic.people.request import Request

VERSIONS = 20


@site_time
def formulation(request: Request, episode: UUID) -> HttpResponse:
    """Show how a client is seen through four lenses, and ask from another one."""
    found = readable(request.actor, episode)
    record_read(request.actor, "worksheet.read", found, client=found.client)
    shown = {
        "episode": found,
        "sheets": sheets(found),
        "anew": anew(found),
        "is_mine": gives_care(request.actor, found) and cares_for(request.actor, found.client),
    }
    return render(request, "formulation/overview.html", shown)


@site_time
def worksheet(request: Request, episode: UUID, lens: str) -> HttpResponse:
    """Write one worksheet, share it part by part, or go back to an earlier version."""
    found = readable(request.actor, episode)
    known = lens_of(lens)
    if request.method == "POST":
        try:
            keep(request, found, lens)
            messages.success(request, _("Kept. The version before stays in the history."))
        except Refused as refused:
            messages.warning(request, str(refused))
        return redirect("worksheet", found.pk, lens)
    record_read(request.actor, "worksheet.read", found, client=found.client)
    sheet = next(one for one in sheets(found) if one.lens.id == known.id)
    history = (
        Version.objects.filter(worksheet=sheet.worksheet)
        .select_related("by__person")
        .prefetch_related("entries")[:VERSIONS]
        if sheet.worksheet
        else []
    )
    shown = {
        "episode": found,
        "sheet": sheet,
        "history": history,
        "version": sheet.worksheet.version if sheet.worksheet else 0,
        "is_mine": gives_care(request.actor, found) and cares_for(request.actor, found.client),
        "titles": {one.part.id: one.title for one in sheet.fields},
    }
    return render(request, "formulation/worksheet.html", shown)


def keep(request: Request, episode: Episode, lens: str) -> None:
    """Do what the form asks for."""
    seen = number(request.POST, "seen")
    back = number(request.POST, "back-to")
    if back:
        restore(episode=episode, lens=lens, number=back, seen=seen, by=request.actor)
        return
    parts = read(lens_of(lens), request.POST)
    save(episode=episode, lens=lens, parts=parts, seen=seen, by=request.actor)
