"""Everything that is noticed about a course: its signals and its ruptures, together."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import polars as pl

from attunement.course.baseline import Norms, estimate_norms
from attunement.course.strain.ruptures import REPAIRED_WITHIN, ruptures
from attunement.course.strain.signals import DEFAULT_RULE, Rule, signals
from attunement.frames import prepare
from attunement.intake.handed_in import Meanings, check_rows, meanings_of
from attunement.measures.scale import Scale, watched


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

    Parameters and errors are those of :func:`~attunement.course.strain.signals.signals` and
    :func:`~attunement.course.strain.ruptures.ruptures`.

    Returns
    -------
    Both tables, of the kind of ``scores``.
    """
    noticed = signals(scores, scales, norms, rule)
    return Noticed(noticed, ruptures(noticed, scales, within))


def course(
    scores: Any,
    scales: Meanings | None = None,
    *,
    norms: Mapping[str, Norms] | None = None,
    rule: Rule = DEFAULT_RULE,
    within: int = REPAIRED_WITHIN,
) -> Noticed:
    """Notice strain in every score, and the ruptures it makes up.

    Parameters
    ----------
    scores
        The table ``scores``, of any kind: ``client``, ``scale``, ``session``, ``score``.
    scales
        What the names in the column ``scale`` mean: ``"higher-is-better"``,
        ``"lower-is-better"``, the scale of an instrument in the box such as ``"phq9"``,
        or a :class:`~attunement.measures.scale.Scale`. Names that are an instrument's scale need
        not be given. Scales on which people tell outright of strain are left out.
    norms
        What is usual, by scale; estimated from the scores themselves where absent.
    rule
        When a score is called unusual.
    within
        Scored sessions in which a repair counts.

    Returns
    -------
    The tables ``signals`` and ``ruptures``, of the same kind.

    Raises
    ------
    Problem
        If a column is missing or no number, a row is there twice or has no key, a score is out
        of range, or a scale is not known.

    Examples
    --------
    >>> import attunement as at
    >>> noticed = at.course(at.simulate(at.Plan(clients=40), seed=7).scores)
    >>> noticed.signals.columns[:5]
    ['client', 'scale', 'session', 'score', 'prior_n']
    """
    known = watched(meanings_of(scores, scales))
    check_rows(scores, known)
    usual = estimate_norms(scores, known) if norms is None else norms
    return notice(scores, known, usual, rule, within)


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
    nothing_broke = second(pl.DataFrame(schema=noticed_schema))

    def run(scores: pl.DataFrame) -> Noticed:
        noticed = first(scores)
        broke = (noticed["signal"] == "review").any()  # without it a rupture cannot open
        return Noticed(noticed, second(noticed) if broke else nothing_broke)

    return run
