"""One session in a browser, against the baseline: each kind of gesture, and what is said when something is wrong."""

import itertools
import time
from contextlib import ExitStack
from dataclasses import replace

import pytest

import workload
from pyuibench.contract.scenarios import FIRST_OUTPUTS, MANY_STEPS, ROUNDS, SCENARIOS, STEPS, controls_of
from pyuibench.contract.states import initial_app, initial_grid
from pyuibench.contract.walks import app_actions, grid_actions
from pyuibench.entries.catalog import Click, Drag, Drop, Keys, Pick, Type, load_entry
from pyuibench.instruments.browser.page import Ends, GestureError, Page, Reading, is_outside
from pyuibench.project import APPS
from pyuibench.serving import environment
from pyuibench.serving.server import Server, WorkloadSettings

BASELINE = load_entry(APPS / "baseline").variant("websocket")
INITIAL = initial_app().expected
CELLS = 3
HOLD_MS = 20
IN_VAIN_MS = 300
VALUES = {
    "increment": 1,
    "name": "G",
    "category": workload.CATEGORIES[workload.CATEGORIES.index(workload.DEFAULT_CATEGORY) + 1],
    "min_units": workload.DEFAULT_MIN_UNITS + 1,
    "granularity": next(it for it in workload.GRANULARITIES if it != workload.DEFAULT_GRANULARITY),
}
# What Plotly draws, as far as it is looked at, in no time.
CHARTS = """
const Plotly = {
  react(id, data, layout) {
    const bars = data[0].y.map((height) => `<path d="M0,1e8V${1e8 - height}H9Z"></path>`);
    document.getElementById(id).innerHTML =
      `<div class="js-plotly-plot"><p class="gtitle"></p><svg height="20"><g class="barlayer">${bars.join("")}</g></svg></div>`;
    document.querySelector(".gtitle").textContent = layout.title.text;
  },
};
"""
SCRIPT = APPS / "baseline" / "static" / "app.js"


def serve(page, directory):
    return Server(
        BASELINE, environment.prepare(BASELINE), page, directory / "log", workload=WorkloadSettings(CELLS, 0.0)
    )


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    with serve("app", tmp_path_factory.mktemp("app")) as server:
        server.await_ready()
        yield server.url


@pytest.fixture
def open_page(browser, url):
    """Return a function that opens a page of the baseline, perhaps driven in another way than the baseline's table says.

    Its charts are only their titles, as plotly.js takes long to load; `test_every_control` has the real ones.
    """
    with ExitStack() as opened:

        def open_with(controls=None, prepare=lambda page: None):
            variant = replace(BASELINE, table=BASELINE.table.model_copy(update={"controls": controls or {}}))
            page = opened.enter_context(Page(browser, variant, url, INITIAL, HOLD_MS))
            page.page.route("**/plotly.min.js", lambda it: it.fulfill(body=CHARTS, content_type="text/javascript"))
            prepare(page.page)
            assert page.open().reason is None
            return page

        yield open_with


def action_on(control):
    """Return an action on a control of a page that was just opened."""
    scenario = next(it for it in SCENARIOS.values() if control in it.controls)
    return initial_app().act(scenario.name, control, VALUES[control], scenario.changes[control])[1]


def check_reading(reading, changes):
    assert reading.reason is None
    assert set(reading.outputs) == set(changes)
    right_ms = [ends.right_ms for ends in reading.outputs.values()]
    assert 0 <= min(right_ms) <= max(right_ms) == reading.right_ms <= reading.visible_ms <= reading.painted_ms
    assert all(ends.right_ms <= ends.visible_ms <= ends.painted_ms for ends in reading.outputs.values())
    # What a page sends as it is loaded is no answer to a gesture.
    sent_ms = reading.input_delay_ms if reading.sent_ms is None else reading.sent_ms
    assert 0 <= reading.input_delay_ms <= sent_ms <= reading.arrived_ms <= reading.right_ms
    assert (reading.early, reading.wrong, reading.changed) == ((), {}, {})


@pytest.mark.browser
@pytest.mark.servers
class TestGestures:
    def test_load_and_load_again(self, browser, url):
        with Page(browser, BASELINE, url, INITIAL, HOLD_MS) as page:
            before_ns = time.monotonic_ns()
            first = page.open()
            between_ns = time.monotonic_ns()
            second = page.open_again()
            after_ns = time.monotonic_ns()
        for reading in (first, second):
            check_reading(reading, FIRST_OUTPUTS)
            assert reading.input_delay_ms == 0
        # Page and harness share one clock.
        assert before_ns < first.started_ns < between_ns < second.started_ns < after_ns

    def test_every_control(self, browser, url):
        actions = tuple(itertools.islice(app_actions(4), 10))
        assert {action.control for action in actions} == controls_of(ROUNDS)
        last_ns = 0
        with Page(browser, BASELINE, url, INITIAL, HOLD_MS) as page:
            page.open()
            for action in actions:
                reading = page.perform(action)
                check_reading(reading, action.changes)
                assert last_ns < reading.started_ns < time.monotonic_ns()
                last_ns = reading.started_ns
                assert page.wrong(action.expected) == {}

    def test_cells(self, browser, tmp_path):
        with serve("grid", tmp_path) as server:
            server.await_ready()
            with Page(browser, BASELINE, server.url, initial_grid(CELLS).expected, HOLD_MS) as page:
                check_reading(page.open(), initial_grid(CELLS).expected)
                for action in itertools.islice(grid_actions(1, CELLS), 4):
                    check_reading(page.perform(action), action.changes)

    @pytest.mark.parametrize(
        ("control", "gesture"),
        [
            ("increment", Click(click="#increment")),
            ("name", Type(type="#name")),
            ("category", Keys(keys="#category")),
            ("min_units", Keys(keys="#min_units")),
            ("min_units", Drag(drag="#min_units")),
            ("granularity", Pick(open="#granularity legend", option="#granularity input[value='{value}']")),
        ],
        ids=lambda it: it if isinstance(it, str) else type(it).__name__,
    )
    def test_kind(self, open_page, control, gesture):
        action = action_on(control)
        check_reading(open_page({control: gesture}).perform(action), action.changes)

    def test_a_grip_is_clicked_before_the_clock_starts(self, open_page):
        page = open_page({"min_units": Keys(keys="#min_units", grip="#increment")})
        # The grip is a button that takes its time: were the clock started there, this would be part of it.
        page.page.evaluate(
            """() => document.querySelector("#increment").addEventListener("pointerdown", (event) => {
                event.stopImmediatePropagation();
                const end = performance.now() + 400;
                while (performance.now() < end);
            })"""
        )
        before_ns = time.monotonic_ns()
        action = action_on("min_units")
        reading = page.perform(replace(action, expected={**action.expected, "count": workload.count_text(1)}))
        check_reading(reading, action.changes)
        assert reading.started_ns - before_ns > 400e6

    @pytest.mark.parametrize("scenario", MANY_STEPS)
    def test_many_steps_are_timed_from_the_last(self, open_page, scenario):
        page = open_page()
        page.page.evaluate("""() => {
            window.last = {};
            for (const type of ["pointermove", "keydown"])
                addEventListener(type, (event) => { last[type] = event.timeStamp; }, true);
        }""")
        reading = page.perform(initial_app().use(scenario))
        check_reading(reading, initial_app().use(scenario).changes)
        assert len(reading.update_ms) <= STEPS
        assert reading.update_ms[-1] == reading.outputs["orders"].right_ms
        last_ms = page.page.evaluate("last")["keydown" if scenario == "keys" else "pointermove"]
        assert reading.started_ns - page._origin_ns == int(last_ms * 1e6)

    def test_a_slider_goes_up_and_down_by_its_handle(self, open_page):
        page, state = open_page(), initial_app()
        for moves in (1, 1, -1):
            changes = SCENARIOS["global"].changes["min_units"]
            state, action = state.act("global", "min_units", state.inputs.min_units + moves, changes, moves)
            check_reading(page.perform(action), changes)

    def test_what_grows_is_seen_growing(self, open_page):
        reading = open_page().perform(initial_app().use("stream"))
        check_reading(reading, ("answer",))
        assert len(reading.update_ms) > 3
        assert list(reading.update_ms) == sorted(reading.update_ms)

    def test_a_file_is_sent(self, open_page):
        check_reading(open_page().perform(initial_app().use("upload")), ("uploaded",))

    def test_a_file_is_dropped(self, open_page):
        page = open_page({"upload": Drop(drop="h1")})
        page.page.evaluate(
            """() => document.querySelector("h1").addEventListener("dragover", (event) => event.preventDefault())"""
        )
        page.page.evaluate(
            """() => document.querySelector("h1").addEventListener("drop", (event) => {
                event.preventDefault();
                const input = document.getElementById("upload");
                input.files = event.dataTransfer.files;
                input.dispatchEvent(new Event("change"));
            })"""
        )
        check_reading(page.perform(initial_app().use("upload")), ("uploaded",))

    def test_what_is_begun_is_not_awaited_and_settles(self, open_page):
        page = open_page()
        job = initial_app().use("job")
        page.begin(job)
        wanted = {output: job.expected[output] for output in ("progress", "crunched")}
        assert page.settle(wanted, 0.1).startswith("not right in time: ")
        assert page.settle(wanted, 15) is None

    def test_pick_starts_at_the_option_and_not_at_the_opener(self, open_page):
        page = open_page({"granularity": Pick(open="#increment", option="#granularity input[value='{value}']")})
        # The opener is a button that takes its time: were the clock started there, this would be part of it.
        page.page.evaluate("""() => {
            window.pressed = [];
            addEventListener("pointerdown", (event) => pressed.push(event.timeStamp), true);
        }""")
        reading = page.perform(action_on("granularity"))
        opener, option = page.page.evaluate("pressed")
        assert opener < option
        assert reading.started_ns - page._origin_ns == int(option * 1e6)
        assert reading.changed == {"count": "1clicks"}

    @pytest.mark.parametrize("key", ["Enter", "Tab"])
    def test_typed_text_that_a_key_commits_starts_at_that_key(self, open_page, key):
        def commit_late(page):
            old, new = '"name").addEventListener("input"', '"name").addEventListener("change"'
            script = SCRIPT.read_text()
            assert old in script
            page.route(
                "**/static/app.js", lambda it: it.fulfill(body=script.replace(old, new), content_type="text/javascript")
            )

        page = open_page({"name": Type(type="#name", commit=key)}, commit_late)
        page.page.evaluate("""() => {
            window.pressed = {};
            addEventListener("keydown", (event) => { pressed[event.key] = event.timeStamp; }, true);
        }""")
        action = action_on("name")
        reading = page.perform(action)
        check_reading(reading, ("greeting",))
        pressed = page.page.evaluate("pressed")
        assert list(pressed) == ["End", action.value, key]
        assert reading.started_ns - page._origin_ns == int(pressed[key] * 1e6)

    def test_mark_is_left_for_a_trace(self, browser, url):
        with Page(browser, BASELINE, url, INITIAL, HOLD_MS, mark="here") as page:
            page.open()
            page.perform(action_on("increment"))
            assert page.page.evaluate("performance.getEntriesByName('here').length") == 1

    def test_sessions_share_nothing(self, open_page):
        first, second = open_page(), open_page()
        check_reading(first.perform(action_on("increment")), ("count",))
        first.page.evaluate("document.cookie = 'one=1'")
        assert second.page.evaluate("document.cookie") == ""
        assert second.wrong(INITIAL) == {}

    def test_heap_and_picture(self, open_page, tmp_path):
        page = open_page()
        assert page.js_heap_bytes() > 100_000
        page.screenshot(tmp_path / "page.png")
        assert (tmp_path / "page.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.browser
@pytest.mark.servers
class TestFaults:
    @pytest.mark.parametrize(
        ("control", "gesture"),
        [
            ("increment", Click(click="#nowhere")),
            ("name", Type(type="#nowhere")),
            ("category", Keys(keys="#nowhere")),
            ("min_units", Drag(drag="#nowhere")),
            ("min_units", Drag(drag="#min_units", along="#nowhere")),
            ("granularity", Pick(open="#nowhere", option="#granularity input[value='{value}']")),
            ("granularity", Pick(open="#granularity legend", option="#nowhere")),
        ],
        ids=["click", "type", "keys", "handle", "track", "opener", "option"],
    )
    def test_missing_control_is_named(self, open_page, control, gesture):
        page = open_page({control: gesture})
        page.page.set_default_timeout(IN_VAIN_MS)
        with pytest.raises(GestureError) as caught:
            page.perform(action_on(control))
        message = str(caught.value)
        assert message.startswith(f"{control}: ")
        assert f"Timeout {IN_VAIN_MS}ms exceeded" in message
        assert "\n" not in message

    def test_missing_control_is_given_up_within_seconds(self, open_page):
        with pytest.raises(GestureError, match=r"^increment: .*Timeout 15000ms exceeded"):
            open_page({"increment": Click(click="#nowhere")}).perform(action_on("increment"))

    @pytest.mark.parametrize(
        ("spoil", "why"),
        [
            ("document.getElementById('increment').style.display = 'none'", "element is not visible"),
            (
                "document.body.append(Object.assign(document.createElement('div'), "
                "{ style: 'position:fixed;inset:0;z-index:9', className: 'veil' }))",
                '<div class="veil"></div> intercepts pointer events',
            ),
        ],
        ids=["hidden", "covered"],
    )
    def test_control_that_cannot_be_operated_is_named_with_what_hinders(self, open_page, spoil, why):
        page = open_page()
        page.page.set_default_timeout(IN_VAIN_MS)
        page.page.evaluate(f"() => {{ {spoil} }}")
        with pytest.raises(GestureError, match=rf"^increment: .*Timeout {IN_VAIN_MS}ms exceeded: {why}$"):
            page.perform(action_on("increment"))

    def test_slider_without_a_handle_is_named(self, open_page):
        with pytest.raises(GestureError, match=r"^min_units: it has no handle and track: 'thumb'$"):
            open_page({"min_units": Drag(drag="#increment")}).perform(action_on("min_units"))

    def test_selector_that_is_none_is_named(self, open_page):
        with pytest.raises(GestureError, match=r"^increment: .*selector"):
            open_page({"increment": Click(click="##")}).perform(action_on("increment"))

    def test_page_that_does_not_load(self, browser):
        url = "http://127.0.0.1:1"
        with Page(browser, BASELINE, url, INITIAL, HOLD_MS) as page, pytest.raises(GestureError) as caught:
            page.open()
        assert str(caught.value).startswith(f"{url}: ")
        assert "\n" not in str(caught.value)

    def test_outside_request_is_recorded(self, open_page, url):
        page = open_page()
        assert page.outside_requests == []
        there, here = "http://example.invalid/telemetry?id=1", f"{url}/static/page.css"
        fetched = "(address) => fetch(address).then(() => 'came', () => 'failed')"
        assert page.page.evaluate(fetched, there) == "failed"
        assert page.page.evaluate(fetched, here) == "came"
        assert page.outside_requests == [there]

    def test_outside_request_of_the_page_s_own_markup_is_recorded(self, browser, url):
        def with_logo(route):
            route.fulfill(body="<!doctype html><img src='https://example.invalid/logo.png'>", content_type="text/html")

        with Page(browser, BASELINE, url, {}, HOLD_MS) as page:
            page.page.route(f"{url}/", with_logo)
            page.open()
            assert page.outside_requests == ["https://example.invalid/logo.png"]

    def test_value_that_never_comes(self, open_page):
        page = open_page()
        action = action_on("increment")
        never = replace(action, expected={**action.expected, "count": "7 clicks"})
        reading = page.perform(never, timeout_ms=IN_VAIN_MS)
        assert reading.wrong == {"count": "1clicks"}
        assert reading.reason == "not right in time: count shows '1clicks'"
        assert (reading.right_ms, reading.painted_ms, dict(reading.outputs)) == (None, None, {})

    def test_output_that_must_stay_and_changes(self, open_page):
        page = open_page()
        page.page.evaluate("""() => {
            const greeting = document.getElementById("greeting");
            document.getElementById("increment").addEventListener("click", () => { greeting.textContent = "oh"; });
        }""")
        reading = page.perform(action_on("increment"))
        assert reading.changed == {"greeting": "oh"}
        assert reading.reason == "changed though it must not: greeting shows 'oh'"

    def test_output_that_is_right_already(self, open_page):
        page = open_page()
        page.page.evaluate("document.getElementById('count').textContent = '1 clicks'")
        reading = page.perform(action_on("increment"))
        assert reading.early == ("count",)
        assert reading.reason == "right before the gesture: count"

    def test_gesture_that_the_page_does_not_see(self, open_page):
        page = open_page()
        page.page.evaluate(
            "() => { const arm = pyuibench.arm; pyuibench.arm = (it) => arm({ ...it, event: 'none' }); }"
        )
        reading = page.perform(action_on("increment"), timeout_ms=IN_VAIN_MS)
        assert reading.reason == "the page saw no trusted input event"
        assert (reading.input_delay_ms, reading.right_ms, reading.painted_ms) == (None, None, None)


RIGHT = Reading(
    started_ns=1,
    input_delay_ms=0.1,
    sent_ms=2.0,
    arrived_ms=4.0,
    right_ms=5.0,
    painted_ms=9.0,
    visible_ms=5.0,
    outputs={"count": Ends(5.0, 5.0, 9.0)},
    flickers=0,
)


@pytest.mark.parametrize(
    ("faults", "reason"),
    [
        ({}, None),
        ({"flickers": 3}, None),
        ({"early": ("count", "table")}, "right before the gesture: count, table"),
        ({"wrong": {"count": "2clicks", "chart": None}}, "not right in time: count shows '2clicks', chart shows None"),
        ({"input_delay_ms": None, "right_ms": None, "painted_ms": None}, "the page saw no trusted input event"),
        ({"visible_ms": None}, "the right state didn't last"),
        ({"hidden": {"count": "covered"}, "visible_ms": None}, "right but not to be seen: count is covered"),
        ({"right_ms": None}, "the right state didn't last"),
        ({"painted_ms": None}, "the right state didn't last"),
        ({"changed": {"greeting": "Hello,B"}}, "changed though it must not: greeting shows 'Hello,B'"),
        # The cause comes before what follows from it.
        ({"early": ("count",), "wrong": {"count": "x"}, "right_ms": None}, "right before the gesture: count"),
        ({"wrong": {"count": "x"}, "input_delay_ms": None}, "not right in time: count shows 'x'"),
        ({"right_ms": None, "changed": {"greeting": "x"}}, "the right state didn't last"),
    ],
)
def test_reason(faults, reason):
    assert replace(RIGHT, **faults).reason == reason


@pytest.mark.parametrize(
    ("url", "outside"),
    [
        ("http://127.0.0.1:8000/app", False),
        ("ws://127.0.0.1:8000/live", False),
        ("http://127.0.0.1/", False),
        ("data:text/plain,hi", False),
        ("blob:http://127.0.0.1:8000/1", False),
        ("about:blank", False),
        ("https://example.invalid/127.0.0.1", True),
        ("http://127.0.0.1.example.invalid/", True),
        ("wss://example.invalid/", True),
        ("http://localhost:8000/", True),
        ("http://example.invalid?x=127.0.0.1", True),
    ],
)
def test_is_outside(url, outside):
    assert is_outside(url) is outside
