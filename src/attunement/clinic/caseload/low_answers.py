"""Which answers lie behind a drop."""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import polars as pl
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from attunement.clinic.caseload.answers import LOW, SCHEMA, compare
from attunement.clinic.caseload.scales import ALLIANCE, CHECK_IN
from attunement.clinic.noticing.instruments import instruments

MOST_NAMED = 3
FAR_BELOW = frozenset({"much-lower"})
Given = tuple[int, str, float]


def low_answers(answers: Sequence[Given], session: int, norms: dict[str, Any]) -> str:
    """Name the answers that fell furthest below the client's usual; empty where none is below.

    Parameters
    ----------
    answers
        Session, item and value of the check-in's answers that the therapist may see.
    session
        Which session.
    norms
        The site's, by scale.
    """
    until = tuple(sorted(one for one in answers if one[0] <= session))
    low = low_items(json.dumps(norms.get(ALLIANCE), sort_keys=True), until, session)
    if not low:
        return ""
    form = instruments()[CHECK_IN].in_language(get_language() or "en")
    shown = low[:MOST_NAMED]
    names = ", ".join(item.name for item in form.items if item.id in shown)
    if len(low) > MOST_NAMED:
        return _("Furthest below usual: %(answers)s.") % {"answers": names}
    return _("Below usual: %(answers)s.") % {"answers": names}


def far_below(answers: Sequence[Given], session: int, norms: dict[str, Any]) -> tuple[int, int]:
    """Count a session's answers to the eight, and those of them that lie far below usual."""
    items = {item.id for item in instruments()[CHECK_IN].items_of("alliance")}
    until = tuple(sorted(one for one in answers if one[0] <= session))
    written = json.dumps(norms.get(ALLIANCE), sort_keys=True)
    given = sum(at == session and item in items for at, item, _value in until)
    return given, len(low_items(written, until, session, FAR_BELOW))


@lru_cache(maxsize=2048)
def low_items(
    norms: str, answers: tuple[Given, ...], session: int, wanted: frozenset[str] = frozenset(LOW)
) -> tuple[str, ...]:
    """Find a session's low answers, the furthest below first: once, for the same answers."""
    items = {item.id for item in instruments()[CHECK_IN].items_of("alliance")}
    rows = [("", at, CHECK_IN, item, value) for at, item, value in answers if item in items]
    if not rows:
        return ()
    noticed = compare(norms)(pl.DataFrame(rows, SCHEMA, orient="row"))
    found = noticed.filter(pl.col("session") == session, pl.col("stands").is_in(sorted(wanted)))
    fallen = found.sort(pl.col("score") - pl.col("prior_mean"), "scale")
    return tuple(name.rpartition(".")[2] for name in fallen["scale"])
