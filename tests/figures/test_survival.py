"""What a session survives."""

import pytest
from looked_up import result_of

from pyuibench.figures.base import Missing
from pyuibench.figures.registry import table_of
from pyuibench.figures.view import RunView


@pytest.fixture
def view(write_run):
    return RunView(write_run())


def test_what_survives_is_told_in_a_word_and_how_long_it_took(view):
    assert result_of(view, "survival.cut") == "kept, 1.2 s"
    assert result_of(view, "survival.restart") == "dead"
    assert result_of(view, "survival.reload") == Missing("not measured in this run")
    assert result_of(view, "survival.cut", "maple/static") == Missing("boot failed: not ready after 30 s")


def test_what_no_variant_was_put_through_has_no_column(view):
    assert len(table_of(view, "survival.all").columns) == 2
