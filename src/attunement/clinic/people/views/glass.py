"""Break-glass: open a record outside one's own care, and review that others did."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from attunement.clinic.people.actions import glass
from attunement.clinic.people.models import BreakGlass
from attunement.clinic.people.problems import Refused
from attunement.clinic.people.request import Request

SHOWN = 100


class GlassForm(forms.Form):
    """Whose record, and why."""

    code = forms.CharField(
        label=_("Code of the client"),
        max_length=60,
        help_text=_("Exactly as it is written at your site."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=_("Why you need to see it now"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


def break_glass(request: Request) -> HttpResponse:
    """Ask for a reason, and open the record."""
    form = GlassForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            opened = glass.break_glass(by=request.actor, **form.cleaned_data)
        except glass.NoSuchCode as problem:
            glass.keep_wrong_code(by=request.actor)
            form.add_error(None, str(problem))
        except Refused as problem:
            form.add_error(None, str(problem))
        else:
            messages.warning(request, gettext("The record is open for four hours."))
            return redirect(address(opened))
    mine = BreakGlass.objects.filter(
        person=request.actor.person, client__site=request.actor.site, ends_at__gt=timezone.now()
    ).select_related("client")
    shown = {"form": form, "mine": [(one, address(one)) for one in mine]}
    return render(request, "people/break_glass.html", shown)


def address(opened: BreakGlass) -> str:
    """Give the page of the record."""
    episode = glass.episode_of(opened)
    try:
        return reverse("episode", args=[episode.pk]) if episode else reverse("break_glass")
    except NoReverseMatch:
        return reverse("break_glass")


def close(request: Request, opened: UUID) -> HttpResponse:
    """Close a record again."""
    glass.close_glass(opened=found(request, opened), by=request.actor)
    messages.success(request, gettext("The record is closed again."))
    return redirect("break_glass")


def break_glass_log(request: Request) -> HttpResponse:
    """Show who opened what, and why, to those who supervise."""
    rows = list(glass.to_see(request.actor)[:SHOWN])
    shown = {"rows": rows, "waiting": sum(one.reviewed_at is None for one in rows)}
    return render(request, "people/break_glass_log.html", shown)


def review(request: Request, opened: UUID) -> HttpResponse:
    """Say that one has looked at it."""
    glass.review(opened=found(request, opened), by=request.actor)
    messages.success(request, gettext("Noted as reviewed."))
    return redirect("break_glass_log")


def found(request: Request, pk: UUID) -> BreakGlass:
    """Give one opening at the own site, for a POST only."""
    one = BreakGlass.objects.filter(pk=pk, client__site=request.actor.site).first()
    if one is None or request.method != "POST":
        raise Http404
    return one
