import json
from collections import defaultdict
from datetime import date

import pytest

from workload import app
from workload.data import PRODUCTS, orders

CASES = [
    (category, units)
    for category in ("All", "Books", "Home", "Toys")
    for units in (0, 1, 10, 57, 100)
    if category in ("All", "Home") or units in (10, 100)
]


@pytest.fixture(scope="module")
def table():
    return orders()


@pytest.fixture(scope="module")
def rows(table):
    """Return the table as plain tuples: order_id, day, region, category, product, units, price, revenue."""
    days = table["date"].dt.strftime("%Y-%m-%d").tolist()
    others = ("region", "category", "product", "units", "price", "revenue")
    return list(zip(table["order_id"].tolist(), days, *(table[name].tolist() for name in others), strict=True))


def chosen(rows, category, min_units):
    return [row for row in rows if row[5] >= min_units and category in ("All", row[3])]


def test_the_defaults_are_among_the_choices():
    assert len(app.CATEGORIES) == len(set(app.CATEGORIES)) == 9
    assert ("All", *PRODUCTS) == app.CATEGORIES
    assert app.DEFAULT_CATEGORY in app.CATEGORIES
    assert app.DEFAULT_GRANULARITY in app.GRANULARITIES
    assert 0 <= app.DEFAULT_MIN_UNITS <= app.MAX_MIN_UNITS == 100


@pytest.mark.parametrize(("clicks", "text"), [(0, "0 clicks"), (1, "1 clicks"), (1234, "1234 clicks")])
def test_count_states_the_clicks(clicks, text):
    assert app.count_text(clicks) == text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("", "Hello,  (0 characters)"),
        ("Ada", "Hello, ADA (3 characters)"),
        ("<b>&'\"", "Hello, <B>&'\" (6 characters)"),
        ("straße", "Hello, STRASSE (6 characters)"),
    ],
)
def test_greeting_is_upper_case_with_the_length_of_what_was_typed(name, text):
    assert app.greeting_text(name) == text


@pytest.mark.parametrize(("category", "min_units"), CASES)
def test_selection_is_that_of_a_plain_loop(table, rows, category, min_units):
    before = table.copy()
    selected = app.select_orders(table, category, min_units)
    assert selected["order_id"].tolist() == [row[0] for row in chosen(rows, category, min_units)]
    assert table.equals(before)


@pytest.mark.parametrize(("category", "min_units"), CASES)
def test_kpis_are_those_of_a_plain_loop(table, rows, category, min_units):
    expected = chosen(rows, category, min_units)
    by_product = defaultdict(int)
    for row in expected:
        by_product[row[4]] += row[7]
    scope = f"({category}, {min_units}+)"
    assert app.kpis(app.select_orders(table, category, min_units), category, min_units) == {
        "orders": f"{len(expected):,} {scope}",
        "revenue": f"{sum(row[7] for row in expected):,} {scope}",
        "average_price": f"{sum(row[6] for row in expected) / len(expected):.2f} {scope}",
        "top_product": f"{max(by_product, key=by_product.get)} {scope}",
    }


def test_no_choice_of_filters_is_empty_and_no_top_product_is_a_tie(table):
    sums = table.pivot_table(index=["category", "product"], columns="units", values="revenue", aggfunc="sum")
    from_units = sums.fillna(0).iloc[:, ::-1].cumsum(axis=1)
    for _, group in (*from_units.groupby(level="category", observed=True), ("All", from_units)):
        best = group.apply(lambda column: column.nlargest(2).tolist())
        assert (best.loc[0] > best.loc[1]).all()
    assert table.groupby(["category", "units"], observed=False).size().loc[:, 100].min() >= 1


@pytest.mark.parametrize("granularity", app.GRANULARITIES)
@pytest.mark.parametrize(("category", "min_units"), [("All", 10), ("Music", 100)])
def test_figure_holds_the_sums_of_a_plain_loop(table, rows, category, min_units, granularity):
    months = {"month": 1, "quarter": 3, "year": 12}[granularity]
    sums = defaultdict(int)
    for row in chosen(rows, category, min_units):
        day = date.fromisoformat(row[1])
        sums[date(day.year, (day.month - 1) // months * months + 1, 1).isoformat()] += row[7]
    every = [date(year, month, 1).isoformat() for year in range(2023, 2027) for month in range(1, 13, months)]
    every = [day for day in every if min(sums) <= day <= max(sums)]

    figure = app.revenue_figure(app.select_orders(table, category, min_units), category, min_units, granularity)

    assert figure["data"] == [{"type": "bar", "x": every, "y": [sums[day] for day in every]}]
    title = f"Revenue by {granularity}, {category}, {min_units}+ units: {sum(sums.values()):,}"
    assert figure["layout"]["title"] == {"text": title}


def test_a_period_without_orders_is_there_with_zero(table):
    gap = table[(table["date"] < "2023-02-01") | (table["date"] >= "2023-04-01")]
    bars = app.revenue_figure(gap, "All", 0, "month")["data"][0]
    assert bars["x"][:4] == ["2023-01-01", "2023-02-01", "2023-03-01", "2023-04-01"]
    assert bars["y"][1:3] == [0, 0]
    assert bars["y"][0] > 0
    assert bars["y"][3] > 0


@pytest.mark.parametrize("granularity", app.GRANULARITIES)
def test_figure_survives_json(table, granularity):
    figure = app.revenue_figure(app.select_orders(table, "Toys", 30), "Toys", 30, granularity)
    assert json.loads(json.dumps(figure, allow_nan=False)) == figure
    assert {type(value) for value in figure["data"][0]["y"]} == {int}


def test_an_unknown_granularity_is_an_error(table):
    with pytest.raises(KeyError):
        app.revenue_figure(table, "All", 0, "week")


@pytest.mark.parametrize(("category", "min_units"), CASES)
def test_top_orders_are_those_of_a_plain_sort(table, rows, category, min_units):
    expected = chosen(rows, category, min_units)
    revenue = sum(row[7] for row in expected)
    best = sorted(expected, key=lambda row: (-row[7], -row[0]))[:50]
    top = app.top_orders(app.select_orders(table, category, min_units))
    assert list(top.columns) == [
        "share",
        "order_id",
        "date",
        "region",
        "category",
        "product",
        "units",
        "price",
        "revenue",
    ]
    assert [tuple(row) for row in top.itertuples(index=False)] == [
        (f"{row[7] * 1e6 / revenue:.4f} ppm", *row) for row in best
    ]


def test_top_orders_can_be_fewer(table):
    selected = app.select_orders(table, "Toys", 100)
    assert len(app.top_orders(selected, 3)) == 3
    assert len(app.top_orders(selected.head(7))) == 7


def test_captions_state_how_many_of_how_many(table, rows):
    for category, min_units in CASES:
        selected = app.select_orders(table, category, min_units)
        count = len(chosen(rows, category, min_units))
        caption = f"Top 50 of {count:,} orders ({category}, {min_units}+)"
        assert app.table_caption(selected, category, min_units) == caption
    assert app.table_caption(table.head(7), "All", 3) == "Top 7 of 7 orders (All, 3+)"
