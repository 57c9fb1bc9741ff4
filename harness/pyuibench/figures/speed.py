"""How the machine's speed changed during a run, and what it does to times: said on the first screen, and of each case."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pyuibench.analysis.distributions import Floats, middle, t_quantile
from pyuibench.analysis.machine_speed import Dependence
from pyuibench.analysis.moderation import parted
from pyuibench.figures.base import Column, Missing, Row, Shown, Table, TableMaker
from pyuibench.figures.ends import headline_end
from pyuibench.figures.format import TIMES, number
from pyuibench.figures.latency import case_id
from pyuibench.figures.precision import SECTION
from pyuibench.figures.samples import Case
from pyuibench.figures.usual_speed import FIXED_WORK
from pyuibench.figures.view import RunView

UNKNOWN = Missing("too few boots, or a speed that never changed")


@dataclass(frozen=True)
class MachineSpeed:
    """How long the fixed work took beside a run's boots: usually, and by which factors beside the fastest and the slowest boot.

    `is_used`: whether any figure is told at the usual speed, which takes enough boots.
    """

    usual_ms: float
    fastest: float
    slowest: float
    is_used: bool


def machine_speed(view: RunView) -> MachineSpeed | None:
    """Return how the machine's speed changed, None for a run that didn't look."""
    return view.once(_machine_speed)


def _machine_speed(view: RunView) -> MachineSpeed | None:
    logs = list(view.log_times.values())
    if not logs:
        return None
    rows = view.run.measurements
    took_ms = rows[rows["metric"] == FIXED_WORK].dropna(subset=["value"]).groupby("boot")["value"]
    usual_ms = float(took_ms.apply(lambda own: float(np.exp(np.mean(np.log(own))))).median())
    is_used = any(_dependence(view, case) for case in view.headline_cases)
    return MachineSpeed(usual_ms, float(np.exp(min(logs))), float(np.exp(max(logs))), is_used)


def _dependence(view: RunView, case: Case) -> Dependence | None:
    return view.dependence(case, "browser", headline_end(view).column)


def table(view: RunView) -> Table:
    """Return how each case's times follow the machine's speed, and how far they scatter with and without it."""
    columns = (
        Column(
            "follows by", "by how many per cent a time grows when the machine's time for the same work grows by 1 %"
        ),
        Column(
            "scatter as measured", "from boot to boot, the block's effect taken away: a typical variant's, as a factor"
        ),
        Column("scatter at the usual speed", "the same of what the report shows"),
    )
    known = machine_speed(view)
    caption = (
        f"A fixed piece of work took {number(known.usual_ms)} ms of CPU time beside a typical boot, "
        f"{TIMES}{known.fastest:.2f} of that beside the fastest and {TIMES}{known.slowest:.2f} beside the slowest. Medians and "
        "ratios are told at the usual speed; raw samples, quantiles and parts of a latency are as measured."
        if known
        else ""
    )
    rows = tuple(_row(view, case) for case in view.headline_cases) if known and known.is_used else ()
    return Table("precision.speed", "The machine's speed", caption, columns, rows)


def _row(view: RunView, case: Case) -> Row:
    found = _dependence(view, case)
    column = headline_end(view).column
    measured = {
        it.id: {block: values for (block, _), values in view.as_measured(it, case, "browser", column).items()}
        for it in view.variants
    }
    corrected = {it.id: view.blocks(it, case, "browser", column) for it in view.variants}
    cells: tuple[Shown, ...] = (UNKNOWN,) * 3
    if found:
        half = t_quantile(view.level, found.freedom) * found.error
        cells = (f"{found.exponent:.2f} ± {half:.2f}", _scatter(measured), _scatter(corrected))
    return Row("browser", case.label, (), cells, case_id(case))


def _scatter(samples: Mapping[str, Mapping[int, Floats]]) -> str:
    """Return a typical variant's standard deviation from block to block, as a factor."""
    known = [own for own in samples.values() if len(own) > 1]
    blocks = sorted({block for own in known for block in own})
    logs = np.array([[np.log(middle(own[it])) if it in own else np.nan for it in blocks] for own in known])
    return f"{TIMES}{float(np.exp(np.sqrt(np.median(parted(logs).own)))):.2f}"


TABLES = (TableMaker("precision.speed", SECTION.id, lambda view: (table(view),)),)
