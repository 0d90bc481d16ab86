"""The room of people, and what it listens to."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Writes every change of sign-in to the audit."""

    name = "attunement.clinic.people"

    def ready(self) -> None:
        """Listen to sign-in."""
        from attunement.clinic.people import sign_in_audit

        sign_in_audit.listen()
