"""What the table's page is told: all of a figure, and nothing that JSON can't say."""

import math

import pytest

from pyuibench.publish.html import as_json
from pyuibench.publish.rows import Cell, FigureRow
from pyuibench.publish.site.pages.table import _row


def row(**cells):
    return FigureRow(
        "start.x", "run", "start", "x", "", "count", False, True, cells, reference="a", leaders=frozenset({"b"})
    )


def test_a_figure_of_0_is_a_figure():
    told = _row(row(b=Cell(0.0, 0.0, 1.0, "0", "[0, 1]", ratio=0.0, ratio_text="0×", n=3, boots=3)), {"a"})["cells"][
        "b"
    ]
    assert (told["value"], told["low"], told["worse"], told["step"], told["leads"]) == (0.0, 0.0, 0.0, 0, True)


def test_an_end_that_is_none_is_left_out():
    told = _row(row(a=Cell(5.0, 5.0, math.inf, "5", "[5, ∞]", ratio=1.0, n=3, boots=3)), {"a"})
    assert "high" not in told["cells"]["a"] and told["cells"]["a"]["interval"] == "[5, ∞]"
    # The baseline's own ratio has no colour.
    assert "step" not in told["cells"]["a"] and told["cells"]["a"]["worse"] == 1.0
    assert "∞" in as_json(told)


def test_a_page_gets_no_number_that_it_cannot_read():
    with pytest.raises(ValueError, match="JSON"):
        as_json({"value": math.inf})
