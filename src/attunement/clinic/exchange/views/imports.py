"""Take a file in: upload, look through, take in, undo."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from attunement.clinic.exchange.actions.applying import apply
from attunement.clinic.exchange.actions.stopping import begun
from attunement.clinic.exchange.actions.undoing import import_for, undo
from attunement.clinic.exchange.actions.uploads import (
    forget,
    forget_old,
    hand_in,
    read_as,
    upload_for,
)
from attunement.clinic.exchange.files import MOST_BYTES
from attunement.clinic.exchange.forms import FileForm, ReadingForm
from attunement.clinic.exchange.models import Import, Upload
from attunement.clinic.exchange.reading import Reading
from attunement.clinic.exchange.report import Mistake, Report
from attunement.clinic.people.problems import Refused
from attunement.clinic.people.request import Request
from attunement.problems import Problem


@require_GET
def imports(request: Request) -> HttpResponse:
    """List what was taken in."""
    forget_old()
    stopped = Upload.objects.filter(pk=OuterRef("pk"), state=Upload.State.LOOKED)
    found = Import.objects.filter(site=request.actor.site).select_related("by__person")
    found = found.annotate(stopped=Exists(stopped))
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
            form.add_error("file", str(Mistake.of(problem)))
        else:
            return redirect("import_check", upload.pk)
    status = 422 if form.errors else 200
    return render(request, "exchange/new.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
def import_check(request: Request, upload: UUID) -> HttpResponse:
    """Say how a file is to be read, and see what taking it in would add; or how far it is."""
    if ended := ended_before(request, upload):
        return ended
    held = upload_for(request.actor, upload)
    if held.state != Upload.State.LOOKED:
        return render(request, "exchange/progress.html", progress_of(held))
    if request.htmx:
        return HttpResponseClientRedirect(request.path)
    if made := begun(held):
        return render(request, "exchange/stopped.html", {"upload": held, "import": made})
    report = Report.of(held.report)
    form = None
    if report.columns is not None:
        reading = Reading.of(held.reading)
        form = ReadingForm(held.table, report.columns, reading, request.POST or None)
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            read_as(upload=held, reading=form.reading(), by=request.actor)
        except Refused as refused:
            messages.error(request, str(refused))
        return redirect("import_check", upload)
    shown = {"form": form, "upload": held, "report": report, "planned": report.summary}
    return render(request, "exchange/check.html", shown)


def ended_before(request: Request, upload: UUID) -> HttpResponse | None:
    """Lead to the list where a file is held no more, for it was taken in, and perhaps undone."""
    made = Import.objects.filter(pk=upload, site=request.actor.site).first()
    if made is None or Upload.objects.filter(pk=upload).exists():
        return None
    return taken_in(request, made) if made.state == Import.State.APPLIED else to_list(request)


def progress_of(held: Upload) -> dict[str, object]:
    """Say which steps are behind a file, and which is being done."""
    steps = [Upload.Stage.QUEUED, Upload.Stage.READING]
    if held.state == Upload.State.TAKING:
        steps.append(Upload.Stage.STORING)
    now = steps.index(Upload.Stage(held.stage)) if held.stage in steps else 0
    return {
        "upload": held,
        "begun": begun(held),
        "taking": held.state == Upload.State.TAKING,
        "steps": [(step, place - now) for place, step in enumerate(steps)],
        "most": len(steps),
        "now": now,
    }


def taken_in(request: Request, made: Import) -> HttpResponse:
    """Say that a file is taken in, and lead to the list."""
    messages.success(
        request,
        ngettext(
            "Taken in: %(rows)s score. The file itself is not kept.",
            "Taken in: %(rows)s scores. The file itself is not kept.",
            made.rows,
        )
        % {"rows": made.rows},
    )
    return to_list(request)


def to_list(request: Request) -> HttpResponse:
    """Lead to the list of imports, from a page that looks by itself too."""
    if request.htmx:
        return HttpResponseClientRedirect(reverse("imports"))
    return redirect("imports")


@require_POST
def import_apply(request: Request, upload: UUID) -> HttpResponse:
    """Take a file in, or let the worker do it."""
    if ended := ended_before(request, upload):
        return ended
    held = upload_for(request.actor, upload)
    try:
        made = apply(upload=held, by=request.actor)
    except Problem as problem:
        if ended := ended_before(request, upload):
            return ended
        messages.error(request, str(Mistake.of(problem)))
        return redirect("import_check", upload)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("import_check", upload)
    return taken_in(request, made) if made else redirect("import_check", upload)


@require_POST
def import_cancel(request: Request, upload: UUID) -> HttpResponse:
    """Throw a held file away."""
    try:
        forget(upload=upload_for(request.actor, upload), by=request.actor)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("import_check", upload)
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
        messages.error(request, str(Mistake.of(problem)))
    else:
        messages.success(
            request,
            _("Undone: %(clients)s clients and %(scores)s scores are gone.")
            % {"clients": gone.clients, "scores": gone.scores},
        )
    return redirect("imports")
