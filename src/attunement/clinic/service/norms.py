"""Learn what is usual at a site from its own scores: the work of a job."""

import polars as pl
from django.db import transaction

from attunement.clinic.audit.record import audit
from attunement.clinic.exchange.courses import renew, watchable
from attunement.clinic.noticing.instruments import scales
from attunement.clinic.noticing.learning import learned
from attunement.clinic.noticing.models import Rupture, Score
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.holding import hold_episodes
from attunement.clinic.people.models import Site
from attunement.course.baseline import default_norms

PART = 50
"""How many people's courses are noticed anew at once: whoever answers meanwhile waits so long."""

SCORES = {"client": pl.String, "scale": pl.String, "session": pl.Int64, "score": pl.Float64}


def estimate_all() -> None:
    """Estimate every site's norms anew."""
    for site in Site.objects.order_by("pk"):
        estimate_site(site)


def estimate_site(site: Site) -> int:
    """Estimate a site's norms anew, and say for how many scales enough is known.

    Only scales with enough clients are kept: the others go on with the documented defaults. Where
    a course broke and is not repaired yet, it is noticed anew: whoever answers next is measured
    by the new norms, and a break that they do not know would stay open for ever.
    """
    rows = Score.objects.filter(
        episode__client__site=site, private=False, value__isnull=False
    ).values_list("episode_id", "scale", "number", "value")
    scores = pl.DataFrame(
        [(str(client), *rest) for client, *rest in rows.iterator(chunk_size=20_000)],
        schema=SCORES,
        orient="row",
    )
    present = set(scores["scale"].unique())
    known = {
        name: scale
        for name, scale in scales().items()
        if name in present and scale.best is not None
    }
    if not known:
        return 0
    norms = learned(scores, known)
    Site.objects.filter(pk=site.pk).update(norms=norms)
    site.norms = norms
    renew_open(site)
    return len(norms)


def renew_open(site: Site) -> None:
    """Notice anew, by today's norms, what broke in care that goes on and is not repaired yet."""
    broken = Rupture.objects.filter(
        episode__client__site=site, episode__ended_on__isnull=True, status="open"
    )
    names = watchable(broken.values_list("scale", flat=True).distinct())
    default = {name: default_norms(scales()[name]) for name in names}
    episodes = sorted(set(broken.filter(scale__in=names).values_list("episode", flat=True)))
    for first in range(0, len(episodes), PART):
        part = episodes[first : first + PART]
        with transaction.atomic():
            hold_episodes(pk__in=part)
            renew(site, part, names, default)
            audit(Actor.worker(site), "courses.renewed", site, episodes=len(part))
