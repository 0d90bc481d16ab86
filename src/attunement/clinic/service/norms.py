"""Learn what is usual at a site from its own scores: the work of a job."""

import polars as pl

from attunement.clinic.noticing.instruments import scales
from attunement.clinic.noticing.learning import learned
from attunement.clinic.noticing.models import Score
from attunement.clinic.people.models import Site

SCORES = {"client": pl.String, "scale": pl.String, "session": pl.Int64, "score": pl.Float64}


def estimate_all() -> None:
    """Estimate every site's norms anew."""
    for site in Site.objects.order_by("pk"):
        estimate_site(site)


def estimate_site(site: Site) -> int:
    """Estimate a site's norms anew, and say for how many scales enough is known.

    Only scales with enough clients are kept: the others go on with the documented defaults.
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
    return len(norms)
