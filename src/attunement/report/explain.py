"""The methods section in words, for a page and for a PDF alike."""

import tomllib
from dataclasses import asdict, dataclass
from importlib.resources import files

from attunement.report.counting import count
from attunement.report.model import Methods, NormsRow

NOT_COMPUTED = "This was not computed for this report; the command 'attunement rules' does."


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of the methods section."""

    title: str
    paragraphs: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    norms: tuple[NormsRow, ...] = ()


def explain(methods: Methods) -> list[Part]:
    """Fill in the figures: rules and their settings, chance findings, norms, what was read."""
    text = (files("attunement.report") / "templates" / "methods.toml").read_text("utf-8")
    rule = methods.rule
    figures = {name: f"{value:g}" for name, value in asdict(rule).items()} | {
        "fewest": count(rule.fewest),
        "within": count(methods.within),
        "read": methods.read,
        "missing": methods.missing,
        "safety": methods.safety,
        "notes": " ".join(methods.notes),
        "not_computed": "" if methods.chances else NOT_COMPUTED,
    }

    def fill(sentences: list[str]) -> tuple[str, ...]:
        filled = (sentence.strip().format(**figures) for sentence in sentences)
        return tuple(sentence for sentence in filled if sentence)

    return [
        Part(
            title=part["title"],
            paragraphs=fill(part.get("paragraphs", [])),
            points=methods.chances if "chances" in part else fill(part.get("points", [])),
            norms=methods.norms if "norms" in part else (),
        )
        for part in tomllib.loads(text)["part"]
    ]
