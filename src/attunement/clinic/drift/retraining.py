"""Learn anew by command, and say what became of it."""

from dataclasses import dataclass

from attunement.clinic.drift.learning import ABOUT_ENOUGH, learn_site
from attunement.clinic.drift.models import Attempt, Version
from attunement.clinic.drift.suggesting import suggest_site
from attunement.clinic.people.models import Site
from attunement.problems import Problem


@dataclass(frozen=True, kw_only=True)
class Retrained:
    """What became of one site."""

    site: str
    words: str


def retrain(name: str | None = None) -> list[Retrained]:
    """Learn the model of one site, or of all, and look at everyone in care with it.

    Raises
    ------
    Problem
        If there is no such site.
    """
    sites = Site.objects.order_by("name")
    chosen = list(sites if name is None else sites.filter(name=name))
    if not chosen:
        raise Problem(
            f"there is no site called {name!r}" if name else "there is no site yet",
            f"the sites are {', '.join(sites.values_list('name', flat=True))}" if name else "",
        )
    return [_one(site) for site in chosen]


def _one(site: Site) -> Retrained:
    version = learn_site(site)
    count = suggest_site(site)
    return Retrained(site=site.name, words=_words(site, version, count))


def _words(site: Site, version: Version | None, count: int) -> str:
    if version is None:
        left = Attempt.objects.get(site=site).left
        return (
            f"too little to learn from, {left} left and about {ABOUT_ENOUGH} are needed; any "
            "earlier version stays as it is"
        )
    if not version.usable:
        return f"version {version.name} did not hold on those who began later; nothing is suggested"
    return f"version {version.name} is in use; a check-in is suggested with {count}"
