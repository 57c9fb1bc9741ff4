"""Which entries and variants a name, or none, asks for."""

from collections.abc import Iterable, Mapping

from pyuibench.entries.catalog import Entry, Variant
from pyuibench.errors import UserError


def choose_variants(entries: Mapping[str, Entry], names: Iterable[str]) -> tuple[Variant, ...]:
    """Return the variants that `entry` or `entry/variant` names ask for; all of them for no name.

    Raises UserError for an unknown name.
    """
    chosen: dict[str, Variant] = {}
    for name in tuple(names) or tuple(entries):
        entry_name, _, variant_name = name.partition("/")
        if entry_name not in entries:
            known = ", ".join(entries) or "none"
            raise UserError(f"There is no entry {entry_name!r}; known entries: {known}.")
        entry = entries[entry_name]
        for variant in (entry.variant(variant_name),) if variant_name else entry.variants:
            chosen[variant.id] = variant
    return tuple(chosen.values())


def choose_for_bench(
    entries: Mapping[str, Entry], names: Iterable[str], every_variant: bool = False
) -> tuple[Variant, ...]:
    """Return the variants to measure: an entry's first one for its name alone, or all; of all on a server for no name.

    Entries that run in the browser take ten seconds and more to open, so they are measured when they are named.

    All variants of the baseline are among them, since each figure is given as a multiple of the best of them, unless some of
    them are named. Its first one is measured twice under two names, since what differs between the two is noise. Raises
    UserError for an unknown name.
    """
    wanted = tuple(names) or tuple(name for name, entry in entries.items() if entry.table.runs_in == "server")
    chosen = choose_variants(entries, wanted)
    if not every_variant:
        by_name = {name for name in wanted if "/" in name}
        chosen = tuple(
            each for each in chosen if each.id in by_name or each.entry.table.baseline or each == each.entry.variants[0]
        )
    if not any(variant.entry.table.baseline for variant in chosen):
        baselines = (entry.variants for entry in entries.values() if entry.table.baseline)
        chosen = (*next(baselines, ()), *chosen)
    twins = (each.entry.again for each in chosen if each.entry.table.baseline and each == each.entry.variants[0])
    return (*chosen, *twins)
