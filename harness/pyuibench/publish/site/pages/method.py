"""How it was measured, audits, and what went wrong, run by run."""

from typing import Any

from pyuibench.figures import ends, problems
from pyuibench.figures.view import RunView
from pyuibench.publish.site.base import Page


def _of_run(view: RunView) -> dict[str, Any]:
    directory = view.run.directory
    return {
        "name": directory.name,
        "meta": view.run.meta,
        "audits": view.audits,
        "noise": problems.noise(view),
        "failures": problems.failures(view.run),
        "not_ok": problems.not_ok(view.run),
        "tables": [path.name for path in sorted(directory.glob("*.parquet"))],
        "has_report": (directory / "report.html").is_file(),
    }


PAGE = Page(
    "method",
    "Method and audits",
    40,
    lambda site: {"reports": [_of_run(view) for view in site.views], "times": ends.about(site.main)},
    "how it was measured, the audits of every run, and what went wrong.",
)
