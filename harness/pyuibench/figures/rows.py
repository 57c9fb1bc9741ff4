"""Every figure of a run in one table, a row each: taken from the report's own tables, so that both say the same."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pyuibench.figures import load, measured, neighbours, scaling, work, workers
from pyuibench.figures import one_offs as once
from pyuibench.figures.base import Figure, Missing, Shown, Table
from pyuibench.figures.format import interval, quantity
from pyuibench.figures.latency import latency_rows
from pyuibench.figures.view import Report

HIGHER_IS_BETTER = frozenset(
    {
        "interactions/s",
        "sessions per GiB",
        "given back",
        "1 worker",
        "2 workers",
        "times as many",
        "per CPU second",
        "answer: states shown",
        "job: states shown",
        "drag: states shown",
        "sessions held",
    }
)
# What can be near or below zero has no ratio that says anything.
WITHOUT_RATIO = ("ms/cell", "calls/cell", "B/cell", "share", "ratio")


@dataclass(frozen=True)
class Cell:
    """One variant's figure as text, with its value, and its ratio to the baseline's if there is one; or `why` it is missing."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    text: str = ""
    interval: str = ""
    ratio: float | None = None
    ratio_low: float | None = None
    ratio_high: float | None = None
    ratio_text: str = ""
    ratio_interval: str = ""
    n: int = 0
    boots: int = 0
    why: str = ""


@dataclass(frozen=True)
class FigureRow:
    """One figure of every variant (by its id)."""

    id: str
    run: str
    section: str
    label: str
    about: str
    unit: str
    higher_is_better: bool
    cells: Mapping[str, Cell]
    options: str = ""
    """Those of `pyuibench bench ENTRY` that measure it again."""


def figure_rows(report: Report) -> tuple[FigureRow, ...]:
    """Return all figures of a run that have a value for at least one variant, section by section."""
    rows = [
        *_latencies(report),
        *(row for section, table in _tables(report) for row in _of_table(report, section, table)),
    ]
    return tuple(row for row in rows if any(cell.value is not None for cell in row.cells.values()))


def _latencies(report: Report) -> Iterator[FigureRow]:
    for rows in latency_rows(report):
        for label, about, pick in (
            ("browser", "median from the gesture until every output that must change is right", "dom"),
            ("wire", "median from sending until the last expected value arrived, one session, no browser", "service"),
        ):
            figures = {row.variant.id: getattr(row, pick) for row in rows}
            ratios: dict[str, Shown] = {row.variant.id: row.ratio for row in rows} if pick == "dom" else {}
            case = rows[0].case
            only = f" --scenario {case.scenario} --instrument {label}"
            yield _row(report, "Latency", f"{case.label}, {label}", about, figures, ratios, only)


def _tables(report: Report) -> Iterator[tuple[str, Table]]:
    yield "Tasks", once.tasks_table(report)
    yield "The rerun tax", scaling.summary_table(report)
    yield "Round trips", once.far_table(report)
    for title, metrics in (("Memory", measured.MEMORY), ("Start", measured.BOOT), ("Cold page load", measured.PAGE)):
        yield title, measured.measured_table(report, title, metrics)
    for table in work.bytes_tables(report):
        yield "Bytes", table
    yield "Code", measured.measured_table(report, "Code", measured.CODE)
    yield "Code", measured.measured_table(report, "A fourth filter", measured.CHANGE)
    yield "Code", measured.measured_table(report, "Build", measured.BUILD)
    yield "Many sessions", load.held_table(report)
    yield "Many sessions", neighbours.neighbour_table(report)
    yield "Many sessions", neighbours.beside_table(report)
    yield "A second worker", workers.workers_table(report)


def _of_table(report: Report, section: str, table: Table) -> Iterator[FigureRow]:
    for number, column in enumerate(table.columns):
        figures = {row.variant: row.cells[number] for row in table.rows if row.variant}
        label = f"{table.title}: {column.label}" if section == "Bytes" else column.label
        yield _row(report, section, label, column.about, figures, {})


def _row(
    report: Report,
    section: str,
    label: str,
    about: str,
    figures: Mapping[str, Shown],
    ratios: Mapping[str, Shown],
    only: str = "",
) -> FigureRow:
    unit = next((it.unit for it in figures.values() if isinstance(it, Figure)), "")
    baseline = figures.get(report.baseline.id) if report.baseline and neighbours.LONGER not in label else None
    cells = {name: _cell(it, ratios.get(name), baseline) for name, it in figures.items()}
    run = str(report.run.meta.get("run_id", report.run.directory.name))
    name = re.sub(r"\W+", "-", f"{run} {section} {label}".lower()).strip("-")
    options = f"--profile {report.run.meta.get('profile', 'quick')}{only}"
    return FigureRow(name, run, section, label, about, unit, label in HIGHER_IS_BETTER, cells, options)


def _cell(shown: Shown, ratio: Shown | None, baseline: Shown | None) -> Cell:
    if isinstance(shown, Missing):
        return Cell(why=shown.reason)
    if not isinstance(shown, Figure):
        return Cell(value=_least(shown), text=shown) if isinstance(shown, str) else Cell()
    it = shown.estimate
    cell = Cell(
        it.value, it.low, it.high, quantity(it.value, shown.unit), interval(it, shown.unit), n=it.n, boots=it.boots
    )
    if isinstance(ratio, Figure):
        by = ratio.estimate
        reach = interval(by, "ratio")
        return replace(
            cell,
            ratio=by.value,
            ratio_low=by.low,
            ratio_high=by.high,
            ratio_text=quantity(by.value, "ratio"),
            ratio_interval=reach,
        )
    if shown.unit in WITHOUT_RATIO or not isinstance(baseline, Figure) or baseline.estimate.value <= 0:
        return cell
    times = it.value / baseline.estimate.value
    return replace(cell, ratio=times, ratio_text=quantity(times, "ratio"))


def _least(text: str) -> float | None:
    """Return the number that a text is, or the lower of two, as in `20–50`; None for words."""
    found = re.fullmatch(r"([0-9,]+)(–[0-9,]+)?", text)
    return float(found[1].replace(",", "")) if found else None


def as_records(rows: Sequence[FigureRow]) -> Iterator[dict[str, object]]:
    """Yield a record for each variant's figure, for a file."""
    for row in rows:
        for variant, cell in row.cells.items():
            yield {
                "run": row.run,
                "section": row.section,
                "figure": row.label,
                "variant": variant,
                "value": cell.value,
                "low": cell.low,
                "high": cell.high,
                "unit": row.unit,
                "ratio_to_baseline": cell.ratio,
                "ratio_low": cell.ratio_low,
                "ratio_high": cell.ratio_high,
                "samples": cell.n,
                "boots": cell.boots,
                "missing_because": cell.why,
            }
