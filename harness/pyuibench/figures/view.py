"""A run as figures see it: what was withheld, its variants and cases, and what figures share, each computed once."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar, cast

import numpy as np
import pandas as pd

from pyuibench.analysis.distributions import middle
from pyuibench.analysis.estimates import LEVEL, Floats, median, ratio_of_medians
from pyuibench.analysis.machine_speed import Dependence
from pyuibench.analysis.moderation import Scatter, Spread, scatter
from pyuibench.audits.registry import Audit, audit, withhold
from pyuibench.contract.scenarios import TASKS
from pyuibench.entries.catalog import AGAIN
from pyuibench.figures.base import THE_BASELINE, Better, Figure, FigureSpec, Missing, Result
from pyuibench.figures.samples import (
    Case,
    Samples,
    VariantInfo,
    baselines_of,
    by_block_and_boot,
    variants,
    with_first_answers,
)
from pyuibench.figures.usual_speed import FOLLOWING, dependence_of, log_times
from pyuibench.results.store import Run

NOT_MEASURED = "not measured in this run"
T = TypeVar("T")


class RunView:
    """A run without what audits withhold, its variants, and the cases that they are compared in.

    What is computed from it is kept with it: results by figure and variant, and what functions make of the whole run.
    """

    def __init__(self, run: Run, audits: tuple[Audit, ...] | None = None) -> None:
        """See a run. `audits`: what `audit` says of it, where that is already known."""
        self.level = float(run.meta.get("level") or LEVEL)
        self.audits = audit(run) if audits is None else audits
        self.run = with_first_answers(withhold(run, self.audits))
        self.name = str(run.meta.get("run_id", run.directory.name))
        self.samples = Samples(self.run)
        self.log_times = log_times(run.measurements)
        """How fast the machine was beside each boot, see `usual_speed`; empty for a run that didn't look."""
        self.variants = variants(run)
        self.baselines = baselines_of(self.variants)
        self.baseline = next(iter(self.baselines), None)
        self.references = _names_of(self.variants, self.baselines)
        """What ratios may be to, each under all of its names."""
        self.headline_cases = _headline_cases(self.samples.cases)
        self.estimated: dict[tuple[str, str, str], Any] = {}
        """Results and ratios by what they are, figure and variant: they may have been estimated by another process."""
        self._made: dict[Hashable, Any] = {}

    def once(self, make: "Callable[[RunView], T]") -> T:
        """Return what a function makes of this run, which is computed when it is first asked for."""
        return self.kept(make, lambda: make(self))

    def kept(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what belongs to a key, which is made when it is first asked for."""
        if key not in self._made:
            self._made[key] = make()
        return cast(T, self._made[key])

    def reference(self, spec: FigureSpec) -> VariantInfo | None:
        """Return the variant of the baseline that a figure's ratios are to: the best one, see `best_of`."""
        return self.kept(
            ("reference", spec.id), lambda: best_of(self.baselines, lambda it: self.result(spec, it), spec.better)
        )

    def result(self, spec: FigureSpec, variant: VariantInfo) -> Result:
        """Return a variant's figure."""
        return self._estimate(("result", spec.id, variant.id), lambda: spec.estimate(self, variant))

    def ratio(self, spec: FigureSpec, variant: VariantInfo) -> Figure | None:
        """Return the ratio of a variant's figure to the baseline's, None where there is none or it says nothing."""
        return self._estimate(("ratio", spec.id, variant.id), lambda: self._ratio(spec, variant))

    def paired(self, spec: FigureSpec, variant: VariantInfo) -> Result:
        """Return the ratio of a variant's samples to the baseline's, or why there is none."""
        none = Missing("its ratio is not estimated from samples")
        key = ("paired", spec.id, variant.id)
        return self._estimate(key, lambda: spec.ratio(self, variant) if spec.ratio else none)

    def _estimate(self, key: tuple[str, str, str], make: Callable[[], T]) -> T:
        if key not in self.estimated:
            self.estimated[key] = make()
        return cast(T, self.estimated[key])

    def boots(self, variant: VariantInfo, case: Case, instrument: str, column: str, sessions: int = 1) -> list[Floats]:
        """Return the right values of a case, an array a boot, in the order of blocks; times at the machine's usual speed."""
        key = ("boots", variant.id, case, instrument, column, sessions)
        return self.kept(key, lambda: list(self._at_usual_speed(variant, case, instrument, column, sessions).values()))

    def blocks(
        self, variant: VariantInfo, case: Case, instrument: str, column: str, sessions: int = 1
    ) -> dict[int, Floats]:
        """Return the right values of a case, an array a block; times at the machine's usual speed."""

        def of_blocks() -> dict[int, Floats]:
            found: dict[int, list[Floats]] = {}
            for (block, _), values in self._at_usual_speed(variant, case, instrument, column, sessions).items():
                found.setdefault(block, []).append(values)
            return {block: np.concatenate(boots) for block, boots in found.items()}

        return self.kept(("blocks", variant.id, case, instrument, column, sessions), of_blocks)

    def as_measured(
        self, variant: VariantInfo, case: Case, instrument: str, column: str, sessions: int = 1
    ) -> dict[tuple[int, str], Floats]:
        """Return the right values of a case as they were measured, an array for each block and boot."""
        key = ("as measured", variant.id, case, instrument, column, sessions)
        return self.kept(key, lambda: by_block_and_boot(self.samples.rows(variant, case, instrument, sessions), column))

    def dependence(self, case: Case, instrument: str, column: str, sessions: int = 1) -> Dependence | None:
        """Return how a case's times follow the machine's speed; None where that isn't known, or they are no times."""
        if column not in FOLLOWING or not self.log_times:
            return None

        def of_all() -> Dependence | None:
            boots = {it.id: self.as_measured(it, case, instrument, column, sessions) for it in self.variants}
            return dependence_of(boots, self.log_times)

        return self.kept(("dependence", case, instrument, column, sessions), of_all)

    def _at_usual_speed(
        self, variant: VariantInfo, case: Case, instrument: str, column: str, sessions: int
    ) -> dict[tuple[int, str], Floats]:
        measured = self.as_measured(variant, case, instrument, column, sessions)
        found = self.dependence(case, instrument, column, sessions)
        if found is None:
            return measured
        return {
            (block, boot): values * found.factor(self.log_times.get(boot, 0.0))
            for (block, boot), values in measured.items()
        }

    def scatter(self, case: Case, instrument: str, column: str, sessions: int = 1) -> Scatter:
        """Return how far the medians of a case scatter from block to block: of all variants of the run, taken together."""

        def of_all() -> Scatter:
            blocks = {it.id: self.blocks(it, case, instrument, column, sessions) for it in self.variants}
            return scatter_of(self, blocks)

        return self.kept(("scatter", case, instrument, column, sessions), of_all)

    def has(self, experiment: str) -> bool:
        """Return whether any sample of an experiment was taken."""
        tables = (self.run.interactions, self.run.measurements)
        names = self.kept("experiments", lambda: {name for table in tables for name in table["experiment"].unique()})
        return experiment in names

    def has_metric(self, metric: str) -> bool:
        """Return whether a metric was ever measured."""
        return metric in self.kept("metrics", lambda: set(self.run.measurements["metric"].unique()))

    def interactions(self, variant: VariantInfo, experiment: str = "") -> pd.DataFrame:
        """Return a variant's interactions, of an experiment or all, with `ok`, `warmup` and `held` as truth values."""
        return self._picked("interactions", variant, {"experiment": experiment})

    def near(self, variant: VariantInfo) -> pd.DataFrame:
        """Return those of a variant's interactions that are compared case by case: see `Run.near`."""
        return self._of("near", variant)

    def measurements(self, variant: VariantInfo, metric: str = "", experiment: str = "") -> pd.DataFrame:
        """Return a variant's measurements, of a metric and an experiment or all."""
        return self._picked("measurements", variant, {"experiment": experiment, "metric": metric})

    def failures(self, variant: VariantInfo) -> pd.DataFrame:
        """Return all of a variant's failures."""
        return self._of("failures", variant)

    def _of(self, table: str, variant: VariantInfo) -> pd.DataFrame:
        by_variant, none = self.kept(table, lambda: _by_variant(_frame(self.run, table)))
        return by_variant.get((variant.entry, variant.name), none)

    def _picked(self, table: str, variant: VariantInfo, wanted: dict[str, str]) -> pd.DataFrame:
        """Return a variant's rows that have the value in each column for which one is stated; each choice is made once."""

        def pick() -> pd.DataFrame:
            rows = self._of(table, variant)
            for column, value in wanted.items():
                rows = rows[rows[column] == value] if value else rows
            return rows

        return self.kept((table, variant.id, *wanted.values()), pick)

    def _ratio(self, spec: FigureSpec, variant: VariantInfo) -> Figure | None:
        ours = self.result(spec, variant)
        if not isinstance(ours, Figure) or not spec.has_ratio:
            return None
        paired = self.paired(spec, variant)
        if isinstance(paired, Figure):
            return paired
        reference = self.reference(spec)
        baseline = self.result(spec, reference) if reference else None
        if not isinstance(baseline, Figure) or baseline.estimate.value <= 0:
            return None
        times = ours.estimate.value / baseline.estimate.value
        return Figure(replace(ours.estimate, value=times, low=None, high=None), "ratio")


def variants_of(views: Iterable[RunView]) -> tuple[VariantInfo, ...]:
    """Return the variants of several runs, each as the first run that has it describes it: later ones may be older."""
    found: dict[str, VariantInfo] = {}
    for variant in (it for view in views for it in view.variants):
        found.setdefault(variant.id, variant)
    return tuple(found.values())


def _names_of(found: Sequence[VariantInfo], baselines: Sequence[VariantInfo]) -> tuple[tuple[str, ...], ...]:
    """Return the ids of each of the baseline's variants, that of its first one with its second name."""
    again = tuple(it.id for it in found if it.is_baseline and it.name == AGAIN)
    return tuple((it.id, *(again if number == 0 else ())) for number, it in enumerate(baselines))


def _frame(run: Run, table: str) -> pd.DataFrame:
    frame: pd.DataFrame = getattr(run, table)
    flags = [name for name in ("ok", "warmup", "held") if name in frame]
    return frame.assign(**{name: frame[name].astype(bool) for name in flags})


def _by_variant(frame: pd.DataFrame) -> tuple[dict[tuple[str, str], pd.DataFrame], pd.DataFrame]:
    groups = frame.groupby(["entry", "variant"], sort=False)
    return {(str(entry), str(variant)): own for (entry, variant), own in groups}, frame.iloc[:0]


def _headline_cases(cases: Sequence[Case]) -> tuple[Case, ...]:
    """Return the loads, the rounds' cases, and of the scaling page only a change on the largest, at the lowest cost of a cell."""
    grid = [case for case in cases if case.scenario == "grid"]
    largest = min(grid, key=lambda case: (-case.cells, case.cost_ms), default=None)
    return tuple(case for case in cases if case == largest or (case.page != "grid" and case.scenario not in TASKS))


def scatter_of(view: RunView, blocks: Mapping[str, Mapping[int, Floats]]) -> Scatter:
    """Return how far medians scatter, of variant -> block -> samples. A variant with one that has no logarithm is left out."""
    medians = {name: {block: middle(values) for block, values in own.items()} for name, own in blocks.items()}
    logs = {
        name: {block: float(np.log(value)) for block, value in own.items()}
        for name, own in medians.items()
        if all(value > 0 for value in own.values())
    }
    return scatter(logs, view.references)


def median_figure(
    view: RunView,
    boots: Sequence[Floats],
    unit: str,
    why: str | Callable[[], str],
    note: str = "",
    spread: Spread | None = None,
) -> Figure | Missing:
    """Return the median over boots, of `spread` where one is known; where there is no boot, the reason, only looked for then."""
    if boots:
        return Figure(median(boots, view.level, spread), unit, note)
    return Missing(why if isinstance(why, str) else why())


def case_median(
    view: RunView,
    variant: VariantInfo,
    case: Case,
    instrument: str,
    column: str,
    why: str | Callable[[], str],
    *,
    unit: str = "ms",
    note: str = "",
    sessions: int = 1,
) -> Figure | Missing:
    """Return a variant's median in a case, its interval with what the run's other variants tell of how far boots scatter."""
    boots = view.boots(variant, case, instrument, column, sessions)
    spread = view.scatter(case, instrument, column, sessions).of(variant.id) if boots else None
    return median_figure(view, boots, unit, why, note, spread)


def best_of(
    transports: Sequence[VariantInfo], result_of: Callable[[VariantInfo], Result], better: Better = "lower"
) -> VariantInfo | None:
    """Return the transport with the best typical figure: what that figure of all variants, in all blocks, is compared to.

    The first one where none has a figure or none is better than another; None where there is no transport. The best of several
    noisy figures is better than it should be, so ratios to it are too high: by 0.85 standard errors of the figure where three
    transports are truly the same (the expected lowest of three standard normal values is -0.846), by less where they differ.
    """
    known = [(it.estimate.value, variant) for variant in transports if isinstance(it := result_of(variant), Figure)]
    if not known or better == "neither":
        return next(iter(transports), None)
    best = min if better == "lower" else max
    return best(known, key=lambda pair: pair[0])[1]


def reference_of(view: RunView, case: Case, instrument: str, column: str) -> VariantInfo | None:
    """Return the transport of the baseline that ratios of a case's samples are to: the one with the lowest typical median."""

    def typical(variant: VariantInfo) -> Figure | Missing:
        return median_figure(view, view.boots(variant, case, instrument, column), "ms", "no samples")

    return view.kept(("reference", case, instrument, column), lambda: best_of(view.baselines, typical))


def ratio_to_baseline(
    view: RunView, variant: VariantInfo, case: Case, instrument: str, column: str
) -> Figure | Missing | str:
    """Return the ratio of a variant's median to that of `reference_of`, paired by block; for that itself THE_BASELINE."""
    reference = reference_of(view, case, instrument, column)
    if reference is None:
        return Missing("this run has no baseline, so there is no baseline to compare to")
    if variant == reference:
        return THE_BASELINE
    ours = view.blocks(variant, case, instrument, column)
    theirs = view.blocks(reference, case, instrument, column)
    if not ours:
        return Missing(view.samples.reason(variant, case, instrument))
    if not theirs:
        return Missing(f"the baseline has no figure: {view.samples.reason(reference, case, instrument)}")
    try:
        spread = view.scatter(case, instrument, column).between(variant.id, reference.id)
        estimate = ratio_of_medians(ours, theirs, view.level, spread)
    except ValueError as error:
        return Missing(str(error))
    left_out = len(ours) - estimate.boots
    note = f"{left_out} of {len(ours)} blocks left out: no baseline in them" if left_out else ""
    return Figure(estimate, "ratio", note)


def baseline_name(reference: VariantInfo | None) -> str:
    """Return what ratios are to, in words."""
    return f"the baseline ({reference.id})" if reference else "the baseline (not in this run)"


def either_figure(view: RunView, variant: VariantInfo, case: Case, column: str, unit: str) -> Figure | Missing:
    """Return the median of a column of the browser's interactions, or else of the wire's, with a note that it is."""
    for instrument, note in (("browser", ""), ("wire", "from the wire")):
        if view.boots(variant, case, instrument, column):
            return case_median(view, variant, case, instrument, column, "", unit=unit, note=note)
    return Missing(view.samples.reason(variant, case, "browser"))
