"""Figures that need no running server: environments, builds, code."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from pyuibench.contract.scenarios import PageName
from pyuibench.entries.catalog import Variant
from pyuibench.entries.patch import size_of_change
from pyuibench.errors import UserError
from pyuibench.experiments.selection import Selection
from pyuibench.instruments import code
from pyuibench.results.records import STATIC, Failure, Instrument, Measurement, Origin, origin_fields
from pyuibench.results.store import SampleFile, Store
from pyuibench.serving import builds
from pyuibench.serving.environment import Environment

PAGES: tuple[PageName, ...] = ("app", "grid")


def measure_static(
    store: Store,
    variants: Sequence[Variant],
    chosen: Selection,
    environments: Mapping[str, Environment],
    unbuilt: Mapping[str, str],
) -> None:
    """Store what doesn't need a running server; `unbuilt` says why an entry has no environment."""
    file = SampleFile(store.begin(STATIC) / "harness.jsonl")
    for variant in variants:
        if reason := unbuilt.get(variant.entry.name):
            place = origin_fields(_origin(variant, "app"))
            file.add(Failure(**place, scope="environment", step="environment", reason=reason))
        elif "environment" in chosen.instruments:
            file.add(*_environment(variant, environments[variant.entry.name]))
            file.add(*_builds(variant, environments[variant.entry.name]))
        if "code" in chosen.instruments:
            file.add(*_code(variant))
    file.close()
    store.end(STATIC)


def _environment(variant: Variant, built: Environment) -> Iterator[Measurement]:
    for metric, value in (
        ("install_s", built.install_s),
        ("environment_bytes", built.size_bytes),
        ("environment_packages", len(built.versions)),
    ):
        yield _figure(variant, "app", "environment", metric, value)


def _builds(variant: Variant, built: Environment) -> Iterator[Origin]:
    """Yield what building each page took, or that it failed; nothing where there is nothing to build."""
    for page in [page for page in PAGES if variant.page_file(page)] if variant.entry.table.build else []:
        try:
            build = builds.prepare(variant, page, built)
        except UserError as error:
            place = origin_fields(_origin(variant, page))
            yield Failure(**place, scope="build", step="build", reason=str(error))
            continue
        yield _figure(variant, page, "environment", "build_s", build.build_s)
        yield _figure(variant, page, "environment", "build_bytes", build.size_bytes)


def _code(variant: Variant) -> Iterator[Measurement]:
    for metric, value in _change(variant).items():
        yield _figure(variant, "app", "code", metric, value)
    for page in PAGES:
        if files := variant.code_files(page):
            counted: dict[str, Any] = asdict(code.measure_files(files, variant.entry.table.modules))
            for metric, value in counted.items():
                yield _figure(variant, page, "code", metric, value)


def _change(variant: Variant) -> dict[str, int]:
    """Return what adding the fourth filter takes in the files that a developer writes; nothing where there is no patch for it."""
    size = size_of_change(variant.entry) if variant == variant.entry.variants[0] else None
    return {"change_lines": size.added + size.removed, "change_places": size.places} if size else {}


def _figure(variant: Variant, page: PageName, instrument: Instrument, metric: str, value: float) -> Measurement:
    return Measurement(**origin_fields(_origin(variant, page)), instrument=instrument, metric=metric, value=value)


def _origin(variant: Variant, page: PageName) -> Origin:
    return Origin(
        block=-1,
        boot=STATIC,
        entry=variant.entry.name,
        variant=variant.name,
        role=variant.table.role,
        model=variant.table.model,
        experiment=STATIC,
        page=page,
    )
