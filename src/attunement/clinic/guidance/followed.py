"""What followed each strategy at a site: worked out by a job, shown in large numbers."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import polars as pl
from django.db import transaction
from django.utils import timezone

from attunement.clinic.caseload.scales import ALLIANCE, all_scales
from attunement.clinic.guidance.helping import evidence
from attunement.clinic.guidance.models import Attempt, Followed
from attunement.clinic.noticing.models import Rupture, Score
from attunement.clinic.people.models import Site
from attunement.clinic.service.cells import Cell, alone
from attunement.guidance.followup import SiteEvidence, chances, site_evidence
from attunement.guidance.strategies import Strategy, strategies

SIGNALS = {
    "client": pl.String, "scale": pl.String, "session": pl.Int64, "score": pl.Float64,
    "sigma": pl.Float64,
}  # fmt: skip
RUPTURES = {"client": pl.String, "scale": pl.String, "onset": pl.Int64, "level": pl.Float64}
TRIES = {"client": pl.String, "session": pl.Int64, "strategy": pl.String}
PERCENT = 100


@dataclass(frozen=True, kw_only=True)
class Line:
    """One strategy as a supervisor or manager may see it."""

    strategy: Strategy
    clients: Cell
    found: SiteEvidence

    @property
    def points(self) -> int | None:
        """The shrunken difference in people out of a hundred."""
        return None if self.found.shrunken is None else round(PERCENT * self.found.shrunken)

    @property
    def reach(self) -> tuple[int, int] | None:
        """Its interval, in the same."""
        pair = self.found.shrunken_interval
        return None if pair is None else (round(PERCENT * pair[0]), round(PERCENT * pair[1]))


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What is shown of a site: strategies with enough to say, and how many have too little."""

    at: datetime | None
    lines: tuple[Line, ...]
    too_few: int


def work_out_all() -> None:
    """Work it out anew for every site: the work of a job, each site in its own transaction."""
    for site in Site.objects.order_by("pk"):
        work_out(site)


@transaction.atomic
def work_out(site: Site) -> None:
    """Compare what followed each strategy at a site with recovery unaided."""
    figures = {key: asdict(one) for key, one in site_evidence(compared(site)).items()}
    Followed.objects.update_or_create(
        site=site, defaults={"at": timezone.now(), "figures": figures}
    )


def compared(site: Site) -> pl.DataFrame:
    """Lay out a site's chances to recover, from scores that the therapists may see."""
    mine = {"episode__client__site": site, "scale": ALLIANCE}
    scores = Score.objects.filter(
        **mine, rater="client", private=False, value__isnull=False, sigma__gt=0
    ).values_list("episode_id", "scale", "number", "value", "sigma")
    opened = Rupture.objects.filter(**mine, level__isnull=False).values_list(
        "episode_id", "scale", "onset", "level"
    )
    tried = Attempt.objects.filter(
        episode__client__site=site, state=Attempt.State.TRIED
    ).values_list("episode_id", "session", "strain", "strategy")
    after = ((who, max(session or 0, strain + 1), what) for who, session, strain, what in tried)
    signals = _table(scores, SIGNALS)
    known = signals.select("client", session="session").unique()
    ruptures = _table(opened, RUPTURES).join(
        known, left_on=["client", "onset"], right_on=["client", "session"], how="semi"
    )
    return chances(signals, ruptures, _table(after, TRIES), {ALLIANCE: all_scales()[ALLIANCE]})


def _table(rows: Iterable[tuple[Any, ...]], schema: Mapping[str, Any]) -> pl.DataFrame:
    return pl.DataFrame([(str(who), *rest) for who, *rest in rows], schema, orient="row")


def followed_at(site: Site) -> Shown:
    """Read what followed each strategy at a site, without small numbers."""
    kept = Followed.objects.filter(site=site).first()
    if kept is None:
        return Shown(at=None, lines=(), too_few=0)
    found = [
        Line(strategy=strategies()[key], clients=alone(one["clients"]), found=evidence(one))
        for key, one in kept.figures.items()
        if key in strategies()
    ]
    enough = [one for one in found if one.points is not None]
    return Shown(
        at=kept.at,
        lines=tuple(sorted(enough, key=lambda one: (-(one.points or 0), one.strategy.title))),
        too_few=len(found) - len(enough),
    )
