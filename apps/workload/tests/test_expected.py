import pytest

from workload import app, grid, orders
from workload.expected import Inputs, chart_text, expected_app, expected_grid, figure_text

FILTERED = {"orders", "revenue", "average_price", "top_product", "chart", "table", "rows"}
START = Inputs(clicks=2, name="Ada", category="Garden", min_units=42, granularity="quarter")


def changed(before, after):
    old, new = expected_app(before), expected_app(after)
    assert old.keys() == new.keys()
    return {output for output in old if old[output] != new[output]}


@pytest.fixture(scope="module")
def first_cells():
    """Return the first cell of the table, for every choice of the filters."""
    cells = {}
    for category in app.CATEGORIES:
        table = app.select_orders(orders(), category, 0)
        for min_units in range(app.MAX_MIN_UNITS + 1):
            selected = app.select_orders(table, category, min_units)
            cells[category, min_units] = app.top_orders(selected, 1)["share"].iloc[0]
    return cells


def test_outputs_are_what_the_functions_that_the_apps_call_return():
    selected = app.select_orders(orders(), "Garden", 42)
    assert expected_app(START) == {
        "count": "2 clicks",
        "greeting": "Hello, ADA (3 characters)",
        **app.kpis(selected, "Garden", 42),
        "table": app.table_caption(selected, "Garden", 42),
        "rows": app.top_orders(selected)["share"].iloc[0],
        "chart": figure_text(app.revenue_figure(selected, "Garden", 42, "quarter")),
    }


def test_a_chart_is_its_title_and_its_bars():
    assert chart_text("Sales", [5, 20, 0]) == "Sales | 250,1000,0"
    figure = {"data": [{"type": "bar", "y": [1, 3]}], "layout": {"title": {"text": "Sales"}}}
    assert figure_text(figure) == "Sales | 333,1000"


def test_texts_state_the_inputs_that_they_were_computed_from():
    texts = expected_app(START)
    for output in FILTERED - {"rows"}:
        assert "Garden" in texts[output]
        assert "42+" in texts[output]
    assert "quarter" in texts["chart"]
    assert "2" in texts["count"]
    assert "ADA" in texts["greeting"]


@pytest.mark.parametrize(
    ("control", "value", "outputs"),
    [
        ("increment", 3, {"count"}),
        ("name", "Adam", {"greeting"}),
        ("granularity", "year", {"chart"}),
        ("category", "All", FILTERED),
        ("category", "Grocery", FILTERED),
        ("min_units", 41, FILTERED),
        ("min_units", 43, FILTERED),
    ],
)
def test_a_control_changes_its_outputs_and_no_other(control, value, outputs):
    assert changed(START, START.with_value(control, value)) == outputs


def test_with_value_sets_one_field_and_leaves_the_rest():
    assert START.with_value("increment", 9) == Inputs(9, "Ada", "Garden", 42, "quarter")
    assert START.with_value("min_units", 9) == Inputs(2, "Ada", "Garden", 9, "quarter")
    assert Inputs(2, "Ada", "Garden", 42, "quarter") == START
    with pytest.raises(TypeError):
        START.with_value("nothing", 9)


def test_the_first_cell_differs_for_any_two_choices_of_the_filters(first_cells):
    """Every pair, not neighbours only. 0 and 1 as least units select the same orders: each order has a unit."""
    from_one = {filters: cell for filters, cell in first_cells.items() if filters[1] > 0}
    assert len(from_one) == 900
    assert len(set(from_one.values())) == 900


def test_0_and_1_as_least_units_are_the_only_choices_that_it_cannot_tell_apart(first_cells):
    assert all(first_cells[category, 0] == first_cells[category, 1] for category in app.CATEGORIES)


def test_results_are_kept_and_still_right_when_asked_again():
    assert expected_app(START) == expected_app(START)
    expected_app(START)["orders"] = "spoilt"
    assert expected_app(START)["orders"] != "spoilt"


def test_grid_has_one_text_a_cell_at_no_cost(monkeypatch):
    monkeypatch.setenv("PYUIBENCH_GRID_COSTS", "60000 cpu")
    texts = expected_grid((50, 51, 50))
    assert list(texts) == ["cell-0", "cell-1", "cell-2"]
    monkeypatch.setenv("PYUIBENCH_GRID_COSTS", "0 cpu")
    assert list(texts.values()) == [grid.cell_value(index, value) for index, value in enumerate((50, 51, 50))]
