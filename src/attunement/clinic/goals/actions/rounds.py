"""The round in which both write now."""

from django.utils.translation import gettext as _

from attunement.clinic.goals.models import Round
from attunement.clinic.goals.reach import Held
from attunement.clinic.people.problems import Refused


def kept_unseen() -> str:
    """Say why nothing is done about a list that is not shown."""
    return _(
        "Your list is kept. It is not shown here, so that nobody else can read it on this screen."
    )


def being_written(held: Held) -> Round:
    """Give the round in which both write now; the first one begins by itself.

    Raises
    ------
    Refused
        If both lists are open.
    """
    last = Round.objects.filter(episode=held.episode).order_by("-number").first()
    if last is None:
        return Round.objects.create(episode=held.episode, number=1)
    if last.is_open:
        raise Refused(_("Both lists are open now. You can begin anew when you both like."))
    return last
