"""Signals and ruptures of whole tables at once, by the same functions as everywhere."""

import json
from collections.abc import Iterable, Mapping
from uuid import UUID

import polars as pl
from django.db.models import QuerySet

from attunement.clinic.noticing.course import SIGNAL_FIELDS
from attunement.clinic.noticing.instruments import scales
from attunement.clinic.noticing.models import Rupture, Score
from attunement.clinic.people.models import Site
from attunement.course.baseline import Norms, dump_norms, estimate_norms
from attunement.course.noticing import notice
from attunement.measures.scale import subset

RUPTURE_FIELDS = ("level", "depth", "repaired", "sessions_to_repair", "status")
COURSE = {"client": pl.String, "scale": pl.String, "session": pl.Int64, "score": pl.Float64}
AT_ONCE = 1000


def watchable(names: Iterable[str]) -> list[str]:
    """Keep the scales that are watched for drops."""
    known = scales()
    return sorted(name for name in set(names) if name in known and not known[name].told)


def learn(site: Site, names: Iterable[str]) -> list[str]:
    """Learn what is usual here on scales of which that is not known; give those learnt."""
    new = [name for name in watchable(names) if name not in site.norms]
    table = course_table(Score.objects.filter(episode__client__site=site, scale__in=new))
    if not new or table.is_empty():
        return []
    found = estimate_norms(table, subset(scales(), table["scale"].unique()))
    learnt = {name: norms for name, norms in found.items() if norms.origin == "site"}
    if learnt:
        site.norms = {**site.norms, **json.loads(dump_norms(learnt))}
        site.save(update_fields=["norms"])
    return sorted(learnt)


def unlearn(site: Site, names: Iterable[str]) -> None:
    """Forget what was learnt from scores that are gone, unless others are left."""
    gone = [
        name
        for name in names
        if not Score.objects.filter(episode__client__site=site, scale=name).exists()
    ]
    site.norms = {name: norms for name, norms in site.norms.items() if name not in gone}
    site.save(update_fields=["norms"])


def course_table(scores: QuerySet[Score]) -> pl.DataFrame:
    """Give scores that the therapist may see as a table; clients go by their episode."""
    rows = scores.filter(private=False).values_list("episode", "scale", "number", "value")
    return pl.DataFrame(
        [(str(episode), *rest) for episode, *rest in rows.iterator(AT_ONCE)],
        schema=COURSE,
        orient="row",
    )


def renew(
    site: Site,
    episodes: Iterable[UUID],
    names: Iterable[str],
    norms: Mapping[str, Norms] | None = None,
) -> None:
    """Notice anew everything about these episodes on these scales.

    Parameters
    ----------
    norms
        What is usual, where these episodes are a part only of what says so.
    """
    episodes, names = list(episodes), watchable(names)
    mine = Score.objects.filter(episode__in=episodes, scale__in=names, private=False)
    Rupture.objects.filter(episode__in=episodes, scale__in=names).delete()
    table = course_table(mine)
    if table.is_empty():
        return
    known = subset(scales(), table["scale"].unique().sort())
    noticed = notice(table, known, usual(site, known.keys(), table, norms))
    store_signals(mine, noticed.signals)
    Rupture.objects.bulk_create(
        (
            Rupture(
                episode_id=UUID(row["client"]),
                scale=row["scale"],
                onset=row["onset"],
                **{name: row[name] for name in RUPTURE_FIELDS},
            )
            for row in noticed.ruptures.iter_rows(named=True)
        ),
        batch_size=AT_ONCE,
    )


def usual(
    site: Site,
    names: Iterable[str],
    table: pl.DataFrame,
    known: Mapping[str, Norms] | None = None,
) -> dict[str, Norms]:
    """Give what is usual: as known, or the site's own, or else what these scores themselves say."""
    names, known = list(names), known or {}
    own = {name: known[name] for name in names if name in known}
    own |= {name: Norms(**said) for name, said in site.norms.items() if name in names}
    rest = [name for name in names if name not in own]
    return {**own, **(estimate_norms(table, subset(scales(), rest)) if rest else {})}


def store_signals(scores: QuerySet[Score], signals: pl.DataFrame) -> None:
    """Write what was noticed into the rows of the scores."""
    said = {
        (row["client"], row["scale"], row["session"]): row for row in signals.iter_rows(named=True)
    }
    rows = list(scores)
    for score in rows:
        found = said[str(score.episode_id), score.scale, score.number]
        for name in SIGNAL_FIELDS:
            setattr(score, name, found[name])
        score.signal, score.prior_n = score.signal or "none", score.prior_n or 0
    Score.objects.bulk_create(
        rows,
        batch_size=AT_ONCE,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=SIGNAL_FIELDS,
    )
