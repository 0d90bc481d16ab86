"""The page for a board: few figures, each in a sentence, with what they cannot say beside."""

from collections.abc import Iterator

from attunement.programme.alliance_outcome.ladder import WITHIN
from attunement.programme.outcomes.rates import BEST, IMPUTED, LEFT_OUT, WORST
from attunement.programme.retention.staying import EVERYBODY
from attunement.report.programme.computing import Programme
from attunement.report.programme.document import (
    Block,
    Grid,
    Paragraph,
    Points,
    Sheet,
    named,
    words,
)
from attunement.report.programme.figures import Figures
from attunement.report.programme.names import OUTCOMES, later, scale_name
from attunement.report.programme.pictures import relation_picture
from attunement.report.programme.sheets import sheet

SAME_WITHOUT_CHANGE = {
    "reliable_improvement": "reliable_improvement",
    "recovery": "no_case_any_more",
    "deterioration": "reliable_deterioration",
}
NOT_KNOWN = "not known"
WITHIN_NAME = f"relation/{WITHIN}/centred, with time"


def board(found: Programme, figures: Figures) -> Sheet:
    """Write the first page."""
    return sheet(
        "board",
        title="For the board",
        about="Figures come with their 95% intervals in brackets: how far chance alone could have "
        "moved them.",
        titled={
            "Who came, and who answered": _people(found),
            "Who leaves": _leaving(found),
            "Who gets better": _better(found, figures),
            "Relationship and outcome": _relation(found, figures),
        },
    )


def _people(found: Programme) -> Iterator[Block]:
    began = "[[people/began]] people began."
    if found.known > found.began:
        began = (
            "[[people/began]] people began; of [[people/known]] in the tables, the others never "
            "came."
        )
    came = "" if found.attended is None else " They came to [[people/attended]] sessions."
    rated = (
        ""
        if found.answered is None or found.answered.share is None
        else " After [[people/answered]] of sessions the client rated the working relationship."
    )
    yield Paragraph(text=began + came + rated)
    if found.outcomes is not None:
        yield Paragraph(
            text="[[outcomes/missing]] of those who began lack a first or a last score, so that "
            "nobody knows what became of them."
        )


def _leaving(found: Programme) -> Iterator[Block]:
    if found.retention is None:
        yield Paragraph(text=f"Nothing is said of leaving: {words(found.absent['retention'])}.")
        return
    yield Paragraph(
        text="How many leave depends on what is called leaving. None of these is the one right "
        "rate: pass none on without its definition."
    )
    rates = found.retention.staying.rates
    rows = [
        (row["text"].capitalize(), named(name), f"{named(name, 'n')} of {named(name, 'of')}")
        for row in rates.iter_rows(named=True)
        if row["by"] == EVERYBODY
        for name in [f"leaving/{row['definition']}"]
    ]
    yield Grid(
        caption="People who left, of those of whom it is known",
        head=("What is called leaving", "Left", "People"),
        rows=tuple(rows),
    )


def _better(found: Programme, figures: Figures) -> Iterator[Block]:
    if found.outcomes is None:
        yield Paragraph(text=f"Nothing is said of outcomes: {words(found.absent['outcomes'])}.")
        return
    imputed = f"outcomes/recovery/{IMPUTED}" in figures
    head = ["Outcome", "Everybody who began, missing filled in"] if imputed else ["Outcome"]
    head += ["If the missing did badly, or well", "Only those with both scores",
             "Had nobody truly changed"]  # fmt: skip
    rows = []
    for outcome, title in OUTCOMES.items():
        name = f"outcomes/{outcome}/"
        ends = [WORST, BEST] if outcome != "deterioration" else [BEST, WORST]
        low, high = (named(name + way, "value") for way in ends)
        cells = [named(name + IMPUTED)] if imputed else []
        same = figures[name + ends[0]].value == figures[name + ends[1]].value
        cells += [
            low if same else f"{low} to {high}",
            named(name + LEFT_OUT),
            without_change(found, outcome),
        ]
        rows.append((title, *cells))
    yield Grid(
        caption="What became of everybody who began, whether they answered to the end or not",
        head=tuple(head),
        rows=tuple(rows),
    )
    yield Paragraph(
        text="People come when they feel worse than they usually do, and would be a little better "
        "next time without any help. The last column says how many would have shown each change "
        "had nobody truly changed: only what lies beyond it can be improvement, and even that is "
        "not all due to therapy. For getting better it is a lower bound where these people stand "
        "for everybody, though hardly anybody comes who feels well; for getting worse it is a "
        "guess, and no bound.",
    )
    yield Points(items=tuple(_any_amount(found)))


def without_change(found: Programme, outcome: str) -> str:
    """Say what regression to the mean and chance alone would give, on each measure."""
    if found.outcomes is None or not found.outcomes.without_change:
        return NOT_KNOWN
    if outcome not in SAME_WITHOUT_CHANGE:
        return "fewer than with recovery"
    name = SAME_WITHOUT_CHANGE[outcome]
    several = len(found.outcomes.without_change) > 1
    return ", ".join(
        ("" if _known(found, scale) else "about " if outcome == "deterioration" else "at least ")
        + named(f"had-nobody-changed/{scale}/{name}")
        + (f" on {words(scale_name(scale))}" if several else "")
        for scale in found.outcomes.without_change
    )


def _known(found: Programme, scale: str) -> bool:
    """Whether it was given how everybody scores who might have come."""
    return scale in found.asked.populations


def _any_amount(found: Programme) -> Iterator[str]:
    if found.outcomes is None:
        return
    for scale in found.outcomes.seen_at_all:
        chance = (
            f"had nobody truly changed, {'' if _known(found, scale) else 'at least '}"
            f"{named(f'had-nobody-changed/{scale}/any_improvement')} would have"
            if scale in found.outcomes.without_change
            else "how many would have without any true change is not known"
        )
        yield (
            f"{words(scale_name(scale))}: {named(f'seen/{scale}/any_improvement')} ended better by "
            f"any amount; {chance}. This is the figure that flatters most."
        )


def _relation(found: Programme, figures: Figures) -> Iterator[Block]:
    if found.relation is None:
        yield Paragraph(text=f"Nothing is said of it: {words(found.absent['relation'])}.")
        return
    about = found.relation.about
    outcome = words(scale_name(about.outcome))
    if WITHIN_NAME in figures:
        yield Paragraph(
            text=f"After a session that a client rated one point above their own usual, {outcome} "
            f"{later(about.lag)} {_moved(figures)}. This is an association: it does not show that "
            "one brings the other about."
        )
    else:
        yield Paragraph(text=" ".join(words(one) for one in found.relation.found.refused))
    picture = relation_picture(found)
    if picture is not None:
        yield picture


def _moved(figures: Figures) -> str:
    one = figures[WITHIN_NAME]
    if one.low is None or one.high is None or one.value is None or one.low <= 0 <= one.high:
        return f"was neither clearly higher nor clearly lower: {named(WITHIN_NAME)} points"
    way = "lower" if one.value < 0 else "higher"
    ends = f"{named(WITHIN_NAME, 'low')} to {named(WITHIN_NAME, 'high')}"
    return f"was {named(WITHIN_NAME, 'size')} points {way} (change {ends})"
