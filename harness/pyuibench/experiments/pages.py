"""The pages of other contracts that a run measures: found, their environments built, and what they serve."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from pyuibench.contract.other_pages import CONTRACTS
from pyuibench.entries.catalog import Variant
from pyuibench.entries.other_page import other_page
from pyuibench.errors import UserError
from pyuibench.results.plan import PlannedBoot
from pyuibench.results.records import Failure, origin_fields
from pyuibench.results.store import SampleFile, Store
from pyuibench.serving import builds, environment, models
from pyuibench.serving.environment import Environment
from pyuibench.serving.models import Models

PageKey: TypeAlias = tuple[str, str]
"""The id of the variant whose page it is, and the name of its contract."""
UNBUILT = "unbuilt-pages"
"""Where it is stored which pages couldn't be built."""


@dataclass(frozen=True)
class PreparedPage:
    """A page with its environment, and the language models that it asks, if any."""

    variant: Variant
    environment: Environment
    models: Models | None = None


@dataclass(frozen=True)
class PreparedPages:
    """The pages of a run that can be served, and why others can't."""

    ready: Mapping[PageKey, PreparedPage] = field(default_factory=dict)
    unbuilt: Mapping[PageKey, tuple[PlannedBoot, str]] = field(default_factory=dict)


NO_PAGES = PreparedPages()


def prepared_pages(
    variants: Iterable[Variant], plan: Sequence[PlannedBoot], preparing: Callable[[str], None]
) -> PreparedPages:
    """Build the environments of a plan's pages, and what they serve. `preparing` is told of each."""
    by_id = {variant.id: variant for variant in variants}
    ready: dict[PageKey, PreparedPage] = {}
    unbuilt: dict[PageKey, tuple[PlannedBoot, str]] = {}
    for boot in plan:
        key = (boot.origin.variant_id, boot.origin.page)
        if boot.origin.page not in CONTRACTS or key in ready or key in unbuilt:
            continue
        preparing(f"{key[0]} ({key[1]} page)")
        try:
            page = other_page(by_id[key[0]].entry, key[1])
            assert page, "only pages that are there are planned"
            built = environment.prepare(page)
            asks_models = CONTRACTS[boot.origin.page].asks_models
            ready[key] = PreparedPage(page, built, models.prepare(page, built) if asks_models else None)
            builds.prepare(page, "app", built)
        except UserError as error:
            ready.pop(key, None)
            unbuilt[key] = (boot, str(error))
    return PreparedPages(ready, unbuilt)


def keep_unbuilt(store: Store, unbuilt: Mapping[PageKey, tuple[PlannedBoot, str]]) -> None:
    """Store why pages can't be measured."""
    if not unbuilt:
        return
    file = SampleFile(store.begin(UNBUILT) / "harness.jsonl")
    for boot, reason in unbuilt.values():
        file.add(Failure(**origin_fields(boot.origin), scope="build", step="page", reason=reason))
    file.close()
    store.end(UNBUILT)
