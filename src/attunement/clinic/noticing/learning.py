"""Learn what is usual at a site, for those who notice: spread, gaps, and the course to expect."""

import json
from collections.abc import Mapping
from typing import Any

import polars as pl

from attunement.clinic.noticing.course import EXPECTED, GAP
from attunement.clinic.noticing.instruments import answered_by_client, counterpart
from attunement.course.agreement.gaps import gap_norms
from attunement.course.baseline import dump_norms, estimate_norms
from attunement.course.expected.model import ExpectedCourse, fit
from attunement.measures.scale import Scale, subset


def learned(scores: pl.DataFrame, scales: Mapping[str, Scale]) -> dict[str, Any]:
    """Learn from a site's own scores; what rests on too few clients is left out.

    Parameters
    ----------
    scores
        ``client``, ``scale``, ``session`` and ``score``.
    scales
        Those to learn about, by name.

    Returns
    -------
    What :attr:`Site.norms` holds: norms by scale, those of a pair's gaps under ``gap:``, and the
    course to be expected under ``expected:``.
    """
    usual = {name: one for name, one in estimate_norms(scores, scales).items() if one.clients}
    known = {name: scale for name, scale in scales.items() if answered_by_client(name)}
    for name in known:
        other = counterpart(name)
        if other is not None and other in scales:
            apart = gap_norms(rated(scores, name, other), subset(scales, [name]))[name]
            usual |= {GAP + name: apart} if apart.clients else {}
    found: dict[str, Any] = json.loads(dump_norms(usual))
    for name, scale in known.items():
        course = None if scale.told else fit(scores.filter(scale=name), scale)
        if isinstance(course, ExpectedCourse):
            found[EXPECTED + name] = json.loads(course.to_json())
    return found


def rated(scores: pl.DataFrame, name: str, other: str) -> pl.DataFrame:
    """Put client's and therapist's scores under one name, told apart by the rater."""
    return scores.filter(pl.col("scale").is_in([name, other])).with_columns(
        rater=pl.when(pl.col("scale") == other)
        .then(pl.lit("therapist"))
        .otherwise(pl.lit("client")),
        scale=pl.lit(name),
    )
