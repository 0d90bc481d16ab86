"""Everything that is noticed about a course: its signals and its ruptures, together."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import polars as pl

from attunement.course.baseline import Norms
from attunement.course.ruptures import REPAIRED_WITHIN, ruptures
from attunement.course.strain import DEFAULT_RULE, Rule, signals
from attunement.frames import prepare
from attunement.measures.scale import Scale


class Noticed(NamedTuple):
    """The tables ``signals`` and ``ruptures``."""

    signals: Any
    ruptures: Any


def notice(
    scores: Any,
    scales: Mapping[str, Scale],
    norms: Mapping[str, Norms],
    rule: Rule = DEFAULT_RULE,
    within: int = REPAIRED_WITHIN,
) -> Noticed:
    """Notice strain in every score, and the ruptures it makes up.

    Parameters and errors are those of :func:`~attunement.course.strain.signals` and
    :func:`~attunement.course.ruptures.ruptures`.

    Returns
    -------
    Both tables, of the kind of ``scores``.
    """
    noticed = signals(scores, scales, norms, rule)
    return Noticed(noticed, ruptures(noticed, scales, within))


def prepare_notice(
    schema: pl.Schema,
    scales: Mapping[str, Scale],
    norms: Mapping[str, Norms],
    rule: Rule = DEFAULT_RULE,
    within: int = REPAIRED_WITHIN,
) -> Callable[[pl.DataFrame], Noticed]:
    """Prepare :func:`notice` for many small tables of one schema, such as one client's each."""
    first = prepare(lambda scores: signals(scores, scales, norms, rule), schema)
    noticed_schema = first(pl.DataFrame(schema=schema)).schema
    second = prepare(lambda noticed: ruptures(noticed, scales, within), noticed_schema)

    def run(scores: pl.DataFrame) -> Noticed:
        noticed = first(scores)
        return Noticed(noticed, second(noticed))

    return run
