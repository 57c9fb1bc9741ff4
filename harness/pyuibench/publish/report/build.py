"""Writes a run's report: `report.html`, one file that asks nothing of any host, and `report.md`, its summary."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pyuibench.analysis.breakdown import PARTS
from pyuibench.contract.scenarios import SCENARIOS
from pyuibench.entries.claims import Claim
from pyuibench.figures import breakdown as waterfall
from pyuibench.figures import format, latency, load, measured, neighbours, problems, scaling, work, workers
from pyuibench.figures import known_delays as truths
from pyuibench.figures import one_offs as once
from pyuibench.figures.base import Figure, Missing, Pair, Table, with_figures
from pyuibench.figures.samples import VariantInfo
from pyuibench.figures.scaling import TaxRow
from pyuibench.figures.verdicts import verdicts
from pyuibench.figures.view import Report
from pyuibench.publish import charts
from pyuibench.results.metrics import METRICS
from pyuibench.results.store import Run

QUESTION = (
    "What does the rerun model cost against the callback model, and how much of that is the framework's own doing?"
)
RATIO_STEPS = (1.5, 3, 6, 12, 25)


@dataclass(frozen=True)
class Section:
    """A case with its table and its chart."""

    number: int
    table: Table
    chart: Markup
    page: str
    why: str


class Footnotes:
    """Numbers the reasons that a report gives, each once, in the order in which they are first given."""

    def __init__(self) -> None:
        self.reasons: list[str] = []

    def number(self, reason: str) -> int:
        """Return the reason's number, from 1."""
        if reason not in self.reasons:
            self.reasons.append(reason)
        return self.reasons.index(reason) + 1


def build(run: Run, claims: Mapping[str, tuple[Claim, ...]] | None = None) -> Path:
    """Write `report.html` and `report.md` into the run's directory and return the path of the first.

    `claims` are entry's name -> what is said of it and to be held against the run.
    """
    report = Report(run)
    view = {**_view(report), "verdicts": verdicts(report, claims or {})}
    environment = Environment(
        loader=PackageLoader("pyuibench.publish.report"),
        autoescape=lambda name: bool(name and name.endswith(".html.j2")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "quantity": format.quantity,
        "interval": format.interval,
        "number": format.number,
        "share": format.share,
    }
    environment.tests |= {
        "figure": lambda cell: isinstance(cell, Figure),
        "missing": lambda cell: isinstance(cell, Missing),
        "pair": lambda cell: isinstance(cell, Pair),
    }
    environment.globals |= {"step": ratio_step}
    written = {}
    for name in ("report.html", "report.md"):
        text = environment.get_template(f"{name}.j2").render(view, notes=Footnotes())
        written[name] = run.directory / name
        written[name].write_text(text, encoding="utf-8")
    return written["report.html"]


def ratio_step(ratio: float) -> int:
    """Return which colour a ratio has: 0 up to RATIO_STEPS[0], and so on."""
    return sum(ratio > step for step in RATIO_STEPS)


def _view(report: Report) -> dict[str, Any]:
    meta = report.run.meta
    headline = latency.headline(report)
    return {
        "question": QUESTION,
        "meta": meta,
        "machine": meta.get("machine") or {},
        "tools": meta.get("tools") or {},
        "entries": meta.get("entries") or {},
        "settings": {it["name"]: it for it in meta.get("experiments") or ()},
        "plan": _plan(meta),
        "variants": report.variants,
        "baseline": report.baseline,
        "models": tuple(charts.MARKERS),
        "steps": RATIO_STEPS,
        "audits": report.audits,
        "widest": latency.widest(report),
        "noise": problems.noise(report),
        "repeated": problems.repeated(report),
        "truths": truths.truths_table(report),
        "failures": problems.failures(report.run),
        "not_ok": problems.not_ok(report.run),
        "interactions": len(report.run.interactions),
        "warmups": int((report.run.interactions["warmup"] | ~report.run.interactions["held"]).astype(bool).sum()),
        "headline": headline,
        "wide": _wide(headline),
        "sections": _sections(report),
        "outputs": latency.output_tables(report),
        **_waterfall(report),
        **_load(report),
        "neighbours": (neighbours.neighbour_table(report), neighbours.beside_table(report)),
        "workers": workers.workers_table(report),
        "tasks": once.tasks_table(report),
        "far": once.far_table(report),
        "resilience": once.resilience_table(report),
        "delays": once.delays_table(report),
        "remarks": once.remarks(report),
        "wire_above_browser": latency.wire_above_browser(report),
        "tax": scaling.tax_table(report),
        "model": scaling.model_table(report),
        "pooled_models": scaling.pooled_models(report),
        "computed_again": scaling.computed_again(report),
        "tax_charts": _tax_charts(report),
        "slope_charts": _slope_charts(report),
        "user_code": (work.amplification_table(report), *work.user_code_tables(report)),
        "memory": measured.measured_table(report, "Memory", measured.MEMORY),
        "process": measured.measured_table(report, "Process", measured.PROCESS),
        "boot": measured.measured_table(report, "Start", measured.BOOT),
        "bytes": work.bytes_tables(report),
        "page": measured.measured_table(report, "Cold page load", measured.PAGE),
        "code": tuple(
            measured.measured_table(report, title, measured.CODE, page, with_intervals=False)
            for title, page in (("App page", "app"), ("Scaling page", "grid"))
        ),
        "change": with_figures(
            measured.measured_table(report, "A fourth filter", measured.CHANGE, with_intervals=False)
        ),
        "builds": with_figures(measured.measured_table(report, "Build", measured.BUILD, with_intervals=False)),
        "environment": measured.environment_table(report),
        "metrics": METRICS,
    }


def _plan(meta: Mapping[str, Any]) -> dict[str, Any]:
    cells = [cell for cell in meta.get("plan") or () if isinstance(cell, dict)]
    return {"columns": list(dict.fromkeys(name for cell in cells for name in cell)), "cells": cells}


def _sections(report: Report) -> tuple[Section, ...]:
    return tuple(
        Section(
            number,
            latency.latency_table(report, rows),
            Markup(charts.latency_chart(rows, f"chart{number}") if rows[0].case in report.headline_cases else ""),
            rows[0].case.page,
            SCENARIOS[rows[0].case.scenario].why if rows[0].case.scenario in SCENARIOS else "",
        )
        for number, rows in enumerate(latency.latency_rows(report), 1)
        if rows
    )


def _load(report: Report) -> dict[str, Any]:
    rows = load.level_rows(report)
    by_variant = [[row for row in rows if row.variant == variant] for variant in report.variants]
    drawn = (
        charts.load_chart(own, load.slo_ms(report), f"load{number}") for number, own in enumerate(by_variant) if own
    )
    return {
        "held": load.held_table(report),
        "levels": load.levels_table(report),
        "load_charts": tuple(Markup(svg) for svg in drawn if svg),
    }


def _waterfall(report: Report) -> dict[str, Any]:
    taken = waterfall.taken_apart(report)
    by_variant = [[it for it in taken if it.variant == variant] for variant in report.variants]
    drawn = (charts.waterfall_chart(own, f"parts{number}") for number, own in enumerate(by_variant))
    return {
        "parts": PARTS,
        "parts_tables": waterfall.parts_tables(report, taken),
        "parts_charts": tuple(Markup(svg) for svg in drawn if svg),
    }


def _by_cost(report: Report) -> dict[tuple[float, str], list[TaxRow]]:
    groups: dict[tuple[float, str], list[TaxRow]] = {}
    for row in scaling.tax_rows(report):
        groups.setdefault((row.cost_ms, row.cost_kind), []).append(row)
    return groups


def _tax_charts(report: Report) -> tuple[Markup, ...]:
    drawn = []
    for number, (_, rows) in enumerate(_by_cost(report).items()):
        baseline = next((row for row in rows if row.variant == report.baseline), None)
        limits = charts.tax_limits(rows)
        for entry in dict.fromkeys(row.variant.entry for row in rows):
            own = [row for row in rows if row.variant.entry == entry]
            title = f"{own[0].variant.title}{_cost_title(own[0])}"
            drawn.append(charts.tax_chart(own, baseline, title, limits, f"tax{number}{_identifier(own[0].variant)}"))
    return tuple(Markup(svg) for svg in drawn if svg)


def _slope_charts(report: Report) -> tuple[tuple[str, Markup], ...]:
    charted = [
        (f"Cells{_cost_title(rows[0]) or ' without cost'}", charts.slope_chart(rows, f"slope{number}"))
        for number, rows in enumerate(_by_cost(report).values())
    ]
    return tuple((title, Markup(svg)) for title, svg in charted if svg)


def _cost_title(row: TaxRow) -> str:
    return f", {row.cost_ms:g} ms {row.cost_kind} each" if row.cost_ms else ""


def _identifier(variant: VariantInfo) -> str:
    return re.sub(r"\W", "_", variant.entry)


def _wide(table: Table) -> tuple[int, int]:
    """Return how many of a table's figures and ratios have a wide interval, and how many have one at all."""
    pairs = [cell for row in table.rows for cell in row.cells if isinstance(cell, Pair)]
    figures = [figure for pair in pairs for figure in (pair.figure, pair.ratio) if isinstance(figure, Figure)]
    with_interval = [figure for figure in figures if figure.estimate.low is not None]
    return sum(figure.is_wide for figure in with_interval), len(with_interval)
