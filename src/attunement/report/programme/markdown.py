"""A model card, written in Markdown, as parts of a page."""

from collections.abc import Iterator

from attunement.report.programme.document import Block, Grid, Paragraph, Part, Points, words


def parts_of(markdown: str) -> tuple[Part, ...]:
    """Turn headings, paragraphs, lists and tables into parts; the title is left to the page."""
    found = []
    for section in markdown.split("\n## ")[1:]:
        title, _, rest = section.partition("\n")
        found.append(Part(title=title.strip(), blocks=tuple(_blocks(title.strip(), rest))))
    return tuple(found)


def _blocks(title: str, text: str) -> Iterator[Block]:
    for piece in (part.strip() for part in text.split("\n\n")):
        lines = piece.splitlines()
        if not lines:
            continue
        if piece.startswith("|"):
            head, _, *rows = (_cells(line) for line in lines)
            yield Grid(caption=title, head=head, rows=tuple(rows))
        elif piece.startswith("- "):
            yield Points(items=tuple(words(line.removeprefix("- ")) for line in lines))
        else:
            yield Paragraph(text=words(piece))


def _cells(line: str) -> tuple[str, ...]:
    return tuple(words(cell.strip()) for cell in line.strip().strip("|").split("|"))
