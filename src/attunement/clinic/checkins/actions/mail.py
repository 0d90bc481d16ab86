"""Invite a client by e-mail. The subject and the text name nobody."""

import base64
import hashlib
import hmac
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from attunement.clinic.audit.record import audit
from attunement.clinic.checkins.actions.invitations import mint, to_invite
from attunement.clinic.checkins.models import CheckIn, Token
from attunement.clinic.checkins.tokens import hashed
from attunement.clinic.conf.environment import environment
from attunement.clinic.jobs.mail import send
from attunement.clinic.jobs.queue import later
from attunement.clinic.noticing.submit import held
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.problems import Refused

KIND = "checkin.mail"


@transaction.atomic
def invite_by_mail(*, checkin: CheckIn, by: Actor) -> None:
    """Ask the worker to send an invitation.

    Raises
    ------
    Refused
        If the check-in cannot be answered any more, or no address is known.
    """
    checkin = to_invite(checkin, by)
    client = checkin.session.episode.client
    if not client.email:
        raise Refused(
            _("No e-mail address is known. Add one on the client's page, or copy a link.")
        )
    made = checkin.tokens.filter(purpose=Token.Purpose.MAIL).aggregate(n=Count("pk"))["n"]
    later(KIND, f"{KIND}:{checkin.pk}:{made}", checkin=checkin.pk)
    audit(by, "checkin.invited", checkin, client=client, purpose="mail")


def send_invitation(*, key: str, checkin: int) -> None:
    """Send one invitation, unless there is nothing left to answer. Run by the worker.

    Where it is tried again, the link is the same: whichever copy arrives works.
    """
    with transaction.atomic():
        mailed = CheckIn.objects.select_related("session__episode").filter(pk=checkin).first()
        if mailed is None:
            return
        held(mailed)
        found = (
            CheckIn.objects.select_for_update(of=("self",))
            .select_related("session__episode__client__site")
            .filter(pk=checkin, state=CheckIn.State.DUE, expires_at__gt=timezone.now())
            .first()
        )
        if found is None or not found.session.episode.client.email:
            return
        secret = secret_of(key)
        before = Token.objects.filter(hash=hashed(secret)).first()
        if before and (before.revoked_at or before.used_at or before.expires_at <= timezone.now()):
            return
        token = before
        if token is None:
            by = Actor.worker(found.session.episode.client.site)
            token = mint(found, Token.Purpose.MAIL, by, secret).token
            client = found.session.episode.client
            audit(by, "checkin.mailed", found, client=client, token=token.pk)
    client = found.session.episode.client
    with translation.override(client.language or client.site.language):
        send(
            to=client.email,
            subject=_("A few questions for you"),
            text=text(found, secret, token.expires_at),
            key=key,
        )


def secret_of(key: str) -> str:
    """Give the secret of an invitation that a job sends: 32 bytes that follow from the job's key.

    They follow under the secret key of the clinic, so that nobody else can reckon them.
    """
    said = hmac.new(settings.SECRET_KEY.encode(), f"{KIND} {key}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(said.digest()).decode().rstrip("=")


def text(checkin: CheckIn, secret: str, until: datetime) -> str:
    """Write the invitation. It names the place, and neither the client nor the therapist."""
    site = checkin.session.episode.client.site
    return _(
        "Hello,\n\n"
        "there are a few short questions for you at %(site)s. They take about two minutes, and "
        "you can leave out whatever you like:\n\n"
        "%(address)s\n\n"
        "The link is yours alone. You can answer once, until %(until)s. Nobody reads your answers "
        "in real time. If you need help now, please call:\n\n"
        "%(contacts)s\n"
    ) % {
        "site": site.name,
        "address": environment().address.rstrip("/") + reverse("answer", args=[secret]),
        "until": date_format(
            timezone.localtime(until, ZoneInfo(site.time_zone)), "DATETIME_FORMAT"
        ),
        "contacts": "\n".join(
            f"{one.get('name', '')}: {one.get('phone', '')}" for one in site.crisis_contacts
        ),
    }
