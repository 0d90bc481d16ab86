"""Take a file in: upload, look through, take in, undo."""

from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from attunement.clinic.exchange.actions.taking_in import take_in
from attunement.clinic.exchange.actions.undoing import import_for, undo
from attunement.clinic.exchange.actions.uploads import (
    forget,
    forget_old,
    hand_in,
    opened,
    read_as,
    upload_for,
)
from attunement.clinic.exchange.files import MOST_BYTES
from attunement.clinic.exchange.forms import FileForm, ReadingForm
from attunement.clinic.exchange.models import Import, Upload
from attunement.clinic.exchange.plan import plan
from attunement.clinic.exchange.reading import Reading, columns_of, read
from attunement.clinic.people.request import Request
from attunement.problems import Problem


@require_GET
def imports(request: Request) -> HttpResponse:
    """List what was taken in."""
    forget_old()
    found = Import.objects.filter(site=request.actor.site).select_related("by__person")
    return render(request, "exchange/imports.html", {"imports": found.order_by("-at")})


@require_http_methods(["GET", "POST"])
def import_new(request: Request) -> HttpResponse:
    """Hand in a file."""
    form = FileForm(request.POST or None, request.FILES or None, initial={"table": "scores"})
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            upload = hand_in(
                name=file.name,
                content=file.read(MOST_BYTES + 1),
                table=form.cleaned_data["table"],
                by=request.actor,
            )
        except Problem as problem:
            form.add_error("file", str(problem))
        else:
            return redirect("import_check", upload.pk)
    status = 422 if form.errors else 200
    return render(request, "exchange/new.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
def import_check(request: Request, upload: UUID) -> HttpResponse:
    """Say how a file is to be read, and see what taking it in would add."""
    held = upload_for(request.actor, upload)
    reading = Reading.of(held.reading)
    with opened(held) as path:
        columns = columns_of(path, held.table, reading)
    form = ReadingForm(held.table, columns, reading, request.POST or None)
    if request.method == "POST" and form.is_valid():
        read_as(upload=held, reading=form.reading(), by=request.actor)
        return redirect("import_check", upload)
    return render(
        request, "exchange/check.html", {"form": form, "upload": held, **looked_through(held)}
    )


def looked_through(held: Upload) -> dict[str, object]:
    """Say what would be added, or what is in the way."""
    try:
        with opened(held) as path:
            incoming = read(path, held.table, Reading.of(held.reading))
    except Problem as problem:
        return {"problem": problem}
    today = timezone.localdate(timezone=ZoneInfo(held.site.time_zone))
    planned = plan(incoming, held.site, held.digest, today)
    adds = bool(planned.new_clients or planned.scores.height) and not planned.again
    return {"planned": planned, "adds": adds, "clients": len(incoming.clients)}


@require_POST
def import_apply(request: Request, upload: UUID) -> HttpResponse:
    """Take a file in."""
    held = upload_for(request.actor, upload)
    try:
        made = take_in(upload=held, by=request.actor)
    except Problem as problem:
        messages.error(request, str(problem))
        return redirect("import_check", upload)
    messages.success(
        request,
        ngettext(
            "Taken in: %(rows)s score. The file itself is not kept.",
            "Taken in: %(rows)s scores. The file itself is not kept.",
            made.rows,
        )
        % {"rows": made.rows},
    )
    return redirect("imports")


@require_POST
def import_cancel(request: Request, upload: UUID) -> HttpResponse:
    """Throw a held file away."""
    forget(upload=upload_for(request.actor, upload), by=request.actor)
    messages.info(request, _("Nothing was taken in, and the file is gone."))
    return redirect("imports")


@require_http_methods(["GET", "POST"])
def import_undo(request: Request, made: UUID) -> HttpResponse:
    """Undo an import, after asking."""
    found = import_for(request.actor, made)
    if request.method == "GET":
        return render(request, "exchange/undo.html", {"import": found})
    try:
        gone = undo(made=found, by=request.actor)
    except Problem as problem:
        messages.error(request, str(problem))
    else:
        messages.success(
            request,
            _("Undone: %(clients)s clients and %(scores)s scores are gone.")
            % {"clients": gone.clients, "scores": gone.scores},
        )
    return redirect("imports")
