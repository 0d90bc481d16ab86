"""The page for an analyst: tables and pictures, and nobody ranked."""

from collections.abc import Iterator

import polars as pl

from attunement.programme.outcomes.judged import OUTCOMES as ALL
from attunement.programme.outcomes.rates import BOTH_SCORES
from attunement.programme.retention.periods import BEFORE_PLANNED_END
from attunement.programme.retention.staying import EVERYBODY
from attunement.report.programme.computing import Programme
from attunement.report.programme.document import (
    Block,
    Grid,
    Paragraph,
    Part,
    Points,
    Sheet,
    named,
    words,
)
from attunement.report.programme.figures import Figures
from attunement.report.programme.markdown import parts_of
from attunement.report.programme.names import OUTCOMES, plural, scale_name
from attunement.report.programme.pictures import (
    calibration_picture,
    decision_picture,
    funnel_pictures,
    leaving_picture,
    rates_picture,
)
from attunement.report.programme.sheets import sheet

TIMES = (1, 3, 6, 12, 20)


def analyst(found: Programme, figures: Figures) -> Sheet:
    """Write the second page."""
    return sheet(
        "analyst",
        title="For the analyst",
        about="Everything behind the first page. Every figure is in the tables of figures too, "
        "under its own name.",
        titled={
            "Leaving, over sessions": _leaving(found, figures),
            "Leaving, by group": _leaving_groups(found),
            "Outcomes, however the missing are counted": _outcomes(found),
            "Size of the change": _effects(found),
            "Outcomes, by group": _outcome_groups(found),
            "Units compared, and not ranked": _funnels(found),
            "Relationship and outcome: all models": _models(found),
        },
        more=_card(found),
    )


def _leaving(found: Programme, figures: Figures) -> Iterator[Block]:
    if found.retention is None:
        return
    rates = found.retention.staying.rates
    names = rates.filter(pl.col("by") == EVERYBODY)["definition"].to_list()
    times = [
        time for time in TIMES if any(f"left-after/{name}/{time}" in figures for name in names)
    ]
    if times:
        yield Grid(
            caption="Have left after so many sessions, others having completed (cumulative "
            "incidence)",
            head=("Definition", *(f"{time} session{'s' * (time > 1)}" for time in times)),
            rows=tuple(
                (
                    name.replace("-", " "),
                    *(
                        named(cell) if (cell := f"left-after/{name}/{time}") in figures else ""
                        for time in times
                    ),
                )
                for name in names
            ),
        )
    drawn = BEFORE_PLANNED_END if BEFORE_PLANNED_END in names else names[0]
    picture = leaving_picture(found, drawn)
    if picture is not None:
        yield picture


def _leaving_groups(found: Programme) -> Iterator[Block]:
    if found.retention is None:
        return
    rates = found.retention.staying.rates
    names = rates["definition"].unique(maintain_order=True).to_list()
    for by in found.asked.by:
        groups = rates.filter(pl.col("by") == by)["group"].unique(maintain_order=True).to_list()
        yield Grid(
            caption=f"Left, by {words(by)} and definition",
            head=(words(by), *(name.replace("-", " ") for name in names)),
            rows=tuple(
                (words(group), *(named(f"leaving/{by}={group}/{name}") for name in names))
                for group in groups
            ),
        )


def _outcomes(found: Programme) -> Iterator[Block]:
    if found.outcomes is None:
        return
    rows = []
    for row in found.outcomes.rates.iter_rows(named=True):
        name = f"outcomes/{row['outcome']}/{row['missing']}"
        counted = "" if row["n"] is None else named(name, "n")
        way = row["denominator"]
        way += "" if way == BOTH_SCORES else f", missing {row['missing']}"
        rows.append((OUTCOMES[row["outcome"]], way, named(name), counted, named(name, "of")))
    yield Grid(
        caption="Rates of outcomes",
        head=("Outcome", "Counted", "Rate", "People", "Of"),
        rows=tuple(rows),
    )
    if any(row[3] == "" for row in rows):
        yield Paragraph(
            text="What is filled in is right where what is missing hangs only on what is known.",
            quiet=True,
        )
    picture = rates_picture(found)
    if picture is not None:
        yield picture


def _effects(found: Programme) -> Iterator[Block]:
    if found.outcomes is None or not found.outcomes.effect_sizes:
        return
    yield Grid(
        caption="From first to last score; above 0 is better",
        head=("Scale", "People", "First, mean (SD)", "Last, mean (SD)", "Over the pooled SD",
              "Over the SD of first scores"),
        rows=tuple(
            (
                words(scale_name(one.scale)),
                named(f"effect-size/{one.scale}/pooled", "of"),
                *(
                    f"{named(f'scores/{one.scale}/{time}/mean')} "
                    f"(SD {named(f'scores/{one.scale}/{time}/sd')})"
                    for time in ("pre", "post")
                ),
                named(f"effect-size/{one.scale}/pooled"),
                named(f"effect-size/{one.scale}/by_first"),
            )
            for one in found.outcomes.effect_sizes
        ),
    )  # fmt: skip


def _outcome_groups(found: Programme) -> Iterator[Block]:
    if found.outcomes is None or found.outcomes.groups is None:
        return
    for by in found.asked.by:
        own = found.outcomes.groups.filter(pl.col("by") == by)
        groups = own["group"].unique(maintain_order=True).to_list()
        yield Grid(
            caption=f"Those with first and last score, by {words(by)}",
            head=(words(by), "People", "Without a score", *(OUTCOMES[name] for name in ALL)),
            rows=tuple(
                (
                    words(group),
                    named(f"groups/{by}={group}/clients"),
                    named(f"groups/{by}={group}/missing"),
                    *(named(f"groups/{by}={group}/{name}") for name in ALL),
                )
                for group in groups
            ),
        )
    yield Paragraph(
        text="Groups differ in what they bring with them and in who is missing; a difference here "
        "says nothing of the care they had. Small numbers are withheld, and others with them, so "
        "that none can be had by subtraction.",
        quiet=True,
    )


def _funnels(found: Programme) -> Iterator[Block]:
    for unit, outcome, picture in funnel_pictures(found):
        name = f"funnel/{unit}/{outcome}"
        yield Paragraph(
            text=f"Of {named(f'{name}/units')} {plural(unit)} with clients enough to be compared, "
            f"{named(f'{name}/beyond')} lie outside the outer funnel, where chance alone puts 2 in "
            f"1,000, and {named(f'{name}/at the edge')} more outside the inner one, where it puts "
            "about 5 in 100. Lying outside is a reason to look, first at the data."
        )
        yield picture
    if found.outcomes is not None:
        refused = [one for one in found.outcomes.remarks if one.startswith("No funnel")]
        if refused:
            yield Points(items=tuple(words(one) for one in refused))


def _models(found: Programme) -> Iterator[Block]:
    if found.relation is None:
        return
    about = found.relation.about
    yield Grid(
        caption=f"Points of {words(scale_name(about.outcome))} per point of "
        f"{words(scale_name(about.alliance)).lower()}",
        head=("About", "Model", "Standing", "Estimate", "Standardised"),
        rows=tuple(
            (
                row["about"].capitalize(),
                row["model"],
                row["standing"],
                named(f"relation/{row['about']}/{row['model']}"),
                ""
                if row["standardised"] is None
                else named(f"relation/{row['about']}/{row['model']}/standardised"),
            )
            for row in found.relation.table.iter_rows(named=True)
        ),
    )
    yield Paragraph(
        text="A contrast is known to mislead, and stands here to show by how much.", quiet=True
    )
    notes = [*found.relation.found.refused, *found.relation.found.warnings]
    if notes:
        yield Points(items=tuple(words(one) for one in notes))


def _card(found: Programme) -> tuple[Part, ...]:
    if found.retention is None or not found.asked.learn:
        return ()
    if found.retention.card is None:
        why = words(found.retention.why_no_model)
        said = f"No model of drifting away was learned: {why}."
        return (Part(title="Who drifts away", blocks=(Paragraph(text=said),)),)
    first, *rest = parts_of(found.retention.card.markdown)
    pictures = (calibration_picture(found), decision_picture(found))
    drawn = tuple(one for one in pictures if one is not None)
    heads = [Part(title=f"Who drifts away, a model: {first.title.lower()}", blocks=first.blocks)]
    shown = [
        Part(
            title=f"The model: {part.title.lower()}",
            blocks=(*part.blocks, *(drawn if part.title.startswith("How it did") else ())),
        )
        for part in rest
    ]
    return (*heads, *shown)
