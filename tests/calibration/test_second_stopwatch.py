"""The second stopwatch: that it starts and ends where it says, and that both are held against each other by the same outputs."""

import pytest

from pyuibench.calibration.kinds.cores import SECOND, Times, _of_page

PAGE = """<!doctype html><p id="out">before</p><script>
const frame = () => new Promise(requestAnimationFrame);
addEventListener("keydown", async () => {
    await frame(); await frame();
    document.getElementById("out").textContent = "Hello,  Ada";
    window.shown = performance.now();
    await frame(); await frame();
    window.later = performance.now();
});
</script>"""


@pytest.fixture
def page(browser):
    with browser.new_context() as context:
        page = context.new_page()
        page.add_init_script(SECOND)
        page.route("**/*", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
        page.goto("http://127.0.0.1/")
        yield page


@pytest.mark.browser
def test_it_ends_with_the_frame_that_first_shows_the_texts(page):
    page.evaluate("secondStopwatch('keydown', [['#out', 'Hello,Ada']])")
    page.evaluate("addEventListener('keydown', (event) => (window.began ??= event.timeStamp), true)")
    page.keyboard.press("x")
    took_ms = page.evaluate("secondStopwatchSays")
    page.wait_for_function("window.later")
    began, shown, later = (page.evaluate(name) for name in ("began", "shown", "later"))
    assert shown <= began + took_ms <= later


@pytest.mark.browser
def test_another_event_does_not_start_it_and_a_text_that_is_there_does_not_end_it_before(page):
    page.evaluate("secondStopwatch('pointerdown', [['#out', 'before']])")
    page.keyboard.press("Shift")
    page.evaluate("new Promise((then) => requestAnimationFrame(() => requestAnimationFrame(then)))")
    waiting = "Promise.race([secondStopwatchSays, new Promise((then) => setTimeout(then, 50, 'waiting'))])"
    assert page.evaluate(waiting) == "waiting"


def test_where_they_differ_by_more_than_a_twentieth_a_limit_is_missed():
    pinned, free = Times([20.0, 30.0, 40.0], [20.4, 30.6, 40.8]), Times([10.0, 20.0, 30.0], [11.0, 22.0, 33.0])
    figures = {figure.id: figure for figure in _of_page("light", {"pinned": pinned, "free": free})}
    assert figures["cores/light/pinned/agreement"].value == pytest.approx(1.02)
    assert figures["cores/light/pinned/agreement"].ok
    assert not figures["cores/light/free/agreement"].ok
    assert figures["cores/light/effect/own"].value == 1.5
    assert figures["cores/light/effect/second"].value == pytest.approx(30.6 / 22)
    assert not figures["cores/light/effect/agreement"].ok
