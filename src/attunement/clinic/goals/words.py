"""What is said about goals, in plain sentences."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from attunement.clinic.conf.numbers import in_language
from attunement.clinic.goals.models import Rating
from attunement.clinic.goals.selectors.agreement import Point
from attunement.goals.agreement import Agreement
from attunement.goals.standing import Stale

WHOLE = 100


def hundredths(found: Agreement) -> tuple[int, int, int, int]:
    """Give the parts of an agreement in whole hundredths that add up to a hundred."""
    parts = [found.agreement, found.client_only, found.therapist_only, found.ranked_apart]
    whole = [int(WHOLE * part + 1e-9) for part in parts]
    rest = sorted(range(len(parts)), key=lambda i: (round(whole[i] - WHOLE * parts[i], 6), i))
    for i in rest[: WHOLE - sum(whole)]:
        whole[i] += 1
    return whole[0], whole[1], whole[2], whole[3]


def agreement(found: Agreement | None, client: str, therapist: str) -> str:
    """Say how much the lists have in common, and what the rest is; empty where one is empty."""
    if found is None:
        return ""
    common, first, second, apart = hundredths(found)
    return _(
        "Take all that you two want as 100 points: you share %(common)d. Only %(client)s: "
        "%(first)d. Only %(therapist)s: %(second)d. Both, but in another order: %(apart)d."
    ) % {
        "common": common,
        "first": first,
        "second": second,
        "apart": apart,
        "client": client,
        "therapist": therapist,
    }


def over_rounds(points: Sequence[Point]) -> str:
    """Say how agreement went; empty where there is one point or none."""
    if len(points) < 2:
        return ""
    return _(
        "You shared %(first)d of 100 points at session %(from)d, and %(last)d at session %(to)d."
    ) % {
        "first": round(WHOLE * points[0].agreement),
        "from": points[0].session,
        "last": round(WHOLE * points[-1].agreement),
        "to": points[-1].session,
    }


def rated(ratings: Sequence[Rating]) -> str:
    """Say how close a client is to a goal, from the first number to the last."""
    if not ratings:
        return ""
    last = ratings[-1]
    if len(ratings) == 1:
        return _("%(last)d of 10 at session %(number)d.") % {
            "last": last.value,
            "number": last.number,
        }
    return _("From %(first)d of 10 at session %(from)d to %(last)d at session %(number)d.") % {
        "first": ratings[0].value,
        "from": ratings[0].number,
        "last": last.value,
        "number": last.number,
    }


def stale(why: Stale | None) -> str:
    """Say why a goal is worth another look."""
    if why is Stale.UNRATED:
        return _("Not rated at the last four sessions: is it still a goal?")
    if why is Stale.UNMOVED:
        return _("The last five ratings are about the same: worth asking what is in the way.")
    return ""


def t_score(value: float) -> str:
    """Write a T-score."""
    return in_language(f"{value:.1f}".removesuffix(".0"))
