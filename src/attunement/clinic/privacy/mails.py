"""E-mails about erasing a record: that a request waits, that there is an answer, that it is done.

None says whom it is about but to themselves.
"""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from attunement.clinic.conf.environment import environment
from attunement.clinic.jobs.mail import send
from attunement.clinic.jobs.queue import later
from attunement.clinic.people.mails import send_soon
from attunement.clinic.people.models import Client, Membership
from attunement.clinic.people.permissions import Role
from attunement.clinic.privacy.models import Erasure

ASKED, ANSWERED = "erasure.asked", "erasure.answered"
State = Erasure.State


def tell_administrators(erasure: Erasure) -> None:
    """Send word to the site's administrators that a client's request waits for them."""
    there = Membership.objects.filter(
        site=erasure.client.site_id,
        role=Role.ADMINISTRATOR,
        active=True,
        person__is_active=True,
    )
    for one in there:
        later(ASKED, f"{ASKED}:{erasure.pk}:{one.pk}", erasure=str(erasure.pk), to=str(one.pk))


def request_waits(*, key: str, erasure: str, to: str) -> None:
    """Tell one administrator, unless it is decided by now. Run by the worker."""
    found = Membership.objects.filter(pk=to, active=True, person__is_active=True)
    one = found.select_related("person", "site").first()
    if one is None or not Erasure.objects.filter(pk=erasure, state=State.ASKED).exists():
        return
    with override(one.person.language or one.site.language):
        text = _(
            "Someone asks for their record to be erased, and waits for an answer. Please sign in, "
            "look and decide:\n\n%(address)s\n\n"
            "For reasons of privacy this message does not say whom it is about."
        ) % {"address": address("erasures")}
        send(to=one.person.email, subject=_("A request waits for an answer"), text=text, key=key)


def tell_client(erasure: Erasure) -> None:
    """Send word to a client that there is an answer."""
    later(ANSWERED, f"{ANSWERED}:{erasure.pk}:{erasure.state}", erasure=str(erasure.pk))


def answer_there(*, key: str, erasure: str) -> None:
    """Tell them where the answer is, not what it says. Run by the worker."""
    decided = Erasure.objects.filter(pk=erasure, state__in=[State.DUE, State.OFF])
    found = decided.select_related("client__site", "client__account").first()
    if found is None or not (to := address_of(found.client)):
        return
    with override(language(found.client)):
        there = _("there is an answer about your record at %(site)s.")
        if found.client.account:
            where = _("Please sign in to read it:") + f"\n\n{address('own_rights')}"
        else:
            where = _("Please ask your therapist or the service for it.")
        said = [
            _("Hello,"),
            there % {"site": found.client.site.name} + " " + where,
            _("For reasons of privacy this message does not say more."),
        ]
        send(to=to, subject=_("There is an answer for you"), text=letter(said), key=key)


def say_last(client: Client) -> None:
    """Ask for the last e-mail to a client, while their address is still known.

    The address is sealed with the e-mail, and goes with it.
    """
    if not (to := address_of(client)):
        return
    with override(language(client)):
        said = [
            _("Hello,"),
            _(
                "your record at %(site)s has been erased, as was decided. Only what the law asks "
                "for stays, without your name."
            )
            % {"site": client.site.name},
            _("Your e-mail address has gone from it too. This is the last message about it."),
        ]
        send_soon(to=to, subject=_("It is done"), text=letter(said))


def address_of(client: Client) -> str:
    """Give how a client is reached: by their account, or else by the address in their record."""
    return client.account.email if client.account else client.email


def language(client: Client) -> str:
    """Give the language in which a client is written to."""
    return (
        (client.account.language if client.account else "")
        or client.language
        or client.site.language
    )


def letter(said: list[str]) -> str:
    """Put paragraphs together."""
    return "\n\n".join(said) + "\n"


def address(place: str) -> str:
    """Give the full address of a page."""
    return environment().address.rstrip("/") + reverse(place)
