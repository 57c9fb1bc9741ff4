"""The framework-free half of the reference app: everything in it that is not user interface."""

from workload.app import (
    CATEGORIES,
    DEFAULT_CATEGORY,
    DEFAULT_GRANULARITY,
    DEFAULT_MIN_UNITS,
    GRANULARITIES,
    MAX_MIN_UNITS,
    count_text,
    greeting_text,
    kpis,
    revenue_figure,
    select_orders,
    table_caption,
    top_orders,
)
from workload.data import orders
from workload.grid import DEFAULT_CELL_VALUE, MAX_CELL_VALUE, cell_value, grid_cells
from workload.tasks import (
    CRUNCH_STEPS,
    answer_tokens,
    answer_tokens_async,
    crunch,
    crunched_text,
    upload_summary,
)

__all__ = [
    "CATEGORIES",
    "CRUNCH_STEPS",
    "DEFAULT_CATEGORY",
    "DEFAULT_CELL_VALUE",
    "DEFAULT_GRANULARITY",
    "DEFAULT_MIN_UNITS",
    "GRANULARITIES",
    "MAX_CELL_VALUE",
    "MAX_MIN_UNITS",
    "answer_tokens",
    "answer_tokens_async",
    "cell_value",
    "count_text",
    "crunch",
    "crunched_text",
    "greeting_text",
    "grid_cells",
    "kpis",
    "orders",
    "revenue_figure",
    "select_orders",
    "table_caption",
    "top_orders",
    "upload_summary",
]
