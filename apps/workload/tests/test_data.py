import hashlib
import os
import subprocess
import sys
from datetime import date, timedelta

import numpy as np

from workload.data import DAYS, PRODUCTS, REGIONS, ROWS, orders

# Of the table as CSV. A change of the table is a new version of the contract: every stored result is then another's.
CSV_SHA256 = "f0de341117328719862875461b3348b9eaf3487295a359e23d343350dd9cb4ec"

PRINT_SHA256 = """
import hashlib
from workload import orders
print(hashlib.sha256(orders().to_csv(index=False).encode()).hexdigest())
"""


def splitmix(counter: int) -> int:
    """SplitMix64 in plain integers, as its authors print it."""
    mask = (1 << 64) - 1
    z = counter * 0x9E3779B97F4A7C15 & mask
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & mask
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & mask
    return z ^ (z >> 31)


def plain_row(number: int) -> tuple[object, ...]:
    """Return the order `number`, computed without numpy and pandas."""

    def chance(column: int, below: int) -> int:
        return splitmix(number + column * 2 * ROWS) % below

    day = date(2023, 1, 1) + timedelta(days=chance(1, DAYS))
    category = chance(3, 8)
    names = list(PRODUCTS.items())[category]
    product = chance(4, 4)
    units = chance(5, 100) + 1
    price = 5 + (category * 4 + product) * 3 + chance(6, 40)
    return (number, day.isoformat(), REGIONS[chance(2, 4)], names[0], names[1][product], units, price, units * price)


def test_bytes_are_the_stated_ones_each_time():
    first, second = (orders().to_csv(index=False, lineterminator="\n").encode() for _ in range(2))
    assert hashlib.sha256(first).hexdigest() == CSV_SHA256
    assert first == second


def test_bytes_do_not_depend_on_the_hash_seed():
    seed = "4242" if os.environ.get("PYTHONHASHSEED") != "4242" else "4243"
    run = subprocess.run(
        [sys.executable, "-c", PRINT_SHA256],
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == CSV_SHA256


def test_splitmix_gives_the_published_numbers():
    # The first outputs of the reference implementation for the seed 0.
    assert [splitmix(n) for n in (1, 2, 3)] == [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]


def test_rows_are_those_of_plain_integer_arithmetic():
    table = orders()
    lines = table.iloc[::97].to_csv(index=False, header=False, lineterminator="\n").splitlines()
    assert lines == [",".join(map(str, plain_row(number))) for number in range(1, ROWS + 1, 97)]


def test_columns_types_and_ranges_are_as_documented():
    table = orders()
    assert list(table.columns) == [
        "order_id",
        "date",
        "region",
        "category",
        "product",
        "units",
        "price",
        "revenue",
    ]
    assert len(table) == ROWS == 100_000
    for name in ("order_id", "units", "price", "revenue"):
        assert table[name].dtype == np.int64
    assert str(table["date"].dtype) == "datetime64[ns]"
    for name in ("region", "category", "product"):
        assert table[name].dtype.name == "category"
        assert table[name].notna().all()
    assert table["order_id"].is_unique
    assert (table["units"].min(), table["units"].max()) == (1, 100)
    assert table["price"].min() >= 5
    assert (table["date"].min().isoformat(), table["date"].max().isoformat()) == (
        "2023-01-01T00:00:00",
        "2025-12-31T00:00:00",
    )
    assert (table["revenue"] == table["units"] * table["price"]).all()
    assert set(zip(table["category"], table["product"], strict=True)) == {
        (category, product) for category, products in PRODUCTS.items() for product in products
    }


def test_columns_are_drawn_independently():
    table = orders()
    # 8 categories x 100 units x 4 regions: of 3200 combinations, each is expected about 31 times.
    counts = table.groupby(["category", "units", "region"], observed=False).size()
    assert counts.min() >= 5
    assert counts.max() <= 75


def test_each_call_returns_a_table_of_its_own():
    first = orders()
    first.loc[0, "revenue"] = -1
    assert orders()["revenue"].iloc[0] != -1
