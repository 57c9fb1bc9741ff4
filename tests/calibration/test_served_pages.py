"""The pages that the stopwatch is held against the trace on: they are what they say, and the stopwatch sees all their outputs."""

import urllib.request
from urllib.error import HTTPError

import pytest

from pyuibench.calibration import served_pages
from pyuibench.calibration.served_pages import CHANGED, OUTPUTS, canvases, changes, served, shadow_roots, texts
from pyuibench.instruments.browser.page import Page

HOLD_MS = 20
# All elements, those in shadow roots too, the roots, and how many canvases there are.
COUNTED = """() => {
    const roots = [], count = (root) => {
        let elements = 0;
        for (const each of root.querySelectorAll("*")) {
            elements += 1;
            if (each.shadowRoot) roots.push(each.shadowRoot);
            if (each.shadowRoot) elements += count(each.shadowRoot);
        }
        return elements;
    };
    return { elements: count(document), roots: roots.length, canvases: document.querySelectorAll("canvas").length };
}"""


@pytest.fixture(scope="module")
def url():
    with served() as url:
        yield url


def fetched(address):
    with urllib.request.urlopen(address) as answer:
        return answer.status, answer.read().decode()


def test_files_of_the_pages_are_served_and_no_others(url):
    status, page = fetched(f"{url}canvases")
    assert status == 200
    assert "fillText" in page
    assert "fetch(" in fetched(f"{url}control.js")[1]
    for name in ("missing", "..%2Fbase.py", "../base.py"):
        with pytest.raises(HTTPError, match="404"):
            fetched(f"{url}{name}")


def test_the_server_answers_after_a_known_time(url, monkeypatch):
    slept = []
    monkeypatch.setattr(served_pages.time, "sleep", slept.append)
    assert fetched(f"{url}after?ms=5") == (204, "")
    assert slept == [0.005]


@pytest.mark.browser
def test_a_hundred_roots_and_two_thousand_elements(browser, url):
    page = browser.new_page()
    page.goto(f"{url}shadow_roots")
    counted = page.evaluate(COUNTED)
    page.close()
    assert counted["roots"] == 100
    assert counted["elements"] == pytest.approx(2_000, abs=50)


@pytest.mark.browser
def test_three_canvases(browser, url):
    page = browser.new_page()
    page.goto(f"{url}canvases")
    counted = page.evaluate(COUNTED)
    page.close()
    assert (counted["canvases"], counted["roots"]) == (3, 0)


@pytest.mark.browser
@pytest.mark.parametrize("make", [shadow_roots, canvases])
def test_both_controls_change_all_outputs_which_the_stopwatch_sees_at_three_ends(browser, url, make):
    variant = make()
    with Page(browser, variant, f"{url}{variant.name}", texts(0), HOLD_MS) as page:
        assert page.open().reason is None
        for number, action in enumerate(changes(4), 1):
            reading = page.perform(action)
            assert reading.reason is None
            assert reading.flickers == 0
            assert set(reading.outputs) == set(texts(number))
            assert len(reading.outputs) == OUTPUTS
            assert 0 < reading.right_ms <= reading.visible_ms <= reading.painted_ms
        assert len(page.page.evaluate("(name) => performance.getEntriesByName(name)", CHANGED)) == 4
        assert page.outside_requests == []


@pytest.mark.browser
@pytest.mark.parametrize("make", [shadow_roots, canvases])
def test_what_is_drawn_in_an_animation_callback_is_painted_with_that_frame(browser, url, make):
    """The page's mark is set in the callback, and so lies in the frame; the next one begins after the stopwatch's end.

    On a busy machine a frame may be late enough to be followed by the next one at once, so one of several does.
    """
    variant = make()
    with Page(browser, variant, f"{url}{variant.name}", texts(0), HOLD_MS) as page:
        opened_ns = page.open().started_ns
        page.page.evaluate("""() => {
            const mark = performance.mark.bind(performance);
            performance.mark = (name) => {
                requestAnimationFrame(() => (window.next = performance.now()));
                return mark(name);
            };
        }""")
        left_ms = []
        for action in changes(9):
            reading = page.perform(action)
            assert reading.reason is None
            if action.control == "ask":
                painted_ms = (reading.started_ns - opened_ns) / 1e6 + reading.painted_ms
                left_ms.append(page.page.evaluate("next") - painted_ms)
        assert len(left_ms) == 5
        assert max(left_ms) >= 0
