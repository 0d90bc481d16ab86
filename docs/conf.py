"""Documentation settings."""

from importlib.metadata import version

project = "Attunement"
author = "the authors of Attunement"
release = version("attunement")
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "Attunement"
exclude_patterns = ["_build"]
autodoc_typehints = "none"
napoleon_google_docstring = False
