"""Who recovered, improved, stayed the same or got worse between two sessions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import narwhals as nw
import polars as pl

from attunement.course.change.criteria import (
    Criteria,
    Cutoff,
    Settings,
    place_cutoff,
    remarks,
)
from attunement.course.change.methods import (
    Difference,
    Method,
    Norm,
    edwards_nunnally,
    hageman_arrindell,
    jacobson_truax,
)
from attunement.course.change.multilevel import Slopes, client_slopes
from attunement.course.change.people import CATEGORIES, compared, judged
from attunement.course.person_tables import open_table, scores_of
from attunement.course.proportions import Share, share
from attunement.course.settings import choose
from attunement.frames import Lazy, hand_back, to_polars
from attunement.measures.scale import Direction
from attunement.tables import SCORES

FORMULAS = {
    Method.JACOBSON_TRUAX: jacobson_truax,
    Method.EDWARDS_NUNNALLY: edwards_nunnally,
    Method.HAGEMAN_ARRINDELL: hageman_arrindell,
}
COLUMNS = (
    "client",
    "pre",
    "post",
    "pre_session",
    "post_session",
    "change",
    "index",
    "reliable",
    "clinical_before",
    "beyond_cutoff",
    "category",
    "why",
)


@dataclass(frozen=True, kw_only=True)
class Summary:
    """How many changed in which way, and everything that the judgement rests on.

    Attributes
    ----------
    settings : Settings
        What was asked for: scale, direction, sessions, method.
    criteria : Criteria
        What everybody was held against: SD, reliability, reliable change, cut-off, z.
    clients, used : int
        With a row for the scale, and with both scores.
    unused : mapping of str to int
        Why the others could not be used, and how many they are.
    shares : mapping of str to Share
        Per category, out of those used. A category that cannot be told is absent.
    shares_of_all : mapping of str to Share
        The same people out of all clients: those not used count as not in the category.
    notes : tuple of str
        What is missing, and what the method said of itself.
    """

    settings: Settings
    criteria: Criteria
    clients: int
    used: int
    unused: Mapping[str, int]
    shares: Mapping[str, Share]
    shares_of_all: Mapping[str, Share]
    notes: tuple[str, ...]

    @property
    def missing(self) -> Share:
        """Clients who could not be used, out of all."""
        return share(self.clients - self.used, self.clients)


@dataclass(frozen=True, kw_only=True)
class Change:
    """A row per person, in the user's kind of table, and the summary.

    Columns of ``people``: ``client``; ``pre`` and ``post`` (scale units) with ``pre_session`` and
    ``post_session``; ``change`` (post - pre); ``index`` (the method's difference in standard
    errors, positive where the score rose); ``reliable``; ``clinical_before``, on the clinical side
    of the cut-off at first; ``beyond_cutoff``, on the functional side afterwards; ``category``;
    ``why``, the reason why a person could not be used.
    """

    people: Any
    summary: Summary


def classify(
    scores: Any,
    *,
    scale: str,
    direction: Direction | str,
    pre: int = 1,
    post: int | Literal["last"] = "last",
    reliability: float | None = None,
    sd: float | None = None,
    functional: tuple[float, float] | None = None,
    cutoff: Cutoff | None = None,
    method: Method | str = Method.JACOBSON_TRUAX,
    confidence: float = 0.95,
) -> Change:
    """Classify every client's change as reliable and clinically significant, or not.

    *Recovered*: improved reliably, and came from the clinical side of the cut-off to the
    functional one. *Improved*: reliably, without that. *Deteriorated*: reliably worse.
    *Unchanged*: the rest (Jacobson & Truax 1991, *J. Consult. Clin. Psychol.* 59:12-19). A score
    exactly at the cut-off is on the clinical side; a change exactly as large as reliable change
    is not reliable. Some call those *harmed* who also crossed into the clinical side; two scores
    cannot tell harm from worsening, so they are counted as deteriorated, and the columns
    ``clinical_before`` and ``beyond_cutoff`` tell them apart.

    A client counts when the table has a row of theirs for this scale, even an empty one. What
    cannot be known stays empty: without a reliability nobody is called unchanged, without a
    cut-off nobody is called recovered, and the summary's notes say so.

    Parameters
    ----------
    scores
        Table of scores (``attunement.tables.SCORES``) of any kind.
    scale, direction
        Which scale, and which way on it is better.
    pre, post
        Sessions to compare; ``"last"`` is each client's last session with a score after ``pre``.
    reliability
        Of the scale, between 0 and 1. The multilevel method needs none.
    sd
        SD before treatment, in scale units; that of the people used where absent.
    functional
        Mean and SD of people who are well, in scale units.
    cutoff
        ``"a"``, ``"b"`` or ``"c"``, or a published value in scale units. Where absent, ``"c"`` if
        ``functional`` is given and none otherwise.
    method
        See :class:`~attunement.course.change.methods.Method`.
    confidence
        Two-sided, and the same for every method.

    Raises
    ------
    Problem
        If the table or a setting cannot be used.

    Examples
    --------
    >>> import polars as pl
    >>> scores = pl.DataFrame({"client": ["a", "a", "b", "b"], "scale": "phq9",
    ...                        "session": [1, 2, 1, 2], "score": [18.0, 6, 15, 14]})
    >>> found = classify(scores, scale="phq9", direction="lower-is-better", reliability=0.84,
    ...                  sd=6.1, cutoff=9.5)
    >>> found.people.select("client", "category").rows()
    [('a', 'recovered'), ('b', 'unchanged')]
    """
    settings = Settings(
        scale=scale,
        direction=choose(Direction, direction, "direction"),
        pre=pre,
        post=post,
        reliability=reliability,
        sd=sd,
        functional=None if functional is None else Norm(mean=functional[0], sd=functional[1]),
        cutoff=cutoff,
        method=choose(Method, method, "method"),
        confidence=confidence,
    )
    frame = scores_of(open_table(scores, SCORES), scale)
    everybody = compared(frame, pre, post).sort("client")
    used = everybody.filter(pl.col("why").is_null())
    clinical = _before(used, sd)
    difference, said = _difference(frame, used, settings, clinical)
    criteria = _criteria(settings, clinical, difference)
    people = judged(used, difference, criteria, settings)
    unused = everybody.filter(pl.col("why").is_not_null())
    summary = _summary(settings, criteria, people, unused, said)
    table = pl.concat([people, unused], how="diagonal").sort("client")
    return Change(people=hand_back(table.select(*COLUMNS), scores), summary=summary)


def _before(used: pl.DataFrame, sd: float | None) -> Norm | None:
    """Mean and SD of the people used before treatment, where there are enough to tell."""
    before = used["pre"].to_numpy()
    if sd is None:
        sd = float(before.std(ddof=1)) if len(before) > 1 else 0.0
    return Norm(mean=float(before.mean()), sd=sd) if len(before) and sd > 0 else None


def _difference(
    scores: Lazy, used: pl.DataFrame, settings: Settings, clinical: Norm | None
) -> tuple[Difference | None, tuple[str, ...]]:
    """Hold everybody's change against its error; None where that cannot be done."""
    if used.is_empty():
        return None, ()
    if settings.method is Method.MULTILEVEL:
        slopes = _slopes(scores, settings)
        return slopes.of(used["client"]), slopes.warnings
    if settings.reliability is None or clinical is None:
        return None, ()
    pre, post = used["pre"].to_numpy(), used["post"].to_numpy()
    return FORMULAS[settings.method](pre, post, clinical.sd, settings.reliability), ()


def _slopes(scores: Lazy, settings: Settings) -> Slopes:
    """Fit the multilevel model to every score from the first to the last session compared."""
    session = nw.col("session")
    window = scores.filter(~nw.col("score").is_null(), session >= settings.pre)
    if settings.post != "last":
        window = window.filter(session <= settings.post)
    return client_slopes(to_polars(window.select("client", "session", "score")))


def _criteria(settings: Settings, clinical: Norm | None, difference: Difference | None) -> Criteria:
    cutoff, kind = place_cutoff(settings, clinical)
    error = None if difference is None else difference.standard_error
    return Criteria(
        clinical=clinical,
        functional=settings.functional,
        cutoff=cutoff,
        cutoff_kind=kind,
        reliable_change=settings.z * error if isinstance(error, float) else None,
        z=settings.z,
        confidence=settings.confidence,
        reliability=settings.reliability,
    )


def _summary(
    settings: Settings,
    criteria: Criteria,
    people: pl.DataFrame,
    unused: pl.DataFrame,
    said: tuple[str, ...],
) -> Summary:
    clients = people.height + unused.height
    possible = [name for name in CATEGORIES if name != "recovered" or criteria.cutoff is not None]
    if people["category"].null_count() == people.height:
        possible = []
    counts = {name: people.filter(pl.col("category") == name).height for name in possible}
    reasons = unused.group_by("why").len().sort("why")
    return Summary(
        settings=settings,
        criteria=criteria,
        clients=clients,
        used=people.height,
        unused=dict(reasons.iter_rows()),
        shares={name: share(n, people.height) for name, n in counts.items()},
        shares_of_all={name: share(n, clients) for name, n in counts.items()},
        notes=(*remarks(settings, criteria.clinical, criteria.cutoff), *said),
    )
