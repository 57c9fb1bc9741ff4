"""Makes a site: Pyodide, the packages, an entry's own Python and its page, in one folder that a file server serves."""

import gzip
import hashlib
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import workload
from pyodide_site import packages

CORE = ("pyodide.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")
"""What a page loads of Pyodide's own package."""
GLUE = ("pyodide.asm.js", "pyodide.asm.mjs")
"""Belongs to it too, under one of two names: the second one since Pyodide 314."""
COMPRESSED = frozenset({".css", ".html", ".js", ".json", ".mjs", ".wasm"})
LEAST_COMPRESSED = 1024
PACKAGES = "packages.zip"
OWN = "own.zip"
# A wheel's tests run nowhere here, and are half of its bytes. numpy.testing is code that pandas imports.
LEFT_OUT = frozenset({"tests", "__pycache__"})
# The same files make the same bytes.
NO_DATE = (1980, 1, 1, 0, 0, 0)
HERE = Path(__file__).parent


def begin(site: Path, environment: Path, lock: Path, left_out: Iterable[str] = ()) -> None:
    """Make a site's folder with what all pages of an entry share: Pyodide in `pyodide/`, packages and workload in PACKAGES.

    `environment` has Pyodide among its npm packages. `left_out`: patterns of what a package has for servers or for pages alone,
    such as `bokeh/server/static/*`, where `*` stands for folders too. It takes half a minute to make, so it is kept where builds
    keep things, by what it is made of. Raises PackagesError when a package can't be had.
    """
    pyodide = environment / "node_modules" / "pyodide"
    patterns = tuple(left_out)
    kept = Path(os.environ["XDG_CACHE_HOME"]) / f"pyodide-site-{_hash(_sources(lock, pyodide), patterns)}"
    if not kept.is_dir():
        with tempfile.TemporaryDirectory(prefix="making-", dir=_made(kept.parent)) as directory:
            making = Path(directory) / kept.name
            _write_shared(making, lock, pyodide, patterns)
            making.rename(kept)
    shutil.copytree(kept, site, copy_function=os.link)


def write_own(site: Path, files: Iterable[Path]) -> None:
    """Write an entry's own Python modules into OWN."""
    with zipfile.ZipFile(site / OWN, "w", zipfile.ZIP_DEFLATED) as zipped:
        for file in files:
            _add(zipped, file.name, file)


def compress(site: Path) -> None:
    """Write a gzipped copy beside each file that is text or code: what the file server sends to a browser that takes it."""
    for file in sorted(site.rglob("*")):
        packed = file.with_name(f"{file.name}.gz")
        if file.suffix in COMPRESSED and file.stat().st_size >= LEAST_COMPRESSED and not packed.exists():
            packed.write_bytes(gzip.compress(file.read_bytes(), 9, mtime=0))


def _write_shared(site: Path, lock: Path, pyodide: Path, left_out: tuple[str, ...]) -> None:
    (site / "pyodide").mkdir(parents=True)
    for name in (*CORE, *(it for it in GLUE if (pyodide / it).is_file())):
        shutil.copyfile(pyodide / name, site / "pyodide" / name)
    with tempfile.TemporaryDirectory(prefix="pyuibench-packages-") as directory:
        place = Path(directory)
        packages.unpack(lock, pyodide, place)
        _copy_workload(place)
        with zipfile.ZipFile(site / PACKAGES, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as zipped:
            for file in _kept(place, left_out):
                _add(zipped, file.relative_to(place).as_posix(), file)
    compress(site)


def _copy_workload(place: Path) -> None:
    """Copy the workload, with the ledger that works in a browser in the place of its own."""
    shutil.copytree(Path(workload.__file__).parent, place / "workload", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(HERE / "ledger.py", place / "workload" / "ledger.py")


def _kept(place: Path, left_out: tuple[str, ...]) -> Iterator[Path]:
    for file in sorted(place.rglob("*")):
        inside = file.relative_to(place)
        is_left_out = LEFT_OUT & {*inside.parts[:-1]} or any(fnmatchcase(inside.as_posix(), it) for it in left_out)
        if file.is_file() and not is_left_out:
            yield file


def _add(zipped: zipfile.ZipFile, name: str, file: Path) -> None:
    info = zipfile.ZipInfo(name, NO_DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    zipped.writestr(info, file.read_bytes())


def _sources(lock: Path, pyodide: Path) -> Iterator[Path]:
    yield lock
    yield pyodide / "package.json"
    yield from sorted(HERE.glob("*.py"))
    yield from sorted(Path(workload.__file__).parent.glob("*.py"))


def _hash(files: Iterable[Path], patterns: tuple[str, ...]) -> str:
    digest = hashlib.sha256("\n".join(patterns).encode())
    for file in files:
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:12]


def _made(directory: Path) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    return directory
