"""Everything that is noticed about a course: its signals and its ruptures, together."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from attunement.course.baseline import Norms, estimate_norms
from attunement.course.strain.one_course import broken, follow
from attunement.course.strain.ruptures import REPAIRED_WITHIN, ruptures
from attunement.course.strain.signals import DEFAULT_RULE, Rule, signals
from attunement.intake.handed_in import Meanings, check_rows, meanings_of
from attunement.measures.scale import Scale, watched


class Noticed(NamedTuple):
    """What was noticed, in the user's kind of table.

    Attributes
    ----------
    signals, ruptures
        The tables of these names (``attunement.tables``).
    """

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

    Examples
    --------
    >>> import polars as pl
    >>> from attunement.measures import Direction, Scale
    >>> scores = pl.DataFrame({"client": "a", "scale": "alliance", "session": range(1, 6),
    ...                        "score": [7.5, 8.0, 7.8, 7.6, 4.0]})
    >>> scales = {"alliance": Scale(name="alliance", direction=Direction.HIGHER, low=0, high=10)}
    >>> noticed = notice(scores, scales, {"alliance": Norms(sd=0.5)})
    >>> noticed.ruptures["onset"].to_list()
    [5]
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

    Formulas and sources stand with :func:`~attunement.course.strain.signals.signals` and
    :func:`~attunement.course.strain.ruptures.ruptures`.

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


class NoticedRows(NamedTuple):
    """What was noticed of one client.

    Attributes
    ----------
    signals, ruptures : list of dict
        Rows of the tables of these names, without ``client``.
    """

    signals: list[dict[str, Any]]
    ruptures: list[dict[str, Any]]


def prepare_notice(
    scales: Mapping[str, Scale],
    norms: Mapping[str, Norms],
    rule: Rule = DEFAULT_RULE,
    within: int = REPAIRED_WITHIN,
) -> Callable[[Iterable[tuple[str, int, float | None]]], NoticedRows]:
    """Prepare :func:`notice` for one client at a time: scale, session and score, in any order.

    Examples
    --------
    >>> from attunement.measures import Direction, Scale
    >>> scales = {"alliance": Scale(name="alliance", direction=Direction.HIGHER, low=0, high=10)}
    >>> noticed = prepare_notice(scales, {"alliance": Norms(sd=0.5)})
    >>> rows = [("alliance", n, value) for n, value in enumerate([7.5, 8.0, 7.8, 7.6, 4.0], 1)]
    >>> [row["onset"] for row in noticed(rows).ruptures]
    [5]
    """

    def run(scores: Iterable[tuple[str, int, float | None]]) -> NoticedRows:
        courses: dict[str, list[tuple[int, float | None]]] = {}
        for scale, session, score in scores:
            courses.setdefault(scale, []).append((session, score))
        noticed: list[dict[str, Any]] = []
        ruptured: list[dict[str, Any]] = []
        for name in sorted(scales.keys() & courses):
            course = list(follow(courses[name], scales[name], norms[name], rule))
            noticed += course
            ruptured += broken(course, scales[name], within)
        return NoticedRows(noticed, ruptured)

    return run
