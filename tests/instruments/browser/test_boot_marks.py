"""The parts of a load in the browser: from marks that are known, and from a page whose worker sets some."""

import pytest

from pyuibench.instruments.browser.boot_marks import PARTS, marks_of, parts

MARKS = {"pyodide": 900.0, "packages": 1500.0, "imported": 4000.0}


def test_a_part_is_from_the_mark_before_to_its_own():
    assert dict(parts(MARKS, 4250.0)) == {
        "boot_runtime_ms": 900,
        "boot_packages_ms": 600,
        "boot_imports_ms": 2500,
        "boot_first_state_ms": 250,
    }


@pytest.mark.parametrize("marks", [{}, {"pyodide": 900.0, "imported": 4000.0}, {**MARKS, "packages": 800.0}])
def test_what_is_missing_or_in_another_order_has_no_parts(marks):
    assert list(parts(marks, 4250.0)) == []


def test_there_is_a_mark_for_each_part_but_the_last():
    assert set(PARTS.values()) == set(MARKS)


WORKER = """
const name = "pyuibench-calls", channel = new BroadcastChannel(name);
performance.mark("pyodide");
channel.onmessage = ({ data }) => data.ask && channel.postMessage({
  told: data.ask, calls: "[]", now: performance.now(), timeOrigin: performance.timeOrigin,
  marks: performance.getEntriesByType("mark").map((mark) => [mark.name, mark.startTime]),
});
postMessage("ready");
"""


class Opened:
    """What of a page the marks are asked of."""

    def __init__(self, page):
        self.page = page


@pytest.mark.browser
def test_a_worker_s_marks_are_told_on_the_page_s_clock(browser):
    page = browser.new_page()
    # A page of its own origin: workers of one tell nothing to pages of another.
    page.route(
        "http://marks.localhost/", lambda route: route.fulfill(body="<title>marks</title>", content_type="text/html")
    )
    page.goto("http://marks.localhost/")
    before, after = page.evaluate(
        """(code) => new Promise((resolve) => {
          const before = performance.now();
          const worker = new Worker(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
          worker.onmessage = () => resolve([before, performance.now()]);
        })""",
        WORKER,
    )
    told = marks_of(Opened(page))
    page.close()
    assert list(told) == ["pyodide"]
    assert before - 1 <= told["pyodide"] <= after + 1
