"""The last page: how everything was worked out, and what it cannot say."""

import tomllib
from importlib.resources import files

from attunement.programme.outcomes.rates import IMPUTED
from attunement.report.programme.computing import Programme
from attunement.report.programme.document import Block, Paragraph, Points, Sheet, words
from attunement.report.programme.names import scale_name
from attunement.report.programme.pictures import adjusted
from attunement.report.programme.sheets import sheet


def limits(found: Programme, notes: tuple[str, ...]) -> Sheet:
    """Write methods and limits, from the texts in ``templates/programme.toml``."""
    text = (files("attunement.report") / "templates" / "programme.toml").read_text("utf-8")
    own = {"measures": _measures(found), "notes": _notes(found, notes)}
    return sheet(
        "methods",
        title="Methods and limits",
        about="What stands behind the figures, and what they cannot say.",
        titled={
            part["title"]: (*_blocks(part, found), *own.get(part.get("adds"), ()))
            for part in tomllib.loads(text)["part"]
        },
    )


def _blocks(part: dict[str, list[str]], found: Programme) -> tuple[Block, ...]:
    settings = {
        "fewest": found.asked.fewest,
        "imputations": found.asked.imputations,
        "adjusted": adjusted(found),
    }
    said = [
        *part.get("paragraphs", []),
        *part.get("imputed" if _imputed(found) else "not_imputed", []),
    ]
    paragraphs = [Paragraph(text=one.strip().format(**settings)) for one in said]
    points = tuple(one.strip().format(**settings) for one in part.get("points", []))
    return (*paragraphs, Points(items=points)) if points else tuple(paragraphs)


def _imputed(found: Programme) -> bool:
    return found.outcomes is not None and IMPUTED in found.outcomes.rates["missing"]


def _measures(found: Programme) -> tuple[Block, ...]:
    items = []
    for one in found.asked.measures:
        reliability = "no reliability was given"
        if one.reliability is not None:
            reliability = f"reliability {one.reliability:g}"
        source = f" Source: {words(one.source)}." if one.source else ""
        items.append(
            f"{words(scale_name(one.scale))}: a case from {one.case_at:g}; a change is reliable "
            f"from {one.reliable:g} points; {one.direction.value.replace('-', ' ')}; {reliability}."
            f"{source}"
        )
    return (Points(items=tuple(items)),) if items else ()


def _notes(found: Programme, notes: tuple[str, ...]) -> tuple[Block, ...]:
    remarks = () if found.outcomes is None else found.outcomes.remarks
    told = [one for one in remarks if not one.startswith("No funnel")]
    items = tuple(words(one) for one in (*told, *notes))
    return (Points(items=items),) if items else ()
