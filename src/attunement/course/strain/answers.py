"""Which answers stand out: one item of a check-in against the same client's usual answer to it."""

from collections.abc import Mapping
from dataclasses import replace

import narwhals as nw

from attunement.course.baseline import Norms
from attunement.course.strain.signals import DEFAULT_RULE, Rule, signals
from attunement.course.windows import by_scale
from attunement.frames import Lazy, any_table, to_lazy
from attunement.measures.scale import Scale
from attunement.problems import Problem

SHARED = 0.2


def item_norms(norms: Norms, items: int, shared: float = SHARED) -> Norms:
    r"""Derive what is usual of one item from what is usual of a mean of several.

    A mean of :math:`k` items that correlate by :math:`r` within a client spreads less than one
    of them: :math:`\mathrm{SD}_{item} = \mathrm{SD}_{mean} \sqrt{k / (1 + (k - 1) r)}` (the
    variance of a mean of equally correlated parts, as in Spearman 1910 and Brown 1910, *Br. J.
    Psychol.* 3:271-322).

    Parameters
    ----------
    norms
        Of the mean, on the items' own scale.
    items
        How many items it has, 1 or more.
    shared
        Correlation of two items within a client, 0 to 1. The default is our own choice: low, so
        that a single answer has to move far before it is called unusual.

    Raises
    ------
    Problem
        If a number is out of range.

    Examples
    --------
    >>> from attunement.course.baseline import Norms
    >>> round(item_norms(Norms(sd=0.6), 8).sd, 2)
    1.1
    """
    if items < 1 or not 0 <= shared <= 1:
        raise Problem("there is one item or more, and they share from 0 to 1 of their variance")
    wider = (items / (1 + (items - 1) * shared)) ** 0.5
    return replace(norms, sd=norms.sd * wider, level=0.0, level_weight=0.0)


@any_table
def answer_signals(
    responses: Lazy,
    items: Mapping[str, Scale],
    norms: Mapping[str, Norms],
    rule: Rule = DEFAULT_RULE,
) -> Lazy:
    """Compare every answer with the same client's earlier answers to the same item.

    The rule is that of scores (:func:`attunement.course.strain.signals.signals`): limits of a
    prediction for one new observation, with the client's variance moderated by what is usual.
    An answer stands out towards the better side as it does towards the worse. Eight answers a
    session are eight chances to stand out by chance: read them beside the score, not instead.

    Parameters
    ----------
    responses
        The table ``responses``: ``client``, ``session``, ``instrument``, ``item``, ``value``.
    items
        Direction and range of the items to compare, by instrument and item
        (``session-check-in.heard``); others are left out.
    norms
        What is usual of each item, by the same names.
    rule
        When an answer is called unusual.

    Returns
    -------
    The table ``signals`` with the item's name as ``scale`` and the answer as ``score``, and
    ``stands``: ``much-lower``, ``lower``, ``usual``, ``higher`` or ``much-higher``, in
    the item's own direction; null while fewer than ``rule.fewest`` answers are known.

    Examples
    --------
    >>> import polars as pl
    >>> from attunement.course.baseline import Norms
    >>> from attunement.measures import Direction, Scale
    >>> answers = pl.DataFrame({"client": "a", "session": range(1, 6),
    ...                         "instrument": "session-check-in", "item": "heard",
    ...                         "value": [8.0, 9, 8, 8, 3]})
    >>> name = "session-check-in.heard"
    >>> heard = {name: Scale(name=name, direction=Direction.HIGHER, low=0, high=10)}
    >>> answer_signals(answers, heard, {name: Norms(sd=0.8)})["stands"].to_list()
    [None, None, None, 'usual', 'much-lower']
    """
    named = responses.with_columns(
        scale=nw.concat_str(nw.col("instrument"), nw.col("item"), separator="."),
        score=nw.col("value"),
    ).select("client", "scale", "session", "score")
    noticed = to_lazy(signals(named.to_native(), items, norms, rule))
    score, usual = nw.col("score"), nw.col("prior_mean")
    sign = by_scale({name: scale.sign for name, scale in items.items()})
    watch = sign * (usual - nw.col("limit_watch"))
    review = sign * (usual - nw.col("limit_review"))
    return noticed.with_columns(
        stands=nw.when(score < usual - review)
        .then(nw.lit("much-lower"))
        .when(score < usual - watch)
        .then(nw.lit("lower"))
        .when(score > usual + review)
        .then(nw.lit("much-higher"))
        .when(score > usual + watch)
        .then(nw.lit("higher"))
        .when(~(score - usual).is_null())
        .then(nw.lit("usual"))
    )
