"""What every output must show for given inputs, computed by the functions that the apps call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

import pandas as pd

from workload import app, data, grid, tasks

# The controls whose value is how often they were used.
_COUNTED = {"increment": "clicks", "ask": "asked", "crunch": "crunched", "upload": "uploaded"}


@dataclass(frozen=True)
class Inputs:
    """The state of the app page's controls, for one session."""

    clicks: int = 0
    name: str = ""
    category: str = app.DEFAULT_CATEGORY
    min_units: int = app.DEFAULT_MIN_UNITS
    granularity: str = app.DEFAULT_GRANULARITY
    asked: int = 0
    crunched: int = 0
    uploaded: int = 0

    def with_value(self, control: str, value: str | int) -> "Inputs":
        """Return the inputs after `control` was set to `value`; for a button or an upload, used `value` times in all."""
        field = _COUNTED.get(control, control)
        return replace(self, **{field: value})  # type: ignore[arg-type]

    def uses(self, control: str) -> int:
        """Return how often a button or an upload was used."""
        return int(getattr(self, _COUNTED[control]))


_orders = cache(data.orders)


@lru_cache(maxsize=8)
def _selected(category: str, min_units: int) -> pd.DataFrame:
    return app.select_orders(_orders(), category, min_units)


@cache
def _filtered(category: str, min_units: int) -> dict[str, str]:
    selected = _selected(category, min_units)
    return app.kpis(selected, category, min_units) | {
        "table": app.table_caption(selected, category, min_units),
        "rows": str(app.top_orders(selected)["share"].iloc[0]),
    }


@cache
def _chart(category: str, min_units: int, granularity: str) -> str:
    selected = _selected(category, min_units)
    return figure_text(app.revenue_figure(selected, category, min_units, granularity))


def figure_text(figure: Mapping[str, Any]) -> str:
    """Return what a Plotly figure of the reference app shows, as `chart_text` tells it. Its heights are a list of numbers."""
    return chart_text(figure["layout"]["title"]["text"], figure["data"][0]["y"])


def chart_text(title: str, heights: Sequence[float]) -> str:
    """Return a chart's title and its bars' heights in thousandths of the highest one's."""
    highest = max(heights)
    return f"{title} | {','.join(str(round(1000 * height / highest)) for height in heights)}"


def expected_app(inputs: Inputs) -> dict[str, str]:
    """Return output -> text for the app page.

    The chart's is its title and its bars' heights; `rows` is the first cell of the table's first row. The outputs of the
    answer, the job and the upload have no text until their control was used. Results are kept: the harness asks for the same
    states again and again.
    """
    return {
        "count": app.count_text(inputs.clicks),
        "greeting": app.greeting_text(inputs.name),
        **_filtered(inputs.category, inputs.min_units),
        "chart": _chart(inputs.category, inputs.min_units, inputs.granularity),
        **_tasks(inputs.asked, inputs.crunched, inputs.uploaded),
    }


@cache
def _tasks(asked: int, crunched: int, uploaded: int) -> dict[str, str]:
    texts: dict[str, str] = {}
    if asked:
        texts["answer"] = "".join(tasks.answer_token(asked, index) for index in range(tasks.ANSWER_TOKENS))
    if crunched:
        texts["progress"] = tasks.progress_text(crunched, tasks.CRUNCH_STEPS)
        texts["crunched"] = tasks.crunched_text(crunched)
    if uploaded:
        texts["uploaded"] = tasks.upload_summary(tasks.sample_csv(uploaded))
    return texts


def expected_grid(values: tuple[int, ...]) -> dict[str, str]:
    """Return output -> text for the scaling page: `cell-0`, `cell-1`, ... for each cell's slider value."""
    return {f"cell-{index}": grid.cell_text(index, value) for index, value in enumerate(values)}
