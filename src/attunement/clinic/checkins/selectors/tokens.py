"""Find what a link leads to, and say why it leads nowhere."""

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import CharField, QuerySet
from django.utils import timezone

from attunement.clinic.checkins.models import CheckIn, Token
from attunement.clinic.checkins.tokens import hashed
from attunement.clinic.statements import Place, Read

IN_PERSON = frozenset({Token.Purpose.QR, Token.Purpose.KIOSK})


class Standing(StrEnum):
    """What a link is good for."""

    OPEN = "open"
    UNKNOWN = "unknown"
    ANSWERED = "answered"
    OVER = "over"
    REVOKED = "revoked"
    WITHDRAWN = "withdrawn"
    EARLY = "early"


@dataclass(frozen=True)
class Found:
    """A link, and what it is good for."""

    standing: Standing
    token: Token | None = None

    @property
    def checkin(self) -> CheckIn:
        """What it leads to."""
        if self.token is None:
            raise LookupError("an unknown link leads nowhere")
        return self.token.checkin


def find_link(secret: str) -> Found:
    """Find what a link in an address leads to. A tablet's is never in an address."""
    token = next(iter(by_hash(hash=hashed(secret))), None)
    return found(token if token and token.purpose != Token.Purpose.KIOSK else None)


def find_kiosk(pk: int) -> Found:
    """Find what a tablet that was handed over is open for."""
    return found(tokens().filter(purpose=Token.Purpose.KIOSK, pk=pk).first())


def found(token: Token | None) -> Found:
    """Say what a token is good for now."""
    return Found(standing(token), token) if token else Found(Standing.UNKNOWN)


def standing(token: Token) -> Standing:
    """Say whether it can be used, and if not, why."""
    checkin, now = token.checkin, timezone.now()
    reasons = (
        (checkin.state == CheckIn.State.ANSWERED or token.used_at, Standing.ANSWERED),
        (token.revoked_at, Standing.REVOKED),
        (checkin.state == CheckIn.State.WITHDRAWN, Standing.WITHDRAWN),
        (
            checkin.state == CheckIn.State.EXPIRED
            or min(token.expires_at, checkin.expires_at) <= now,
            Standing.OVER,
        ),
        (token.purpose not in IN_PERSON and checkin.is_early, Standing.EARLY),
    )
    return next((why for holds, why in reasons if holds), Standing.OPEN)


def tokens() -> QuerySet[Token]:
    """Give tokens together with all that a page about them needs."""
    return Token.objects.select_related("checkin__session__episode__client__site")


by_hash = Read(lambda: tokens().filter(hash=Place("hash", CharField())))
