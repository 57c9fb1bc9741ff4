"""Figures that need no running server: what instruments read of every variant before any server runs."""

from collections.abc import Iterator, Mapping, Sequence

from pyuibench.contract.scenarios import PageName
from pyuibench.entries.catalog import Variant
from pyuibench.errors import UserError
from pyuibench.experiments.selection import Selection
from pyuibench.instruments.base import Instrument
from pyuibench.instruments.registry import instruments
from pyuibench.results.records import STATIC, Failure, Measurement, Origin, origin_fields
from pyuibench.results.store import SampleFile, Store
from pyuibench.serving.environment import Environment


def measure_static(
    store: Store,
    variants: Sequence[Variant],
    chosen: Selection,
    environments: Mapping[str, Environment],
    unbuilt: Mapping[str, str],
) -> None:
    """Store what doesn't need a running server; `unbuilt` says why a variant has no environment."""
    file = SampleFile(store.begin(STATIC) / "harness.jsonl")
    for variant in variants:
        origin = origin_fields(_origin(variant, "app"))
        if reason := unbuilt.get(variant.id):
            file.add(Failure(**origin, scope="environment", step="environment", reason=reason))
        for instrument in instruments().values():
            if instrument.name in chosen.instruments:
                file.add(*_read(instrument, variant, environments.get(variant.id)))
    file.close()
    store.end(STATIC)


def _read(instrument: Instrument, variant: Variant, built: Environment | None) -> Iterator[Origin]:
    try:
        for each in instrument.of_variant(variant, built) if instrument.of_variant else ():
            origin = origin_fields(_origin(variant, each.page))
            yield Measurement(
                **origin, instrument=instrument.name, metric=each.metric, value=each.value, detail=each.detail
            )
    except UserError as error:
        origin = origin_fields(_origin(variant, "app"))
        yield Failure(**origin, scope="build", instrument=instrument.name, step=instrument.name, reason=str(error))


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
