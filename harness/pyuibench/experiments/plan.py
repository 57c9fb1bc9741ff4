"""Profile -> schedule: every boot once a block, in an order that a seed decides."""

import random
from collections.abc import Iterable

from pyuibench.entries.catalog import Variant
from pyuibench.experiments.base import BootSpec, Experiment
from pyuibench.experiments.profiles import Profile
from pyuibench.experiments.selection import Selection
from pyuibench.results.plan import PlannedBoot
from pyuibench.results.records import Origin


def make_plan(profile: Profile, variants: Iterable[Variant], chosen: Selection, seed: int) -> list[PlannedBoot]:
    """Return the boots in order: blocked, every one once a block, shuffled within it by the seed.

    There are none when no chosen instrument looks at a running server.
    """
    if not chosen.needs_server:
        return []
    chance = random.Random(seed)
    measured = tuple(variants)
    plan: list[PlannedBoot] = []
    for block in range(profile.blocks):
        boots = [boot for it in measured for boot in boots_of(profile, it, chosen.of(it), block)]
        chance.shuffle(boots)
        plan += boots
    return plan


def boots_of(profile: Profile, variant: Variant, chosen: Selection, block: int) -> list[PlannedBoot]:
    """Return a variant's boots in a block, with the experiments that share each."""
    shared: dict[BootSpec, list[Experiment]] = {}
    for experiment in profile.experiments:
        for spec in experiment.boots(variant, block, chosen):
            shared.setdefault(spec, []).append(experiment)
    return [_planned(spec, experiments, variant, chosen, block) for spec, experiments in shared.items()]


def spec_of(profile: Profile, boot: PlannedBoot, variant: Variant, chosen: Selection) -> BootSpec:
    """Return what is started for a planned boot. Raises KeyError for a boot that the profile hasn't."""
    wanted = boot.origin.boot
    for experiment in profile.experiments:
        for spec in experiment.boots(variant, boot.origin.block, chosen):
            if _name(spec, variant, boot.origin.block) == wanted:
                return spec
    raise KeyError(wanted)


def _planned(
    spec: BootSpec, experiments: list[Experiment], variant: Variant, chosen: Selection, block: int
) -> PlannedBoot:
    origin = Origin(
        block=block,
        boot=_name(spec, variant, block),
        entry=variant.entry.name,
        variant=variant.name,
        role=variant.table.role,
        model=variant.table.model,
        experiment=experiments[0].name,
        page=spec.contract or spec.page,
        grid_cells=spec.cells,
        grid_cost_ms=spec.cost_ms,
        grid_cost_kind=spec.cost_kind,
        job_kind=spec.job_kind,
        tokens_per_s=spec.tokens_per_s,
        turns=spec.turns,
        deployment=spec.deployment,
    )
    expected = tuple(each for experiment in experiments for each in experiment.expected(spec, variant, chosen))
    return PlannedBoot(origin, tuple(experiment.name for experiment in experiments), expected, spec.cell_costs)


def _name(spec: BootSpec, variant: Variant, block: int) -> str:
    return f"{block:02d}-{variant.entry.name}-{variant.name}-{spec.name}"
