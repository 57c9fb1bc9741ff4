"""What the scaling page computes: N cells of a chosen cost."""

import os
import time

from workload.ledger import recorded

DEFAULT_CELL_VALUE = 50
MAX_CELL_VALUE = 100


def grid_cells() -> int:
    """Return how many cells the page has, from `PYUIBENCH_GRID_CELLS` (10 without it)."""
    return int(os.environ.get("PYUIBENCH_GRID_CELLS", "10"))


def _cost(index: int) -> tuple[float, str]:
    """Return the milliseconds that a cell takes, and how it spends them."""
    costs = os.environ.get("PYUIBENCH_GRID_COSTS", "1 cpu").split(",")
    cost_ms, kind = costs[index % len(costs)].split()
    return float(cost_ms), kind


def _burn(cost_ms: float) -> None:
    """Use the thread's CPU for so long: its CPU clock, so that waiting for the GIL or a core doesn't count."""
    end_ns = time.thread_time_ns() + int(cost_ms * 1e6)
    while time.thread_time_ns() < end_ns:
        pass


@recorded
def cell_value(index: int, value: int) -> str:
    """Return the text of cell `index` for its slider's value, after the chosen cost.

    It comes from `PYUIBENCH_GRID_COSTS`, milliseconds and `cpu` or `sleep`, such as `1 cpu`, which it is without the variable.
    Where several are named, with commas between them, cells have them in turn.
    """
    cost_ms, kind = _cost(index)
    if cost_ms > 0:
        if kind == "sleep":
            time.sleep(cost_ms / 1e3)
        else:
            _burn(cost_ms)
    return cell_text(index, value)


def cell_text(index: int, value: int) -> str:
    """Return what cell `index` shows for `value`, at no cost."""
    return f"cell {index}: {value} -> {(value * 7919 + index * 104729) % 9973}"
