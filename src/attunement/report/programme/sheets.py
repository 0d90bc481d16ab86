"""A page from blocks under their headings."""

from collections.abc import Iterable, Mapping

from attunement.report.programme.document import Block, Part, Sheet


def sheet(
    name: str,
    *,
    title: str,
    about: str,
    titled: Mapping[str, Iterable[Block]],
    more: Iterable[Part] = (),
) -> Sheet:
    """Make a page of what there is: a heading without a block is left out.

    Parameters
    ----------
    name, title, about
        Of the page.
    titled
        Blocks by heading, in order.
    more
        Parts that come after these.
    """
    kept = [(heading, tuple(blocks)) for heading, blocks in titled.items()]
    parts = [Part(title=heading, blocks=blocks) for heading, blocks in kept if blocks]
    return Sheet(name=name, title=title, about=about, parts=(*parts, *more))
