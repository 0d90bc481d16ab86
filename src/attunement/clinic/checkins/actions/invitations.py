"""Make ways to answer a check-in without an account, and take them back."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from attunement.clinic.audit.record import audit
from attunement.clinic.checkins.models import CheckIn, Rater, Token
from attunement.clinic.checkins.tokens import expiry, hashed, new_token
from attunement.clinic.noticing.submit import held
from attunement.clinic.people.actor import Actor, check
from attunement.clinic.people.permissions import Permission, Role
from attunement.clinic.people.problems import Refused
from attunement.clinic.people.reach import episode_in_care_of


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """A way to answer. The secret is known now, and never again."""

    token: Token
    secret: str


@transaction.atomic
def invite(*, checkin: CheckIn, purpose: str, by: Actor) -> Invitation:
    """Make a way to answer; the one of the same kind before it no longer works.

    Raises
    ------
    Refused
        If the check-in cannot be answered any more.
    """
    checkin = to_invite(checkin, by)
    made = mint(checkin, purpose, by)
    audit(
        by, "checkin.invited", checkin, client=checkin.session.episode.client, purpose=str(purpose)
    )
    return made


def mint(checkin: CheckIn, purpose: str, by: Actor, secret: str = "") -> Invitation:
    """Store a new secret's hash, in place of the unused one of the same kind."""
    now = timezone.now()
    unused(checkin).filter(purpose=purpose).update(revoked_at=now)
    secret = secret or new_token()
    token = Token.objects.create(
        checkin=checkin,
        purpose=purpose,
        hash=hashed(secret),
        made_by=by.held(Role.THERAPIST) or by.held(Role.SUPERVISOR),
        made_at=now,
        expires_at=expiry(
            purpose,
            now,
            checkin.session.episode.client.site.link_days,
            checkin.due_at,
            checkin.expires_at,
        ),
    )
    return Invitation(token=token, secret=secret)


@transaction.atomic
def revoke(*, checkin: CheckIn, by: Actor) -> int:
    """Let no link to a check-in work any more; give how many there were."""
    check(by, Permission.CHECKIN_INVITE)
    episode = episode_in_care_of(by, checkin.session.episode_id)
    taken = unused(checkin).update(revoked_at=timezone.now())
    audit(by, "checkin.links-revoked", checkin, client=episode.client, links=taken)
    return taken


def to_invite(checkin: CheckIn, by: Actor) -> CheckIn:
    """Give a check-in that a client can be invited to, if it is theirs to invite to.

    Its episode is held first, as where someone answers: so neither waits for the other.
    """
    check(by, Permission.CHECKIN_INVITE)
    episode_in_care_of(by, checkin.session.episode_id)
    held(checkin)
    found = (
        CheckIn.objects.select_for_update(of=("self",))
        .select_related("session__episode__client__site")
        .get(pk=checkin.pk)
    )
    if found.rater != Rater.CLIENT:
        raise Http404
    if found.state != CheckIn.State.DUE or found.expires_at <= timezone.now():
        raise Refused(_("This check-in cannot be answered any more, so there is no link to give."))
    return found


def unused(checkin: CheckIn) -> QuerySet[Token]:
    """Give the ways to answer that still stand open."""
    return Token.objects.filter(checkin=checkin, used_at__isnull=True, revoked_at__isnull=True)
