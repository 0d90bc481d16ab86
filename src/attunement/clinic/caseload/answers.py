"""What each of the eight answers says, compared with this client's usual."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import polars as pl
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from attunement.charts import answer_bar
from attunement.charts.layers import usual_bounds
from attunement.clinic.caseload.history import History
from attunement.clinic.caseload.scales import ALLIANCE, CHECK_IN, all_scales
from attunement.clinic.caseload.tables import responses
from attunement.clinic.conf.numbers import in_language
from attunement.clinic.noticing.instruments import instruments
from attunement.course.baseline import Norms, default_norms
from attunement.course.strain.answers import answer_signals, item_norms
from attunement.frames import prepare
from attunement.measures.scale import Direction, Scale
from attunement.report.words import plain

WORDS: Mapping[str | None, Promise] = {
    "much-lower": _("much lower"),
    "lower": _("lower"),
    "usual": _("as usual"),
    "higher": _("higher"),
    "much-higher": _("much higher"),
    None: _("too early to compare"),
}
LOW = {"much-lower", "lower"}
SCHEMA = pl.Schema(
    {
        "client": pl.String, "session": pl.Int64, "instrument": pl.String, "item": pl.String,
        "value": pl.Float64,
    }
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Said:
    """One item of the newest check-in; ``value`` is None where there is no answer to show."""

    item: str
    name: str
    text: str
    value: float | None
    stands: str | None
    bar: SafeString

    @property
    def word(self) -> str:
        """The comparison in a word or two."""
        return str(WORDS[self.stands])

    @property
    def low(self) -> bool:
        """Whether it lies below this client's usual."""
        return self.stands in LOW


@dataclass(frozen=True, kw_only=True)
class Eight:
    """The newest check-in: its session and its answers in the order of the form."""

    session: int
    said: tuple[Said, ...]

    @property
    def low(self) -> list[Said]:
        """Answers below this client's usual."""
        return [one for one in self.said if one.low]


def eight(history: History) -> Eight | None:
    """Compare the newest check-in's answers with the client's earlier ones; None without any."""
    form = instruments()[CHECK_IN].in_language(get_language() or "en")
    asked = form.items_of("alliance")
    ids = {item.id for item in asked}
    given = responses(history).filter(
        pl.col("instrument") == CHECK_IN, pl.col("item").is_in(sorted(ids)),
        pl.col("rater") == "client",
    )  # fmt: skip
    if given.is_empty():
        return None
    norms = history.episode.client.site.norms.get(ALLIANCE)
    noticed = compare(json.dumps(norms, sort_keys=True))(given.select(SCHEMA.names()))
    newest = max(given["session"])
    now = {
        row["scale"].rpartition(".")[2]: row
        for row in noticed.filter(session=newest).iter_rows(named=True)
    }
    return Eight(
        session=newest,
        said=tuple(
            said(item.id, item.name, item.text or "", now.get(item.id), history.name)
            for item in asked
        ),
    )


def said(item: str, name: str, text: str, row: dict[str, Any] | None, whose: str) -> Said:
    """Put one answer into a bar and a word."""
    if row is None or row["score"] is None:
        none = mark_safe("")
        return Said(item=item, name=name, text=text, value=None, stands=None, bar=none)
    scale = item_scale(item)
    low, high = scale.low or 0.0, scale.high or 10.0
    bounds = usual_bounds(row)
    usual = (max(bounds[0], low), min(bounds[1], high)) if bounds else None
    spoken = gettext("%(name)s: %(value)s of %(high)s, %(word)s for %(whose)s") % {
        "name": name,
        "value": in_language(f"{row['score']:g}"),
        "high": f"{high:g}",
        "word": WORDS[row["stands"]],
        "whose": plain(whose),
    }
    stands = row["stands"]
    drawn = answer_bar(
        row["score"], spoken, low=low, high=high, usual=usual, stands_out=stands in LOW
    )
    return Said(
        item=item,
        name=name,
        text=text,
        value=row["score"],
        stands=stands,
        bar=mark_safe(drawn),  # noqa: S308 answer_bar escapes its sentence
    )


@lru_cache(maxsize=64)
def item_scale(item: str) -> Scale:
    """Give the scale of one of the eight items."""
    form = instruments()[CHECK_IN]
    answer = form.answer_of(form.items_by_id()[item])
    return Scale(
        name=f"{CHECK_IN}.{item}",
        direction=Direction.HIGHER,
        low=answer.lowest,
        high=answer.highest,
        title=item,
    )


@lru_cache(maxsize=128)
def compare(written: str) -> Any:
    """Prepare the comparison with what is usual at a site; the documented defaults without."""
    known = json.loads(written)
    form = instruments()[CHECK_IN]
    items = [item.id for item in form.items_of("alliance")]
    scales = {item_scale(item).name: item_scale(item) for item in items}
    mean = Norms(**known) if known else default_norms(all_scales()[ALLIANCE])
    norms = dict.fromkeys(scales, item_norms(mean, len(items)))
    return prepare(lambda given: answer_signals(given, scales, norms), SCHEMA)
