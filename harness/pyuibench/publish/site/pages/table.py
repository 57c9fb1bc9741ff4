"""The table: every figure of every variant. What is shown of it is drawn in the browser, so the page has the figures as data.

It has those of the section that is unfolded at first. All others stand in a script beside it, which is read after that section.
"""

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any

from pyuibench.figures import latency, registry
from pyuibench.figures.samples import VariantInfo
from pyuibench.figures.waits import about
from pyuibench.publish.html import as_json, ratio_step
from pyuibench.publish.rows import Cell, FigureRow
from pyuibench.publish.site.base import Page, Site

OPEN = latency.SECTION.id
"""The section that is unfolded at first."""
FIELDS = ("text", "value", "low", "high", "interval", "ratio", "worse", "step", "n", "boots", "waits", "leads", "notes")
"""What the page is told of a figure, in this order: names in each of thousands would take longer to read than the figures."""
OTHER_ROWS = "table_rows.js"
"""The script that has the figures of all other sections."""
DIGITS = 7
"""So many of a number: texts show three, and what two figures differ by is of the numbers."""


def _view(site: Site) -> Mapping[str, Any]:
    counts = Counter(row.section for row in site.rows)
    titles = {it.id: it.title for it in registry.sections()}
    shown = OPEN if OPEN in counts else next(iter(counts), "")
    orders = list(dict.fromkeys(tuple(row.cells) for row in site.rows))
    baselines = {it.id for it in site.variants if it.is_baseline}
    rows = [_row(row, orders.index(tuple(row.cells)), baselines) for row in site.rows]
    others = as_json([row for row in rows if row["section"] != shown])
    (site.out / OTHER_ROWS).write_text(f"addRows({others});\n", encoding="utf-8")
    return {
        "sections": list(counts),
        "waits": about(site.main),
        "other_rows": OTHER_ROWS,
        "data": {
            "open": shown,
            "sections": [{"id": id, "title": titles[id], "count": count} for id, count in counts.items()],
            "variants": [_variant(it) for it in site.variants],
            "orders": orders,
            "fields": FIELDS,
            "rows": [row for row in rows if row["section"] == shown],
        },
    }


def _variant(variant: VariantInfo) -> dict[str, str]:
    return {"id": variant.id, "entry": variant.entry, "model": variant.model, "place": variant.runs_in}


def _row(row: FigureRow, order: int, baselines: set[str]) -> dict[str, Any]:
    """Return a figure; its cells are those of the variants of the order that has this number."""
    reference = f"Ratios are to {row.reference}" if row.reference else ""
    return {
        "id": row.id,
        "section": row.section,
        "label": row.label,
        "about": ". ".join(filter(None, (row.about, reference))),
        "run": row.run,
        "unit": row.unit,
        "higher": row.higher_is_better,
        "order": order,
        "cells": [
            _cell(cell, row, variant in row.leaders, variant in baselines) for variant, cell in row.cells.items()
        ],
    }


def _cell(cell: Cell, row: FigureRow, is_leader: bool, is_baseline: bool) -> list[Any] | dict[str, str]:
    """Return a variant's figure by `FIELDS`, or of one that is missing what stands there instead, or why.

    `worse`: how many times worse than the baseline it is.
    """
    if cell.value is None:
        return {"text": cell.text} if cell.text else {"why": cell.why}
    worse = (1 / cell.ratio if row.higher_is_better else cell.ratio) if cell.ratio else cell.ratio
    known = {
        "text": cell.text,
        "value": cell.value,
        "low": cell.low,
        "high": cell.high,
        "interval": cell.interval,
        "ratio": cell.ratio_text,
        "worse": worse,
        "step": None if worse is None or is_baseline else ratio_step(worse),
        "n": cell.n,
        "boots": cell.boots,
        "waits": cell.waits,
        "leads": is_leader,
        "notes": "; ".join(cell.notes),
    }
    return _without_end([_told(known[name]) for name in FIELDS])


def _told(value: Any) -> Any:
    """Return a value as short as a page needs it; None for what is empty or has no end, as an interval's end may."""
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return int(value) if value.is_integer() else float(f"{value:.{DIGITS}g}")
    return None if value is False or value == "" else value


def _without_end(values: list[Any]) -> list[Any]:
    """Return values up to the last that says something."""
    last = max((number for number, value in enumerate(values) if value is not None), default=-1)
    return values[: last + 1]


PAGE = Page("table", "The table", 10, _view, "every figure of every variant; filter, sort, compare two.")
