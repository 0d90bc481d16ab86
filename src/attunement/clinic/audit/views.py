"""The audit, for administrators: who did and read what, and whether the chain is whole."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from attunement.clinic.audit import selectors
from attunement.clinic.audit.models import Chain, Event
from attunement.clinic.audit.record import read
from attunement.clinic.audit.selectors import Filters
from attunement.clinic.audit.verify import verify
from attunement.clinic.people.actions.site import own_site
from attunement.clinic.people.models import Client, Membership, Site
from attunement.clinic.people.request import Request

KINDS = (
    ("", _("anything")),
    ("client.", _("Clients")),
    ("episode.", _("Client pages")),
    ("checkin.", _("Check-ins")),
    ("alert.", _("Alerts")),
    ("note.", _("Notes")),
    ("worksheet.", _("Formulations")),
    ("voice.", _("Clients' own voice")),
    ("glass.", _("Records opened outside care")),
    ("consent.", _("Consent")),
    ("erasure.", _("Erasing")),
    ("person.", _("Sign-in and invitations")),
    ("membership.", _("Roles")),
    ("site.", _("Site")),
    ("import.", _("Imports")),
    ("keys.", _("Keys")),
    ("audit.", _("Audit")),
)


class FilterForm(forms.Form):
    """What to look for."""

    kind = forms.ChoiceField(label=_("What"), choices=KINDS, required=False)
    person = forms.ChoiceField(label=_("Who"), required=False)
    client = forms.CharField(label=_("Code of the client"), max_length=60, required=False)
    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    before = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, site: Site, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.site = site
        staff = (
            Membership.objects.filter(site=site)
            .values_list("person_id", "person__name")
            .order_by("person__name")
            .distinct()
        )
        named = [(f"person {pk}", name) for pk, name in staff]
        choices = [("", _("anyone")), ("worker", _("the program itself")), *named]
        self.fields["person"].choices = choices  # type: ignore[attr-defined]

    def filters(self) -> Filters:
        """Give what was chosen; what was not understood is left out."""
        given = self.cleaned_data if self.is_valid() else getattr(self, "cleaned_data", {})
        code = given.get("client")
        client = Client.objects.filter(site=self.site, code=code).first() if code else None
        return Filters(
            actor=given.get("person") or "",
            action=given.get("kind") or "",
            client=str(client.pk) if client else ("none" if code else ""),
            since=self.start_of(given.get("since"), 0),
            until=self.start_of(given.get("until"), 1),
            before=given.get("before"),
        )

    def start_of(self, day: Any, later: int) -> datetime | None:
        """Give when a day begins at the site, or the one after it."""
        if day is None:
            return None
        zone = ZoneInfo(self.site.time_zone)
        try:
            return datetime.combine(day + timedelta(days=later), time(), zone)
        except OverflowError:
            return None


def audit(request: Request) -> HttpResponse:
    """Show a page of the audit; reading it is an event too.

    What is looked for is posted: a client's code stays out of addresses and logs.
    """
    site = own_site(request.actor)
    form = FilterForm(request.POST or None, site=site)
    found = selectors.find(site, form.filters(), request.actor.person)
    chain = Chain.objects.filter(name=str(site.pk)).first()
    names, codes = selectors.names(site, found.events), selectors.codes(site, found.events)
    read(request.actor, "audit.read", site, events=len(found.events))
    asked = {name: str(value) for name, value in request.POST.items() if value}
    asked.pop("before", None)
    asked.pop("csrfmiddlewaretoken", None)
    shown = {
        "form": form,
        "rows": [Shown(event, names, codes) for event in found.events],
        "more": list((asked | {"before": str(found.next)}).items()) if found.next else [],
        "chain": chain,
        "numbered": selectors.numbered(request.actor.person),
        "filtered": bool(asked) or "before" in request.POST,
    }
    return render(request, "audit/audit.html", shown)


class Shown:
    """An event as the page shows it."""

    def __init__(self, event: Event, names: Any, codes: Any) -> None:
        self.event = event
        self.who = names.get(event.actor) or who(event.actor)
        self.code = codes.get(event.client_id, "")
        self.detail = ", ".join(f"{name} {value}" for name, value in event.detail.items())


def who(actor: str) -> str:
    """Say who acted where there is no name to say."""
    if actor.startswith("worker"):
        return gettext("the program itself")
    if actor.startswith("link"):
        return gettext("a client, by link")
    if actor.startswith("person"):
        return gettext("a client with an account, or someone who left")
    return actor


def check(request: Request) -> HttpResponse:
    """Follow the site's chain now."""
    if request.method == "POST":
        found = verify(by=request.actor, chain=str(own_site(request.actor).pk))[0]
        if found.whole:
            messages.success(request, gettext("The chain is whole."))
        else:
            messages.error(request, gettext("The chain is broken. See below."))
    return redirect("audit")
