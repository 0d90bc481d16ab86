"""How a report says what it was worked out from, and how sure it is."""

from collections.abc import Mapping, Sequence

import polars as pl

from attunement.report.model import FalseAlarms, Group, Methods, NormsRow, Setting
from attunement.report.words import count, plain

ENDINGS = {
    Group.FIRST: "to look at first",
    Group.SILENT: "not heard from",
    Group.EYE: "to keep an eye on",
    Group.BETTER: "on their way",
    Group.USUAL: "as usual",
    Group.EARLY: "too early to say",
}


def summary(counts: Mapping[str, int]) -> str:
    """Count the people under each heading, in one line."""
    parts = [
        f"{counts[group.value]} {ending}"
        for group, ending in ENDINGS.items()
        if counts[group.value]
    ]
    if not counts[Group.FIRST.value]:
        parts.insert(0, "no one stands out")
    return " · ".join(parts)


def methods(signals: pl.DataFrame, setting: Setting, notes: Sequence[str]) -> Methods:
    """Gather how the report was worked out."""
    known = signals["score"].is_not_null().sum()
    clients, scales = signals["client"].n_unique(), signals["scale"].n_unique()
    absent = signals.height - known
    return Methods(
        read=(
            f"{known:,} scores of {clients:,} {plural(clients, 'client')} "
            f"on {count(scales)} {plural(scales, 'scale')}."
        ),
        missing=(
            "No score was missing."
            if absent == 0
            else f"{absent:,} of {signals.height:,} scores were missing "
            f"({absent / signals.height:.0%}); a missing score is left out, never counted as zero."
        ),
        rule=setting.rule,
        within=setting.within,
        norms=tuple(norms_rows(setting)),
        chances=tuple(chances(setting.false_alarms)),
        notes=tuple(notes),
    )


def plural(value: int, word: str) -> str:
    """Add an s where there is more than one."""
    return word if value == 1 else f"{word}s"


def norms_rows(setting: Setting) -> list[NormsRow]:
    """Put each scale's norms into words."""
    rows = []
    for name, scale in setting.scales.items():
        if name not in setting.norms:
            continue
        norms = setting.norms[name]
        origin = (
            "documented defaults: too few clients in this file"
            if norms.origin == "default"
            else f"{norms.clients:,} clients with three scores or more"
        )
        rows.append(
            NormsRow(
                scale=plain(scale.title or name),
                sd=f"{norms.sd:.2g}",
                df=f"{norms.df:.0f}",
                trend="none" if not norms.trend else f"{norms.trend:+.2g}".replace("-", "\u2212"),
                origin=origin,
            )
        )
    return rows


def chances(alarms: FalseAlarms | None) -> list[str]:
    """Say for each rule how many courses without strain it flags."""
    if alarms is None:
        return []
    rules = {
        "a review": alarms.review,
        "a watch or a review": alarms.watch,
        "a slow drift": alarms.drift,
    }
    return [
        f"In 100 courses of {alarms.sessions} sessions without any strain, about "
        f"{number_of(share)} show {rule} by chance."
        for rule, share in rules.items()
        if share is not None
    ]


def number_of(share: float) -> str:
    """Write a share as a count in a hundred."""
    return f"{share * 100:.0f}" if share >= 0.01 else "fewer than 1"
