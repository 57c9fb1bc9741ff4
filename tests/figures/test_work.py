"""How much of the user's own code an interaction runs, as a multiple of what it needs."""

import pytest
from looked_up import value_of

from pyuibench.figures import work
from pyuibench.figures.samples import Case
from pyuibench.figures.view import RunView


@pytest.fixture
def view(write_run):
    return RunView(write_run())


def test_user_code_per_interaction(view):
    assert value_of(view, "work.calls.unrelated.increment") == pytest.approx(3)
    assert value_of(view, "work.time.unrelated.increment") == pytest.approx(1.5)


def test_calls_are_told_as_a_multiple_of_those_needed(view):
    # A click on increment needs one call, and the invented maple makes three.
    assert value_of(view, "work.amplification.unrelated.increment") == 3


@pytest.mark.parametrize(
    ("scenario", "control", "needed"),
    [("unrelated", "name", 1), ("local", "granularity", 2), ("global", "category", 5), ("load", "cold", 7)],
)
def test_needed_calls_by_hand(scenario, control, needed):
    """KPIs, chart, caption and rows are a function each, of orders selected first; a load shows count and greeting too."""
    assert work.needed_calls(Case("app", scenario, control)) == needed
