"""Chromium is started as Playwright starts it, without what it does for itself."""

import os

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
