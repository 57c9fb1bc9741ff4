"""What `run.json` says of a run, written when it begins and read when it goes on."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pyuibench import __version__
from pyuibench.contract.identity import contract_hash
from pyuibench.contract.other_pages import CONTRACTS
from pyuibench.entries.catalog import Entry, Variant
from pyuibench.entries.deployment import way_of
from pyuibench.entries.lifetime import lifetime_of
from pyuibench.entries.other_page import other_page
from pyuibench.entries.verified import is_proven
from pyuibench.errors import UserError
from pyuibench.experiments.plan import make_plan
from pyuibench.experiments.profiles import Profile
from pyuibench.experiments.registry import as_json, experiment_from
from pyuibench.experiments.selection import Selection, selection
from pyuibench.experiments.stopping import Precision
from pyuibench.results.machines import START
from pyuibench.results.plan import PlannedBoot
from pyuibench.results.records import LEVEL
from pyuibench.serving import environment, machine
from pyuibench.serving.environment import Environment

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True)
class Request:
    """What a run is asked to measure."""

    profile: Profile
    chosen: Selection
    variants: tuple[Variant, ...]
    seed: int
    precision: Precision | None = None
    within_s: float = math.inf

    @property
    def entries(self) -> Mapping[str, Entry]:
        """Return name -> entry."""
        return {variant.entry.name: variant.entry for variant in self.variants}

    def plan(self, blocks: int) -> list[PlannedBoot]:
        """Return the boots of so many blocks; those of fewer blocks are its beginning."""
        profile = Profile(self.profile.name, blocks, self.profile.experiments)
        return make_plan(profile, self.variants, self.chosen, self.seed)


def manifest(
    request: Request, environments: Mapping[str, Environment], plan: Sequence[PlannedBoot], run_id: str
) -> dict[str, Any]:
    """Return what `run.json` says when a run begins."""
    return {
        "run_id": run_id,
        "pyuibench_version": __version__,
        "created": now(),
        "finished": None,
        "profile": request.profile.name,
        "blocks": request.profile.blocks,
        "experiments": [as_json(experiment) for experiment in request.profile.experiments],
        "scenarios": request.chosen.scenarios,
        "instruments": request.chosen.instruments,
        "seed": request.seed,
        "precision": asdict(request.precision) if request.precision else None,
        "within_s": request.within_s if math.isfinite(request.within_s) else None,
        "level": request.precision.level(request.profile.blocks) if request.precision else LEVEL,
        "contract_hash": contract_hash(),
        "machine": machine.describe(),
        START: _start_id(),
        "tools": machine.tool_versions(),
        "variants": [variant.id for variant in request.variants],
        "entries": {
            name: _entry(entry, [each for each in request.variants if each.entry == entry], environments)
            for name, entry in request.entries.items()
        },
        "plan": [boot.as_json() for boot in plan],
    }


def request_of(meta: Mapping[str, Any], entries: Mapping[str, Entry]) -> Request:
    """Return the request that a run was begun with. Raises UserError for an entry that isn't there, KeyError for damage."""
    variants = []
    for name in meta["variants"]:
        entry_name, _, variant_name = name.partition("/")
        if entry_name not in entries:
            raise UserError(
                f"The run measures {name}, but there is no entry {entry_name}; name its directory with --apps."
            )
        variants.append(entries[entry_name].variant(variant_name))
    profile = Profile(meta["profile"], meta["blocks"], tuple(map(experiment_from, meta["experiments"])))
    chosen = selection(meta["scenarios"], meta["instruments"])
    precision = Precision(**meta["precision"]) if meta.get("precision") else None
    within_s = meta.get("within_s") or math.inf
    return Request(profile, chosen, tuple(variants), meta["seed"], precision, within_s)


def _start_id() -> str:
    """Return what tells this start of the machine from any other and says nothing else of it; empty where there is none."""
    if not BOOT_ID.is_file():
        return ""
    return hashlib.sha256(BOOT_ID.read_bytes()).hexdigest()[:12]


def now() -> str:
    """Return the time, in UTC and to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _entry(entry: Entry, variants: Sequence[Variant], environments: Mapping[str, Environment]) -> dict[str, Any]:
    first = next((it for it in variants if it.table.lock is None), variants[0])
    built = environments.get(first.id)
    return {
        "title": entry.table.title,
        "package": entry.table.package,
        "version": built.versions.get(entry.table.package, "unknown") if built else "not installed",
        "versions": dict(built.versions) if built else {},
        "about": entry.table.about,
        "baseline": entry.table.baseline,
        "built_on": entry.table.built_on,
        "released": str(entry.table.released or ""),
        "widgets": entry.table.widgets,
        "runs_in": entry.table.runs_in,
        "server_entry": entry.table.server_entry,
        "without": dict(entry.table.without),
        "source_hash": entry.source_hash(),
        "lifetime": lifetime_of(entry).model_dump(mode="json"),
        "lock_hash": environment.lock_hash(first) if built else None,
        "variants": {it.name: {**_variant(it), **_own(it, environments.get(it.id))} for it in variants},
    }


def _own(variant: Variant, built: Environment | None) -> dict[str, Any]:
    """Return the packages of a variant that has other ones than its entry."""
    if variant.table.lock is None or built is None:
        return {}
    return {"versions": dict(built.versions), "lock_hash": environment.lock_hash(variant)}


def _of_pages(variant: Variant) -> dict[str, str]:
    """Return contract -> what to know when reading the figures of the entry's page of it, which are its first variant's."""
    if variant != variant.entry.variants[0]:
        return {}
    pages = {contract: other_page(variant.entry, contract) for contract in CONTRACTS}
    return {contract: it.caveats[contract] for contract, it in pages.items() if it and contract in it.caveats}


def _variant(variant: Variant) -> dict[str, Any]:
    return {
        "role": variant.table.role,
        "model": variant.table.model,
        "about": variant.table.about,
        "source": variant.table.source,
        "not_applicable": dict(variant.not_applicable),
        "delays": {control: it.as_json() for control, it in variant.delays.items()},
        "caveats": {**variant.caveats, **_of_pages(variant)},
        "ways": dict(variant.ways),
        "deployment": way_of(variant).model_dump(mode="json"),
        "verified": is_proven(variant),
    }
