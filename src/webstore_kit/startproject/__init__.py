"""Makes a project: a folder with a shop's own code, its tests, and all that it takes to serve it.

The files are those in `template/`, without their `.tpl`; `_name` is `.name`, and `{{ name }}` in them the project's.
"""

import re
import tempfile
from pathlib import Path

from webstore_kit.core.errors import CommandError

TEMPLATE = Path(__file__).parent / "template"
NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,62}[A-Za-z0-9])?")
"""As the names of Python projects are (https://packaging.python.org/specifications/name-normalization)."""


def start_project(parent: Path, name: str) -> Path:
    """The folder of that name, made whole or not at all. Raises CommandError."""
    if not NAME.fullmatch(name):
        raise CommandError(
            f"{name!r} is no name for a project: letters, digits, - and _ make one, up to 64 of them, "
            "with a letter or digit at both ends."
        )
    folder = parent / name
    try:
        with tempfile.TemporaryDirectory(prefix=f".{name}.", dir=parent, ignore_cleanup_errors=True) as draft:
            _fill(Path(draft) / name, name)
            _put(Path(draft) / name, folder)
    except OSError as error:
        raise CommandError(f"The folder {folder} cannot be made: {error.strerror}.") from None
    return folder


def _fill(folder: Path, name: str) -> None:
    for source in sorted(TEMPLATE.rglob("*.tpl")):
        place = source.relative_to(TEMPLATE)
        target = folder / place.parent / re.sub("^_", ".", place.name.removesuffix(".tpl"))
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(source.read_text(encoding="utf-8").replace("{{ name }}", name), encoding="utf-8")


def _put(draft: Path, folder: Path) -> None:
    """Move the draft to its place, where there is nothing yet, or an empty folder."""
    is_free = not folder.exists() or (folder.is_dir() and not any(folder.iterdir()))
    if folder.is_symlink() or not is_free:
        raise CommandError(f"There is a {folder.name} already, and it is not an empty folder. Choose another name.")
    if folder.exists():
        folder.rmdir()
    draft.rename(folder)  # who makes something there in this very moment, keeps it
