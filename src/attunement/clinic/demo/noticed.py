"""What was noticed about a year of answers, by the same functions as everywhere."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from attunement.clinic.checkins.models import CheckIn
from attunement.clinic.demo.history import History
from attunement.clinic.demo.story import Story
from attunement.clinic.noticing.course import EXPECTED
from attunement.clinic.noticing.learning import learned
from attunement.clinic.noticing.models import Rupture, Score
from attunement.clinic.people.models import Episode, Site
from attunement.course.agreement.gaps import gap_norms, gaps
from attunement.course.baseline import estimate_norms
from attunement.course.expected.model import ExpectedCourse, band
from attunement.course.expected.off_track import off_track
from attunement.course.noticing import notice
from attunement.course.strain.told import tensions
from attunement.measures import safety, score
from attunement.measures.instruments.catalogue import find_scale
from attunement.measures.scale import Scale, watched

SIGNAL_COLUMNS = (
    "prior_n", "prior_mean", "sigma", "limit_watch", "limit_review", "change",
    "ewma", "ewma_limit", "cusum", "cusum_alarm",
)  # fmt: skip
RATED = "session-check-in.alliance"
BY_THERAPIST = "session-check-in-therapist.alliance"


@dataclass(frozen=True, kw_only=True)
class Noticed:
    """Everything that may call for an alert, for all clients of the clinic."""

    signals: pl.DataFrame
    ruptures: pl.DataFrame
    tensions: pl.DataFrame
    gaps: pl.DataFrame
    off_track: pl.DataFrame
    safety: pl.DataFrame


def look(story: Story, episodes: Mapping[str, Episode], history: History) -> Noticed:
    """Compute and store scores, signals and ruptures; learn what is usual at each site."""
    visible = story.responses.filter(pl.col("audience") == "therapist")
    scores = score(visible.drop("audience"))
    scales = watched({name: find_scale(name) for name in scores["scale"].unique().sort()})
    home = {client: str(episode.client.site_id) for client, episode in episodes.items()}
    found, strays = [], []
    for (site,), part in scores.group_by(
        pl.col("client").replace_strict(home), maintain_order=True
    ):
        known = learned(part, scales)
        remember(episodes, str(site), known)
        usual = estimate_norms(part, scales)
        strays.append(strayed(part, scales["phq9"], known))
        found.append(notice(part.filter(pl.col("scale").is_in(list(scales))), scales, usual))
    signals = pl.concat(one.signals for one in found)
    ruptures = pl.concat(one.ruptures for one in found)
    store_scores(scores, signals, history)
    store_private(story.responses, history)
    Rupture.objects.bulk_create(
        Rupture(
            episode=episodes[row["client"]],
            **{name: row[name] for name in row if name != "client"},
        )
        for row in ruptures.iter_rows(named=True)
    )
    return Noticed(
        signals=signals,
        ruptures=ruptures,
        tensions=tensions(visible),
        gaps=paired(scores, scales),
        off_track=pl.concat(strays),
        safety=safety(story.responses),
    )


def remember(episodes: Mapping[str, Episode], site: str, norms: Mapping[str, Any]) -> None:
    """Keep what is usual at a site with it."""
    Site.objects.filter(pk=site).update(norms=norms)
    for episode in episodes.values():
        if str(episode.client.site_id) == site:
            episode.client.site.norms = norms


def store_scores(scores: pl.DataFrame, signals: pl.DataFrame, history: History) -> None:
    """Store every score with what was noticed about it."""
    joined = scores.join(
        signals.drop("score"), on=["client", "scale", "session"], how="left", maintain_order="left"
    )
    Score.objects.bulk_create(
        (
            scored(
                row,
                history,
                signal=row["signal"] or "none",
                **{name: row[name] for name in SIGNAL_COLUMNS} | {"prior_n": row["prior_n"] or 0},
            )
            for row in joined.iter_rows(named=True)
        ),
        batch_size=1000,
    )


def store_private(responses: pl.DataFrame, history: History) -> None:
    """Store for the client the score of all answers, where some were kept back."""
    form = ["client", "session", "instrument"]
    kept = responses.filter((pl.col("audience") != "therapist").any().over(form))
    Score.objects.bulk_create(
        scored(row, history, private=True)
        for row in score(kept.drop("audience")).iter_rows(named=True)
    )


def scored(row: Mapping[str, Any], history: History, **noticed: Any) -> Score:
    """Make one score of one check-in."""
    client, number, scale = row["client"], row["session"], row["scale"]
    checkin: CheckIn = history.checkins[client, number, scale.partition(".")[0]]
    return Score(
        episode=checkin.session.episode,
        session=checkin.session,
        checkin=checkin,
        scale=scale,
        rater=checkin.rater,
        number=number,
        on=checkin.session.starts_at.date(),
        value=row["score"],
        **noticed,
    )


def paired(scores: pl.DataFrame, scales: Mapping[str, Scale]) -> pl.DataFrame:
    """Compare the two ratings of every session."""
    rated = scores.filter(pl.col("scale").is_in([RATED, BY_THERAPIST])).with_columns(
        scale=pl.lit(RATED)
    )
    found: pl.DataFrame = gaps(rated, gap_norms(rated, {RATED: scales[RATED]}))
    return found


def strayed(scores: pl.DataFrame, scale: Scale, norms: Mapping[str, Any]) -> pl.DataFrame:
    """Find symptoms outside the course that the site has learned to expect."""
    mine = scores.filter(pl.col("scale") == scale.name)
    course = ExpectedCourse.from_json(json.dumps(norms[EXPECTED + scale.name]))
    found: pl.DataFrame = off_track(mine, band(course, mine), scale)
    return found
