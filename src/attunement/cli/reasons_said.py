"""What ``attunement reasons`` prints."""

from typing import TYPE_CHECKING

from attunement.cli import show
from attunement.cli.rules import percent

if TYPE_CHECKING:
    from attunement.guidance.reasons.evaluation import Evaluation
    from attunement.guidance.reasons.model import Reason, Reasons
    from attunement.guidance.reasons.rows import Viewer

MOST_SHOWN = 30
LEAST_CONFUSED = 0.02
TOLD = ("first", "among_three", "limit")
ASKED = ("asked_first", "asked_three", "asked_limit")
WEIGHED = ("share", "right", "right_weak", "right_medium", "right_strong", "undisturbed")
OBSERVED = ("limit", "limit_whole", "limit_three", "limit_three_whole")


def show_found(said: "list[Reasons]", viewer: "Viewer", *, one: bool) -> None:
    """Say what was found: a sentence for each reason of each client, or one client's every part."""
    from attunement.guidance.reasons.library import thin_sentences

    told = sum(bool(found.found) for found in said)
    thin = sum(found.thin is not None for found in said)
    show.say(
        f"{show.counted(len(said), 'session')}: {told:,} with a likely reason, "
        f"{thin:,} with too little to go by. A reason is a guess to talk about, never a cause."
    )
    listed = [found for found in said if found.found or found.weaker or (one and found.general)]
    listed.sort(key=lambda one: -next((r.strength for r in (*one.found, *one.weaker)), 0.0))
    for found in listed[: None if one else MOST_SHOWN]:
        show_session(found, viewer, parts=one)
    if one:
        for found in said:
            if found.thin is not None:
                show.say(f"Session {found.session}: {thin_sentences()[found.thin]}")
    elif len(listed) > MOST_SHOWN:
        show.notes([f"{len(listed) - MOST_SHOWN:,} more: write them with --out DIR."])


def show_session(found: "Reasons", viewer: "Viewer", *, parts: bool) -> None:
    """Say what may be behind one session, and, if asked, what would fit best after that."""
    from attunement.guidance.reasons.library import general_sentence, named
    from attunement.guidance.reasons.words import ASKED, sentence, weaker

    show.say(f"{found.client}, session {found.session}")
    for reason in found.found:
        title = named(reason.id).title
        show.say(f"  {title} ({reason.strength:.1f}). {sentence(reason, viewer)}")
        if parts:
            show_parts(reason)
    if found.general and parts:
        show.say(f"  {general_sentence()}")
    if found.weaker:
        show.say(f"  {ASKED}")
    for reason, text in zip(found.weaker, weaker(found, viewer), strict=True):
        show.say(f"  {text}")
        if parts:
            show_parts(reason)


def show_parts(reason: "Reason") -> None:
    """Print what makes up one reason."""
    show.table(
        f"What makes up {reason.strength:.2f}",
        {"source": "left", "now": "right", "usually": "right", "own SDs": "right",
         "adds": "right"},
        ((part.source, part.value, part.usual, part.unusual, part.strength)
         for part in reason.parts),
    )  # fmt: skip


def show_evaluation(found: "Evaluation") -> None:
    """Print how often the true reason is found, unasked and asked, and what is taken for what."""
    show.say(
        f"Unasked, no reason is told in {1 - found.false_share:.1%} of "
        f"{show.counted(found.undisturbed, 'undisturbed session')}."
    )
    limits = "by an ideal observer who knows the client's true level and spread and how strong the "
    limits += "strain is, from the answers alone."
    show_hits(found, "Told unasked: how often the true reason is", TOLD, f"limit: first, {limits}")
    show_limits(found)
    show_hits(
        found, "Asked what would fit best: how often the true reason is", ASKED,
        f"Of the twelve and a fall of all answers. limit: first, {limits}",
    )  # fmt: skip
    show.table(
        "What is said to speak for what comes first when asked",
        {"speaks for it": "left", "sessions with a reason": "right", "true": "right",
         "weak": "right", "medium": "right", "strong": "right", "undisturbed": "right"},
        ((row["weight"], *(percent(row[name]) for name in WEIGHED))
         for row in found.weights.to_dicts()),
        caption="true: how often what comes first is true, of sessions with a reason, weak, medium "
        "and strong in equal parts; and of each strength. undisturbed: share of undisturbed "
        "sessions in which that much speaks for something.",
    )  # fmt: skip
    for title, asked in (("told first unasked", False), ("first when asked", True)):
        show.table(
            f"What is {title} instead, at medium strength",
            {"planted": "left", "first": "left", "share": "right"},
            ((row["reason"], row["named"], percent(row["share"]))
             for row in found.confused.filter(asked=asked).to_dicts()
             if row["named"] != row["reason"] and row["share"] >= LEAST_CONFUSED),
        )  # fmt: skip
    show.table(
        "What is told of undisturbed sessions",
        {"told first": "left", "share": "right"},
        ((row["told_first"], percent(row["share"])) for row in found.false_reasons.to_dicts()),
    )
    show.table(
        "Where all answers fall",
        {"strength": "left", "said": "right", "a reason": "right"},
        ((row["strength"], percent(row["general"]), percent(row["any_reason"]))
         for row in found.together.to_dicts()),
        caption="said: that all fell together, when asked, or unasked where a drop is noticed "
        "beside it. a reason: told unasked. none: nothing was planted.",
    )  # fmt: skip


def show_limits(found: "Evaluation") -> None:
    """Print what an ideal observer would name unasked, as quiet as we are and less so."""
    medium = found.hits.filter(strength="medium").drop_nulls("limit").to_dicts()
    show.table(
        "What the ideal observer would name unasked, at medium strength",
        {"reason": "left", "first": "right", "first, all 5%": "right", "among three": "right",
         "among three, all 5%": "right"},
        ((row["reason"], *(percent(row[name]) for name in OBSERVED)) for row in medium),
        caption="Speaking in no more undisturbed sessions than these reasons' part of 5%, or, as "
        "if there were no others, in all 5%.",
    )  # fmt: skip


def show_hits(found: "Evaluation", title: str, columns: tuple[str, ...], caption: str) -> None:
    """Print one row for each reason."""
    first, three, limit = columns
    wide = found.hits.pivot("strength", index="reason", values=list(columns)).to_dicts()
    shown = (f"{first}_weak", f"{first}_medium", f"{three}_medium", f"{limit}_medium",
             f"{first}_strong")  # fmt: skip
    show.table(
        title,
        {"reason": "left", "weak: first": "right", "medium: first": "right",
         "among three": "right", "limit": "right", "strong: first": "right"},
        ((row["reason"], *(percent(row[name]) for name in shown)) for row in wide),
        caption=caption,
    )  # fmt: skip
