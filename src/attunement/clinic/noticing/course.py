"""What is noticed about one client's course, by the same functions as the command line."""

import json
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

import polars as pl

from attunement.clinic.noticing.instruments import scales
from attunement.course.agreement.gaps import gap_norms, gaps
from attunement.course.baseline import Norms, default_norms
from attunement.course.expected.model import ExpectedCourse, band
from attunement.course.expected.off_track import off_track
from attunement.course.noticing import NoticedRows, prepare_notice
from attunement.frames import prepare
from attunement.measures.scale import subset

SCORES = pl.Schema(
    {"client": pl.String, "scale": pl.String, "session": pl.Int64, "score": pl.Float64}
)
RATED = pl.Schema([*SCORES.items(), ("rater", pl.String)])
GAP, EXPECTED = "gap:", "expected:"
SIGNAL_FIELDS = (
    "prior_n",
    "prior_mean",
    "sigma",
    "limit_watch",
    "limit_review",
    "signal",
    "change",
    "ewma",
    "ewma_limit",
    "cusum",
    "cusum_alarm",
)
PLANS = 512

SiteNorms = Mapping[str, Mapping[str, Any]]
Rows = list[dict[str, Any]]


def noticed(
    names: Iterable[str], course: Iterable[tuple[str, int, float | None]], usual: SiteNorms
) -> NoticedRows:
    """Notice signals and ruptures in one client's scores.

    Parameters
    ----------
    names
        The scales that are watched.
    course
        Scale, session number and score.
    usual
        What is usual at the site, as :func:`attunement.course.baseline.dump_norms` writes it;
        the documented defaults stand in for scales that are not there.
    """
    watched = tuple(sorted(names))
    if not watched:
        return NoticedRows([], [])
    return _plan(watched, _written(usual, watched))(course)


def gaps_in(scale: str, course: Iterable[tuple[Any, ...]], usual: SiteNorms) -> Rows:
    """Compare client and therapist on one scale at every session.

    Parameters
    ----------
    course
        Session number, score and rater, of both people's forms.
    usual
        As above; a pair's gaps are listed under ``gap:`` and the scale's name.
    """
    rows = [("", scale, *row) for row in course]
    table = pl.DataFrame(rows, schema=RATED, orient="row")
    return _gap_plan(scale, _written(usual, (GAP + scale,)))(table).to_dicts()


def off_track_in(scale: str, course: Iterable[tuple[Any, ...]], usual: SiteNorms) -> Rows:
    """Say where the scores of one scale lie outside the course to be expected of them.

    Parameters
    ----------
    course
        Session number and score.
    usual
        As above; what was learned of a scale's course is listed under ``expected:`` and its name.
        Where it was not, nothing is said.
    """
    if EXPECTED + scale not in usual:
        return []
    rows = [("", scale, *row) for row in course]
    table = pl.DataFrame(rows, schema=SCORES, orient="row")
    return _off_track_plan(scale, json.dumps(usual[EXPECTED + scale]))(table).to_dicts()


def _written(usual: SiteNorms, names: Iterable[str]) -> str:
    return json.dumps({name: usual[name] for name in names if name in usual}, sort_keys=True)


def _read(written: str) -> dict[str, Norms]:
    return {name: Norms(**values) for name, values in json.loads(written).items()}


@lru_cache(maxsize=PLANS)
def _plan(
    names: tuple[str, ...], written: str
) -> Callable[[Iterable[tuple[str, int, float | None]]], NoticedRows]:
    known, usual = subset(scales(), names), _read(written)
    norms = {name: usual.get(name) or default_norms(known[name]) for name in names}
    return prepare_notice(known, norms)


@lru_cache(maxsize=PLANS)
def _gap_plan(scale: str, written: str) -> Callable[[pl.DataFrame], pl.DataFrame]:
    learned = _read(written).get(GAP + scale)
    norms = (
        {scale: learned}
        if learned
        else gap_norms(pl.DataFrame(schema=RATED), subset(scales(), [scale]))
    )
    return prepare(lambda rated: gaps(rated, norms), RATED)


@lru_cache(maxsize=PLANS)
def _off_track_plan(scale: str, written: str) -> Callable[[pl.DataFrame], pl.DataFrame]:
    expected = ExpectedCourse.from_json(written)
    known = scales()[scale]
    return prepare(lambda scores: off_track(scores, band(expected, scores), known), SCORES)
