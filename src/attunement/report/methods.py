"""How a report says what it was worked out from, and how sure it is."""

from collections.abc import Mapping, Sequence

import polars as pl

from attunement.charts.layout import number
from attunement.course.baseline import MOST_DF, Norms, default_norms
from attunement.measures.scale import Scale
from attunement.report.counting import count
from attunement.report.model import FalseAlarms, Group, Methods, NormsRow, Setting
from attunement.report.words import plain

UNSEEN = (
    "This page has not seen single answers, so it cannot show safety answers. Hand the answers "
    "in to see them here."
)
NONE_ASKED = (
    "Single answers were handed in, but none to a question that has a safety rule, so this page "
    "cannot show safety answers."
)
LOWER_BOUND = (
    "Real scores are less well-behaved than simulated ones, so take these numbers as lower bounds."
)
ENDINGS = {
    Group.SAFETY: "with an answer that needs a person today",
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
    if not counts[Group.SAFETY.value] + counts[Group.FIRST.value]:
        parts.insert(0, "no one stands out")
    return " · ".join(parts)


def methods(
    signals: pl.DataFrame, setting: Setting, notes: Sequence[str], *, asked: int | None = None
) -> Methods:
    """Gather how the report was worked out.

    Parameters
    ----------
    asked
        How many answers to questions with a safety rule were read; None where no single answers
        were handed in.
    """
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
        safety=safety_seen(asked),
        safety_seen=bool(asked),
        rule=setting.rule,
        within=setting.within,
        norms=tuple(norms_rows(setting)),
        chances=tuple(chances(setting.false_alarms)),
        notes=tuple(notes),
    )


def safety_seen(asked: int | None) -> str:
    """Say whether this report could see safety answers at all."""
    if asked is None:
        return UNSEEN
    if not asked:
        return NONE_ASKED
    questions = "a question that has" if asked == 1 else "questions that have"
    return f"{asked:,} {plural(asked, 'answer')} to {questions} a safety rule {were(asked)} read."


def were(value: int) -> str:
    """Give the verb that goes with a count."""
    return "was" if value == 1 else "were"


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
        rows.append(
            NormsRow(
                scale=plain(scale.title or name),
                sd=f"{norms.sd:.2g}",
                df="as good as known" if norms.df >= MOST_DF else f"{norms.df:.0f}",
                trend="none" if not norms.trend else f"{norms.trend:+.2g}".replace("-", "\u2212"),
                origin=origin_of(norms, scale),
            )
        )
    return rows


def origin_of(norms: Norms, scale: Scale) -> str:
    """Say from how many clients norms were learnt, or from which range they were taken."""
    if norms.origin == "site":
        return f"{norms.clients:,} clients with three scores or more"
    if scale.low is None or scale.high is None or norms != default_norms(scale):
        return "handed in, without the number of clients they come from"
    low, high = number(scale.low, scale), number(scale.high, scale)
    return f"documented defaults for a range from {low} to {high}: too few clients in this file"


def chances(alarms: FalseAlarms | None) -> list[str]:
    """Say for each rule how many clients like these it flags though nothing happened."""
    if alarms is None:
        return []
    rules = {
        "a review": alarms.review,
        "a watch or a review": alarms.watch,
        "a slow drift": alarms.drift,
    }
    found = [
        f"In 100 clients with as many scores as these, and no strain at all, {number_of(share)} "
        f"would show {rule} by chance."
        for rule, share in rules.items()
        if share is not None
    ]
    return [*found, LOWER_BOUND] if found else []


def number_of(share: float) -> str:
    """Write a share as a count in a hundred."""
    return f"about {share * 100:.0f}" if share >= 0.01 else "fewer than 1"
