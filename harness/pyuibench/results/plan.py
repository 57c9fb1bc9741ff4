"""The plan of a run as `run.json` holds it: its boots in their order, and what each has to give."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from pyuibench.results.records import CellCosts, Origin, origin_fields


@dataclass(frozen=True)
class Expected:
    """How many interactions an experiment gives in a boot, by an instrument: `least` to `most`, no limit where it is None.

    Those of `scenario`, or, where it is "", of all scenarios that are carried out round by round or on the scaling page.
    """

    experiment: str
    instrument: str
    least: int
    most: int | None
    scenario: str = ""


@dataclass(frozen=True)
class PlannedBoot:
    """One boot: where it belongs, the experiments that share it in their order, and what they have to give.

    The origin's experiment is the first of them, which is also that of figures of the boot itself. `cell_costs`: what each cell
    of the scaling page costs, where they differ.
    """

    origin: Origin
    experiments: tuple[str, ...]
    expected: tuple[Expected, ...] = ()
    cell_costs: CellCosts = ()

    def as_json(self) -> dict[str, Any]:
        """Return the boot as `run.json` holds it."""
        return {
            **origin_fields(self.origin),
            "experiments": list(self.experiments),
            "expected": [asdict(each) for each in self.expected],
            "cell_costs": [list(cost) for cost in self.cell_costs],
        }


def planned(boots: Sequence[Mapping[str, Any]]) -> tuple[PlannedBoot, ...]:
    """Return the boots of a plan in `run.json`. Raises KeyError or TypeError for what isn't one."""
    names = [field.name for field in fields(Origin)]
    return tuple(
        PlannedBoot(
            Origin(**{name: boot[name] for name in names if name in boot}),
            tuple(boot["experiments"]),
            tuple(Expected(**each) for each in boot["expected"]),
            tuple((cost_ms, kind) for cost_ms, kind in boot.get("cell_costs", ())),
        )
        for boot in boots
    )
