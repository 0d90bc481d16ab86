"""Everything about staying and leaving, from one call."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from attunement.problems import Problem
from attunement.programme.disclosure.withholding import FEWEST
from attunement.programme.retention.card import Card, card
from attunement.programme.retention.drift import ALERT_RATE, learn_drift
from attunement.programme.retention.known import Watched
from attunement.programme.retention.model import Model
from attunement.programme.retention.periods import Leaving
from attunement.programme.retention.staying import Staying, staying


@dataclass(frozen=True, kw_only=True)
class Retention:
    """Staying and leaving.

    Attributes
    ----------
    staying : Staying
        Rates and curves under every definition.
    model : Model or None
        Who drifts away, learned and tested; None where it could not be learned.
    card : Card or None
        Of the model.
    why_no_model : str
        Why there is none; empty where there is one.
    """

    staying: Staying
    model: Model | None
    card: Card | None
    why_no_model: str


def retention(
    appointments: Any,
    scores: Any = None,
    watched: Watched | None = None,
    people: Any = None,
    by: Sequence[str] = (),
    *,
    leaving: Leaving | None = None,
    alert_rate: float = ALERT_RATE,
    fewest: int = FEWEST,
) -> Retention:
    """Say who stays and who leaves, and learn who drifts away where there are data enough.

    Formulas and sources stand with :func:`~attunement.programme.retention.staying.staying` and
    :func:`~attunement.programme.retention.drift.learn_drift`.

    Parameters
    ----------
    appointments
        Table of attendance (``attunement.tables.ATTENDANCE``) of any kind.
    scores, watched
        Table of scores, and which scales in it to look at; without them nothing is learned.
    people
        One row per ``client``: the columns of ``by``, and ``site`` where there are several.
    by
        Columns to group by, one at a time.
    leaving
        What is called leaving where the model is concerned.
    alert_rate
        Share of sessions after which a check-in shall be suggested.
    fewest
        The smallest count of a group that is shown.

    Raises
    ------
    Problem
        If a table cannot be used. That there is too little to learn from is no problem.

    Examples
    --------
    >>> from attunement import Plan, simulate
    >>> found = retention(simulate(Plan(clients=100, responses=False), seed=7).attendance)
    >>> found.staying.rates.select("definition", "left", "known").row(0), found.why_no_model
    (('before-planned-end', 26, 89), 'no scores were given to learn from')
    """
    leaving = leaving or Leaving()
    shown = staying(
        appointments, people, by, limits=leaving.limits, until=leaving.until, fewest=fewest
    )
    model, why = None, "no scores were given to learn from"
    if scores is not None and watched is not None:
        try:
            model, why = (
                learn_drift(
                    appointments,
                    scores,
                    watched,
                    people,
                    leaving=leaving,
                    alert_rate=alert_rate,
                    groups=by,
                    fewest=fewest,
                ),
                "",
            )
        except Problem as problem:
            why = str(problem)
    return Retention(
        staying=shown,
        model=model,
        card=None if model is None else card(model),
        why_no_model=why,
    )
