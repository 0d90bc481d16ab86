"""The pictures of a report as files that stand alone."""

import re

from attunement.charts.svg import alone
from attunement.report.programme.document import Document, Picture

NO_WORD = re.compile(r"[^\w-]+")


def drawings(report: Document) -> dict[str, str]:
    """Give every picture of a report as SVG, by its name.

    Parameters
    ----------
    report
        From :func:`attunement.report.programme.writing.document`.
    """
    blocks = (block for sheet in report.sheets for part in sheet.parts for block in part.blocks)
    return {
        NO_WORD.sub("-", block.name): alone(block.svg, block.spoken, block.caption)
        for block in blocks
        if isinstance(block, Picture)
    }
