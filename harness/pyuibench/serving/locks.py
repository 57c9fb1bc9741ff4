"""Locks: an entry's requirements, pinned and hashed by uv from what it names. No address of a registry gets into them."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

from uv import find_uv_bin

from pyuibench.contract.other_pages import CONTRACTS
from pyuibench.entries.catalog import LOCK, Entry, Variant
from pyuibench.entries.other_page import other_page
from pyuibench.errors import UserError
from pyuibench.project import APPS, WORKLOAD
from pyuibench.serving.models import INFERENCE, TORCH, find_links

OPTIONS = (
    "--universal",
    "--python-version",
    "3.11",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-header",
    "--no-annotate",
    "--quiet",
)


def lock(entry: Entry) -> Iterator[Path]:
    """Write the entry's lock, that of each variant that has one of its own (the extra of the same name), and those of its pages.

    Raises UserError for an entry that runs in the browser, whose packages come from elsewhere, and with uv's own words when no
    versions fit together.
    """
    if entry.table.runs_in == "browser":
        raise UserError(f"{entry.name} runs in the browser; lock it as CONTRIBUTING.md says under 'In the browser'.")
    names = dict.fromkeys([LOCK, *(it.table.lock for it in entry.variants if it.table.lock)])
    for name in names:
        extra = () if name == LOCK else ("--extra", Path(name).stem)
        yield _locked(entry, entry.directory / name, extra)
    for contract in CONTRACTS:
        page = other_page(entry, contract)
        if page and page.entry.packages and page.entry.overlay and page.table.lock:
            yield _locked(entry, page.entry.overlay / page.table.lock, _beside(page))


def _beside(page: Variant) -> tuple[str, ...]:
    """Return what is locked beside the entry's own packages, which keep their versions. PyTorch is on no index with a lock."""
    packages = [str(APPS / name / "pyproject.toml") for name in page.entry.packages]
    constraints = (page.entry.lock, TORCH, INFERENCE / "constraints.txt")
    limits = [part for file in constraints for part in ("-c", str(file))]
    return (*packages, *limits, *find_links(), "--no-emit-find-links", "--no-emit-package", "torch")


def _locked(entry: Entry, file: Path, more: tuple[str, ...]) -> Path:
    sources = ("pyproject.toml", str(WORKLOAD / "pyproject.toml"), "-c", str(WORKLOAD / "constraints.txt"))
    command = [find_uv_bin(), "pip", "compile", *sources, *OPTIONS, *more, "-o", str(file)]
    result = subprocess.run(command, capture_output=True, text=True, cwd=entry.directory)
    if result.returncode:
        said = " ".join(result.stderr.split()) or "no reason given"
        raise UserError(f"{entry.name}/{file.name} can't be locked: {said[:400]}")
    return file
