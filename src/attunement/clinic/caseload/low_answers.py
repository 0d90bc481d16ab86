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

Given = tuple[int, str, float]


def low_answers(answers: Sequence[Given], session: int, norms: dict[str, Any]) -> str:
    """Name the answers of a session that lie below the client's usual; empty where none does.

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
    names = [item.name for item in form.items if item.id in low]
    return _("Below usual: %(answers)s.") % {"answers": ", ".join(names)}


@lru_cache(maxsize=2048)
def low_items(norms: str, answers: tuple[Given, ...], session: int) -> frozenset[str]:
    """Compare a session's answers with earlier ones: once, for the same answers."""
    items = {item.id for item in instruments()[CHECK_IN].items_of("alliance")}
    rows = [("", at, CHECK_IN, item, value) for at, item, value in answers if item in items]
    if not rows:
        return frozenset()
    noticed = compare(norms)(pl.DataFrame(rows, SCHEMA, orient="row"))
    found = noticed.filter(pl.col("session") == session, pl.col("stands").is_in(sorted(LOW)))
    return frozenset(name.rpartition(".")[2] for name in found["scale"])
