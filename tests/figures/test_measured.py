"""Figures of `measurements`: memory, and bytes of an interaction."""

import pytest
from looked_up import result_of, value_of

from pyuibench.figures.base import Missing
from pyuibench.figures.registry import table_of
from pyuibench.figures.view import RunView


@pytest.fixture
def view(write_run):
    return RunView(write_run())


def test_measurements(view):
    assert value_of(view, "memory.idle_pss") == pytest.approx(123_000_001)
    assert result_of(view, "memory.js_heap") == Missing("the heap was not told")
    assert [column.label for column in table_of(view, "memory.of_boots").columns] == ["idle PSS", "JS heap"]


def test_bytes_of_browser_and_wire_apart(view):
    assert value_of(view, "bytes.down.browser.increment") == pytest.approx(4321)
    assert value_of(view, "bytes.down.wire.unrelated.increment") == pytest.approx(2500)
    # Of other controls and ways nothing was counted.
    assert [len(table_of(view, id).columns) for id in ("bytes.down.browser", "bytes.up.browser")] == [1, 0]
    assert not table_of(view, "bytes.up.browser").rows
