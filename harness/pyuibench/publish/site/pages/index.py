"""The first page: what stands at a glance."""

from collections.abc import Mapping
from typing import Any

from pyuibench.figures import problems
from pyuibench.figures.answers import answers
from pyuibench.figures.latency import places_of
from pyuibench.figures.registry import figure_id
from pyuibench.figures.waits import about
from pyuibench.publish.site.base import Page, Site

GLANCE: Mapping[str, str] = {
    figure_id("latency.unrelated.increment.browser"): "a click",
    figure_id("latency.global.category.browser"): "a filter",
    figure_id("rerun_tax"): "an untouched part",
    figure_id("load.sessions_per_gib"): "sessions per GiB",
    figure_id("load.sessions_held"): "busy sessions on a core",
    figure_id("code.logical_lines"): "lines of code",
}
"""Figures that stand beside a variant's places, and their headings."""


def _view(site: Site) -> dict[str, Any]:
    main = site.main
    rows = ((heading, site.row(figure)) for figure, heading in GLANCE.items())
    return {
        "answers": answers(site.views),
        "figures": [(heading, row) for heading, row in rows if row],
        "cases": [case.label for case in main.headline_cases],
        "shown": [variant for variant in main.variants if not variant.is_baseline],
        "places": {case.label: places_of(main, case) for case in main.headline_cases},
        "audits": [
            (view.run.directory.name, audit) for view in site.views for audit in view.audits if not audit.passed
        ],
        "failures": problems.failures(main.run),
        "noise": problems.noise(main),
        "waits": about(main),
    }


PAGE = Page("index", "At a glance", 0, _view)
