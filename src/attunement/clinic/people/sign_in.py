"""The addresses of sign-in, each with the permission it needs."""

from collections.abc import Iterator, Mapping

from allauth.account import urls as account
from allauth.mfa import urls as mfa
from allauth.usersessions import urls as sessions
from django.urls import URLPattern, URLResolver, include, path

from attunement.clinic.people.permissions import Permission
from attunement.clinic.people.routes import guarded

OPEN = Permission.PUBLIC_READ
OWN = Permission.ACCOUNT_OWN

NEEDED: Mapping[str, Permission] = {
    "account_login": OPEN,
    "account_logout": OPEN,
    "account_inactive": OPEN,
    "account_reset_password": OPEN,
    "account_reset_password_done": OPEN,
    "account_reset_password_from_key": OPEN,
    "account_reset_password_from_key_done": OPEN,
    "account_reauthenticate": OWN,
    "account_change_password": OWN,
    "account_set_password": OWN,
    "mfa_authenticate": OPEN,
    "mfa_login_webauthn": OPEN,
    "mfa_reauthenticate": OWN,
    "mfa_reauthenticate_webauthn": OWN,
    "mfa_index": OWN,
    "mfa_activate_totp": OWN,
    "mfa_deactivate_totp": OWN,
    "mfa_view_recovery_codes": OWN,
    "mfa_generate_recovery_codes": OWN,
    "mfa_download_recovery_codes": OWN,
    "mfa_list_webauthn": OWN,
    "mfa_add_webauthn": OWN,
    "mfa_remove_webauthn": OWN,
    "mfa_edit_webauthn": OWN,
    "usersessions_list": OWN,
}


def guard(patterns: list[URLPattern | URLResolver]) -> Iterator[URLPattern | URLResolver]:
    """Keep the routes that are named above, each guarded; leave out the rest."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = list(guard(pattern.url_patterns))
            yield path(str(pattern.pattern), include((inner, None)))  # type: ignore[arg-type]
        elif pattern.name and pattern.name in NEEDED:
            guarded_view = guarded(pattern.callback, NEEDED[pattern.name])
            yield URLPattern(pattern.pattern, guarded_view, pattern.default_args, pattern.name)


urlpatterns = [
    *guard(account.urlpatterns),
    path("2fa/", include(list(guard(mfa.urlpatterns)))),
    path("sessions/", include(list(guard(sessions.urlpatterns)))),
]
