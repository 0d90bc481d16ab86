"""What a client keeps to themselves, and in which account it may be shown.

Staff write down the address of an account, so an account alone does not prove that it is the
client's. Whoever gave an answer knows it already: it is shown in the account in which it was
given, and in one that has the code which was shown, once, to whoever gave it. What was shared, and
was kept back later by an account, stays in that account: it has seen it.
"""

import base64
import hashlib
import hmac

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from attunement.clinic.checkins.models import Answer, Audience, CheckIn, Comment, Rater
from attunement.clinic.people.models import Client, Person

LETTERS, GROUP = 12, 4


def shown_in(account: Person | None) -> Q:
    """Give the answers and comments that may be shown in an account."""
    own = Q(kept_in=account) if account else Q(pk__in=[])
    return Q(audience=Audience.THERAPIST) | own | opened_to(account)


def scores_shown_in(account: Person | None) -> Q:
    """Give the scores that may be shown in an account: those of answers that it is shown."""
    if account is None:
        return Q(private=False)
    kept = Answer.objects.filter(checkin=OuterRef("checkin")).exclude(audience=Audience.THERAPIST)
    unseen = kept.exclude(kept_in__isnull=False, kept_in=account)
    seen = Exists(kept) & ~Exists(unseen)
    return Q(private=False) | opened_to(account) | Q(seen)


def scores_shown_after(checkin: CheckIn) -> Q:
    """Give the scores that may be shown to whoever has just answered without an account."""
    return Q(private=False) | Q(checkin=checkin)


def opened_to(account: Person | None) -> Q:
    """Give what hangs on a check-in that was answered in an account, or opened to it."""
    return Q(checkin__account=account) if account else Q(pk__in=[])


def not_opened(client: Client, account: Person | None) -> QuerySet[CheckIn]:
    """Give the answered check-ins with something that is not shown in an account."""
    mine = [account] if account else []
    return with_something_kept(
        CheckIn.objects.filter(session__episode__client=client, rater=Rater.CLIENT),
        Q(kept_in__isnull=False, kept_in__in=mine),
    ).exclude(account__in=mine)


def with_something_kept(checkins: QuerySet[CheckIn], but: Q | None = None) -> QuerySet[CheckIn]:
    """Give the check-ins of which something is kept from the therapist, ``but`` for some of it."""
    shared = Q(audience=Audience.THERAPIST)
    answers, comments = (
        rows.objects.filter(checkin=OuterRef("pk")).exclude(shared | but if but else shared)
        for rows in (Answer, Comment)
    )
    return checkins.filter(Exists(answers) | Exists(comments))


def code_for(checkin: CheckIn) -> str:
    """Give the code to show to whoever has just answered; none where nothing is kept back."""
    kept = with_something_kept(CheckIn.objects.filter(pk=checkin.pk)).exists()
    return code_of(checkin) if kept else ""


def code_of(checkin: CheckIn) -> str:
    """Give the code of an answered check-in: 60 bits that only the clinic can reckon."""
    said = f"kept {checkin.pk} {checkin.submission}"
    made = hmac.new(settings.SECRET_KEY.encode(), said.encode(), hashlib.sha256).digest()
    letters = base64.b32encode(made).decode()[:LETTERS]
    return "-".join(letters[at : at + GROUP] for at in range(0, LETTERS, GROUP))


def fits(checkin: CheckIn, code: str) -> bool:
    """Say whether a code is the one of a check-in, however it is written."""
    given = "".join(letter for letter in code.upper() if letter.isalnum())
    return hmac.compare_digest(given.encode(), code_of(checkin).replace("-", "").encode())
