"""What checks an entry: a proof is as good as the code that made it."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from pyuibench.entries.sources import hash_of_code
from pyuibench.project import PACKAGE, WORKLOAD

FOLDERS = ("instruments", "serving", "verify")
"""The folders that serve an entry, drive it and judge it. What the contract declares has a hash of its own."""
ROOTS = (
    "verify/variant.py",
    "verify/feature.py",
    "verify/wire.py",
    "verify/recorded_client.py",
    "instruments/browser/chromium.py",
    "instruments/wire/http.py",
    "instruments/wire/websocket.py",
)
"""What is run: the checks, those in processes of their own too, the browser that they are given, and what wire clients import. Of
the folders, what these import counts: how code is counted, a load is led or a picture is drawn proves nothing of an entry."""


@cache
def checks_hash() -> str:
    """Return a short hash of the code that checks entries, of the scripts in its folders, and of the workload that they call."""
    folders = [PACKAGE / name for name in FOLDERS]
    scripts = {file for folder in folders for file in _files(folder) if file.suffix != ".py"}
    checks = {file for file in _reached() if any(file.is_relative_to(folder) for folder in folders)}
    return hash_of_code(
        [
            *((PACKAGE, file.relative_to(PACKAGE)) for file in sorted(scripts | checks)),
            *((WORKLOAD / "src", file.relative_to(WORKLOAD / "src")) for file in sorted(_files(WORKLOAD / "src"))),
        ]
    )


def _files(place: Path) -> Iterator[Path]:
    """Yield a file, or those below a directory."""
    files = place.rglob("*") if place.is_dir() else [place]
    return (file for file in files if file.is_file() and "__pycache__" not in file.parts)


def _reached() -> set[Path]:
    """Return the package's modules that are among ROOTS, and those that they import, directly or not."""
    found = set[Path]()
    left = [file for root in ROOTS for file in _files(PACKAGE / root) if file.suffix == ".py"]
    while left:
        file = left.pop()
        if file not in found:
            found.add(file)
            left += [module for name in _imported(file) if (module := _module(name))]
    return found


def _imported(file: Path) -> Iterator[str]:
    """Yield what may be names of modules that a module imports."""
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def _module(name: str) -> Path | None:
    """Return the file of one of the package's own modules."""
    package, *parts = name.split(".")
    if package != "pyuibench" or not parts:
        return None
    place = PACKAGE.joinpath(*parts)
    return next((file for file in (place.with_suffix(".py"), place / "__init__.py") if file.is_file()), None)
