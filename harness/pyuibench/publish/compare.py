"""What changed between two runs beyond noise: of versions, of machines, of days.

Latencies are compared as ratios to the baseline within each block, so that a faster machine is no change. In a run without one,
and for memory and start, the figures themselves are. All comparisons of a pair of runs are decided together.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from pyuibench.analysis.ranks import Difference, beyond_noise, difference
from pyuibench.errors import UserError
from pyuibench.figures.measured import CHANGE
from pyuibench.figures.samples import Case, VariantInfo, by_block
from pyuibench.figures.view import Report
from pyuibench.results.metrics import METRICS
from pyuibench.results.store import Run

COUNTED = (
    "logical_lines",
    "tokens",
    "cyclomatic_complexity",
    "framework_names",
    "environment_bytes",
    "page_requests",
    *CHANGE,
)
"""Figures that are counted once: any difference is one."""
MEASURED = ("boot_ready_ms", "first_session_ms", "session_ms", "idle_pss_bytes", "js_heap_bytes", "page_bytes_down")
_Found: TypeAlias = Iterator[tuple[tuple[str, str], Difference]]
"""Variant and what was compared, and the difference."""


@dataclass(frozen=True)
class Change:
    """One comparison: a variant's figure in the second run as a multiple of that in the first; `is_real`: beyond noise."""

    variant: str
    what: str
    difference: Difference
    is_real: bool


@dataclass(frozen=True)
class Comparison:
    """Two runs: what is compared, and what else differs between them, in words."""

    changes: tuple[Change, ...]
    remarks: tuple[str, ...]


def compare(first: Run, second: Run) -> Comparison:
    """Return what changed from the first run to the second.

    Raises UserError for runs of another contract, or with nothing in common.
    """
    if first.meta.get("contract_hash") != second.meta.get("contract_hash"):
        raise UserError(
            f"{first.directory} and {second.directory} were measured with another contract "
            f"({first.meta.get('contract_hash')}, {second.meta.get('contract_hash')}): their figures aren't of the same thing."
        )
    one, other = Report(first), Report(second)
    found = dict(_differences(one, other))
    if not found:
        raise UserError(f"{first.directory} and {second.directory} have no figure in common.")
    real = beyond_noise({key: it.p for key, it in found.items() if it.p is not None})
    real |= {key for key, it in found.items() if it.p is None and key[1] in COUNTED and it.ratio.value != 1}
    changes = [Change(*key, it, key in real) for key, it in found.items()]
    return Comparison(tuple(changes), tuple(_remarks(first, second)))


def as_markdown(comparison: Comparison, first: Run, second: Run) -> str:
    """Return the comparison as a page of Markdown: what changed first, then all that was compared."""
    names = [str(run.meta.get("run_id", run.directory.name)) for run in (first, second)]
    real = [change for change in comparison.changes if change.is_real]
    lines = [f"# {names[1]} against {names[0]}", "", *(f"- {remark}" for remark in comparison.remarks), ""]
    lines += [
        f"{len(real)} of {len(comparison.changes)} figures changed beyond noise, decided together (Holm, 95 %).",
        "",
    ]
    for title, changes in (("Changed", real), ("All that was compared", list(comparison.changes))):
        lines += [
            f"## {title}",
            "",
            "| variant | figure | ratio | 95 % interval | p |",
            "| --- | --- | ---: | --- | ---: |",
        ]
        lines += [_line(change) for change in changes]
        lines.append("")
    return "\n".join(lines)


def _line(change: Change) -> str:
    it = change.difference.ratio
    interval = (
        f"[{it.low:.3g}, {it.high:.3g}]" if it.low is not None and it.high is not None else f"none: {it.boots} boots"
    )
    p = "" if change.difference.p is None else f"{change.difference.p:.2g}"
    return f"| {change.variant} | {change.what} | {it.value:.3g} | {interval} | {p} |"


def _differences(one: Report, other: Report) -> _Found:
    known = {variant.id: variant for variant in other.variants}
    for variant in one.variants:
        if twin := known.get(variant.id):
            yield from _latencies(one, variant, other, twin)
            yield from _figures(one, variant, other, twin)


def _latencies(one: Report, variant: VariantInfo, other: Report, twin: VariantInfo) -> _Found:
    for case in one.samples.cases:
        for instrument, column in (("browser", "dom_ms"), ("wire", "service_ms")):
            before, after = (
                _ratios(one, variant, case, instrument, column),
                _ratios(other, twin, case, instrument, column),
            )
            if before and after and (found := _difference(after, before)):
                yield (variant.id, f"{case.label}, {instrument}"), found


def _ratios(report: Report, variant: VariantInfo, case: Case, instrument: str, column: str) -> list[float]:
    """Return a figure a block: the median as a multiple of the baseline's, for the baseline and without one the median itself."""
    medians = _medians(report, variant, case, instrument, column)
    if report.baseline is None or report.baseline == variant:
        return list(medians.values())
    baseline = _medians(report, report.baseline, case, instrument, column)
    return [value / baseline[block] for block, value in medians.items() if baseline.get(block)]


def _medians(report: Report, variant: VariantInfo, case: Case, instrument: str, column: str) -> Mapping[int, float]:
    return {
        block: float(np.median(it))
        for block, it in by_block(report.samples.rows(variant, case, instrument), column).items()
    }


def _figures(one: Report, variant: VariantInfo, other: Report, twin: VariantInfo) -> _Found:
    for metric in (*MEASURED, *COUNTED):
        before, after = _boots(one, variant, metric), _boots(other, twin, metric)
        if before and after and (found := _difference(after, before)):
            yield (variant.id, metric if metric in COUNTED else f"{metric}, {METRICS[metric].unit}"), found


def _boots(report: Report, variant: VariantInfo, metric: str) -> list[float]:
    rows = report.run.measurements
    at = (rows["entry"] == variant.entry) & (rows["variant"] == variant.name) & (rows["page"] == "app")
    own = rows[at & (rows["metric"] == metric) & rows["value"].notna() & (rows["sessions"] <= 1)]
    return [float(np.median(group)) for _, group in own.groupby("boot")["value"]]


def _difference(after: list[float], before: list[float]) -> Difference | None:
    try:
        return difference(after, before)
    except ValueError:
        return None


def _remarks(first: Run, second: Run) -> Iterator[str]:
    for name in ("processor", "cores", "memory_gib", "system", "python"):
        one, other = ((run.meta.get("machine") or {}).get(name, "not stated") for run in (first, second))
        if one != other:
            yield f"machine, {name}: {one} then, {other} now"
    entries = [run.meta.get("entries") or {} for run in (first, second)]
    for name in entries[0].keys() & entries[1].keys():
        one, other = (its[name] for its in entries)
        if one.get("version") != other.get("version"):
            yield f"{name}: version {one.get('version')} then, {other.get('version')} now"
        if one.get("source_hash") != other.get("source_hash"):
            yield f"{name}: its app or client was changed in between"
