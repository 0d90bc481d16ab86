"""Every kind of work, as data: where it is done, how often, and whether it leaves the house."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.module_loading import import_string


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of work.

    Attributes
    ----------
    does : str
        Dotted path of a function; it is given the payload.
    every : timedelta or None
        How often it comes up by itself. It goes through many records, each in a transaction of
        its own that changes nothing twice.
    leaves : bool
        Whether it does something outside the database, such as sending an e-mail. Then it is
        given its ``key`` too, and may be done twice if the worker is killed between the deed and
        noting it; everything else happens exactly once.
    long : bool
        Whether it takes so long that no transaction may be held meanwhile; it may be done twice.
    urgent : bool
        Whether it must not wait behind work that takes long: it has a lane of its own.
    """

    does: str
    every: timedelta | None = None
    leaves: bool = False
    long: bool = False
    urgent: bool = False

    @property
    def in_one_transaction(self) -> bool:
        """Whether the work and the note that it is done are one transaction."""
        return not (self.leaves or self.every or self.long)

    def do(self, key: str, payload: Mapping[str, Any]) -> None:
        """Do it once."""
        also = {"key": key} if self.leaves else {}
        import_string(self.does)(**payload, **also)


PERIODIC = "attunement.clinic.jobs.periodic."

KINDS: Mapping[str, Kind] = {
    "mail.alert": Kind(
        does="attunement.clinic.noticing.mails.alert_waiting", leaves=True, urgent=True
    ),
    "checkin.mail": Kind(
        does="attunement.clinic.checkins.actions.mail.send_invitation", leaves=True, urgent=True
    ),
    "account.mail": Kind(
        does="attunement.clinic.people.mails.send_invitation", leaves=True, urgent=True
    ),
    "sign-in.mail": Kind(
        does="attunement.clinic.people.mails.send_sealed", leaves=True, urgent=True
    ),
    "account.news": Kind(does="attunement.clinic.people.mails.account_changed", leaves=True),
    "escalate": Kind(does=PERIODIC + "escalate", every=timedelta(seconds=30), urgent=True),
    "expire": Kind(does=PERIODIC + "expire", every=timedelta(minutes=5)),
    "absence": Kind(does=PERIODIC + "absence", every=timedelta(hours=1)),
    "import.look": Kind(does="attunement.clinic.exchange.actions.looking.look_later", long=True),
    "import.take": Kind(does="attunement.clinic.exchange.actions.applying.take_later", long=True),
    "import.settle": Kind(
        does="attunement.clinic.exchange.actions.stopping.settle_all",
        every=timedelta(minutes=10),
    ),
    "uploads": Kind(
        does="attunement.clinic.exchange.actions.uploads.forget_old", every=timedelta(minutes=10)
    ),
    "words.remind": Kind(does="attunement.clinic.voice.mails.remind_all", every=timedelta(hours=1)),
    "words.mail": Kind(does="attunement.clinic.voice.mails.words_waiting", leaves=True),
    "service.counts": Kind(
        does="attunement.clinic.service.counting.count_all", every=timedelta(hours=24)
    ),
    "programme.all": Kind(
        does="attunement.clinic.service.programme.compute_all", every=timedelta(hours=24)
    ),
    "programme.one": Kind(does="attunement.clinic.service.programme.compute_one", long=True),
    "drift.learn": Kind(does="attunement.clinic.drift.learning.learn_all", every=timedelta(days=7)),
    "drift.suggest": Kind(
        does="attunement.clinic.drift.suggesting.suggest_all", every=timedelta(hours=1)
    ),
    "site.norms": Kind(
        does="attunement.clinic.service.norms.estimate_all", every=timedelta(days=1)
    ),
    "guidance.usual": Kind(
        does="attunement.clinic.guidance.usual.learn_all", every=timedelta(days=28)
    ),
    "guidance.followed": Kind(
        does="attunement.clinic.guidance.followed.work_out_all", every=timedelta(days=1)
    ),
    "erasure.asked": Kind(does="attunement.clinic.privacy.mails.request_waits", leaves=True),
    "erasure.answered": Kind(does="attunement.clinic.privacy.mails.answer_there", leaves=True),
    "erasures": Kind(
        does="attunement.clinic.privacy.erasure.carry_out_due", every=timedelta(hours=1)
    ),
    "audit.check": Kind(does="attunement.clinic.audit.verify.verify_all", every=timedelta(days=1)),
    "keys.count": Kind(
        does="attunement.clinic.privacy.rotation.count_texts", every=timedelta(days=1)
    ),
    "tidy": Kind(does=PERIODIC + "tidy", every=timedelta(hours=1)),
}
