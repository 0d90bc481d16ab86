"""How people come to an account, and how their sign-in is protected."""

from threading import BoundedSemaphore
from time import sleep
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context, ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language, gettext, override

from attunement.clinic.people.mails import send_soon
from attunement.clinic.people.middleware import just_begun
from attunement.clinic.people.models import Person
from attunement.clinic.privacy.keys import current

SECRETS = "mfa.secret"
LINE, A_MOMENT = BoundedSemaphore(1), 1.0


class AccountAdapter(DefaultAccountAdapter):
    """Closes self-registration; counts failed sign-ins by account and address together.

    Few wrong passwords for one account from one address close that pair for some minutes, so
    that a stranger elsewhere cannot lock anyone out. Very many for one account from everywhere are
    slowed: each waits, and only one at a time in each process of the server, so that neither the
    account's password nor the server is closed by a stranger.
    """

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Say no: administrators and therapists invite."""
        return False

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        account = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{account} {self.get_client_ip(request)}"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Slow down an account whose password is being tried from very many addresses."""
        account = str(credentials.get("email", "")).lower()
        if not ratelimit.consume(request, action="login_everywhere", key=account):
            self.wait_in_line()
        super().pre_authenticate(request, **credentials)

    def wait_in_line(self) -> None:
        """Wait a moment; where somebody waits already, ask to try again."""
        if not LINE.acquire(blocking=False):
            raise self.validation_error("too_many_login_attempts")
        try:
            sleep(A_MOMENT)
        finally:
            LINE.release()

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask once more who it is, but not of someone who signed in a few minutes ago."""
        if app == "allauth.mfa" and just_begun(context.request):
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write to people in their own language, by the worker, so that no e-mail is lost."""
        person = Person.objects.filter(email=email.lower()).first()
        with override(person.language if person else get_language()):
            message = self.render_mail(template_prefix, email, {"email": email, **context})
        send_soon(to=email, subject=message.subject, text=message.body)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Give the link of a new password: at the clinic's address, whatever the caller named."""
        place = urlsplit(super().get_reset_password_from_key_url(key)).path
        return f"{settings.ADDRESS}{place}"

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Person,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell people about a change of their sign-in, at the address they sign in with."""
        super().send_notification_mail(template_prefix, user, context, email or user.email)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Encrypts the secrets of second factors."""

    def encrypt(self, text: str) -> str:
        """Encrypt under the newest key."""
        return current().seal(text, SECRETS)

    def decrypt(self, encrypted_text: str) -> str:
        """Decrypt, or raise a Problem."""
        return current().open(encrypted_text, SECRETS)

    def generate_authenticator_name(self, user: Person, type: str) -> str:  # noqa: A002
        """Propose a name for a new passkey."""
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return gettext("Passkey %(number)d") % {"number": number}
