"""Forms of sign-in in the words of this house."""

from typing import Any

from allauth.account.forms import LoginForm, ResetPasswordForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django.forms import Field
from django.utils.translation import gettext_lazy as _


class SignIn(LoginForm):
    """Asks for e-mail and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        call_it_e_mail(self.fields["login"])


class ForgottenPassword(ResetPasswordForm):
    """Asks where to send a link with which a new password is chosen."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        call_it_e_mail(self.fields["email"])


def call_it_e_mail(field: Field) -> None:
    """Name a field as the rest of the house does."""
    field.label = _("E-mail")
    field.widget.attrs.pop("placeholder", None)


class AddPasskey(AddWebAuthnForm):
    """Adds a passkey, which may take the password's place."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of this passkey")
        self.fields["name"].help_text = _("So that you can tell several apart.")
        alone = self.fields["passwordless"]
        alone.initial = True
        alone.label = _("Sign in with this passkey alone")
        alone.help_text = _("Your device then asks for your fingerprint, your face or its code.")
