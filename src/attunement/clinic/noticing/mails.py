"""E-mails about alerts. They say that something waits, and nothing about whom or what."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from attunement.clinic.conf.environment import environment
from attunement.clinic.jobs.mail import send
from attunement.clinic.noticing.models import Alert
from attunement.clinic.people.models import Membership
from attunement.clinic.people.permissions import Role


def alert_waiting(*, key: str, alert: str, membership: str) -> None:
    """Tell someone that an alert waits for them, unless it is closed by now."""
    to = Membership.objects.filter(pk=membership, active=True).select_related("person").first()
    waits = Alert.objects.filter(pk=alert, state__in=Alert.OPEN_STATES).exists()
    if to is None or not waits:
        return
    with override(to.person.language or settings.LANGUAGE_CODE):
        if to.role == Role.ADMINISTRATOR:
            subject = _("An urgent alert waits, and nobody is there to see it")
            text = _(
                "An urgent alert waits at your site. Its therapist has not taken it on, nobody is "
                "on call, and there is no supervisor. Please sign in, name a supervisor or someone "
                "on call, and ring the therapist now:\n\n%(address)s\n\n"
                "For reasons of privacy this message does not say whom it is about."
            )
        else:
            subject = _("An urgent alert waits for you")
            text = _(
                "An urgent alert waits for you. Please sign in and look at it now:\n\n"
                "%(address)s\n\n"
                "For reasons of privacy this message does not say whom it is about."
            )
        text %= {"address": environment().address}
        send(to=to.person.email, subject=subject, text=text, key=key)
