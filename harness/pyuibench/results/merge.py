"""Makes one run of several, made in parallel or one after the other; and adds to a run what workers elsewhere have sampled."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from pyuibench.errors import UserError
from pyuibench.results.machines import parts_of
from pyuibench.results.meta import read_meta
from pyuibench.results.records import TABLES
from pyuibench.results.store import Run, Store, load


def merge(directories: Sequence[Path], out: Path) -> Path:
    """Write a new run with all samples of several runs, and return its directory.

    The blocks of a run stay together and come after those of the run before, so that what was measured near each other in time is
    still compared with each other. `parts` of run.json has each run's seed, machine and blocks.

    Raises UserError for runs of another contract, entries whose source differs, and an `out` that is there already.
    """
    if len(directories) < 2:
        raise UserError("Merging takes two runs or more.")
    runs = [load(directory) for directory in directories]
    _require_alike(runs)
    shifts = _shifts(runs)
    meta = {
        **_merged(runs),
        "run_id": out.name,
        "plan": [it for shift in shifts for it in shift.plan()],
        "parts": [it for shift in shifts for it in shift.parts()],
    }
    store = Store.create(out, meta)
    store.write_tables(
        {table: pd.concat([shift.table(table) for shift in shifts], ignore_index=True) for table in TABLES}
    )
    return store.directory


def add_samples(run: Path, directories: Sequence[Path]) -> int:
    """Add to a run what workers sampled on other machines, each in a directory of its own; return how many files those were.

    Raises UserError for a directory without such samples, for a run of more than one boot.
    """
    boots = [origin["boot"] for origin in read_meta(run).get("plan") or ()]
    if len(boots) != 1:
        raise UserError(f"{run} has {len(boots)} boots; what workers sampled belongs to a load, which has one.")
    place = run / "samples" / boots[0]
    files = [file for directory in directories for file in sorted(directory.glob("load-*.jsonl"))]
    for directory in directories:
        if not any(directory.glob("load-*.jsonl")):
            raise UserError(f"{directory} has no samples of a worker: no load-*.jsonl.")
    names = [
        f"worker-{number}-{file.name}" for number, file in enumerate(files, sum(1 for _ in place.glob("worker-*")))
    ]
    for file, name in zip(files, names, strict=True):
        shutil.copyfile(file, place / name)
    Store(run).finish()
    return len(files)


@dataclass(frozen=True)
class _Shift:
    """A run with its blocks moved behind those of the runs before it."""

    run: Run
    number: int
    blocks: int

    def table(self, name: str) -> pd.DataFrame:
        frame: pd.DataFrame = getattr(self.run, name)
        measured = frame["block"] >= 0
        moved = frame["block"].where(~measured, frame["block"] + self.blocks)
        return frame.assign(block=moved, boot=f"{self.number}-" + frame["boot"].astype(str))

    def plan(self) -> list[dict[str, Any]]:
        cells = self.run.meta.get("plan") or ()
        return [{**it, "block": it["block"] + self.blocks, "boot": f"{self.number}-{it['boot']}"} for it in cells]

    def parts(self) -> list[dict[str, Any]]:
        parts = parts_of(self.run.meta)
        return [{**asdict(it), "blocks": [block + self.blocks for block in it.blocks]} for it in parts]


def _shifts(runs: Sequence[Run]) -> list[_Shift]:
    shifts, blocks = [], 0
    for number, run in enumerate(runs):
        shifts.append(_Shift(run, number, blocks))
        blocks += 1 + max((it["block"] for it in run.meta.get("plan") or ()), default=-1)
    return shifts


def _require_alike(runs: Sequence[Run]) -> None:
    first = runs[0]
    for run in runs[1:]:
        for name, what in (("contract_hash", "contract"), ("experiments", "profile")):
            if run.meta.get(name) != first.meta.get(name):
                raise UserError(f"{run.directory} was measured with another {what} than {first.directory}.")
    hashes: dict[str, tuple[str, Path]] = {}
    for run in runs:
        for name, entry in (run.meta.get("entries") or {}).items():
            source, where = hashes.setdefault(name, (entry.get("source_hash"), run.directory))
            if source != entry.get("source_hash"):
                raise UserError(f"The entry {name} has another source in {run.directory} than in {where}.")


def _merged(runs: Sequence[Run]) -> dict[str, Any]:
    entries: dict[str, Any] = {}
    for run in runs:
        for name, entry in (run.meta.get("entries") or {}).items():
            known = entries.setdefault(name, entry)
            entries[name] = {**known, "variants": {**known["variants"], **entry["variants"]}}
    meta: Mapping[str, Any] = runs[0].meta
    return {
        **meta,
        "entries": entries,
        "variants": list(dict.fromkeys(it for run in runs for it in run.meta.get("variants") or ())),
        "finished": max(str(run.meta.get("finished") or "") for run in runs),
        "changed_while_measured": sorted({it for run in runs for it in run.meta.get("changed_while_measured") or ()}),
    }
