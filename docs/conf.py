"""How Sphinx builds this documentation: `sphinx-build -W -b html docs OUT`."""  # noqa: INP001

from importlib.metadata import version as version_of

project = "webstore-kit"
author = "The webstore-kit developers"
project_copyright = author
release = version = version_of("webstore-kit")

extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
myst_heading_anchors = 3

html_theme = "furo"
html_title = f"webstore-kit {release}"
html_copy_source = False
html_show_sphinx = False
