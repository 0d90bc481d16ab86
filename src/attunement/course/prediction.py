"""What earlier values of a course lead us to expect, moderated by the programme's."""

from collections.abc import Mapping
from typing import Any

import narwhals as nw

from attunement.course.baseline import Norms
from attunement.course.windows import by_scale, earlier
from attunement.frames import Lazy


def predicted(
    rows: Lazy, value: str, norms: Mapping[str, Norms], *, fewest: int, weight: Any = 0
) -> Lazy:
    """Predict each value of a course from the earlier ones.

    The course's variance is moderated by the programme's (Smyth 2004, *Stat. Appl. Genet. Mol.
    Biol.* 3:3): with ``n`` earlier values of SD ``s``, ``sigma^2 = ((n - 1) s^2 + df sd^2) /
    (n - 1 + df)``. Their mean is drawn towards zero as if that had been observed ``weight``
    times (Lindley and Smith 1972, *J. R. Stat. Soc. B* 34:1), and one new value spreads around
    it by ``sigma sqrt(1 + 1 / (n + weight))``.

    Parameters
    ----------
    rows
        A row per ``client``, ``scale`` and ``session``.
    value
        The column to predict, null where unknown.
    norms
        What is known of each scale, by name: ``sd`` in the value's unit, and ``df``.
    fewest
        Earlier values needed before anything is said, two or more.
    weight
        A number, or an expression.

    Returns
    -------
    The same rows with ``prior_n`` (earlier values), ``_mean``, ``sigma`` and ``_spread``, which
    are null while there are too few.
    """
    n, total, df = nw.col("_n"), nw.col("_total"), of_scale(norms, "df")
    scatter = (nw.col("_squares") - total**2 / n).clip(lower_bound=0.0)
    variance = (scatter + df * of_scale(norms, "sd") ** 2) / (n - 1 + df)
    return (
        rows.with_columns(
            _known=(~nw.col(value).is_null()).cast(nw.Int64), _square=nw.col(value) ** 2
        )
        .with_columns(
            prior_n=earlier(nw.col("_known")).cast(nw.Int64),
            _total=earlier(nw.col(value)),
            _squares=earlier(nw.col("_square")),
        )
        .with_columns(_n=nw.when(nw.col("prior_n") >= fewest).then(nw.col("prior_n")))
        .with_columns(_mean=total / (n + weight), sigma=variance.sqrt())
        .with_columns(_spread=nw.col("sigma") * (1 + 1 / (n + weight)).sqrt())
        .drop("_known", "_square", "_total", "_squares", "_n")
    )


def of_scale(norms: Mapping[str, Norms], field: str) -> Any:
    """Pick what is known of the row's scale; a plain number where all scales agree."""
    return by_scale({name: getattr(known, field) for name, known in norms.items()})
