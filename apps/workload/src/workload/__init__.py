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

__all__ = [
    "CATEGORIES",
    "DEFAULT_CATEGORY",
    "DEFAULT_CELL_VALUE",
    "DEFAULT_GRANULARITY",
    "DEFAULT_MIN_UNITS",
    "GRANULARITIES",
    "MAX_CELL_VALUE",
    "MAX_MIN_UNITS",
    "cell_value",
    "count_text",
    "greeting_text",
    "grid_cells",
    "kpis",
    "orders",
    "revenue_figure",
    "select_orders",
    "table_caption",
    "top_orders",
]
