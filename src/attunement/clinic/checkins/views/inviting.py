"""Give a client a way to answer without an account."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from attunement.clinic.caseload.site_time import site_time
from attunement.clinic.checkins.actions.invitations import invite as make_invitation
from attunement.clinic.checkins.actions.invitations import revoke as revoke_links
from attunement.clinic.checkins.actions.mail import invite_by_mail
from attunement.clinic.checkins.models import CheckIn, Token
from attunement.clinic.checkins.qr import qr_code
from attunement.clinic.checkins.views.telling import tell
from attunement.clinic.conf.environment import environment
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.problems import Refused
from attunement.clinic.people.reach import episodes_of
from attunement.clinic.people.request import Request

P = Token.Purpose


@require_POST
@never_cache
@site_time
def invite(request: Request, checkin: int) -> HttpResponse:
    """Make a link, a QR code, or send an e-mail."""
    found = checkin_for(request.actor, checkin)
    purpose = request.POST.get("purpose", "")
    try:
        if purpose == P.MAIL:
            invite_by_mail(checkin=found, by=request.actor)
            messages.success(request, _("The e-mail is on its way."))
            return redirect("session", found.session_id)
        if purpose not in {P.LINK, P.QR}:
            raise Http404
        made = make_invitation(checkin=found, purpose=purpose, by=request.actor)
    except Refused as refused:
        tell(request, refused)
        return redirect("session", found.session_id)
    address = environment().address.rstrip("/") + reverse("answer", args=[made.secret])
    context = {
        "checkin": found,
        "session": found.session,
        "episode": found.session.episode,
        "address": address,
        "qr": qr_code(address) if purpose == P.QR else "",
        "expires_at": made.token.expires_at,
    }
    return render(request, "checkins/invited.html", context)


@require_POST
def revoke(request: Request, checkin: int) -> HttpResponse:
    """Let no link to a check-in work any more."""
    found = checkin_for(request.actor, checkin)
    revoke_links(checkin=found, by=request.actor)
    messages.success(request, _("The links to this check-in no longer work."))
    return redirect("session", found.session_id)


def checkin_for(by: Actor, pk: int) -> CheckIn:
    """Give one check-in, or answer as if there were none."""
    found = (
        CheckIn.objects.select_related(
            "session__episode__client__site", "session__episode__therapist__person"
        )
        .filter(pk=pk, session__episode__in=episodes_of(by))
        .first()
    )
    if found is None:
        raise Http404
    return found
