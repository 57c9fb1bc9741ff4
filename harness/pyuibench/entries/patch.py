"""An entry's patch for the feature: how large it is, and a copy of the entry with it applied."""

import itertools
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import whatthepatch
from pydantic import BaseModel, ConfigDict
from whatthepatch.exceptions import ApplyException
from whatthepatch.patch import Change as Line

from pyuibench.contract.feature import CONTROL, FEATURE
from pyuibench.entries.catalog import Entry, Gesture, Variant, entry_at
from pyuibench.entries.sources import CHANGES
from pyuibench.entries.toml_record import declared
from pyuibench.errors import UserError


class Operated(BaseModel):
    """How the new control is operated, and what there is to know of the patch."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    control: Gesture
    about: str = ""


@dataclass(frozen=True)
class Size:
    """Lines that a patch adds and takes away, blank ones apart; their places, each a run of such lines; and how many files."""

    added: int
    removed: int
    places: int
    files: int

    def __str__(self) -> str:
        return f"{self.added} lines added, {self.removed} taken away, in {self.places} places"


def patch_of(entry: Entry) -> Path | None:
    """Return the patch of an entry's first variant, None if there is none."""
    path = entry.directory / CHANGES / f"{FEATURE}.patch"
    return path if path.is_file() else None


def size_of(patch: str, files: Iterable[str]) -> Size:
    """Return the size of a patch (as `git diff` writes it) in the files of those names; what it does to others isn't counted."""
    wanted = set(files)
    diffs = [diff for diff in whatthepatch.parse_patch(patch) if diff.header and _name(diff) in wanted]
    lines = [line for diff in diffs for line in diff.changes or ()]
    return Size(
        added=sum(line.old is None and bool(line.line.strip()) for line in lines),
        removed=sum(line.new is None and bool(line.line.strip()) for line in lines),
        places=sum(_places(diff.changes or ()) for diff in diffs),
        files=len(diffs),
    )


def size_of_change(entry: Entry) -> Size | None:
    """Return the size of an entry's patch in the files that a developer writes for its first variant; None without a patch."""
    patch = patch_of(entry)
    if patch is None:
        return None
    names = (str(file.relative_to(entry.directory)) for file in entry.variants[0].code_files("app"))
    return size_of(patch.read_text(encoding="utf-8"), names)


def about_change(entry: Entry) -> str:
    """Return what there is to know of an entry's patch. Raises UserError for a file that isn't valid."""
    operated = _operated(entry)
    return operated.about if operated else ""


@contextmanager
def changed(entry: Entry) -> Iterator[Variant]:
    """Give the entry's first variant with the patch applied, in a copy of its directory, the new control among its others.

    Raises UserError where there is no patch, or it doesn't apply.
    """
    patch = patch_of(entry)
    operated = _operated(entry)
    if patch is None or operated is None:
        raise UserError(
            f"{entry.name} has no {CHANGES}/{FEATURE}.patch with its .toml; CONTRIBUTING.md says what they hold."
        )
    with tempfile.TemporaryDirectory(prefix="pyuibench-change-") as directory:
        copy = Path(directory) / entry.name
        shutil.copytree(entry.directory, copy, ignore=shutil.ignore_patterns(".*", "__pycache__"))
        apply(patch.read_text(encoding="utf-8"), copy)
        changed_entry = entry_at(copy)
        controls = {**changed_entry.table.controls, CONTROL: operated.control}
        yield replace(changed_entry, table=changed_entry.table.model_copy(update={"controls": controls})).variants[0]


def apply(patch: str, directory: Path) -> None:
    """Change the files of a directory as a patch says. Raises UserError where a place isn't as the patch expects it."""
    for diff in whatthepatch.parse_patch(patch):
        file = directory / _name(diff)
        try:
            lines = whatthepatch.apply_diff(diff, file.read_text(encoding="utf-8"))
        except (ApplyException, FileNotFoundError) as error:
            raise UserError(f"The patch doesn't apply to {file.name}: {error}; write it anew.") from error
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _operated(entry: Entry) -> Operated | None:
    return declared(entry.directory / CHANGES / f"{FEATURE}.toml", Operated)


def _places(lines: Iterable[Line]) -> int:
    """Return how many runs of added and removed lines there are."""
    runs = itertools.groupby(lines, key=lambda line: line.old is None or line.new is None)
    return sum(is_change for is_change, _ in runs)


def _name(diff: whatthepatch.patch.diffobj) -> str:
    """Return a file's name in the entry, which `git diff` writes behind `b/`."""
    return str(diff.header.new_path).removeprefix("b/")
