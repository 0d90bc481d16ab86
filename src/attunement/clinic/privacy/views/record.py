"""Staff take a record out, correct an answer, and erase what is to be erased."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from attunement.clinic.audit.record import read
from attunement.clinic.checkins.models import CheckIn
from attunement.clinic.noticing.instruments import instruments, page_language
from attunement.clinic.people.actions.site import own_site
from attunement.clinic.people.models import Client
from attunement.clinic.people.problems import Refused
from attunement.clinic.people.reach import episode_for, episode_in_care_of
from attunement.clinic.people.request import Request
from attunement.clinic.privacy import erasure
from attunement.clinic.privacy.correction import correct, correctable
from attunement.clinic.privacy.export import export, scope_of
from attunement.clinic.privacy.models import Correction, Erasure
from attunement.clinic.privacy.record import counts, tables
from attunement.clinic.privacy.views.rights import as_file

SHOWN = 200


def client_export(request: Request, episode: UUID) -> HttpResponse:
    """Say what is in the file, and hand it out."""
    found = episode_for(request.actor, episode)
    scope = scope_of(request.actor, found.client)
    if request.method == "POST":
        return as_file(export(client=found.client, by=request.actor), "record")
    shown = {"episode": found, "tables": tables(own=False, whole=scope.whole)}
    return render(request, "privacy/client_export.html", shown)


def client_correct(request: Request, episode: UUID, checkin: int) -> HttpResponse:
    """Show the answers of a check-in, and correct them."""
    found = episode_in_care_of(request.actor, episode)
    one = CheckIn.objects.filter(
        pk=checkin, session__episode=found, state=CheckIn.State.ANSWERED
    ).first()
    if one is None:
        raise Http404
    fields = list(questions(one))
    if request.method == "POST":
        values = {}
        try:
            for field in fields:
                values[field["place"]] = float(request.POST.get(field["name"], field["value"]))
            changed = correct(
                checkin=one,
                values=values,
                reason=request.POST.get("reason", ""),
                by=request.actor,
            )
        except ValueError:
            messages.error(request, gettext("An answer is a number."))
        except Refused as problem:
            messages.error(request, str(problem))
        else:
            done = gettext("Corrected, and worked out anew.") if changed else gettext("No change.")
            messages.success(request, done)
        return redirect("client_correct", episode=found.pk, checkin=one.pk)
    read(request.actor, "checkin.answers-read", one, client=found.client)
    history = Correction.objects.filter(checkin=one).select_related("by")
    seen = {field["place"] for field in fields}
    shown = {
        "episode": found,
        "checkin": one,
        "fields": fields,
        "history": [row for row in history if (row.instrument, row.item) in seen],
    }
    return render(request, "privacy/correct.html", shown)


def questions(checkin: CheckIn) -> Iterator[dict[str, Any]]:
    """Give the questions with their answers, as far as staff may see them."""
    for answer in correctable(checkin):
        known = instruments().get(answer.instrument)
        form = known.in_language(page_language()) if known else None
        item = next((one for one in form.items if one.id == answer.item), None) if form else None
        if form is None or item is None:
            continue
        yield {
            "place": (answer.instrument, answer.item),
            "name": f"{answer.instrument}.{answer.item}",
            "text": item.text or item.id,
            "title": form.title,
            "language": form.language,
            "value": f"{answer.value:g}",
            "corrected_at": answer.corrected_at,
        }


class ErasureForm(forms.Form):
    """Whose record is to be erased."""

    code = forms.CharField(
        label=_("Code of the client"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def erasures(request: Request) -> HttpResponse:
    """Show what is asked for, what is due, and what has been kept long enough."""
    site = own_site(request.actor)
    form = ErasureForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        client = Client.objects.filter(
            site=site, code=form.cleaned_data["code"].strip(), erased_at__isnull=True
        ).first()
        if client is not None:
            return redirect("client_erase", client=client.pk)
        form.add_error("code", gettext("There is no client with exactly this code at your site."))
    old = erasure.kept_long_enough(site, timezone.localdate())
    under_way, waiting = list(erasure.under_way(site)), list(old[:SHOWN])
    read(request.actor, "erasures.read", site, clients=len(under_way) + len(waiting))
    shown = {
        "form": form,
        "under_way": under_way,
        "old": waiting,
        "old_count": old.count(),
        "done": Erasure.objects.filter(client__site=site, state=Erasure.State.DONE).count(),
        "months": site.retention_months,
    }
    return render(request, "privacy/erasures.html", shown)


def client_erase(request: Request, client: UUID) -> HttpResponse:
    """Show what would go and what would stay; erase when the code is typed again."""
    site = own_site(request.actor)
    found = Client.objects.filter(site=site, pk=client, erased_at__isnull=True).first()
    if found is None:
        raise Http404
    if request.method == "POST":
        try:
            said = decide(request, found)
        except Refused as problem:
            messages.error(request, str(problem))
            return redirect("client_erase", client=found.pk)
        messages.success(request, said)
        return redirect("erasures")
    read(request.actor, "erasure.read", found, client=found)
    shown = {
        "client": found,
        "counts": counts(found),
        "kept": erasure.KEPT,
        "gone": erasure.GONE,
        "days": erasure.UNDO.days,
        "under_way": erasure.open_erasure(found),
    }
    return render(request, "privacy/client_erase.html", shown)


def decide(request: Request, client: Client) -> str:
    """Plan the erasure, or call it off."""
    if request.POST.get("change") == "keep":
        under_way = erasure.open_erasure(client)
        if under_way is None:
            raise Refused(gettext("Nothing was changed."))
        note = request.POST.get("note", "")
        erasure.call_off(erasure=under_way, note=note, by=request.actor)
        return gettext("The record stays.")
    if request.POST.get("code", "").strip() != client.code:
        raise Refused(gettext("Type the code again exactly, so that it is the right record."))
    reason = "retention" if request.POST.get("reason") == "retention" else "asked"
    planned = erasure.plan(client=client, reason=reason, by=request.actor)
    due = timezone.localtime(planned.due_at).date().isoformat()
    return gettext("The record will be erased on %(day)s. Until then it can be called off.") % {
        "day": due
    }
