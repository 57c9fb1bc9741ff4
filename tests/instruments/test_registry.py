"""Instruments are found by themselves, and one more takes its samples without anything else being edited."""

from contextlib import contextmanager

import pytest

from pyuibench.entries.catalog import find_entries
from pyuibench.experiments import run as running
from pyuibench.experiments import static
from pyuibench.experiments.kinds.rounds import Rounds
from pyuibench.experiments.manifest import Request
from pyuibench.experiments.profiles import Profile
from pyuibench.experiments.request import Progress, new_run
from pyuibench.experiments.selection import Selection
from pyuibench.instruments.base import Instrument, Reading
from pyuibench.instruments.registry import instrument_names, instruments
from pyuibench.project import APPS
from pyuibench.results.store import load

BASELINE = find_entries([APPS])["baseline"].variant("http")
QUIET = Progress(preparing=lambda entry: None, start=lambda plan: None, done=lambda boot, failures: None)


def test_every_instrument_is_named_after_its_module():
    names = ("browser", "code", "environment", "machine", "resilience", "resources", "server", "speed", "wire")
    assert instrument_names() == names
    assert {name: it.name for name, it in instruments().items()} == {name: name for name in instrument_names()}
    assert all(it.about for it in instruments().values())


def test_what_needs_no_server_reads_variants():
    assert {name for name, it in instruments().items() if not it.needs_server} == {
        "code",
        "environment",
        "machine",
        "speed",
    }
    assert {name for name, it in instruments().items() if it.of_variant} == {"code", "environment"}
    assert {name for name, it in instruments().items() if it.is_timing} == {"browser", "wire"}
    assert {name for name, it in instruments().items() if it.is_always} == {"machine", "speed"}


@pytest.mark.servers
@pytest.mark.browser
def test_one_more_instrument_is_asked_of_every_variant_and_beside_every_step(tmp_path, monkeypatch):
    @contextmanager
    def around(processes):
        readings = []
        before = len(processes())
        yield readings
        readings.append(Reading("threads", float(before)))

    def of_variant(variant, built):
        yield Reading("tokens", float(len(variant.id)))

    counting = Instrument("counting", "counts", of_variant=of_variant, around=around)
    more = {**instruments(), "counting": counting}
    monkeypatch.setattr(static, "instruments", lambda: more)
    monkeypatch.setattr(running, "instruments", lambda: more)
    chosen = Selection(("unrelated",), ("counting", "resources", "wire"))
    monkeypatch.setattr(Selection, "needs_server", True)
    profile = Profile("one", 1, (Rounds(rounds=1),))
    run = load(new_run(Request(profile, chosen, (BASELINE,), 5), tmp_path / "run", QUIET, lambda run: None))
    assert run.failures.empty
    own = run.measurements[run.measurements["instrument"] == "counting"]
    # Once of the variant, and once for each of the two steps: one session on the wire, and memory.
    assert sorted(zip(own["experiment"], own["metric"], own["value"], strict=True)) == [
        ("rounds", "threads", 1.0),
        ("rounds", "threads", 1.0),
        ("static", "tokens", float(len("baseline/http"))),
    ]
