"""What the app page computes. Each text states the inputs that it was computed from."""

from typing import Any

import numpy as np
import pandas as pd

from workload.data import PRODUCTS
from workload.ledger import recorded

ALL = "All"
CATEGORIES = (ALL, *PRODUCTS)
GRANULARITIES = ("month", "quarter", "year")
DEFAULT_CATEGORY = ALL
DEFAULT_MIN_UNITS = 30
DEFAULT_GRANULARITY = "month"
MAX_MIN_UNITS = 100

_MONTHS_IN = {"month": 1, "quarter": 3, "year": 12}

_TEMPLATE = {"layout": {"colorway": ["#3366cc"], "font": {"family": "sans-serif", "size": 12}}}


@recorded
def count_text(clicks: int) -> str:
    """Return what the counter shows after so many clicks."""
    return f"{clicks} clicks"


@recorded
def greeting_text(name: str) -> str:
    """Return the greeting of a name: upper-cased, with its length."""
    return f"Hello, {name.upper()} ({len(name)} characters)"


@recorded
def select_orders(orders: pd.DataFrame, category: str, min_units: int) -> pd.DataFrame:
    """Return the orders of a category ("All" for every one) with at least `min_units` units."""
    chosen = orders["units"] >= min_units
    if category != ALL:
        chosen &= orders["category"] == category
    return orders[chosen]


@recorded
def kpis(selected: pd.DataFrame, category: str, min_units: int) -> dict[str, str]:
    """Return the four KPIs of the selected orders as texts: orders, revenue, average_price, top_product."""
    scope = f"({category}, {min_units}+)"
    by_product = selected.groupby("product", observed=True)["revenue"].sum()
    return {
        "orders": f"{len(selected):,} {scope}",
        "revenue": f"{int(selected['revenue'].sum()):,} {scope}",
        "average_price": f"{selected['price'].sum() / len(selected):.2f} {scope}",
        "top_product": f"{by_product.idxmax()} {scope}",
    }


@recorded
def revenue_figure(selected: pd.DataFrame, category: str, min_units: int, granularity: str) -> dict[str, Any]:
    """Return revenue over time as a Plotly figure: a plain dict that JSON can hold.

    It brings its own small template, so that every framework draws, and sends, the same figure.
    """
    starts, revenue = _revenue_by_period(selected, _MONTHS_IN[granularity])
    title = f"Revenue by {granularity}, {category}, {min_units}+ units: {sum(revenue):,}"
    return {
        "data": [
            {"type": "bar", "x": starts, "y": revenue},
        ],
        "layout": {
            "title": {"text": title},
            "height": 320,
            "margin": {"l": 60, "r": 20, "t": 50, "b": 40},
            "template": _TEMPLATE,
        },
    }


def _revenue_by_period(selected: pd.DataFrame, months: int) -> tuple[list[str], list[int]]:
    """Return the first day of each period of so many months, and the revenue in it."""
    period = selected["date"].to_numpy().astype("datetime64[M]").astype(np.int64) // months
    first = int(period.min())
    # Whole numbers below 2**53 add up exactly as floats too.
    revenue = np.bincount(period - first, weights=selected["revenue"])
    starts = np.arange(first, first + len(revenue)) * months
    return np.datetime_as_string(starts.astype("datetime64[M]"), unit="D").tolist(), revenue.astype(np.int64).tolist()


@recorded
def top_orders(selected: pd.DataFrame, rows: int = 50) -> pd.DataFrame:
    """Return the orders with the highest revenue, ready to show.

    The first column, `share`, is each one's share of the revenue of *all* selected orders: it changes with every
    change of the filters, so the table's first cell tells a fresh table from a stale one.
    """
    top = selected.nlargest(rows, ["revenue", "order_id"])
    share = top["revenue"] * 1e6 / selected["revenue"].sum()
    return pd.DataFrame(
        {
            "share": [f"{value:.4f} ppm" for value in share],
            "order_id": top["order_id"].to_numpy(),
            "date": [day.date().isoformat() for day in top["date"]],
            "region": top["region"].astype(object).to_numpy(),
            "category": top["category"].astype(object).to_numpy(),
            "product": top["product"].astype(object).to_numpy(),
            "units": top["units"].to_numpy(),
            "price": top["price"].to_numpy(),
            "revenue": top["revenue"].to_numpy(),
        }
    )


@recorded
def table_caption(selected: pd.DataFrame, category: str, min_units: int, rows: int = 50) -> str:
    """Return the table's caption: how many of how many orders, and of which."""
    shown = min(rows, len(selected))
    return f"Top {shown} of {len(selected):,} orders ({category}, {min_units}+)"
