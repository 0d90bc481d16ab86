"""Let an account show what was kept to oneself before, or elsewhere."""

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _

from attunement.clinic.audit.record import audit
from attunement.clinic.checkins.models import CheckIn
from attunement.clinic.checkins.selectors.kept import fits
from attunement.clinic.people.actor import Actor, check
from attunement.clinic.people.permissions import Permission
from attunement.clinic.people.problems import Refused


@transaction.atomic
def open_to_account(*, checkin: CheckIn, code: str, by: Actor) -> None:
    """Show everything that was answered in this account, for whoever has the code.

    Raises
    ------
    Refused
        If the code is another.
    """
    check(by, Permission.OWN_ANSWER)
    client = checkin.session.episode.client
    if by.client is None or by.person is None or client.pk != by.client.pk:
        raise Http404
    if not checkin.submission or not fits(checkin, code):
        raise Refused(_("This is not the code of these answers. Look at what you wrote down then."))
    CheckIn.objects.filter(pk=checkin.pk, state=CheckIn.State.ANSWERED).update(account=by.person)
    audit(by, "checkin.opened-to-account", checkin, client=client)
