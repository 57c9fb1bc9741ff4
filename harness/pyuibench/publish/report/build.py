"""Writes a run's report: `report.html`, one file that asks nothing of any host, and `report.md`, its summary."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pyuibench.entries.claims import Claim
from pyuibench.figures import below_baseline, delays, latency, precision, problems, speed
from pyuibench.figures.base import Figure, Pair, SideBySide, Table
from pyuibench.figures.view import RunView
from pyuibench.publish.footnotes import Footnotes
from pyuibench.publish.html import rendered, style
from pyuibench.publish.report.parts import not_measured, parts_of, summary_of
from pyuibench.publish.verdicts import verdicts
from pyuibench.results.machines import machines_of, spans
from pyuibench.results.store import Run


def build(run: Run, claims: Mapping[str, tuple[Claim, ...]] | None = None) -> Path:
    """Write `report.html` and `report.md` into the run's directory and return the path of the first.

    `claims` are entry's name -> what is said of it and to be held against the run.
    """
    for name, text in report_of(RunView(run), claims or {}).items():
        (run.directory / name).write_text(text, encoding="utf-8")
    return run.directory / "report.html"


def report_of(view: RunView, claims: Mapping[str, tuple[Claim, ...]]) -> dict[str, str]:
    """Return file name -> text of both reports."""
    common = _common(view)
    pages = {
        "report.html": {
            **common,
            "style": style(),
            "parts": parts_of(view),
            "not_measured": not_measured(view),
            "wide": _wide(latency.headline(view)),
            "verdicts": verdicts(view, claims),
            **_front(view),
        },
        "report.md": {**common, "tables": summary_of(view)},
    }
    return {name: rendered(f"report/{name}.j2", page, notes=Footnotes()) for name, page in pages.items()}


def _common(view: RunView) -> dict[str, Any]:
    """Return what both reports say: what the run is, and what went wrong in it."""
    rows = view.run.interactions
    return {
        "meta": view.run.meta,
        "machine": view.run.meta.get("machine") or {},
        "machines": machines_of(view.run.meta),
        "spans": spans,
        "audits": view.audits,
        "failures": problems.failures(view.run),
        "not_ok": problems.not_ok(view.run),
        "remarks": delays.remarks(view),
        "interactions": len(rows),
        "below_baseline": below_baseline.told(view),
        "warmups": int((rows["warmup"] | ~rows["held"]).astype(bool).sum()),
    }


def _front(view: RunView) -> dict[str, Any]:
    """Return what only the page says of the run as a whole."""
    meta = view.run.meta
    return {
        "tools": meta.get("tools") or {},
        "entries": meta.get("entries") or {},
        "settings": {it["name"]: it for it in meta.get("experiments") or ()},
        "plan": _plan(meta),
        "variants": view.variants,
        "baseline": view.baseline,
        "widest": latency.widest(view),
        "known": [(it, precision.times) for it in precision.known(view)],
        "speed": speed.machine_speed(view),
        "noise": problems.noise(view),
        "repeated": problems.repeated(view),
        "wire_above_browser": latency.wire_above_browser(view),
    }


def _plan(meta: Mapping[str, Any]) -> dict[str, Any]:
    cells = [cell for cell in meta.get("plan") or () if isinstance(cell, dict)]
    return {"columns": list(dict.fromkeys(name for cell in cells for name in cell)), "cells": cells}


def _wide(table: Table) -> tuple[int, int]:
    """Return how many of a table's figures and ratios have a wide interval, and how many have one at all."""
    cells = [cell for row in table.rows for cell in row.cells]
    pairs = [pair for cell in cells if isinstance(cell, Pair | SideBySide) for pair in _pairs(cell)]
    figures = [figure for pair in pairs for figure in (pair.figure, pair.ratio) if isinstance(figure, Figure)]
    with_interval = [figure for figure in figures if figure.estimate.low is not None]
    return sum(figure.is_wide for figure in with_interval), len(with_interval)


def _pairs(cell: Pair | SideBySide) -> tuple[Pair, ...]:
    return cell.pairs if isinstance(cell, SideBySide) else (cell,)
