"""Writes the directory of a new entry."""

import re
from importlib.resources import files
from pathlib import Path

from pyuibench.errors import UserError


def write(name: str, into: Path) -> Path:
    """Write the directory of an entry called `name` and return it.

    Raises UserError for a name that can't be one, a directory that isn't there and an entry that is there already.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise UserError(f"{name!r} can't be an entry's name; use lower-case letters, digits and underscores.")
    if not into.is_dir():
        raise UserError(f"{into} is not a directory; make it, or choose another with --into.")
    directory = into / name
    if directory.exists():
        raise UserError(f"{directory} is there already; nothing was changed.")
    directory.mkdir()
    for template in (files("pyuibench.entries") / "templates" / "entry").iterdir():
        # An installer may have compiled the templates: what it made of them is none.
        if template.is_file():
            (directory / template.name).write_text(template.read_text().replace("NAME", name))
    return directory
