"""Which process runs a page, and what it takes: against what the page's own thread says of itself."""

import pytest

from pyuibench.instruments.browser.cpu_time import CpuClocks, renderer_pid

BUSY = "(count) => { let sum = 0; for (let i = 0; i < count; i++) sum += Math.sqrt(i % 7); return sum }"
COUNT = 30_000_000

pytestmark = pytest.mark.browser


class Place:
    """What of a page the clocks ask for."""

    def __init__(self, browser):
        self.browser = browser
        context = browser.new_context()
        self.page = context.new_page()
        self.cdp = context.new_cdp_session(self.page)
        self.cdp.send("Performance.enable")

    def work(self):
        self.page.evaluate(BUSY, COUNT)

    def thread_ms(self):
        metrics = {it["name"]: it["value"] for it in self.cdp.send("Performance.getMetrics")["metrics"]}
        return metrics["ThreadTime"] * 1e3


@pytest.fixture
def place(browser):
    place = Place(browser)
    yield place
    place.page.context.close()


@pytest.fixture
def other(browser):
    other = Place(browser)
    yield other
    other.page.context.close()


def test_pages_are_told_apart(browser, place, other):
    first, second = renderer_pid(browser, place.cdp), renderer_pid(browser, other.cdp)
    assert None not in (first, second)
    assert first != second
    other.work()
    assert (renderer_pid(browser, place.cdp), renderer_pid(browser, other.cdp)) == (first, second)


def test_the_page_takes_what_its_thread_says(browser, place):
    clocks = CpuClocks(place, ())
    place.work()
    place.at_start()
    before_ms = place.thread_ms()
    place.work()
    by_itself_ms = place.thread_ms() - before_ms
    taken = clocks.spent()
    assert taken["main_thread_cpu_ms"] == pytest.approx(by_itself_ms, rel=0.05, abs=2)
    assert taken["renderer_cpu_ms"] >= taken["main_thread_cpu_ms"]
    # No process of a server was named.
    assert taken["server_tree_cpu_ms"] is None


def test_what_another_page_does_is_not_the_pages(browser, place, other):
    clocks = CpuClocks(place, ())
    place.at_start()
    before_ms = other.thread_ms()
    other.work()
    assert clocks.spent()["renderer_cpu_ms"] < (other.thread_ms() - before_ms) / 2
