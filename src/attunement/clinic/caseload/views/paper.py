"""One client on paper, and as a table."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from attunement.clinic.audit.record import read
from attunement.clinic.caseload.client_page import client_page
from attunement.clinic.caseload.history import history
from attunement.clinic.caseload.paper import pdf, sheet, table
from attunement.clinic.caseload.pictures import PAPER
from attunement.clinic.caseload.site_time import site_time
from attunement.clinic.people.reach import episode_for, episode_to_take_out, glass_mark
from attunement.clinic.people.request import Request


@site_time
def episode_print(request: Request, episode: UUID) -> HttpResponse:
    """Show the sheet as a page that prints on one side of A4."""
    found = episode_for(request.actor, episode)
    glass = glass_mark(request.actor, found)
    read(request.actor, "episode.printed", found, client=found.client, form="page", **glass)
    page = client_page(history(found), PAPER)
    return render(
        request,
        "caseload/print.html",
        {"episode": found, "page": page, "sheet": sheet(page, who(request)), "glass": glass},
    )


@site_time
def episode_pdf(request: Request, episode: UUID) -> HttpResponse:
    """Give the sheet as a PDF."""
    found = episode_to_take_out(request.actor, episode)
    read(request.actor, "episode.printed", found, client=found.client, form="pdf")
    page = client_page(history(found), PAPER)
    return attached(pdf(sheet(page, who(request))), "application/pdf", f"course-{found.pk}.pdf")


@site_time
def episode_csv(request: Request, episode: UUID) -> HttpResponse:
    """Give the course as a table."""
    found = episode_to_take_out(request.actor, episode)
    read(request.actor, "episode.taken-out", found, client=found.client, form="csv")
    said = table(history(found))
    return attached(said.encode(), "text/csv; charset=utf-8", f"course-{found.pk}.csv")


def who(request: Request) -> str:
    """Name the person who prints."""
    return request.actor.person.name if request.actor.person else ""


def attached(content: bytes, kind: str, name: str) -> HttpResponse:
    """Give a file to keep; its name holds ids only."""
    return HttpResponse(
        content,
        content_type=kind,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )
