"""The orders table: deterministic, from integer arithmetic alone."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from workload.ledger import recorded

ROWS = 100_000
DAYS = 3 * 365 + 1
FIRST_DAY = np.datetime64("2023-01-01", "ns")
REGIONS = ("North", "East", "South", "West")
PRODUCTS = {
    "Books": ("Novel", "Atlas", "Cookbook", "Biography"),
    "Clothing": ("Jacket", "Scarf", "Boots", "Shirt"),
    "Garden": ("Spade", "Hose", "Lantern", "Planter"),
    "Grocery": ("Coffee", "Olive oil", "Honey", "Pasta"),
    "Home": ("Lamp", "Rug", "Chair", "Clock"),
    "Music": ("Guitar", "Drum", "Flute", "Keyboard"),
    "Sports": ("Tent", "Racket", "Kayak", "Skates"),
    "Toys": ("Puzzle", "Kite", "Robot", "Blocks"),
}


def _random(column: int, below: int) -> npt.NDArray[np.int64]:
    """Return ROWS integers in [0, below), fixed for each column.

    SplitMix64 of the row number (Steele, Lea and Flood, "Fast splittable pseudorandom number generators",
    OOPSLA 2014): wrapping integer operations only, so no library's generator can change it.
    """
    z = np.arange(1, ROWS + 1, dtype=np.uint64) + np.uint64(column * ROWS * 2)
    z *= np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z ^= z >> np.uint64(31)
    return (z % np.uint64(below)).astype(np.int64)


def _categorical(codes: npt.NDArray[np.int64], categories: Sequence[str]) -> "pd.Categorical[Any]":
    return pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(list(categories)))


@recorded
def orders() -> pd.DataFrame:
    """Return the table of 100,000 orders.

    Columns: order_id (int), date (datetime64[ns], three years), region, category, product (categorical),
    units (int, 1-100), price and revenue (int, whole units of currency, so that sums are exact everywhere).
    """
    categories = tuple(PRODUCTS)
    products = tuple(product for names in PRODUCTS.values() for product in names)
    category = _random(3, len(categories))
    product = category * 4 + _random(4, 4)
    units = _random(5, 100) + 1
    price = 5 + product * 3 + _random(6, 40)
    return pd.DataFrame(
        {
            "order_id": np.arange(1, ROWS + 1, dtype=np.int64),
            "date": FIRST_DAY + _random(1, DAYS) * np.timedelta64(24 * 3600 * 10**9, "ns"),
            "region": _categorical(_random(2, len(REGIONS)), REGIONS),
            "category": _categorical(category, categories),
            "product": _categorical(product, products),
            "units": units,
            "price": price,
            "revenue": units * price,
        }
    )
