"""A run from its request to its report: environments, plan, measuring, tables."""

import math
import secrets
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from pyuibench import __version__
from pyuibench.analysis.estimates import LEVEL
from pyuibench.contract.identity import contract_hash
from pyuibench.contract.scenarios import PageName
from pyuibench.entries.catalog import Entry, Variant
from pyuibench.entries.deployment import way_of
from pyuibench.entries.lifetime import lifetime_of
from pyuibench.entries.patch import size_of_change
from pyuibench.entries.verified import is_proven
from pyuibench.errors import UserError
from pyuibench.experiments.plan import Profile, Selection, make_plan, selection
from pyuibench.experiments.run import Runner
from pyuibench.experiments.stopping import Precision
from pyuibench.instruments import code
from pyuibench.instruments.browser.chromium import find_chromium
from pyuibench.instruments.wire.load import Workers, join_load, load_config, run_load
from pyuibench.instruments.wire.run import WireError
from pyuibench.results.records import Failure, Instrument, Measurement, Origin, origin_fields
from pyuibench.results.store import SampleFile, Store, read_meta
from pyuibench.serving import builds, environment, machine
from pyuibench.serving.environment import Environment

STATIC = "static"
ANSWER_TIMEOUT_S = 10.0
PAGES: tuple[PageName, ...] = ("app", "grid")


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

    def plan(self, blocks: int) -> list[Origin]:
        """Return the boots of so many blocks; those of fewer blocks are its beginning."""
        return make_plan(replace(self.profile, blocks=blocks), self.variants, self.chosen, self.seed)


@dataclass(frozen=True)
class Progress:
    """How a run tells where it is: `start` gets the plan, `done` each boot after it with what failed in it."""

    preparing: Callable[[str], None]
    start: Callable[[Sequence[Origin]], None]
    done: Callable[[Origin, Sequence[Failure]], None]


def new_run(request: Request, directory: Path, progress: Progress) -> Path:
    """Measure everything in a new directory and return it. Raises UserError for what can't be begun."""
    plan = request.plan(request.profile.blocks)
    # Asked before environments are built, which may take minutes.
    if directory.exists():
        raise UserError(f"{directory} exists; go on with --resume {directory}, or choose another with --out.")
    if plan:
        _require_browser()
    environments, unbuilt = _environments(request, progress)
    store = Store.create(directory, _meta(request, environments, plan, directory.name))
    return _measure(store, request, environments, unbuilt, plan, progress)


def load_elsewhere(
    request: Request, url: str, directory: Path, progress: Progress, workers: Workers | None = None
) -> Path:
    """Put the request's load on an app that already runs somewhere, in a new directory, and return it.

    With `workers` it is led here and carried out by as many on other machines, which keep their samples (`join_elsewhere`).
    What fails is stored with its reason. Raises UserError for what can't be begun.
    """
    _require_answer(url)
    (origin,) = (origin for origin in request.plan(1) if origin.page == "app")
    environments, _ = _environments(request, progress)
    store = Store.create(directory, _meta(request, environments, [origin], directory.name))
    progress.start([origin])
    samples = store.begin(origin.boot)
    variant = request.variants[0]
    config = load_config(variant, environments[origin.entry], request.profile, request.seed)
    failures = []
    try:
        place = {"samples": samples, "origin": origin_fields(origin)}
        run_load(config.model_copy(update=place), url, request.profile.load_processes, workers)
    except WireError as error:
        failures.append(Failure(**origin_fields(origin), step="load", reason=str(error)))
        file = SampleFile(samples / "harness.jsonl")
        file.add(*failures)
        file.close()
    store.end(origin.boot)
    progress.done(origin, failures)
    store.finish()
    store.write_meta({**read_meta(directory), "finished": _now(), "target": url})
    return store.directory


def join_elsewhere(request: Request, url: str, master: str, directory: Path, progress: Progress) -> None:
    """Take part in a load that is led on another machine; samples are put into `directory`, for the run of the leader.

    Raises UserError for what can't be begun, WireError for a load that fails.
    """
    _require_answer(url)
    (origin,) = (origin for origin in request.plan(1) if origin.page == "app")
    environments, _ = _environments(request, progress)
    directory.mkdir(parents=True, exist_ok=True)
    config = load_config(request.variants[0], environments[origin.entry], request.profile, request.seed)
    join_load(config.model_copy(update={"samples": directory.resolve(), "origin": origin_fields(origin)}), url, master)


def resume_run(directory: Path, entries: Mapping[str, Entry], progress: Progress) -> Path:
    """Measure what a run still lacks and return its directory.

    Raises UserError when it was made with another contract, or an entry's source has changed since.
    """
    meta = read_meta(directory)
    if meta.get("contract_hash") != contract_hash():
        raise UserError(
            f"{directory} was measured with contract {meta.get('contract_hash')}, this is {contract_hash()}; "
            "begin a new run instead."
        )
    try:
        request = _request_of(meta, entries)
        plan = [Origin(**origin) for origin in meta["plan"]]
        hashes = {name: meta["entries"][name]["source_hash"] for name in request.entries}
    except (KeyError, TypeError, AttributeError) as error:
        raise UserError(f"{directory}/run.json is damaged ({error!r}); begin a new run instead.") from error
    for entry in request.entries.values():
        if hashes[entry.name] != entry.source_hash():
            raise UserError(f"The entry {entry.name} has changed since {directory} was begun; begin a new run instead.")
    if plan:
        _require_browser()
    environments, unbuilt = _environments(request, progress)
    return _measure(Store(directory), request, environments, unbuilt, plan, progress)


def run_name(profile: str) -> str:
    """Return a name for a run that starts now."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{profile}"


def new_seed() -> int:
    """Return a seed by chance."""
    return secrets.randbelow(10**6)


def _measure(
    store: Store,
    request: Request,
    environments: Mapping[str, Environment],
    unbuilt: Mapping[str, str],
    plan: Sequence[Origin],
    progress: Progress,
) -> Path:
    if not store.is_done(STATIC):
        _static(store, request, environments, unbuilt)
    possible = [origin for origin in plan if origin.entry in environments]
    variants = {variant.id: variant for variant in request.variants}
    cores = machine.share_cores(machine.available_cores())
    runner = Runner(store, request.profile, request.chosen, request.seed, variants, environments, cores)
    progress.start(possible)
    if possible:
        runner.run(possible, progress.done, limit_s=request.within_s)
        if math.isfinite(request.within_s):
            _leave_out_what_was_not_begun(store, plan, possible)
    store.finish()
    if possible and request.precision:
        _measure_on(store, request, request.precision, environments, runner, progress)
    meta = read_meta(store.directory)
    changed = [
        name for name, entry in request.entries.items() if entry.source_hash() != meta["entries"][name]["source_hash"]
    ]
    store.write_meta({**meta, "finished": _now(), "changed_while_measured": changed})
    return store.directory


def _leave_out_what_was_not_begun(store: Store, plan: Sequence[Origin], possible: Sequence[Origin]) -> None:
    """Cut a run's plan off behind the last block that there was time for."""
    last = max(origin.block for origin in possible if store.is_done(origin.boot))
    meta = read_meta(store.directory)
    store.write_meta({**meta, "plan": [asdict(origin) for origin in plan if origin.block <= last]})


def _measure_on(
    store: Store,
    request: Request,
    precision: Precision,
    environments: Mapping[str, Environment],
    runner: Runner,
    progress: Progress,
) -> None:
    """Measure further blocks until the precision is reached, or there are as many blocks as there may be."""
    meta = read_meta(store.directory)
    blocks = 1 + max(origin["block"] for origin in meta["plan"])
    while blocks < precision.most_blocks and not precision.is_reached(store.directory):
        before = sum(origin.entry in environments for origin in request.plan(blocks))
        blocks += 1
        plan = request.plan(blocks)
        store.write_meta({**meta, "plan": [asdict(origin) for origin in plan]})
        possible = [origin for origin in plan if origin.entry in environments]
        progress.start(possible)
        runner.run(possible, progress.done, after=before)
        store.finish()


def _require_answer(url: str) -> None:
    """Raise UserError when nothing answers there."""
    try:
        urllib.request.urlopen(url, timeout=ANSWER_TIMEOUT_S).close()
    except urllib.error.HTTPError:
        return
    except (OSError, ValueError) as error:
        raise UserError(f"Nothing answers at {url} ({error}); start the app there first.") from error


def _require_browser() -> None:
    """Raise UserError when there is no browser."""
    with sync_playwright() as playwright:
        find_chromium(playwright)


def _environments(request: Request, progress: Progress) -> tuple[dict[str, Environment], dict[str, str]]:
    """Return the environments, and entry -> reason for those that can't be built."""
    ready: dict[str, Environment] = {}
    unbuilt: dict[str, str] = {}
    for entry in request.entries.values():
        progress.preparing(entry.name)
        try:
            ready[entry.name] = environment.prepare(entry)
        except UserError as error:
            unbuilt[entry.name] = str(error)
    # The baseline is measured with whatever is asked for; alone it would be an answer to another question.
    asked = [name for name, entry in request.entries.items() if not entry.table.baseline] or list(request.entries)
    if not any(name in ready for name in asked):
        raise UserError(next(iter(unbuilt.values()), "No entry is chosen."))
    return ready, unbuilt


def _static(
    store: Store, request: Request, environments: Mapping[str, Environment], unbuilt: Mapping[str, str]
) -> None:
    """Store what doesn't need a running server: environments and code."""
    file = SampleFile(store.begin(STATIC) / "harness.jsonl")
    for variant in request.variants:
        origin = _static_cell(variant, "app")
        if reason := unbuilt.get(variant.entry.name):
            file.add(Failure(**origin_fields(origin), step="environment", reason=reason))
        elif "environment" in request.chosen.instruments:
            file.add(*_environment_figures(origin, environments[variant.entry.name]))
            file.add(*_build_figures(variant, environments[variant.entry.name]))
        if "code" in request.chosen.instruments:
            file.add(*_code_figures(variant))
    file.close()
    store.end(STATIC)


def _environment_figures(origin: Origin, built: Environment) -> list[Measurement]:
    values = {
        "install_s": built.install_s,
        "environment_bytes": built.size_bytes,
        "environment_packages": len(built.versions),
    }
    return [_figure(origin, "environment", metric, value) for metric, value in values.items()]


def _build_figures(variant: Variant, built: Environment) -> Iterator[Origin]:
    """Yield what building each page took, or that it failed; nothing where there is nothing to build."""
    pages = [page for page in PAGES if variant.page_file(page)] if variant.entry.table.build else []
    for page in pages:
        origin = _static_cell(variant, page)
        try:
            build = builds.prepare(variant, page, built)
        except UserError as error:
            yield Failure(**origin_fields(origin), step="build", reason=str(error))
            continue
        yield _figure(origin, "environment", "build_s", build.build_s)
        yield _figure(origin, "environment", "build_bytes", build.size_bytes)


def _code_figures(variant: Variant) -> list[Measurement]:
    figures = [
        _figure(_static_cell(variant, "app"), "code", metric, value) for metric, value in _change(variant).items()
    ]
    for page in PAGES:
        files = variant.code_files(page)
        if files:
            counted = asdict(code.measure_files(files, variant.entry.table.modules))
            figures += [
                _figure(_static_cell(variant, page), "code", metric, value) for metric, value in counted.items()
            ]
    return figures


def _change(variant: Variant) -> dict[str, int]:
    """Return what adding the fourth filter takes in the files that a developer writes; nothing where there is no patch for it."""
    size = size_of_change(variant.entry) if variant == variant.entry.variants[0] else None
    return {"change_lines": size.added + size.removed, "change_places": size.places} if size else {}


def _figure(origin: Origin, instrument: Instrument, metric: str, value: float | None, detail: str = "") -> Measurement:
    return Measurement(**origin_fields(origin), instrument=instrument, metric=metric, value=value, detail=detail)


def _static_cell(variant: Variant, page: PageName) -> Origin:
    return Origin(
        block=-1,
        boot=STATIC,
        entry=variant.entry.name,
        variant=variant.name,
        role=variant.table.role,
        model=variant.table.model,
        page=page,
        grid_cells=0,
        grid_cost_ms=0.0,
        grid_cost_kind="",
    )


def _meta(
    request: Request, environments: Mapping[str, Environment], plan: Sequence[Origin], run_id: str
) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "pyuibench_version": __version__,
        "created": _now(),
        "finished": None,
        "profile": request.profile.name,
        "profile_settings": asdict(request.profile),
        "scenarios": request.chosen.scenarios,
        "instruments": request.chosen.instruments,
        "seed": request.seed,
        "precision": asdict(request.precision) if request.precision else None,
        "within_s": request.within_s if math.isfinite(request.within_s) else None,
        "level": request.precision.level(request.profile.blocks) if request.precision else LEVEL,
        "contract_hash": contract_hash(),
        "machine": machine.describe(),
        "tools": machine.tool_versions(),
        "variants": [variant.id for variant in request.variants],
        "entries": {
            name: _entry_meta(entry, [each for each in request.variants if each.entry == entry], environments.get(name))
            for name, entry in request.entries.items()
        },
        "plan": [asdict(origin) for origin in plan],
    }


def _entry_meta(entry: Entry, variants: Sequence[Variant], built: Environment | None) -> dict[str, Any]:
    return {
        "title": entry.table.title,
        "package": entry.table.package,
        "version": built.versions.get(entry.table.package, "unknown") if built else "not installed",
        "versions": dict(built.versions) if built else {},
        "about": entry.table.about,
        "baseline": entry.table.baseline,
        "built_on": entry.table.built_on,
        "source_hash": entry.source_hash(),
        "lifetime": lifetime_of(entry).model_dump(mode="json"),
        "lock_hash": environment.lock_hash(entry) if built else None,
        "variants": {
            variant.name: {
                "role": variant.table.role,
                "model": variant.table.model,
                "about": variant.table.about,
                "source": variant.table.source,
                "not_applicable": dict(variant.not_applicable),
                "delays": dict(variant.delays),
                "caveats": dict(variant.caveats),
                "deployment": way_of(variant).model_dump(mode="json"),
                "verified": is_proven(variant),
            }
            for variant in variants
        },
    }


def _request_of(meta: Mapping[str, Any], entries: Mapping[str, Entry]) -> Request:
    variants = []
    for name in meta["variants"]:
        entry_name, _, variant_name = name.partition("/")
        if entry_name not in entries:
            raise UserError(
                f"The run measures {name}, but there is no entry {entry_name}; name its directory with --apps."
            )
        variants.append(entries[entry_name].variant(variant_name))
    chosen = selection(meta["scenarios"], meta["instruments"])
    precision = Precision(**meta["precision"]) if meta.get("precision") else None
    within_s = meta.get("within_s") or math.inf
    return Request(_profile_of(meta["profile_settings"]), chosen, tuple(variants), meta["seed"], precision, within_s)


def _profile_of(settings: Mapping[str, Any]) -> Profile:
    """Return the profile that a run was begun with, which the one of that name may no longer be."""
    return Profile(**{name: _frozen(it) for name, it in settings.items()})


def _frozen(value: Any) -> Any:
    """Return what JSON has made of nested tuples as it was."""
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
