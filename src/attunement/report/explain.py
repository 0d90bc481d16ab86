"""The methods section: what the rules are, how sure they are, and what they do not mean."""

from dataclasses import dataclass

from attunement.report.model import Methods, NormsRow
from attunement.report.words import count


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of the methods section."""

    title: str
    paragraphs: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    norms: tuple[NormsRow, ...] = ()


def explain(methods: Methods) -> list[Part]:
    """Put the methods into words, for a page and for a PDF alike."""
    rule, fewest = methods.rule, count(methods.rule.fewest)
    return [
        Part(title="What was read", paragraphs=(methods.read, methods.missing, *methods.notes)),
        Part(
            title="What counts as unusual",
            paragraphs=(
                "Each score is compared with the same client's earlier scores, never with later "
                f"ones, once there are {fewest} of them. The client's own spread is mixed with the "
                "usual spread of all clients, because a few scores alone say little about it "
                "(moderated variances: Smyth 2004).",
            ),
            points=(
                f"A watch is a score at least {rule.watch:g} of the client's standard deviations "
                "worse than expected; the soft band in the charts ends there.",
                f"A review is one at least {rule.review:g} worse. In the relationship it opens "
                f"a rupture, which is repaired when a score within the next {count(methods.within)} "
                "sessions is back near the level before it (after Stiles and others 2004).",
                "A slow drift is many small surprises that add up: an exponentially weighted mean "
                f"(weight {rule.ewma_weight:g}, limit {rule.ewma_limit:g}; Roberts 1959) or a "
                f"cumulative sum (allowance {rule.cusum_slack:g}, interval "
                f"{rule.cusum_interval:g}; Page 1954) passes its limit.",
                "What was said, what the scores show, how client and therapist differ, and symptoms "
                "are kept apart and never added up to one number.",
            ),
        ),
        Part(
            title="How often chance does the same",
            paragraphs=()
            if methods.chances
            else ("This was not computed for this report; the command `attunement rules` does.",),
            points=methods.chances,
        ),
        Part(
            title="What was known of each scale beforehand",
            paragraphs=(
                "Usual spread: how far one client's scores usually lie from their own level, in "
                "the scale's unit. Worth: how many scores that knowledge counts as.",
            ),
            norms=methods.norms,
        ),
        Part(
            title="Whom to look at first",
            paragraphs=(
                "The order is: an open rupture; tension that was told of and not settled; a rupture "
                "not repaired; symptoms clearly worse than usual; symptoms off the expected "
                "course; missed appointments or check-ins, two or more in a row. Then, to keep an "
                "eye on: a slow drift; an unusual difference between client and therapist; a watch; "
                "a level that stayed lower; answers that are all the best possible. Within each, "
                "the newest and the deepest come first. What is long past or repaired does not "
                "count.",
            ),
        ),
        Part(
            title="What these figures do not mean",
            points=(
                "A flag says that something changed, not why, and not whose doing it is.",
                "Many strains never show in scores, and people may hold back in a form as they do "
                "in the room. No flag does not mean that all is well.",
                "Nothing here predicts who will leave or get better.",
            ),
        ),
        Part(
            title="Sources",
            points=(
                "Page 1954, Biometrika 41:100. Roberts 1959, Technometrics 1:239.",
                "Smyth 2004, Statistical Applications in Genetics and Molecular Biology 3:3.",
                "Stiles and others 2004, Journal of Consulting and Clinical Psychology 72:81.",
            ),
        ),
    ]
