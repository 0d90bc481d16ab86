"""Published criteria for ruptures, so that a researcher can compare them with ours.

Each criterion is data: where it comes from, how far that was checked, whether it needs the
whole course, and one expression. What each costs in false alarms is for
:mod:`attunement.synthetic.operating` to say.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import narwhals as nw

from attunement.course.windows import COURSE, by_scale, earlier, known_scores, so_far
from attunement.frames import Lazy, any_table
from attunement.measures.scale import Scale
from attunement.problems import Problem

FEWEST_EARLIER = 3
MOVING_RANGES = 2.66
ROUNDING = 1e-9

GUMZ = "Gumz, Braehler, Geyer & Erices 2012, BMC Med Res Methodol 12:10"


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """One published criterion.

    Attributes
    ----------
    id, title : str
        For machines, and for people.
    source : str
        Where it was published.
    standing : str
        How far this rendering was checked against the source.
    looks_ahead : bool
        True where a score is judged with the help of later ones, so that the criterion can
        describe a finished therapy but cannot warn during one.
    flagged : narwhals.Expr
        True where the criterion is met, over the columns that :func:`flags` prepares, in which
        higher is better on every scale.
    """

    id: str
    title: str
    source: str
    standing: str
    looks_ahead: bool
    flagged: nw.Expr = field(compare=False, repr=False)


@any_table
def flags(scores: Lazy, scales: Mapping[str, Scale], alternative: Alternative) -> Lazy:
    """Apply one criterion to every score.

    Each criterion names its source (:class:`Alternative`).

    Parameters
    ----------
    scores
        The table ``scores``: ``client``, ``scale``, ``session``, ``score`` (scale units).
        A change is counted from the last score that is not missing.
    scales
        The scales to look at, by name.
    alternative
        The criterion.

    Returns
    -------
    One row per row of those scales: ``client``, ``scale``, ``session``, ``flagged`` (empty
    where the score is missing or the criterion has too little to go by).

    Raises
    ------
    Problem
        If ``scales`` is empty.

    Examples
    --------
    >>> import polars as pl
    >>> from attunement.measures import Direction, Scale
    >>> scores = pl.DataFrame({"client": "a", "scale": "alliance", "session": [1, 2, 3, 4],
    ...                        "score": [8.0, 8, 5, 7]})
    >>> scale = Scale(name="alliance", direction=Direction.HIGHER, low=0, high=10)
    >>> flags(scores, {"alliance": scale}, fixed_drop(2))["flagged"].to_list()
    [None, False, True, False]
    """
    if not scales:
        raise Problem("no scale was named", "name a scale and its direction")
    sign = by_scale({name: scale.sign for name, scale in scales.items()})
    middle = by_scale({name: _middle(scale) for name, scale in scales.items()})
    turned = known_scores(scores, scales).with_columns(
        value=sign * (nw.col("score") - middle), known=~nw.col("score").is_null()
    )
    prepared = _before(_own_course(_changes(turned)))
    said = nw.when(nw.col("known")).then(alternative.flagged)
    return prepared.select(*COURSE, "session", flagged=said)


def _middle(scale: Scale) -> float:
    """Pick a number near the scores: sums of squares lose fewer digits around it."""
    return 0.0 if scale.low is None or scale.high is None else (scale.low + scale.high) / 2


def _changes(turned: Lazy) -> Lazy:
    """Add ``change`` since the last known score, and the ``fall`` from the last peak.

    Falls in a row share the peak they started from: the highest value since the last rise.
    """
    value = nw.col("value")
    last = value.shift(1).over(*COURSE, "known", order_by="session")
    return (
        turned.with_columns(change=value - last)
        .with_columns(run=so_far((nw.col("change") >= 0).cast(nw.Int64)))
        .with_columns(fall=value.max().over(*COURSE, "run") - value)
    )


def _own_course(changes: Lazy) -> Lazy:
    """Add what the client's whole course, and everyone's, says of scores and changes."""
    value, change = nw.col("value"), nw.col("change")
    return changes.with_columns(
        own_mean=value.mean().over(*COURSE),
        own_sd=value.std().over(*COURSE),
        change_mean=change.mean().over(*COURSE),
        change_sd=change.std().over(*COURSE),
        change_range=change.abs().mean().over(*COURSE),
        everyone_change_sd=change.std().over("scale"),
    )


def _before(course: Lazy) -> Lazy:
    """Add the mean of the client's earlier scores, once there are three, and its error.

    ``prior_error`` is the SD of one new score around that mean, ``s sqrt(1 + 1/n)``.
    """
    value, n, total = nw.col("value"), nw.col("_n"), nw.col("_total")
    variance = (nw.col("_squares") - total**2 / n) / (n - 1)
    return (
        course.with_columns(
            _n=earlier(nw.col("known").cast(nw.Int64)),
            _total=earlier(value),
            _squares=earlier(value**2),
        )
        .with_columns(_n=nw.when(nw.col("_n") >= FEWEST_EARLIER).then(nw.col("_n")))
        .with_columns(
            prior_mean=total / n,
            prior_error=nw.when(variance > 0).then((variance * (1 + 1 / n)).sqrt()).otherwise(0.0),
        )
    )


def _below(value: str, limit: nw.Expr) -> nw.Expr:
    return nw.col(value) < limit - ROUNDING


def below_own_mean(sds: float) -> Alternative:
    """Below the client's mean over the whole course, by ``sds`` of their own SD."""
    return Alternative(
        id=f"own-mean-{sds:g}-sd",
        title=f"{sds:g} SD below own mean",
        source=f"Stiles et al. 2004, JCCP 72:81-92; Strauss et al. 2006, JCCP 74:337-345; {GUMZ}",
        standing="thresholds of 1 and 2 SD as Gumz et al. report them; "
        "which deviation the two earlier studies took was not read",
        looks_ahead=True,
        flagged=_below("value", nw.col("own_mean") - sds * nw.col("own_sd")),
    )


def unusual_change(sds: float) -> Alternative:
    """Below the client's mean change between sessions, by ``sds`` of those changes' SD."""
    return Alternative(
        id=f"change-{sds:g}-sd",
        title=f"Change {sds:g} SD below own mean change",
        source=f"Stiles et al. 2004, JCCP 72:81-92; Strauss et al. 2006, JCCP 74:337-345; {GUMZ}",
        standing="thresholds of 1 and 2 SD as Gumz et al. report them; "
        "which deviation the two earlier studies took was not read",
        looks_ahead=True,
        flagged=_below("change", nw.col("change_mean") - sds * nw.col("change_sd")),
    )


def stricter_sd(sds: float) -> Alternative:
    """Fallen from the last peak, over any number of sessions, by more than both kinds of SD.

    Both are SDs of changes between sessions: this client's, and everyone's on that scale.
    """
    stricter = nw.max_horizontal("change_sd", "everyone_change_sd")
    return Alternative(
        id=f"stricter-{sds:g}-sd",
        title=f"Fall of {sds:g} SD, the stricter of own and everyone's",
        source=GUMZ,
        standing="abstract and discussion read: stricter of both, 1 and 2 SD, declines over "
        "several sessions; that the SDs are those of changes is our reading",
        looks_ahead=True,
        flagged=nw.col("fall") > sds * stricter + ROUNDING,
    )


def fixed_drop(
    points: float, *, source: str = "", standing: str = "set by the user"
) -> Alternative:
    """At least ``points`` (scale units) below the score before."""
    return Alternative(
        id=f"drop-{points:g}",
        title=f"Drop of {points:g} or more",
        source=source,
        standing=standing,
        looks_ahead=False,
        flagged=nw.col("change") <= ROUNDING - points,
    )


def reliable_drop(*, sd: float, reliability: float, z: float = 1.96) -> Alternative:
    """Below the score before by more than error of measurement explains.

    The reliable change is ``z * sd * sqrt(2 * (1 - reliability))`` (Jacobson & Truax 1991,
    JCCP 59:12-19).

    Parameters
    ----------
    sd
        Spread between clients, in scale units.
    reliability
        Of the scale, from 0 to 1.
    z
        1.96 for 95 % confidence, 1.645 for 90 %.

    Examples
    --------
    >>> reliable_drop(sd=1.2, reliability=0.9).title
    'Reliable drop of 1.1 (SD 1.2, reliability 0.9)'
    """
    points = z * sd * (2 * (1 - reliability)) ** 0.5
    return Alternative(
        id=f"reliable-drop-{points:.2g}",
        title=f"Reliable drop of {points:.2g} (SD {sd:g}, reliability {reliability:g})",
        source="McLaughlin et al. 2014, JCCP 82:112-121; Jacobson & Truax 1991, JCCP 59:12-19",
        standing="that McLaughlin et al. used a reliable change is from memory",
        looks_ahead=False,
        flagged=nw.col("change") <= ROUNDING - points,
    )


def individuals_limit() -> Alternative:
    """Below the lower limit of an individuals chart (XmR) of the whole course."""
    return Alternative(
        id="individuals-chart",
        title="Individuals chart, 2.66 moving ranges",
        source="Eubanks-Carter, Gorman & Muran 2012, Psychother Res 22:621-637; "
        "Montgomery, Introduction to Statistical Quality Control, ch. 6",
        standing="the chart is a textbook one; that they used this form was not read",
        looks_ahead=True,
        flagged=_below("value", nw.col("own_mean") - MOVING_RANGES * nw.col("change_range")),
    )


def prospective(sds: float) -> Alternative:
    """Below the mean of the client's earlier scores by ``sds`` of its error as a prediction.

    That is ``mean - sds * s * sqrt(1 + 1/n)``, with the client's own SD ``s`` as it stands.
    """
    return Alternative(
        id=f"earlier-{sds:g}-sd",
        title=f"{sds:g} SD below the mean of earlier scores",
        source="Shewhart 1931, Economic Control of Quality of Manufactured Product; "
        "Lipner et al. 2022, Clin Psychol Psychother 29:339-350",
        standing="Lipner et al. chart with cut-offs derived from data that were not read; "
        "2 and 3 SD are the textbook's",
        looks_ahead=False,
        flagged=_below("value", nw.col("prior_mean") - sds * nw.col("prior_error")),
    )


STEVENS = "Stevens, Muran, Safran, Gorman & Winston 2007, Am J Psychother 61:109-129"

ALTERNATIVES: Mapping[str, Alternative] = {
    alternative.id: alternative
    for alternative in (
        fixed_drop(0.5, source=STEVENS, standing="half of their point on a 7-point mean"),
        fixed_drop(1.0, source=STEVENS, standing="a point on a 7-point mean, from memory"),
        below_own_mean(1),
        below_own_mean(2),
        unusual_change(1),
        unusual_change(2),
        stricter_sd(1),
        stricter_sd(2),
        individuals_limit(),
        prospective(2),
        prospective(3),
        reliable_drop(sd=0.9, reliability=0.90),
    )
}
