"""The table: every figure of every variant. What is shown of it is drawn in the browser, so the page has the figures as data."""

import math
from collections.abc import Mapping
from typing import Any

from pyuibench.figures import latency, registry
from pyuibench.figures.samples import VariantInfo
from pyuibench.figures.waits import about
from pyuibench.publish.html import ratio_step
from pyuibench.publish.rows import Cell, FigureRow
from pyuibench.publish.site.base import Page, Site

OPEN = latency.SECTION.id
"""The section that is unfolded at first."""


def _view(site: Site) -> Mapping[str, Any]:
    sections = list(dict.fromkeys(row.section for row in site.rows))
    titles = {it.id: it.title for it in registry.sections()}
    baselines = {it.id for it in site.variants if it.is_baseline}
    return {
        "sections": sections,
        "waits": about(site.main),
        "data": {
            "open": OPEN if OPEN in sections else sections[0] if sections else "",
            "sections": [{"id": id, "title": titles[id]} for id in sections],
            "variants": [_variant(it) for it in site.variants],
            "rows": [_row(row, baselines) for row in site.rows],
        },
    }


def _variant(variant: VariantInfo) -> dict[str, str]:
    return {"id": variant.id, "entry": variant.entry, "model": variant.model, "place": variant.runs_in}


def _row(row: FigureRow, baselines: set[str]) -> dict[str, Any]:
    reference = f"Ratios are to {row.reference}" if row.reference else ""
    return {
        "id": row.id,
        "section": row.section,
        "label": row.label,
        "about": ". ".join(filter(None, (row.about, reference))),
        "run": row.run,
        "unit": row.unit,
        "higher": row.higher_is_better,
        "cells": {
            variant: _cell(cell, row, variant in row.leaders, variant in baselines)
            for variant, cell in row.cells.items()
        },
    }


def _cell(cell: Cell, row: FigureRow, is_leader: bool, is_baseline: bool) -> dict[str, Any]:
    """Return a variant's figure, what is unknown or empty left out. `worse`: how many times worse than the baseline it is."""
    if cell.value is None:
        return {"text": cell.text or "n/a", "why": cell.why}
    worse = (1 / cell.ratio if row.higher_is_better else cell.ratio) if cell.ratio else cell.ratio
    known = {
        "value": cell.value,
        "low": cell.low,
        "high": cell.high,
        "text": cell.text,
        "ratio": cell.ratio_text,
        "interval": cell.interval,
        "worse": worse,
        "step": None if worse is None or is_baseline else ratio_step(worse),
        "waits": cell.waits,
        "said": "; ".join((f"{cell.n} samples, {cell.boots} boots or blocks", *cell.notes)),
        "leads": is_leader,
    }
    return {name: value for name, value in known.items() if _is_told(value)}


def _is_told(value: Any) -> bool:
    """Return whether a page is told of a value: of 0, but of nothing that is empty or has no end, as an interval's end may."""
    if isinstance(value, str | bool):
        return bool(value)
    return value is not None and math.isfinite(value)


PAGE = Page("table", "The table", 10, _view, "every figure of every variant; filter, sort, compare two.")
