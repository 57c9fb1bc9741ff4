"""What the table's page is told: all of a figure, and nothing that JSON can't say."""

import math

import pytest

from pyuibench.publish.html import as_json
from pyuibench.publish.rows import Cell, FigureRow
from pyuibench.publish.site.pages.table import FIELDS, _row


def row(**cells):
    return FigureRow(
        "start.x", "run", "start", "x", "", "count", False, True, cells, reference="a", leaders=frozenset({"b"})
    )


def told_of(**cells):
    """Return what the page is told of one figure's cells, the baseline's being `a`, by the names of its parts."""
    told = _row(row(**cells), 0, {"a"})["cells"]
    return {
        name: dict(zip(FIELDS, cell, strict=False)) if isinstance(cell, list) else cell
        for name, cell in zip(cells, told, strict=True)
    }


def test_a_figure_of_0_is_a_figure():
    told = told_of(b=Cell(0.0, 0.0, 1.0, "0", "[0, 1]", ratio=0.0, ratio_text="0×", n=3, boots=3))["b"]
    assert (told["value"], told["low"], told["worse"], told["step"], told["leads"]) == (0, 0, 0, 0, True)


def test_an_end_that_is_none_is_left_out():
    told = told_of(a=Cell(5.0, 5.0, math.inf, "5", "[5, ∞]", ratio=1.0, n=3, boots=3))["a"]
    assert told["high"] is None and told["interval"] == "[5, ∞]"
    # The baseline's own ratio has no colour.
    assert told["step"] is None and told["worse"] == 1
    assert "∞" in as_json(told)


def test_whole_numbers_stay_and_others_are_short():
    told = told_of(a=Cell(123456789.0, 100 / 3, 1e-9 / 3, "123 MB"))["a"]
    assert (told["value"], told["low"], told["high"]) == (123456789, 33.33333, 3.333333e-10)


def test_what_is_missing_says_why_or_what_stands_there():
    assert told_of(a=Cell(why="no grid"), b=Cell(text="20 and more")) == {
        "a": {"why": "no grid"},
        "b": {"text": "20 and more"},
    }


def test_a_page_gets_no_number_that_it_cannot_read():
    with pytest.raises(ValueError, match="JSON"):
        as_json({"value": math.inf})
