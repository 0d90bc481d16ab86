"""E-mails about accounts."""

import json
from uuid import uuid4

from allauth.account import app_settings
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from attunement.clinic.conf.environment import environment
from attunement.clinic.jobs.mail import send
from attunement.clinic.jobs.queue import later
from attunement.clinic.people.models import Membership, Person
from attunement.clinic.people.permissions import Role
from attunement.clinic.privacy.keys import current

TEMPLATE, SOON = "account/email/invitation", "sign-in.mail"


def send_invitation(*, key: str, person: str) -> None:
    """Send the link by which a password is chosen, unless there is one by now. Run by the worker.

    Where it is sent twice, either link works until one of them is used.
    """
    to = Person.objects.filter(pk=person).first()
    if to is None or not to.is_active or to.has_usable_password():
        return
    said = {"password_reset_url": link(to)}
    with override(to.language or settings.LANGUAGE_CODE):
        send(
            to=to.email,
            subject=render_to_string(f"{TEMPLATE}_subject.txt").strip(),
            text=render_to_string(f"{TEMPLATE}_message.txt", said).strip() + "\n",
            key=key,
        )


def send_soon(*, to: str, subject: str, text: str) -> None:
    """Ask the worker to send an e-mail about someone's sign-in; what it says is kept encrypted."""
    said = json.dumps({"to": to, "subject": subject, "text": text})
    later(SOON, f"{SOON}:{uuid4().hex}", sealed=current().seal(said, SOON))


def send_sealed(*, key: str, sealed: str) -> None:
    """Send such an e-mail. Run by the worker."""
    send(**json.loads(current().open(sealed, SOON)), key=key)


def account_changed(*, key: str, episode: str, membership: str) -> None:
    """Tell someone that a client's address or account was changed. Run by the worker."""
    to = Membership.objects.filter(pk=membership, active=True).select_related("person").first()
    if to is None or not to.person.is_active:
        return
    with override(to.person.language or settings.LANGUAGE_CODE):
        if to.role == Role.ADMINISTRATOR:
            place = reverse("audit")
        else:
            place = reverse("client_account", args=[episode])
        text = _(
            "Someone at your site has changed the e-mail address of a client or their account. "
            "Please see who did, and whether your client knows of it:\n\n"
            "%(address)s\n\n"
            "For reasons of privacy this message does not say whom it is about."
        ) % {"address": environment().address.rstrip("/") + place}
        subject = _("A client's address or account was changed")
        send(to=to.person.email, subject=subject, text=text, key=key)


def link(person: Person) -> str:
    """Give the address at which someone chooses a password."""
    token = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(person)
    place = reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(person), "key": token},
    )
    return environment().address.rstrip("/") + place
