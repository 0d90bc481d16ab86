"""Who works here: add, give roles, supervise, hand over, let go."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext

from attunement.clinic.people import selectors
from attunement.clinic.people.actions import invite, members
from attunement.clinic.people.actions.site import own_site
from attunement.clinic.people.forms import HandOverForm, RolesForm, StaffForm, SupervisorsForm
from attunement.clinic.people.models import Person
from attunement.clinic.people.permissions import DESCRIPTIONS, Role
from attunement.clinic.people.problems import Refused
from attunement.clinic.people.request import Request


def people(request: Request) -> HttpResponse:
    """Show everyone, and take in someone new."""
    form = StaffForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            person = invite.add_staff(
                name=form.cleaned_data["name"],
                email=form.cleaned_data["email"],
                roles={Role(role) for role in form.cleaned_data["roles"]},
                by=request.actor,
            )
        except Refused as problem:
            form.add_error("email", str(problem))
        else:
            messages.success(request, added(person, form.cleaned_data["email"]))
            return redirect("people")
    found = selectors.colleagues(own_site(request.actor))
    shown = {"colleagues": found, "form": form, "descriptions": DESCRIPTIONS}
    return render(request, "people/people.html", shown)


def added(person: Person, email: str) -> str:
    """Say what happens now, by the address that was typed: the name may be from elsewhere."""
    if person.has_usable_password():
        said = gettext("%(name)s has an account already and can work here at once.")
    else:
        said = gettext("%(name)s is invited by e-mail and chooses a password.")
    return said % {"name": email}


def person(request: Request, person: UUID) -> HttpResponse:
    """Show one person, and change how they are set up."""
    who = members.colleague(request.actor, person)
    if request.method == "POST":
        try:
            said = CHANGES[request.POST.get("change", "")](request, who)
        except Refused as problem:
            messages.error(request, str(problem))
        except KeyError:
            messages.error(request, gettext("Nothing was changed."))
        else:
            messages.success(request, said)
        return redirect("person", person=who.pk)
    site = own_site(request.actor)
    colleague = selectors.colleagues(site, who)[0]
    held = {Role(one.role): one for one in colleague.active}
    shown = {"colleague": colleague, "roles_form": RolesForm(initial={"roles": list(held)})}
    if therapist := held.get(Role.THERAPIST):
        supervisors = [one.supervisor_id for one in therapist.supervised_by.all()]
        shown["supervisors_form"] = SupervisorsForm(site=site, initial={"supervisors": supervisors})
        shown["hand_over_form"] = HandOverForm(site=site, giver=therapist)
    return render(request, "people/person.html", shown)


def change_roles(request: Request, who: Person) -> str:
    """Set the roles."""
    form = RolesForm(request.POST)
    if not form.is_valid():
        raise Refused(gettext("Choose among the roles shown."))
    roles = {Role(role) for role in form.cleaned_data["roles"]}
    members.set_roles(person=who, roles=roles, by=request.actor)
    return gettext("Saved.")


def change_on_call(request: Request, who: Person) -> str:
    """Set who is on call."""
    colleague = selectors.colleagues(own_site(request.actor), who)[0]
    on_call = request.POST.get("on_call") == "yes"
    for held in colleague.active:
        members.set_on_call(held=held, on_call=on_call, by=request.actor)
    return gettext("Saved.")


def change_supervisors(request: Request, who: Person) -> str:
    """Set who supervises."""
    site = own_site(request.actor)
    form = SupervisorsForm(request.POST, site=site)
    if not form.is_valid():
        raise Refused(gettext("Choose among the supervisors of this site."))
    therapist = members.role_of(request.actor, who, Role.THERAPIST)
    members.set_supervisors(
        therapist=therapist,
        supervisors=set(form.cleaned_data["supervisors"]),
        by=request.actor,
    )
    return gettext("Saved.")


def hand_over(request: Request, who: Person) -> str:
    """Hand a caseload over."""
    giver = members.role_of(request.actor, who, Role.THERAPIST)
    form = HandOverForm(request.POST, site=own_site(request.actor), giver=giver)
    if not form.is_valid():
        raise Refused(gettext("Choose a therapist of this site."))
    clients = members.hand_over(giver=giver, taker=form.cleaned_data["taker"], by=request.actor)
    said = ngettext(
        "%(count)d client is handed over.", "%(count)d clients are handed over.", clients
    )
    return said % {"count": clients}


def invite_again(request: Request, who: Person) -> str:
    """Send the invitation once more."""
    invite.invite_again(person=who, by=request.actor)
    return gettext("The invitation is sent again.")


def reset(request: Request, who: Person) -> str:
    """Take the second factor away."""
    members.reset_second_factor(person=who, by=request.actor)
    return gettext("Signed out everywhere. At the next sign-in they set up a new second step.")


CHANGES = {
    "roles": change_roles,
    "on-call": change_on_call,
    "supervisors": change_supervisors,
    "hand-over": hand_over,
    "invite": invite_again,
    "second-factor": reset,
}
