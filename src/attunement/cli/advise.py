"""``attunement advise``: three things to try with one client, and why these."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from attunement.cli import show
from attunement.cli.evidence import Appointments, Goals, Symptoms, in_strain, read_evidence
from attunement.cli.options import Json, Meanings, Missing, Panel, Rename, Responses

if TYPE_CHECKING:
    from attunement.guidance.advice import Advice

EXAMPLE = "Example: attunement advise responses.csv --client client-01 --orientation cbt"
Leans = list[str] | None
DROPPED = "The answers dropped, or a drop is still open."
UNEXPLAINED = "No single reason stands out."


def register(parent: typer.Typer) -> None:
    """Add the command."""
    parent.command("advise", epilog=EXAMPLE, rich_help_panel=Panel.NOTICE)(advise)


def advise(
    responses: Responses,
    client: Annotated[str, typer.Option(metavar="ID", help="With whom.", show_default=False)],
    orientation: Annotated[
        Literal["cbt", "act", "psychodynamic", "person_centred"] | None,
        typer.Option(help="How the therapist mostly works.", show_default=False),
    ] = None,
    wants: Annotated[
        Leans,
        typer.Option(
            metavar="LEAN",
            show_default=False,
            help="What the client would like more of: structure, space, feeling, support, "
            "challenge, tasks, past, present or talking_about_us. May be given several times.",
        ),
    ] = None,
    avoids: Annotated[
        Leans, typer.Option(metavar="LEAN", show_default=False, help="... and less of.")
    ] = None,
    symptoms: Symptoms = None,
    attendance: Appointments = None,
    goals: Goals = None,
    rupture: Annotated[
        bool,
        typer.Option(
            "--rupture",
            help="A rupture is open, whatever the answers say: what validates comes first, as "
            "after a drop in the answers.",
        ),
    ] = False,
    rename: Rename = None,
    scale: Meanings = None,
    missing: Missing = None,
    json: Json = False,
) -> None:
    """Suggest at most three things to try with one client, each with why this one."""
    from attunement.course.settings import choose
    from attunement.guidance.advice import Preferences
    from attunement.guidance.advice import advise as advised
    from attunement.guidance.reasons.finding import as_objects, reasons
    from attunement.guidance.reasons.words import NOTHING, summary
    from attunement.guidance.strategies import Lean, School
    from attunement.problems import Problem

    liked = frozenset(choose(Lean, one, "lean") for one in wants or ())
    unliked = frozenset(choose(Lean, one, "lean") for one in avoids or ())
    given = read_evidence(
        responses, symptoms, attendance, goals, rename=rename, scale=scale, missing=missing
    )
    found = reasons(given.responses, **given.tables)
    theirs = next((one for one in as_objects(found) if str(one.client) == client), None)
    if theirs is None:
        raise Problem(f"nobody is called {client!r}", "check --client", file=responses.name)
    dropped = client in in_strain(given.responses)
    strain = rupture or dropped or theirs.general
    theirs = theirs.beside(strain=strain)
    advice = advised(
        theirs,
        rupture=strain,
        preferences=Preferences(wanted=liked, unwanted=unliked),
        orientation=None if orientation is None else School(orientation),
    )
    if json:
        show.as_json(
            {"reasons": theirs, "dropped": dropped, "advice": [as_row(one) for one in advice]}
        )
        return
    show.say(f"{theirs.client}, session {theirs.session}")
    if dropped:
        show.say(f"  {DROPPED}")
    for sentence in summary(theirs):
        show.say(f"  {UNEXPLAINED if strain and sentence == NOTHING else sentence}")
    show_advice(advice)


def as_row(one: "Advice") -> dict[str, object]:
    """Give one suggestion with its parts."""
    return {"strategy": one.strategy.id, "score": one.score, "why": one.why}


def show_advice(advice: "tuple[Advice, ...]") -> None:
    """Say what to try, and why these."""
    from attunement.guidance.why import sentence

    if not advice:
        show.say("There is nothing to suggest.")
        return
    for place, one in enumerate(advice, start=1):
        show.say("")
        show.say(f"{place}. {one.strategy.title} ({one.strategy.id})")
        show.say(f"   {one.strategy.summary}")
        for part in sorted(one.why, key=lambda part: -abs(part.value)):
            show.say(f"   {part.value:+.2f}  {sentence(part)}")
    show.notes(
        ["Suggestions, to take or leave. 'attunement strategies show ID' prints one in full."]
    )
