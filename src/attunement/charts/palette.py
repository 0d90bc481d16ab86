"""The colours of every chart and page, each with its dark twin."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Colour:
    """What a colour is for, and its value on light and on dark paper."""

    role: str
    light: str
    dark: str


PAPER = Colour("paper", "#fbfaf6", "#151918")
CARD = Colour("card", "#ffffff", "#1c2120")
INK = Colour("ink", "#1e2523", "#e8e5de")
QUIET = Colour("quiet", "#56605d", "#aab3af")
RULE = Colour("rule", "#dedbd2", "#38403e")
ACCENT = Colour("accent", "#0e605d", "#74c9c1")
USUAL = Colour("usual", "#d5e7e3", "#21403d")
EXPECTED = Colour("expected", "#62608c", "#b3b1dc")
LOOK = Colour("look", "#8f4e00", "#f2b65c")
LOOK_SOFT = Colour("look-soft", "#fbf0dc", "#33281a")
SAFETY = Colour("safety", "#a3122a", "#ff9a94")

PALETTE = (PAPER, CARD, INK, QUIET, RULE, ACCENT, USUAL, EXPECTED, LOOK, LOOK_SOFT, SAFETY)


def style(selector: str = ".chart") -> str:
    """Give CSS that lets charts drawn in light colours follow the reader's light or dark.

    A chart is an SVG that carries its light colours itself, so that it stands alone; on a
    page these rules turn each colour into a custom property with a light and a dark value.
    """
    light = "".join(f"--{colour.role}:{colour.light};" for colour in PALETTE)
    dark = "".join(f"--{colour.role}:{colour.dark};" for colour in PALETTE)
    rules = "".join(
        f'{selector} [{attribute}="{colour.light}"]{{{attribute}:var(--{colour.role})}}\n'
        for colour in PALETTE
        for attribute in ("fill", "stroke")
    )
    return (
        f":root{{color-scheme:light dark;{light}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}\n{rules}"
    )
