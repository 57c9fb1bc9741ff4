"""No time of a run is on the clock of the day, so setting it can't harm a figure."""

import re

import pytest

from pyuibench.project import APPS, ROOT

MEASURING = (ROOT / "harness" / "pyuibench" / "instruments", APPS / "workload" / "src")
CLOCK_OF_THE_DAY = re.compile(
    r"\btime\.time(_ns)?\(|\bdatetime\.(now|utcnow|today)\(|\bDate\.now\(|\bnew Date\(|CLOCK_REALTIME"
)


def test_nothing_that_measures_reads_it():
    sources = [path for place in MEASURING for kind in ("*.py", "*.js") for path in place.rglob(kind)]
    assert len(sources) > 40
    assert [str(path) for path in sources if CLOCK_OF_THE_DAY.search(path.read_text())] == []


@pytest.mark.parametrize("line", ["time.time()", "time.time_ns()", "datetime.now(UTC)", "Date.now()", "new Date()"])
def test_it_would_be_seen(line):
    assert CLOCK_OF_THE_DAY.search(f"at = {line}")


@pytest.mark.parametrize("line", ["time.monotonic_ns()", "performance.now()", "time.thread_time_ns()"])
def test_other_clocks_are_fine(line):
    assert not CLOCK_OF_THE_DAY.search(f"at = {line}")
