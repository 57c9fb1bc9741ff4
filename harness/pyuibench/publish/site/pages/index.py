"""The first page: each question with a chart and its answer, and every framework at a glance."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from pyuibench.figures import ends, problems, waits
from pyuibench.figures.answers import QUICKEST, TAX, USERS, Answer
from pyuibench.figures.answers.base import IDIOMATIC
from pyuibench.figures.latency import places_of
from pyuibench.figures.registry import choice_id, figure_id
from pyuibench.publish.charts import figure_chart
from pyuibench.publish.rows import FigureRow, first_rows
from pyuibench.publish.site.base import Page, Site

GLANCE: Mapping[str, str] = {
    choice_id("latency.unrelated.increment"): "a click",
    choice_id("latency.global.min_units"): "a filter",
    figure_id("rerun_tax"): "an untouched part",
    figure_id("load.sessions_per_gib"): "sessions per GiB",
    figure_id("load.sessions_held"): "busy sessions on a core",
    figure_id("code.logical_lines"): "lines of code",
}
"""Figures, and choices among some, that stand beside a variant's places, and their headings."""


CHARTS: Mapping[str, str] = {
    TAX.id: figure_id("rerun_tax"),
    QUICKEST.id: choice_id("latency.unrelated.increment"),
    USERS.id: figure_id("load.sessions_held"),
}
"""Question -> the figure, or choice among some, that its chart shows of each framework's first variant."""


def _chart(site: Site, answer: Answer) -> Markup:
    """Return an answer's chart, of the run that it is from; empty where its question has none."""
    if answer.id not in CHARTS:
        return Markup()
    views = [view for view in site.views if view.name == answer.run]
    row = next(iter(first_rows(views, CHARTS[answer.id])), None)
    idiomatic = [variant for view in views for variant in view.variants if variant.role == IDIOMATIC]
    return Markup(figure_chart(row, idiomatic, f"answer_{answer.id}")) if row else Markup()


def _view(site: Site) -> dict[str, Any]:
    main = site.main
    found = ((heading, site.rows_of(id)) for id, heading in GLANCE.items())
    return {
        "answers": [(answer, _chart(site, answer)) for answer in site.answers],
        "figures": [(_headed(heading, row, rows), row) for heading, rows in found for row in rows],
        "cases": [case.label for case in main.headline_cases],
        "shown": [variant for variant in main.variants if variant.role == IDIOMATIC and not variant.is_baseline],
        "places": {case.label: places_of(main, case) for case in main.headline_cases},
        "audits": [
            (view.run.directory.name, audit) for view in site.views for audit in view.audits if not audit.passed
        ],
        "failures": problems.failures(main.run),
        "noise": problems.noise(main),
        "times": ends.about(main),
        "lead": ends.headline_end(main).label,
        "waits": waits.about(main),
    }


def _headed(heading: str, row: FigureRow, beside: Sequence[FigureRow]) -> str:
    """Return a column's heading, with what the figure is called where it stands beside others of its kind."""
    return f"{heading}, {row.kind}" if len(beside) > 1 else heading


PAGE = Page("index", "At a glance", 0, _view)
