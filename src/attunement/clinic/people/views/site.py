"""How a site is set up: its settings, contacts, plan, instruments, permissions."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext

from attunement.clinic.checkins.instruments import askable
from attunement.clinic.checkins.models import Moment, PlanItem, Rater
from attunement.clinic.noticing.course import EXPECTED, GAP
from attunement.clinic.noticing.instruments import instruments as at_hand
from attunement.clinic.noticing.instruments import page_language, title_of
from attunement.clinic.people.actions.site import own_site, set_contacts, set_plan, set_site
from attunement.clinic.people.describe import matrix
from attunement.clinic.people.forms import Contacts, SiteForm, contacts_form
from attunement.clinic.people.permissions import Permission
from attunement.clinic.people.problems import Refused
from attunement.clinic.people.request import Request

ROWS_TO_ADD = 3


def site(request: Request) -> HttpResponse:
    """Show and change the settings and the crisis contacts."""
    here = own_site(request.actor)
    part = request.POST.get("part")
    form = SiteForm(request.POST if part == "settings" else None, instance=here)
    contacts = contacts_form(request.POST if part == "contacts" else None, here.crisis_contacts)
    if part == "settings" and form.is_valid():
        set_site(values=form.cleaned_data, by=request.actor)
    elif part == "contacts" and contacts.is_valid():
        set_contacts(contacts=contacts.kept(), by=request.actor)
    elif request.method != "POST":
        return show_site(request, form, contacts)
    else:
        here.refresh_from_db()
        return show_site(request, form, contacts)
    messages.success(request, gettext("Saved."))
    return redirect("site")


def show_site(request: Request, form: SiteForm, contacts: Contacts) -> HttpResponse:
    """Show the settings."""
    here = own_site(request.actor)
    norms = [
        {"title": title_of(scale), "clients": value.get("clients", 0)}
        for scale, value in sorted(here.norms.items())
        if not scale.startswith((GAP, EXPECTED))
    ]
    return render(
        request,
        "people/site.html",
        {"form": form, "contacts": contacts, "norms": norms, "site": here},
    )


def site_plan(request: Request) -> HttpResponse:
    """Show and change which instruments are asked when."""
    here = own_site(request.actor)
    if request.method == "POST":
        rows, problems = plan_rows(request.POST)
        if not problems:
            try:
                set_plan(items=rows, by=request.actor)
            except Refused as refused:
                problems.append(str(refused))
        if not problems:
            said = ngettext(
                "The plan is saved: %(count)d instrument.",
                "The plan is saved: %(count)d instruments.",
                len(rows),
            )
            messages.success(request, said % {"count": len(rows)})
            return redirect("site_plan")
        for problem in problems:
            messages.error(request, problem)
    else:
        rows = list(
            PlanItem.objects.filter(site=here, episode__isnull=True)
            .order_by("moment", "rater", "instrument")
            .values("instrument", "rater", "moment", "first", "every")
        )
    asked = [
        (rater, [one.in_language(page_language()) for one in askable(rater.value).values()])
        for rater in Rater
    ]
    empty = [{"first": 1, "every": 1} for _ in range(ROWS_TO_ADD)]
    shown = {"rows": [*rows, *empty], "asked": asked, "moments": Moment.choices}
    return render(request, "people/plan.html", shown)


def plan_rows(given: Any) -> tuple[Sequence[Mapping[str, Any]], list[str]]:
    """Read the rows of the plan: who answers follows from the instrument."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    problems = []
    allowed = {one: rater.value for rater in Rater for one in askable(rater.value)}
    columns = (given.getlist(name) for name in ("instrument", "moment", "first", "every"))
    for instrument, moment, first, every in zip(*columns, strict=False):
        if not instrument:
            continue
        counts = [number(first), number(every)]
        if instrument not in allowed or moment not in Moment.values or None in counts:
            problems.append(
                gettext("One row was not understood. Sessions are whole numbers from 1.")
            )
            continue
        rows[instrument, moment] = {
            "instrument": instrument,
            "rater": allowed[instrument],
            "moment": moment,
            "first": counts[0],
            "every": counts[1],
        }
    return list(rows.values()), problems


def number(text: str) -> int | None:
    """Read a whole number from 1 to 500."""
    return int(text) if text.isdecimal() and 1 <= int(text) <= 500 else None


def instruments(request: Request) -> HttpResponse:
    """Show what can be asked and scored here, and what each licence allows."""
    planned = set(
        PlanItem.objects.filter(site=own_site(request.actor)).values_list("instrument", flat=True)
    )
    spoken = (one.in_language(page_language()) for one in at_hand().values())
    every = sorted(spoken, key=lambda one: one.title)
    shown = {
        "ready": [one for one in every if one.wording == "included"],
        "bare": [one for one in every if one.wording != "included"],
        "planned": planned,
    }
    return render(request, "people/instruments.html", shown)


def permissions(request: Request) -> HttpResponse:
    """Show who may do what, as it is enforced."""
    return render(request, "people/permissions.html", {"table": matrix(), "all": list(Permission)})
