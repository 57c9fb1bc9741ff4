"""A run from its request to its tables: environments, plan, measuring; begun anew, or gone on with."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyuibench.contract.identity import contract_hash
from pyuibench.contract.scenarios import PAGES
from pyuibench.entries.catalog import Entry, Variant
from pyuibench.errors import ForeignAnswerError, UserError
from pyuibench.experiments.manifest import Request, manifest, now, request_of
from pyuibench.experiments.pages import NO_PAGES, PreparedPages, keep_unbuilt, prepared_pages
from pyuibench.experiments.run import Runner, Setting
from pyuibench.experiments.static import measure_static
from pyuibench.experiments.stopping import Precision, Widest
from pyuibench.instruments.browser import chromium
from pyuibench.results.meta import read_meta, require_absent
from pyuibench.results.plan import PlannedBoot, planned
from pyuibench.results.records import STATIC, Failure
from pyuibench.results.store import Store
from pyuibench.serving import builds, environment, machine
from pyuibench.serving.builds import DEFAULT_CELLS
from pyuibench.serving.environment import Environment
from pyuibench.serving.only_run import only_run


@dataclass(frozen=True)
class Progress:
    """How a run tells where it is: `start` gets the plan, `done` each boot after it with what failed in it."""

    preparing: Callable[[str], None]
    start: Callable[[Sequence[PlannedBoot]], None]
    done: Callable[[PlannedBoot, Sequence[Failure]], None]


@dataclass(frozen=True)
class Prepared:
    """The environments of a run's variants, by id, and why others can't be built; its pages of other contracts, likewise."""

    environments: Mapping[str, Environment]
    unbuilt: Mapping[str, str]
    pages: PreparedPages = NO_PAGES

    def possible(self, plan: Sequence[PlannedBoot]) -> list[PlannedBoot]:
        """Return the boots of variants and pages that have an environment."""
        return [
            boot
            for boot in plan
            if boot.origin.variant_id in self.environments
            and (boot.origin.variant_id, boot.origin.page) not in self.pages.unbuilt
        ]


def new_run(request: Request, directory: Path, progress: Progress, widest: Widest) -> Path:
    """Measure everything in a new directory and return it. Raises UserError for what can't be begun.

    Raises ForeignAnswerError when a session got the answer of another one; the run then ends with what it has.
    `widest` is asked after each block of a run that is to be measured to a precision.
    """
    machine.raise_open_files()
    plan = request.plan(request.profile.blocks)
    # Asked before environments are built, which may take minutes.
    require_absent(directory)
    browser = chromium.describe() if plan else {}
    prepared = prepare(request, progress, plan)
    with only_run(directory):
        about = manifest(request, prepared.environments, plan, directory.name)
        store = Store.create(directory, {**about, "browser": browser})
        return _measure(store, request, prepared, plan, progress, widest)


def resume_run(directory: Path, entries: Mapping[str, Entry], progress: Progress, widest: Widest) -> Path:
    """Measure what a run still lacks and return its directory.

    Raises UserError when it was made with another contract, or an entry's source has changed since.
    """
    machine.raise_open_files()
    meta = read_meta(directory)
    if meta.get("contract_hash") != contract_hash():
        raise UserError(
            f"{directory} was measured with contract {meta.get('contract_hash')}, this is {contract_hash()}; "
            "begin a new run instead."
        )
    try:
        request = request_of(meta, entries)
        plan = planned(meta["plan"])
        hashes = {name: meta["entries"][name]["source_hash"] for name in request.entries}
    except (KeyError, TypeError, AttributeError) as error:
        raise UserError(f"{directory}/run.json is damaged ({error!r}); begin a new run instead.") from error
    for entry in request.entries.values():
        if hashes[entry.name] != entry.source_hash():
            raise UserError(f"The entry {entry.name} has changed since {directory} was begun; begin a new run instead.")
    if plan:
        _require_the_same(directory, "machine", meta, machine.describe(), machine.LASTING)
        _require_the_same(directory, "browser", meta, chromium.describe(), ("version",))
    prepared = prepare(request, progress, plan)
    with only_run(directory):
        return _measure(Store(directory), request, prepared, plan, progress, widest)


def prepare(request: Request, progress: Progress, plan: Sequence[PlannedBoot] = ()) -> Prepared:
    """Build the environments, and what a plan's pages of other contracts need.

    Raises UserError when none of those asked for can be built.
    """
    ready: dict[str, Environment] = {}
    unbuilt: dict[str, str] = {}
    for lock, variants in _by_lock(request.variants).items():
        progress.preparing(lock)
        try:
            ready |= dict.fromkeys([variant.id for variant in variants], environment.prepare(variants[0]))
        except UserError as error:
            unbuilt |= dict.fromkeys([variant.id for variant in variants], str(error))
    # The baseline is measured with whatever is asked for; alone it would be an answer to another question.
    asked = [it for it in request.variants if not it.entry.table.baseline] or list(request.variants)
    if not any(variant.id in ready for variant in asked):
        raise UserError(next(iter(unbuilt.values()), "No entry is chosen."))
    return Prepared(ready, unbuilt, prepared_pages(request.variants, plan, progress.preparing))


def _by_lock(variants: Iterable[Variant]) -> dict[str, list[Variant]]:
    """Return the variants that share an environment, by the entry's name and that of a lock that isn't the entry's."""
    found: dict[str, list[Variant]] = {}
    for variant in variants:
        own = f" ({variant.lock.name})" if variant.table.lock else ""
        found.setdefault(f"{variant.entry.name}{own}", []).append(variant)
    return found


def _measure(
    store: Store,
    request: Request,
    prepared: Prepared,
    plan: Sequence[PlannedBoot],
    progress: Progress,
    widest: Widest,
) -> Path:
    if not store.is_done(STATIC):
        measure_static(store, request.variants, request.chosen, prepared.environments, prepared.unbuilt)
        keep_unbuilt(store, prepared.pages.unbuilt)
    possible = prepared.possible(plan)
    _build(possible, request, prepared, progress)
    runner = _runner(store, request, prepared)
    progress.start(possible)
    try:
        if possible:
            runner.run(possible, progress.done, limit_s=request.within_s)
            if math.isfinite(request.within_s):
                _leave_out_what_was_not_begun(store, plan, possible)
        store.finish()
        if possible and request.precision:
            _measure_on(store, request, request.precision, prepared, runner, progress, widest)
    except ForeignAnswerError:
        _end_early(store)
        raise
    meta = read_meta(store.directory)
    changed = [
        name for name, entry in request.entries.items() if entry.source_hash() != meta["entries"][name]["source_hash"]
    ]
    store.write_meta({**meta, "finished": now(), "changed_while_measured": changed})
    return store.directory


def _build(plan: Sequence[PlannedBoot], request: Request, prepared: Prepared, progress: Progress) -> None:
    """Build the pages that need it before anything is measured, rather than between two boots. A boot tells of one that fails."""
    variants = {variant.id: variant for variant in request.variants if variant.entry.table.build}
    pages = dict.fromkeys((it.origin.variant_id, it.origin.page, it.origin.grid_cells) for it in plan)
    for name, page, cells in pages:
        if name in variants and page in PAGES:
            progress.preparing(f"{name} ({page} page)")
            with suppress(UserError):
                builds.prepare(variants[name], page, prepared.environments[name], cells or DEFAULT_CELLS)


def _runner(store: Store, request: Request, prepared: Prepared) -> Runner:
    variants = {variant.id: variant for variant in request.variants}
    cores = machine.share_cores(machine.available_cores())
    setting = Setting(
        request.profile,
        request.chosen,
        request.seed,
        variants,
        prepared.environments,
        prepared.pages.ready,
        cores,
    )
    return Runner(store, setting)


def _leave_out_what_was_not_begun(store: Store, plan: Sequence[PlannedBoot], possible: Sequence[PlannedBoot]) -> None:
    """Cut a run's plan off behind the last block that there was time for."""
    last = max(boot.origin.block for boot in possible if store.is_done(boot.origin.boot))
    meta = read_meta(store.directory)
    store.write_meta({**meta, "plan": [boot.as_json() for boot in plan if boot.origin.block <= last]})


def _end_early(store: Store) -> None:
    """End a run with the boots that it has."""
    meta = read_meta(store.directory)
    store.finish()
    done = [boot for boot in meta["plan"] if store.is_done(boot["boot"])]
    store.write_meta({**meta, "plan": done, "finished": now()})


def _measure_on(
    store: Store,
    request: Request,
    precision: Precision,
    prepared: Prepared,
    runner: Runner,
    progress: Progress,
    widest: Widest,
) -> None:
    """Measure further blocks until the precision is reached, or there are as many blocks as there may be."""
    meta = read_meta(store.directory)
    blocks = 1 + max(boot["block"] for boot in meta["plan"])
    while blocks < precision.most_blocks and not precision.is_reached(widest(store.directory)):
        before = len(prepared.possible(request.plan(blocks)))
        blocks += 1
        plan = request.plan(blocks)
        store.write_meta({**meta, "plan": [boot.as_json() for boot in plan]})
        possible = prepared.possible(plan)
        progress.start(possible)
        runner.run(possible, progress.done, after=before)
        store.finish()


def _require_the_same(
    directory: Path, what: str, meta: Mapping[str, Any], now: Mapping[str, str], names: Sequence[str]
) -> None:
    """Raise UserError where a run would go on with another machine, other cores or another browser than it began with."""
    then = meta.get(what) or {}
    for name in names:
        if name in then and then[name] != now[name]:
            raise UserError(
                f"{directory} was begun with another {what} ({name.replace('_', ' ')}: {then[name]} then, {now[name]} now); "
                "go on with it there, or begin a new run."
            )
