"""Chromium is started as Playwright starts it, without what it does for itself."""

import os
import subprocess
import sys

import psutil
import pytest

from pyuibench.instruments.browser.chromium import DISABLED_FEATURES, chromium

pytestmark = pytest.mark.browser
SWITCH = "--disable-features="
BEFORE = os.sched_getaffinity(0)
CORE = min(BEFORE)


@pytest.fixture(scope="module")
def started():
    """Return a browser with a page, and its processes."""
    with chromium([CORE]) as browser:
        page = browser.new_page()
        page.goto("data:text/html,<p>here</p>")
        # What a window loads for itself is there by then.
        page.wait_for_timeout(1_000)
        yield browser, psutil.Process().children(recursive=True)


def test_features_that_playwright_disables_stay_disabled(started):
    _, processes = started
    lines = [process.cmdline() for process in processes]
    given = next(
        switches
        for line in lines
        if len(switches := [it.removeprefix(SWITCH).split(",") for it in line if it.startswith(SWITCH)]) > 1
    )
    assert set(given[0]) - set(given[-1]) == set()
    assert set(given[-1]) == set(DISABLED_FEATURES)


def test_a_window_loads_no_page_but_the_one_asked_for(started):
    browser, _ = started
    session = browser.new_browser_cdp_session()
    targets = session.send("Target.getTargets", {"filter": [{}]})["targetInfos"]
    assert not [it["url"] for it in targets if it["url"].startswith("chrome")]


def test_it_runs_where_it_is_told_to_and_this_process_where_it_did(started):
    _, processes = started
    browsers = [process for process in processes if process.is_running() and "chrom" in process.name()]
    assert {tuple(process.cpu_affinity()) for process in browsers} == {(CORE,)}
    assert os.sched_getaffinity(0) == BEFORE


# In a process of its own: it inherits what loses its parent from then on.
VISIT = """
import os, sys, tempfile
from pathlib import Path
from pyuibench.instruments.browser.chromium import chromium, visitor
from pyuibench.instruments.machine import read_cpu_times
from pyuibench.serving import orphans

orphans.inherit()
with chromium() as browser, tempfile.TemporaryDirectory() as profile:
    context = visitor(browser, Path(profile), None)
    before_s = read_cpu_times(os.getpid()).own_s
    context.pages[0].evaluate("() => { for (const end = performance.now() + 1500; performance.now() < end; ); }")
    open_s = read_cpu_times(os.getpid()).own_s
    context.close()
    print(open_s - before_s, read_cpu_times(os.getpid()).own_s - open_s)
"""


def test_what_a_visitors_browser_used_stays_the_runs_own_when_it_is_closed():
    done = subprocess.run([sys.executable, "-c", VISIT], capture_output=True, text=True, check=True, timeout=120)
    burnt_s, after_s = map(float, done.stdout.split())
    assert burnt_s > 0
    assert after_s >= 0
