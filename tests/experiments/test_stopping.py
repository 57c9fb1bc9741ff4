"""A run goes on by blocks until its ratios are known well enough, or until there are as many blocks as there may be."""

import pytest

from pyuibench.entries.catalog import load_entry
from pyuibench.experiments import request as bench
from pyuibench.experiments.kinds.rounds import Rounds
from pyuibench.experiments.manifest import Request
from pyuibench.experiments.profiles import Profile
from pyuibench.experiments.request import Prepared, Progress
from pyuibench.experiments.selection import Selection
from pyuibench.experiments.stopping import Precision
from pyuibench.project import APPS
from pyuibench.results.meta import read_meta
from pyuibench.results.store import Store
from pyuibench.serving.environment import Environment

BASELINE = load_entry(APPS / "baseline")
PROFILE = Profile("tiny", 3, (Rounds(),))


class Recorder:
    """Stands for the runner, and keeps what it was told to measure."""

    def __init__(self):
        self.measured = []

    def run(self, plan, done, after=0):
        self.measured.append([boot.origin.boot for boot in plan[after:]])


@pytest.fixture
def measure_on(tmp_path):
    """Return a function that goes on with a run of three blocks, and returns the blocks measured and those in run.json."""

    def run(reached, most_blocks):
        widths = iter(reached)
        precision = Precision(0.05, most_blocks)
        request = Request(PROFILE, Selection(), (BASELINE.variant("http"),), 5, precision)
        plan = request.plan(PROFILE.blocks)
        store = Store.create(tmp_path / "run", {"plan": [boot.as_json() for boot in plan]})
        runner = Recorder()
        progress = Progress(preparing=print, start=print, done=print)
        prepared = Prepared({"baseline/http": Environment(tmp_path, 0.0, 0, {})}, {})
        bench._measure_on(store, request, precision, prepared, runner, progress, lambda run: next(widths))
        return runner.measured, [boot["boot"] for boot in read_meta(store.directory)["plan"]]

    return run


def blocks_of(boots):
    return sorted({int(boot[:2]) for boot in boots})


def test_it_ends_when_the_precision_is_reached(measure_on):
    measured, planned = measure_on([0.2, None, 0.05], most_blocks=30)
    assert [blocks_of(boots) for boots in measured] == [[3], [4]]
    assert blocks_of(planned) == [0, 1, 2, 3, 4]


def test_it_ends_with_the_most_blocks(measure_on):
    measured, planned = measure_on([0.2] * 9, most_blocks=5)
    assert [blocks_of(boots) for boots in measured] == [[3], [4]]
    assert blocks_of(planned) == [0, 1, 2, 3, 4]


def test_what_is_known_well_enough_is_not_measured_again(measure_on):
    measured, planned = measure_on([0.01], most_blocks=30)
    assert measured == []
    assert blocks_of(planned) == [0, 1, 2]


def test_more_blocks_begin_with_the_same_boots():
    request = Request(PROFILE, Selection(), BASELINE.variants, 5)
    few, many = request.plan(3), request.plan(7)
    assert many[: len(few)] == few


def test_every_look_has_its_share_of_the_error():
    assert Precision(0.05, 3).level(first_blocks=3) == pytest.approx(0.95)
    assert Precision(0.05, 12).level(first_blocks=3) == pytest.approx(0.995)
