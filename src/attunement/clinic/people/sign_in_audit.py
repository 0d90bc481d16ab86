"""Write sign-in, and every change to it, to the audit."""

from collections.abc import Callable
from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from attunement.clinic.audit.record import audit
from attunement.clinic.people.middleware import BEGUN, SECOND, acting
from attunement.clinic.people.models import Person

EVENTS: tuple[tuple[Any, str], ...] = (
    (account.user_logged_in, "person.signed-in"),
    (user_logged_out, "person.signed-out"),
    (account.password_changed, "person.password-changed"),
    (account.password_set, "person.password-set"),
    (account.password_reset, "person.password-reset"),
    (mfa.authenticator_added, "person.second-factor-added"),
    (mfa.authenticator_removed, "person.second-factor-removed"),
    (mfa.authenticator_reset, "person.recovery-codes-made"),
)


def listen() -> None:
    """Connect every event with its entry."""
    for signal, action in EVENTS:
        signal.connect(writer(action), dispatch_uid=action, weak=False)
    user_logged_in.connect(begin, dispatch_uid="session begun")
    user_login_failed.connect(refused, dispatch_uid="person.sign-in-refused")
    mfa.authenticator_removed.connect(ask_again, dispatch_uid="second factor removed")


def writer(action: str) -> Callable[..., None]:
    """Give a listener that writes one kind of event."""

    def write(sender: Any, user: Any = None, **_kwargs: Any) -> None:  # noqa: ARG001
        if isinstance(user, Person):
            note(user, action)

    return write


def note(person: Person, action: str) -> None:
    """Write what someone did with their own sign-in."""
    with transaction.atomic():
        audit(acting(person), action, person, client=getattr(person, "client", None))


def refused(sender: Any, credentials: dict[str, Any], **_kwargs: Any) -> None:  # noqa: ARG001
    """Write that a sign-in was refused, for accounts that exist."""
    address = str(credentials.get("email", "")).lower()
    person = Person.objects.filter(email=address).first() if address else None
    if person is not None:
        note(person, "person.sign-in-refused")


def begin(sender: Any, request: HttpRequest, **_kwargs: Any) -> None:  # noqa: ARG001
    """Note when a session began: it ends some hours later in any case."""
    request.session[BEGUN] = int(timezone.now().timestamp())


def ask_again(sender: Any, request: HttpRequest, **_kwargs: Any) -> None:  # noqa: ARG001
    """Look anew whether someone still has a second factor."""
    request.session.pop(SECOND, None)
