"""What audits are made of: an objection, and the columns that say where samples belong."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import pandas as pd

from pyuibench.contract.scenarios import SCENARIOS
from pyuibench.results.store import Run

ORIGIN = ["entry", "variant", "page"]
SESSION = ["boot", "instrument", "sessions", "session"]
SIZE = ["grid_cells", "grid_cost_ms", "grid_cost_kind"]
COMPUTING = tuple(name for name, scenario in SCENARIOS.items() if scenario.in_rounds or scenario.page == "grid")
COMPARED = ("load", *COMPUTING)
"""What a report compares by ratios to the baseline."""
Key: TypeAlias = tuple[Any, ...]


@dataclass(frozen=True)
class Objection:
    """What an audit has against a variant's page (on the wire with so many `sessions` only, if stated), or against the run."""

    message: str
    entry: str = ""
    variant: str = ""
    page: str = ""
    sessions: int | None = None

    @property
    def where(self) -> str:
        """Return what it is about, in words."""
        if not self.entry:
            return "the run"
        crowd = (
            "" if self.sessions is None else f", wire with {self.sessions} session{'s' if self.sessions != 1 else ''}"
        )
        return f"{self.entry}/{self.variant}, {self.page} page{crowd}"


Check: TypeAlias = Callable[[Run], Iterable[Objection]]


@dataclass(frozen=True)
class AuditSpec:
    """One audit as it is declared: `about` says what has to be so, `check` yields what isn't.

    `is_possible`: whether a run has what is looked at; one that is older may not, and then hasn't passed.
    """

    id: str
    name: str
    about: str
    check: Check
    is_possible: Callable[[Run], bool] = lambda run: True


def measured(run: Run, metric: str) -> Iterator[tuple[Key, pd.DataFrame]]:
    """Yield entry, variant and page, and its measurements of a metric that have a value."""
    rows = run.measurements[(run.measurements["metric"] == metric) & run.measurements["value"].notna()]
    for key, own in rows.groupby(ORIGIN):
        yield tuple(key), own


def against(key: Any, message: str) -> Objection:
    """Return an objection to a variant's page."""
    entry, variant, page = map(str, key)
    return Objection(message, entry, variant, page)


def by_name_and_block(rows: pd.DataFrame, time: str = "right_ms") -> dict[str, dict[int, list[float]]]:
    """Return samples of a time by what is compared with its like: a variant's action in a scenario, at one size of the page."""
    columns = [*ORIGIN, "scenario", "control", *SIZE, "block", time]
    samples: dict[Key, list[float]] = {}
    for *origin, control, cells, cost_ms, kind, block, ms in rows.loc[rows[time].notna(), columns].itertuples(
        index=False, name=None
    ):
        key = (*origin, str(control).partition("-")[0], cells, cost_ms, kind, block)
        samples.setdefault(key, []).append(ms)
    found: dict[str, dict[int, list[float]]] = {}
    for key in sorted(samples):
        found.setdefault("/".join(map(str, key[:-1])), {})[int(key[-1])] = samples[key]
    return found
