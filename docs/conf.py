"""Documentation settings."""

from importlib import metadata
from typing import Any

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml

project = "Attunement"
author = "the authors of Attunement"
version = release = metadata.version("attunement")
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "Attunement"
html_theme_options = {
    "light_css_variables": {
        "color-brand-primary": "#0f5f5c",
        "color-brand-content": "#0f5f5c",
        "color-background-primary": "#fcfaf6",
        "color-background-secondary": "#f6f2ea",
    },
    "dark_css_variables": {
        "color-brand-primary": "#7cc4bd",
        "color-brand-content": "#7cc4bd",
    },
}
html_static_path = ["_static"]
html_css_files = ["quiet.css"]
html_show_copyright = False
html_show_sphinx = False
html_math_renderer = "mathml"
exclude_patterns = ["_build"]
autodoc_typehints = "none"
napoleon_google_docstring = False


def inline(writer: Any, node: nodes.math) -> None:
    """Write a formula as MathML, which browsers draw without a script from elsewhere."""
    writer.body.append(tex2mathml(node.astext()))
    raise nodes.SkipNode


def block(writer: Any, node: nodes.math_block) -> None:
    """Write a formula on a line of its own."""
    writer.body.append(tex2mathml(node.astext(), as_block=True))
    raise nodes.SkipNode


def setup(app: Any) -> None:
    """Draw formulas without a script."""
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
