"""What may be behind the newest session of many clients: seven queries, however many there are."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

import polars as pl
from django.core.cache import caches
from django.db.models import FilteredRelation, Q

from attunement.clinic.caseload.scales import CHECK_IN
from attunement.clinic.checkins.models import Answer, Audience, Session
from attunement.clinic.goals.selectors.agreement import standing
from attunement.clinic.guidance.found import STRAIN, finder, symptom_scales
from attunement.clinic.guidance.hurry import ALONE, counted, taken
from attunement.clinic.guidance.models import CheckInNorms
from attunement.clinic.guidance.usual import in_force
from attunement.clinic.noticing.models import Alert, Rupture, Score
from attunement.clinic.people.models import Episode
from attunement.guidance.reasons.library import THERAPIST_CHECK_IN
from attunement.guidance.reasons.model import Reasons
from attunement.guidance.reasons.rows import rows
from attunement.guidance.reasons.small import SCHEMA

APPOINTMENTS = {"client": pl.String, "session": pl.Int64, "status": pl.String}
AGREEMENT = {"client": pl.String, "session": pl.Int64, "agreement": pl.Float64}
SYMPTOMS = {"client": pl.String, "session": pl.Int64, "scale": pl.String, "score": pl.Float64}
ASKED_ALONE = Q(**{f"checkins__{name}": value for name, value in ALONE.items()})
Rows = Iterable[tuple[Any, ...]]
ByEpisode = Mapping[UUID, list[tuple[Any, ...]]]


@dataclass(frozen=True, kw_only=True)
class Read:
    """What therapists may see of some episodes: answers of check-ins, sessions, symptoms."""

    answers: ByEpisode
    sessions: ByEpisode
    scores: ByEpisode

    @property
    def newest(self) -> dict[UUID, int]:
        """The session of each client's newest check-in."""
        own = {
            key: [number for number, instrument, *_ in rows if instrument == CHECK_IN]
            for key, rows in self.answers.items()
        }
        return {key: max(numbers) for key, numbers in own.items() if numbers}

    @property
    def held(self) -> ByEpisode:
        """Sessions that are not to come, with what became of them."""
        return {
            key: [row[:2] for row in rows if row[1] != Session.Status.PLANNED]
            for key, rows in self.sessions.items()
        }

    @property
    def timed(self) -> ByEpisode:
        """The answers, each with no audience and with the seconds that its check-in took."""
        return {key: self._timed(key, rows) for key, rows in self.answers.items()}

    def _timed(self, key: UUID, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        took = {number: taken(*times) for number, _status, _at, *times in self.sessions[key]}
        given = ((one, item, value) for one, form, item, value in rows if form == CHECK_IN)
        known = counted(took, given)
        return [(*row, None, known.get(row[0])) for row in rows]

    def laid_out(self) -> pl.DataFrame:
        """Lay all sources side by side, a row for each client and session."""
        return rows(
            table(self.answers, self.answers, {**SCHEMA}),
            symptoms=table(self.scores, self.scores, SYMPTOMS),
            attendance=table(self.held, self.sessions, APPOINTMENTS),
        )


def read_of(episodes: Iterable[UUID]) -> Read:
    """Read them: three queries for any number."""
    known = list(episodes)
    return Read(
        answers=by_episode(
            Answer.objects.filter(
                checkin__session__episode__in=known,
                instrument__in=[CHECK_IN, THERAPIST_CHECK_IN],
                audience=Audience.THERAPIST,
            ).values_list(
                "checkin__session__episode",
                "checkin__session__number",
                "instrument",
                "item",
                "value",
            )
        ),
        sessions=by_episode(
            Session.objects.filter(episode__in=known)
            .annotate(own=FilteredRelation("checkins", condition=ASKED_ALONE))
            .values_list(
                "episode",
                "number",
                "status",
                "starts_at",
                "own__opened_at",
                "own__answered_at",
            )
        ),
        scores=by_episode(
            Score.objects.filter(
                episode__in=known, private=False, rater="client", scale__in=symptom_scales()
            ).values_list("episode", "number", "scale", "value")
        ),
    )


def likely_of(episodes: Iterable[Episode]) -> dict[UUID, Reasons]:
    """Say what may be behind each episode's newest session, from what the therapist may see."""
    known = {one.pk: one for one in episodes}
    if not known:
        return {}
    read = read_of(known)
    answers, sessions = read.timed, read.sessions
    newest = read.newest
    agreed = {
        key: [(one.session, one.agreement) for one in line]
        for key, line in standing(newest).items()
    }
    versions = versions_of(one.client.site_id for one in known.values())
    alike: defaultdict[str, list[UUID]] = defaultdict(list)
    for key, episode in known.items():
        if key in newest:
            site = episode.client.site
            (began,) = (row[2] for row in sessions[key] if row[0] == newest[key])
            alike[in_force(site, versions.get(site.pk, ()), began)].append(key)
    strained = unsettled_among(known)
    sources = answers, read.scores, read.held, agreed
    found: dict[UUID, Reasons] = {}
    for norms, keys in alike.items():
        found |= remembered(norms, keys, sources)
    return {key: one.beside(strain=key in strained) for key, one in found.items()}


def remembered(
    norms: str, keys: Iterable[UUID], sources: Sequence[ByEpisode]
) -> dict[UUID, Reasons]:
    """Find reasons, or recall them where exactly the same was known before.

    A caseload is read often and changes seldom. What is recalled goes by the content of all that
    it was found from, so that nothing has to be forgotten when something changes.
    """
    memory = caches["memory"]
    by_content = {key: content(norms, key, *(one.get(key) for one in sources)) for key in keys}
    known = memory.get_many(by_content.values())
    new = [key for key, name in by_content.items() if name not in known]
    if new:
        answers, scores, held, agreed = sources
        said = finder(norms)(
            table(answers, new, {**SCHEMA}),
            symptoms=table(scores, new, SYMPTOMS),
            attendance=table(held, new, APPOINTMENTS),
            goals=table(agreed, new, AGREEMENT),
        )
        worked_out = {by_content[UUID(str(one.client))]: one for one in said}
        memory.set_many(worked_out)
        known |= worked_out
    return {key: known[name] for key, name in by_content.items() if name in known}


def content(*known: object) -> str:
    """Name something by all that it depends on."""
    return sha256(repr(known).encode()).hexdigest()


def versions_of(sites: Iterable[UUID]) -> Mapping[UUID, list[CheckInNorms]]:
    """Read what is usual at some sites, the newest version first: one query for any number."""
    found: dict[UUID, list[CheckInNorms]] = {}
    for one in CheckInNorms.objects.filter(site__in=set(sites)).order_by("-version"):
        found.setdefault(one.site_id, []).append(one)
    return found


def unsettled_among(episodes: Iterable[UUID]) -> set[UUID]:
    """Pick the episodes with an open rupture, drop or told tension: one query for any number."""
    wanted = list(episodes)
    ruptures = Rupture.objects.filter(episode__in=wanted, status="open")
    alerts = Alert.objects.filter(episode__in=wanted, kind__in=STRAIN, state__in=Alert.OPEN_STATES)
    return set(
        ruptures.order_by()
        .values_list("episode_id", flat=True)
        .union(alerts.order_by().values_list("episode_id", flat=True))
    )


def by_episode(found: Rows) -> ByEpisode:
    """Group rows by the episode that stands first in each."""
    known: dict[UUID, list[tuple[Any, ...]]] = {}
    for episode, *rest in found:
        known.setdefault(episode, []).append(tuple(rest))
    return known


def table(by: ByEpisode, keys: Iterable[UUID], schema: dict[str, Any]) -> pl.DataFrame:
    """Put some episodes' rows into a table; columns that they do not have are empty."""
    width = len(schema) - 1
    made = [
        (str(key), *row, *(None for _ in range(width - len(row))))
        for key in keys
        for row in by.get(key, ())
    ]
    return pl.DataFrame(made, schema, orient="row")
