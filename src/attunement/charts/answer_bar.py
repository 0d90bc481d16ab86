"""One answer beside the client's usual range, the size of a line of text."""

from html import escape

from attunement.charts.palette import ACCENT, INK, LOOK, RULE, USUAL

WIDTH, HEIGHT = 200, 22


def answer_bar(
    value: float,
    sentence: str,
    *,
    low: float,
    high: float,
    usual: tuple[float, float] | None = None,
    stands_out: bool = False,
) -> str:
    """Draw an answer as a bar from the low end, over the client's own usual range.

    Written by hand, as :func:`attunement.charts.small.small_line` is, because a page holds many.

    Parameters
    ----------
    value
        The answer.
    sentence
        What it says, for people who listen to it.
    low, high
        The ends of the answer's scale.
    usual
        The client's own usual range, cut off at those ends; None while it is not known.
    stands_out
        Whether the answer lies below that range.

    Returns
    -------
    One ``svg`` element.
    """

    def at(number: float) -> float:
        return round((min(max(number, low), high) - low) / (high - low) * WIDTH, 1)

    end, colour = at(value), LOOK if stands_out else ACCENT
    parts = [f'<rect x="0" y="9" width="{WIDTH}" height="4" rx="2" fill="{RULE.light}"/>']
    if usual is not None:
        stop = max(at(usual[1]), 3)
        start = min(at(usual[0]), stop - 3)
        parts.append(
            f'<rect x="{start}" y="2" width="{stop - start:.1f}" height="18" rx="3" '
            f'fill="{USUAL.light}"/>'
        )
    parts.append(f'<rect x="0" y="8" width="{end}" height="6" rx="3" fill="{colour.light}"/>')
    parts.append(f'<rect x="{min(max(end - 1.5, 0), WIDTH - 3):.1f}" y="3" width="3" height="16" '
                 f'fill="{(LOOK if stands_out else INK).light}"/>')  # fmt: skip
    spoken = escape(sentence, quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart bar" role="img" '
        f'aria-label="{spoken}" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}">{"".join(parts)}</svg>'
    )
