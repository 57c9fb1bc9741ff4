"""How well a run knows its ratios to the baseline, and what it would take to know them better: samples, blocks, minutes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pyuibench.analysis.components import Components, Price, best_samples, components, half_width
from pyuibench.analysis.estimates import FEWEST_BOOTS, Floats, ratio_of_medians
from pyuibench.analysis.moderation import Spread, parted
from pyuibench.figures.base import Column, Figure, Missing, Row, Section, Shown, Table, TableMaker
from pyuibench.figures.ends import headline_end
from pyuibench.figures.format import TIMES, number
from pyuibench.figures.latency import case_id, latency_ratio, reference
from pyuibench.figures.samples import Case, VariantInfo
from pyuibench.figures.view import RunView, ratio_to_baseline, scatter_of

SECTION = Section(
    "precision",
    "Precision",
    145,
    "How well the ratios to the baseline are known, and what decides that. A ratio r whose 95 % interval goes from r / 1.2 to "
    "1.2 r is known within 1.2. What is predicted takes this run's scatter and pace as given.",
)
SECTIONS = (SECTION,)
LATENCY, CPU_TIME = "latency", "CPU time"
CPU_COLUMNS = ("server_tree_cpu_ms", "renderer_cpu_ms")
"""Of an interaction in the browser: of the server's processes, and of the page's."""
CPU_METRIC = "server_cpu_ms"
"""Of an older run: per interaction on the wire, a figure a boot."""
LOAD = "load"
MOST_MINUTES = 120.0
PAUSED_S = 900.0
"""A boot that seems to take longer was interrupted: the run was resumed."""
_BOOT = ["entry", "variant", "page", "grid_cells", "grid_cost_ms", "grid_cost_kind", "job_kind", "deployment"]


@dataclass(frozen=True)
class Asked:
    """Within which factor ratios are to be known: at the median over variants, and at worst."""

    median: float
    worst: float


ASKED: Mapping[str, Asked] = {LATENCY: Asked(1.15, 1.35), CPU_TIME: Asked(1.10, 1.10)}


@dataclass(frozen=True)
class Known:
    """Within which factor the ratios of some figures are known: at the median, and at worst."""

    subject: str
    median: float
    worst: float

    @property
    def asked(self) -> Asked:
        """Return what is asked for."""
        return ASKED[self.subject]

    @property
    def suffices(self) -> bool:
        """Return whether it is known as well as is asked for."""
        return self.median <= self.asked.median and self.worst <= self.asked.worst


@dataclass(frozen=True)
class Pace:
    """The seconds that a block took, and those of what is measured in the first blocks only."""

    block_s: float
    once_s: float
    boots_s: Mapping[str, float]
    """Boots of a page of the case's size, a mean over variants: `app`, or the number of cells."""


@dataclass(frozen=True)
class Curve:
    """Within which factor a case's ratios would be known after so many minutes, from the fewest blocks on.

    `median` and `worst` with as many samples a boot as the run had, `best` the median with those that are worth their time.
    """

    case: Case
    minutes: tuple[float, ...]
    median: tuple[float, ...]
    worst: tuple[float, ...]
    best_minutes: tuple[float, ...]
    best: tuple[float, ...]


def known(view: RunView) -> tuple[Known, ...]:
    """Return how well ratios with intervals are known: of latencies in the headline cases but loads, and of CPU time."""
    return view.once(_known)


def curves(view: RunView) -> tuple[Curve, ...]:
    """Return a curve for each case of which components can be told."""
    return view.once(_curves)


def cases_of(view: RunView) -> tuple[Case, ...]:
    """Return the cases whose precision is looked at: a click, a text, a part, everything, the scaling page."""
    return tuple(case for case in view.headline_cases if case.scenario != LOAD)


def times(factor: float) -> str:
    """Return a factor as it is read."""
    return f"{TIMES}{factor:.2f}"


def _known(view: RunView) -> tuple[Known, ...]:
    latencies = [half for case in cases_of(view) for half in _halves(_ratios(view, case).values())]
    found = ((LATENCY, latencies), (CPU_TIME, _halves(_cpu_ratios(view))))
    return tuple(Known(subject, float(np.median(its)), max(its)) for subject, its in found if its)


def _column(view: RunView) -> str:
    return headline_end(view).column


def _compared(view: RunView) -> tuple[VariantInfo, ...]:
    return tuple(variant for variant in view.variants if not variant.is_baseline)


def _ratios(view: RunView, case: Case) -> dict[str, Figure]:
    found = {variant.id: latency_ratio(view, variant, case, headline_end(view)) for variant in _compared(view)}
    return {name: ratio for name, ratio in found.items() if isinstance(ratio, Figure)}


def _halves(ratios: Iterable[Figure]) -> list[float]:
    """Return the half-widths as factors, of those that have an interval."""
    ends = [(it.estimate.low, it.estimate.high) for it in ratios]
    return [float(np.sqrt(high / low)) for low, high in ends if low and high]


def _cpu_ratios(view: RunView) -> list[Figure]:
    """Return the ratios of CPU time: of interactions, the server's and the page's; of an older run the server's on the wire."""
    found = (
        ratio_to_baseline(view, variant, case, "browser", column)
        for column in CPU_COLUMNS
        for case in cases_of(view)
        for variant in _compared(view)
    )
    return [ratio for ratio in found if isinstance(ratio, Figure)] or _cpu_ratios_on_the_wire(view)


def _cpu_ratios_on_the_wire(view: RunView) -> list[Figure]:
    blocks = {variant.id: _cpu_ms(view, variant) for variant in view.variants}
    scatter = scatter_of(view, blocks)
    baseline = view.baseline.id if view.baseline else ""
    found = []
    for variant in _compared(view) if baseline else ():
        try:
            spread = scatter.between(variant.id, baseline)
            ratio = ratio_of_medians(blocks[variant.id], blocks[baseline], view.level, spread)
        except ValueError:
            continue
        found.append(Figure(ratio, "ratio"))
    return found


def _cpu_ms(view: RunView, variant: VariantInfo) -> dict[int, Floats]:
    rows = view.measurements(variant, CPU_METRIC, "rounds")
    alone = rows[(rows["sessions"] <= 1) & rows["value"].notna()]
    return {int(str(block)): own.to_numpy(dtype=np.float64) for block, own in alone.groupby("block")["value"]}


def components_of(view: RunView, case: Case) -> Components | None:
    """Return the components that variants have in common in a case, without the effects of blocks; None for too few samples."""
    return view.kept(("components", case), lambda: _components(view, case))


def _components(view: RunView, case: Case) -> Components | None:
    samples = {variant.id: view.blocks(variant, case, "browser", _column(view)) for variant in view.variants}
    logs = {
        name: {block: np.log(values) for block, values in own.items()}
        for name, own in samples.items()
        if len(own) > 1 and all((values > 0).all() for values in own.values())
    }
    blocks = sorted({block for own in logs.values() for block in own})
    if not blocks:
        return None
    medians = np.array([[float(np.median(own[it])) if it in own else np.nan for it in blocks] for own in logs.values()])
    effects = dict(zip(blocks, parted(medians).effects, strict=True)) if len(logs) > 2 else dict.fromkeys(blocks, 0.0)
    try:
        return components([[own[block] - effects[block] for block in own] for own in logs.values()])
    except ValueError:
        return None


def samples_of(view: RunView, case: Case) -> float:
    """Return how many right samples of a case a boot has, typically; 0 where there is none."""
    counts = [
        len(values) for it in view.variants for values in view.blocks(it, case, "browser", _column(view)).values()
    ]
    return float(np.median(counts)) if counts else 0.0


def pace(view: RunView) -> Pace:
    """Return how long a run's blocks take, from the times of its interactions."""
    return view.once(_pace)


def _pace(view: RunView) -> Pace:
    rows = view.run.interactions
    boots = rows.groupby("boot").agg(
        begun=("started_ns", "min"), ended=("started_ns", "max"), **{name: (name, "first") for name in _BOOT}
    )
    boots = boots.sort_values("begun")
    took = (boots["ended"] - boots["ended"].shift()) / 1e9
    boots["took_s"] = took.where(took < PAUSED_S)
    blocks = rows["block"].nunique()
    by_place = boots.groupby(_BOOT, dropna=False)["took_s"].agg(["median", "size"]).reset_index()
    always = by_place[by_place["size"] > blocks / 2]
    block_s = float(always["median"].sum())
    pages = {
        str(cells or page): float(own["median"].mean()) for (page, cells), own in always.groupby(["page", "grid_cells"])
    }
    return Pace(block_s, max(float(boots["took_s"].sum()) - blocks * block_s, 0.0), pages)


def sample_s(view: RunView, case: Case) -> float:
    """Return the seconds from one action of a case in the browser to the next action, a mean over variants; NaN if not known."""
    gaps = view.once(_gaps)
    found = [gaps.reindex(view.samples.rows(it, case, "browser").index).median() for it in view.variants]
    known_s = [gap for gap in found if not np.isnan(gap)]
    return float(np.mean(known_s)) if known_s else float("nan")


def _gaps(view: RunView) -> pd.Series:
    rows = view.run.near
    rows = rows[rows["instrument"] == "browser"].sort_values("started_ns")
    return -rows.groupby(["boot", "session"])["started_ns"].diff(-1) / 1e9


def best_of(view: RunView) -> dict[Case, float]:
    """Return for each case how many samples a boot are worth their time; none for those of which too little is known."""
    return view.once(_best_of)


def _best_of(view: RunView) -> dict[Case, float]:
    found: dict[Case, float] = {}
    by_boot: dict[str, dict[Case, Price]] = {}
    for case in cases_of(view):
        its, seconds = components_of(view, case), sample_s(view, case)
        if its and seconds > 0:
            by_boot.setdefault(str(case.cells or case.page), {})[case] = Price(its, seconds)
    for boot, prices in by_boot.items():
        whole_s = pace(view).boots_s.get(boot, float("nan"))
        own_s = whole_s - sum(samples_of(view, case) * price.sample_s for case, price in prices.items())
        if own_s > 0:
            found |= best_samples(prices, own_s)
    return found


def _spreads(view: RunView, case: Case) -> dict[str, Spread]:
    """Return variant -> how far its ratio scatters from block to block."""
    baseline = reference(view, case, headline_end(view))
    if baseline is None:
        return {}
    scatter = view.scatter(case, "browser", _column(view))
    found = {name: scatter.between(name, baseline.id) for name in _ratios(view, case)}
    return {name: spread for name, spread in found.items() if spread}


def _curves(view: RunView) -> tuple[Curve, ...]:
    blocks = int(view.run.interactions["block"].nunique())
    if blocks < FEWEST_BOOTS:
        return ()
    best = best_of(view)
    variants = len(view.variants)
    longer_s = sum((best[case] - samples_of(view, case)) * sample_s(view, case) * variants for case in best)
    plain, richer = (_minutes(view, each_s) for each_s in (0.0, longer_s))
    return tuple(
        _curve(view, case, blocks, plain, richer) for case in cases_of(view) if case in best and _spreads(view, case)
    )


def _minutes(view: RunView, longer_s: float) -> tuple[tuple[int, float], ...]:
    """Return numbers of blocks and the minutes that they take, each block taking so much longer than it did."""
    its = pace(view)
    block_s = max(its.block_s + longer_s, 1.0)
    most = max(int((60 * MOST_MINUTES - its.once_s) / block_s), FEWEST_BOOTS)
    return tuple((count, (its.once_s + count * block_s) / 60) for count in range(FEWEST_BOOTS, most + 1))


def _curve(
    view: RunView,
    case: Case,
    blocks: int,
    plain: Sequence[tuple[int, float]],
    richer: Sequence[tuple[int, float]],
) -> Curve:
    spreads = _spreads(view, case).values()
    its = components_of(view, case)
    now, then = (its.of_boot(count) if its else 1.0 for count in (samples_of(view, case), best_of(view)[case]))

    def at(count: int, share: float = 1.0) -> list[float]:
        return [half_width(spread, view.level, blocks, count, share) for spread in spreads]

    return Curve(
        case,
        tuple(minutes for _, minutes in plain),
        tuple(float(np.median(at(count))) for count, _ in plain),
        tuple(max(at(count)) for count, _ in plain),
        tuple(minutes for _, minutes in richer),
        tuple(float(np.median(at(count, then / now))) for count, _ in richer),
    )


def table(view: RunView) -> Table:
    """Return how well each case is known, against what is asked for, and the components that decide it."""
    asked = ASKED[LATENCY]
    columns = (
        Column(
            "known within, median",
            f"half-width of the ratio's 95 % interval as a factor; {times(asked.median)} is asked for",
        ),
        Column("known within, worst", f"of the variant that is known worst; {times(asked.worst)} is asked for"),
        Column("scatter within a boot", "standard deviation of the logarithms of samples"),
        Column("scatter between boots", "of what a boot's samples have in common, the block's effect taken away"),
        Column("samples a boot", "right ones, at the median"),
        Column(
            "samples worth their time",
            "that make intervals narrowest in a given time, 40 at most: where boots don't differ",
        ),
        Column("seconds a sample", "from one action to the next"),
    )
    rows = [_row(view, case) for case in cases_of(view)]
    cpu = next((it for it in known(view) if it.subject == CPU_TIME), None)
    if cpu:
        none = Missing("components are those of latencies")
        asked_for = f"{CPU_TIME}, {times(cpu.asked.worst)} is asked for"
        rows.append(Row("server and page", asked_for, (), (times(cpu.median), times(cpu.worst), *[none] * 5)))
    its = pace(view)
    caption = (
        f"A block took {number(its.block_s / 60)} minutes, what is measured in the first blocks only {number(its.once_s / 60)}. "
        "Components: method of moments for nested data, over all variants."
    )
    return Table("precision.known", "Known within", caption, columns, tuple(rows) if known(view) else ())


def _row(view: RunView, case: Case) -> Row:
    halves = _halves(_ratios(view, case).values())
    its, best = components_of(view, case), best_of(view).get(case)
    few = Missing("it takes three boots with two samples each to say")
    cells: tuple[Shown, ...] = (
        times(float(np.median(halves))) if halves else few,
        times(max(halves)) if halves else few,
        number(float(np.sqrt(its.within))) if its else few,
        number(float(np.sqrt(its.between))) if its else few,
        f"{samples_of(view, case):.0f}",
        f"{best:.0f}" if best else few,
        number(seconds) if (seconds := sample_s(view, case)) > 0 else few,
    )
    return Row("browser", case.label, (), cells, case_id(case))


TABLES = (TableMaker("precision.known", SECTION.id, lambda view: (table(view),)),)
