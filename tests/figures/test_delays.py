"""What frameworks wait by design, and what entries say of themselves."""

import pytest
from looked_up import result_of

from pyuibench.figures import delays
from pyuibench.figures.base import Missing
from pyuibench.figures.registry import table_of
from pyuibench.figures.view import RunView


@pytest.fixture
def view(write_run):
    return RunView(write_run())


def test_delays_are_the_variants_own_or_the_entrys(view):
    assert [row.label for row in table_of(view, "delays.all").rows] == ["app", "static"]
    assert result_of(view, "delays.name") == "debounced by 50 ms"
    assert result_of(view, "delays.name", "maple/static") == "throttled by 9 ms"
    assert result_of(view, "delays.increment") == Missing("not stated")


def test_caveats_and_what_is_not_applicable_are_told(view):
    said = {(remark.where, remark.what): remark.reason for remark in delays.remarks(view)}
    assert said == {
        ("maple/app", "crowd"): "its sessions share a state",
        ("maple/app", "stream"): "in words, not tokens",
        ("maple/static", "grid: not applicable"): "cells can't be made in a loop",
    }
