"""The committed runs, for tests that look at them: what one test had computed of a run needn't be computed by the next."""

from functools import cache

from pyuibench.figures.view import RunView
from pyuibench.project import RESULTS
from pyuibench.results.store import load


@cache
def run_of(name):
    return load(RESULTS / name)


@cache
def view_of(name):
    return RunView(run_of(name))
