"""E-mails about words to the service: that some wait, and nothing about whose they are.

Whoever wrote in their account is told that there is an answer, and not to what.
"""

from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from attunement.clinic.conf.environment import environment
from attunement.clinic.jobs.mail import send
from attunement.clinic.jobs.queue import later
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.mails import send_soon
from attunement.clinic.people.models import Membership, Site
from attunement.clinic.privacy.mails import address, language, letter
from attunement.clinic.voice.models import Word
from attunement.clinic.voice.readers import reading, words_for

KIND = "words.mail"
FROM_HOUR = 8


def remind_all() -> None:
    """Ask for an e-mail to everyone for whom a word waits: one a day at most, from the morning."""
    for site in Site.objects.all():
        now = timezone.localtime(timezone=ZoneInfo(site.time_zone))
        if now.hour < FROM_HOUR:
            continue
        for reader in reading(site).select_related("person", "site"):
            if waits_for(reader):
                later(KIND, f"{KIND}:{reader.pk}:{now:%Y-%m-%d}", membership=str(reader.pk))


def words_waiting(*, key: str, membership: str) -> None:
    """Tell someone that words wait for them, unless all are read by now. Run by the worker."""
    found = Membership.objects.filter(pk=membership, active=True, person__is_active=True)
    to = found.select_related("person", "site").first()
    if to is None or not waits_for(to):
        return
    with override(to.person.language or to.site.language):
        text = _(
            "Someone wrote to the service, and nobody has read it yet. Please sign in and look:"
            "\n\n%(address)s\n\n"
            "For reasons of privacy this message does not say who wrote, or about what. It comes "
            "once a day at most."
        ) % {"address": environment().address}
        send(to=to.person.email, subject=_("A word to the service waits"), text=text, key=key)


def tell_writer(word: Word) -> None:
    """Ask for an e-mail to whoever wrote: that there is an answer, and nothing of it.

    It goes to the account in which the word was written, whose address staff cannot change; the
    one in the record may be their therapist's doing. A word without a name is left out: a letter
    that cannot be delivered comes back to the service, with the address of whoever wrote.
    """
    client, account = word.client, word.account
    if not word.named or account is None or not account.is_active:
        return
    if account.pk != client.account_id:
        return
    with override(language(client)):
        there = _("there is an answer for you at %(site)s.") % {"site": client.site.name}
        said = [
            _("Hello,"),
            there + " " + _("Please sign in to read it:") + f"\n\n{address('own')}",
            _("For reasons of privacy this message does not say more."),
        ]
        send_soon(to=account.email, subject=_("There is an answer for you"), text=letter(said))


def waits_for(reader: Membership) -> bool:
    """Whether there is a word that they may read, and that nobody has read yet."""
    by = Actor(person=reader.person, site=reader.site, memberships=(reader,))
    return words_for(by).filter(state=Word.State.OPEN).exists()
