"""``attunement strategies``: list what could help, and print one in full."""

from typing import TYPE_CHECKING, Annotated

import typer

from attunement.cli import show
from attunement.cli.options import Json, Panel

if TYPE_CHECKING:
    from attunement.guidance.strategies import Evidence, Strategy

app = typer.Typer(
    help="List what could help, and print one strategy in full, with its evidence.",
    no_args_is_help=True,
)


def register(parent: typer.Typer) -> None:
    """Add the commands."""
    parent.add_typer(app, name="strategies", rich_help_panel=Panel.NOTICE)


@app.command("list", epilog="Example: attunement strategies list --reason not_heard")
def list_(
    reason: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Only those that answer it.", show_default=False),
    ] = None,
    json: Json = False,
) -> None:
    """List the strategies in the box."""
    from attunement.guidance.strategies import REASONS, strategies
    from attunement.problems import Problem

    if reason is not None and reason not in REASONS:
        raise Problem(f"{reason!r} is no reason", f"choose one of {', '.join(REASONS)}")
    found = [one for one in strategies().values() if reason is None or reason in one.reasons]
    if json:
        show.as_json([summary(one) for one in found])
        return
    show.table(
        "Strategies",
        {"id": "left", "title": "left", "step": "left", "minutes": "right"},
        ((one.id, one.title, one.step.value, one.minutes) for one in found),
        caption="'attunement strategies show ID' prints one in full.",
    )


@app.command("show", epilog="Example: attunement strategies show say-back-and-check")
def show_(
    name: Annotated[str, typer.Argument(metavar="ID", show_default=False, help="From the list.")],
    json: Json = False,
) -> None:
    """Show one strategy: what to do, words to try, when not to, and what speaks for it."""
    from attunement.guidance.strategies import find_strategy
    from attunement.guidance.why import SCHOOLS

    found = find_strategy(name)
    if json:
        show.as_json(summary(found) | whole(found))
        return
    show.say(f"{found.title} ({found.id})")
    show.say(found.summary)
    show.say(f"For {', '.join(found.reasons)}; {found.step.value}; {found.minutes} minutes.")
    parts = {
        "What to do": found.do,
        "Words to try": found.words,
        "When not to": found.not_when,
        "Guards": found.guards,
    }
    for heading, lines in parts.items():
        section(heading, *(f"- {line}" for line in lines))
    section("Why it may help", found.why)
    for school, text in found.schools.items():
        section(f"In {SCHOOLS[school]} work", text)
    section("What speaks for it", *map(proof, found.evidence))
    section("Look for next time", ", ".join(found.look_for.items))


def section(heading: str, *lines: str) -> None:
    """Say some lines under a heading; nothing where there are none."""
    if not lines:
        return
    show.say("")
    show.say(heading)
    for line in lines:
        show.say(f"  {line}")


def proof(one: "Evidence") -> str:
    """Say what speaks for a strategy, with its figures and source."""
    figures = f" {one.finding.figures}." if one.finding.figures else ""
    standing = "unverified" if one.unverified else "read"
    return (
        f"- {one.bears} {one.finding.says}.{figures} Kind: {one.kind_words}. "
        f"{one.source.citation} ({standing})"
    )


def summary(one: "Strategy") -> dict[str, object]:
    """Give what a list needs."""
    return {
        "id": one.id,
        "title": one.title,
        "reasons": one.reasons,
        "step": one.step,
        "minutes": one.minutes,
    }


def whole(one: "Strategy") -> dict[str, object]:
    """Give the rest."""
    return {
        "summary": one.summary,
        "do": one.do,
        "words": one.words,
        "why": one.why,
        "not_when": one.not_when,
        "guards": one.guards,
        "schools": dict(one.schools),
        "look_for": one.look_for,
        "evidence": [
            {
                "bears": proof.bears,
                "finding": proof.finding.says,
                "figures": proof.finding.figures,
                "kind": proof.finding.kind,
                "source": proof.source.citation,
                "doi": proof.source.doi,
                "standing": proof.source.standing,
            }
            for proof in one.evidence
        ],
    }
