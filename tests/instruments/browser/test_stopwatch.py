"""The stopwatch itself, on small pages: what starts it, what ends it, what it sees and what it reports.

Pages change when the test says so, after the stopwatch was asked for its result: what no observer saw is then never reported.
"""

import json
from threading import Thread

import pytest
from small_pages import LONG_MS, PLAIN, answer, arm, ask, done, output, press, start
from websockets.sync.server import serve

from pyuibench.instruments.browser import slider

pytestmark = pytest.mark.browser

HELD_MS = 1_000
# It acts on an event of the button, and notes when.
ACTING = """
<button id="button">Go</button> <p id="out">before</p>
<script>
  const seen = {};
  const button = document.getElementById("button"), out = document.getElementById("out");
  for (const type of ["pointerdown", "mousedown", "mouseup", "click"])
    button.addEventListener(type, (event) => { seen[type] = { stamp: event.timeStamp, at: performance.now() }; });
  button.addEventListener("EVENT", () => { out.textContent = "after"; });
</script>
"""


# --- what starts it ------------------------------------------------------------------------------------------------


def test_untrusted_events_do_not_start_it(open_page):
    page = open_page(ACTING.replace("EVENT", "click"))
    arm(page, output("after"))
    page.evaluate("""() => {
        button.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }));
        button.click();
    }""")
    result = done(page, 100)
    assert page.text_content("#out") == "after"
    assert result["start"] is result["handled"] is result["right"] is result["painted"] is None
    assert result["wrong"] == {}


def test_a_trusted_event_after_an_untrusted_one_starts_it(open_page):
    page = open_page(PLAIN)
    page.hover("#button")
    arm(page, output("after"))
    page.evaluate("""() => dispatchEvent(new PointerEvent("pointerdown"))""")
    between = page.evaluate("performance.now()")
    press(page)
    page.evaluate("show('after')")
    assert done(page)["start"] >= between


def test_another_key_does_not_start_it(open_page):
    page = open_page(PLAIN)
    arm(page, output("after"), event="keydown", key="b")
    page.keyboard.press("a")
    page.evaluate("show('after')")
    result = done(page, 100)
    assert result["start"] is result["right"] is None


def test_the_named_key_starts_it_after_another_one(open_page):
    page = open_page(PLAIN)
    arm(page, output("after"), event="keydown", key="b")
    page.keyboard.press("a")
    between = page.evaluate("performance.now()")
    page.keyboard.press("b")
    page.evaluate("show('after')")
    result = done(page)
    assert between <= result["start"] <= result["right"]


def test_any_key_starts_it_when_none_is_named(open_page):
    page = open_page(PLAIN)
    arm(page, output("after"), event="keydown")
    page.keyboard.press("q")
    page.evaluate("show('after')")
    assert done(page)["start"] is not None


@pytest.mark.parametrize("event", ["pointerdown", "keydown"])
def test_another_kind_of_event_does_not_start_it(open_page, event):
    page = open_page(PLAIN)
    page.hover("#button")
    arm(page, output("after"), event=event)
    if event == "keydown":
        press(page)
    else:
        page.keyboard.press("q")
    page.evaluate("show('after')")
    assert done(page, 100)["start"] is None


def test_only_the_first_event_counts(open_page):
    page = open_page(PLAIN)
    arm(page, output("after"), event="keydown")
    page.keyboard.press("q")
    between = page.evaluate("performance.now()")
    page.keyboard.press("q")
    page.evaluate("show('after')")
    assert done(page)["start"] < between


@pytest.mark.parametrize("event", ["mousedown", "mouseup", "click"])
def test_starts_at_pointerdown_whatever_the_page_acts_on(open_page, event):
    page = open_page(ACTING.replace("EVENT", event))
    page.hover("#button")
    arm(page, output("after"))
    page.mouse.down()
    between = page.evaluate("performance.now()")
    page.mouse.up()
    result = done(page)
    seen = page.evaluate("seen")
    assert result["start"] == seen["pointerdown"]["stamp"] <= result["handled"] <= seen["pointerdown"]["at"]
    assert result["start"] < between < seen["click"]["at"]
    assert result["right"] >= seen[event]["at"]


def test_starts_though_the_page_stops_the_event(open_page):
    page = open_page(PLAIN + "<script>addEventListener('keydown', (e) => e.stopImmediatePropagation(), true)</script>")
    arm(page, output("after"), event="keydown")
    page.keyboard.press("q")
    page.evaluate("show('after')")
    assert done(page)["start"] is not None


def test_a_load_starts_at_the_time_origin(make_page):
    armed = {"event": "navigation", "awaited": [output("here")], "kept": [], "hold": 1}
    page = make_page(f"pyuibench.arm({json.dumps(armed)})")(
        "<script>window.at = performance.now()</script><p id=out>here</p>"
    )
    result = done(page)
    assert (result["start"], result["handled"]) == (0, 0)
    assert page.evaluate("at") <= result["right"] <= result["painted"]


# --- what it sees --------------------------------------------------------------------------------------------------

SHADOWS = """
<div id="host"></div>
<script>
  const inner = document.createElement("div");
  const outer = document.getElementById("host").attachShadow({ mode: "open" });
  outer.append(inner);
  const out = document.createElement("p");
  out.id = "out";
  out.append("before");
  inner.attachShadow({ mode: "open" }).append(out);
</script>
"""
FIELDS = """<textarea id="out">before</textarea><input id="in" value="before">"""


@pytest.mark.parametrize(
    ("html", "change"),
    [
        (PLAIN, "show('after')"),
        (PLAIN, "out.firstChild.data = 'after'"),
        (
            PLAIN,
            "out.replaceWith(Object.assign(document.createElement('b'), { id: 'out', innerHTML: 'af<i>ter</i>' }))",
        ),
        (SHADOWS, "out.textContent = 'after'"),
        (SHADOWS, "out.firstChild.data = 'after'"),
        (FIELDS, "document.getElementById('out').value = 'after'"),
        (FIELDS.replace('"out"', '"area"').replace('"in"', '"out"'), "document.getElementById('out').value = 'after'"),
    ],
    ids=["text", "character-data", "replaced", "shadow-text", "shadow-character-data", "textarea", "input"],
)
def test_change_is_seen_when_it_happens(open_page, html, change):
    page = open_page(html)
    assert start(page, output("after")) == []
    ask(page)
    # Seen in the microtask after it: before the page itself could await anything.
    before, after = page.evaluate(f"""async () => {{
        const before = performance.now();
        {change};
        await null;
        return [before, performance.now()];
    }}""")
    result = answer(page)
    assert before <= result["right"] <= after <= result["painted"]
    assert result["outputs"] == {"out": {name: result[name] for name in ("right", "visible", "painted")}}
    assert result["visible"] == result["right"]
    assert (result["wrong"], result["changed"], result["flickers"]) == ({}, {}, 0)


def test_closed_shadow_root_is_not_looked_into(open_page):
    page = open_page(SHADOWS.replace('{ mode: "open" }).append', '{ mode: "closed" }).append'))
    start(page, output("before"))
    result = done(page, 100)
    assert result["right"] is None
    assert result["wrong"] == {"out": None}


def test_a_frame_within_the_page_has_no_stopwatch(open_page):
    page = open_page('<iframe srcdoc="<p>inside</p>"></iframe>')
    assert page.frames[1].evaluate("typeof window.pyuibench") == "undefined"
    assert page.evaluate("typeof window.pyuibench") == "object"


@pytest.mark.parametrize("shown", ["Hello,\n   Ada", " Hello, Ada ", "Hello,\u00a0Ada", "Hel lo,A da"])
def test_white_space_is_ignored(open_page, shown):
    page = open_page(PLAIN)
    start(page, output("Hello, Ada"))
    ask(page)
    page.evaluate("(text) => show(text)", shown)
    assert answer(page)["right"] is not None


@pytest.mark.parametrize("shown", ["Hello, Ada!", "hello, Ada", "Hello, <b>Ada</b>", ""])
def test_another_text_is_wrong_and_reported(open_page, shown):
    page = open_page(PLAIN)
    start(page, output("Hello, Ada"))
    page.evaluate("(text) => show(text)", shown)
    result = done(page, 100)
    assert result["right"] is result["painted"] is None
    assert result["outputs"] == {}
    assert result["wrong"] == {"out": "".join(shown.split())}


MESSAGES = """<p class="message">first</p><p class="message">second</p>"""
SHADOW_MESSAGES = """
<body><script>
  for (const text of ["first", "second"]) say(text);
  function say(text) {
    const host = document.body.appendChild(document.createElement("div"));
    host.attachShadow({ mode: "open" }).innerHTML = `<p class="message">${text}</p>`;
  }
</script>
"""
SAY = "document.body.insertAdjacentHTML('beforeend', '<p class=message>third</p>')"


@pytest.mark.parametrize(("html", "say"), [(MESSAGES, SAY), (SHADOW_MESSAGES, "say('third')")], ids=["plain", "shadow"])
def test_the_last_of_several_elements_is_read_where_a_selector_asks_for_it(open_page, html, say):
    page = open_page(html)
    assert start(page, output("second", selector=".message:last")) == ["out"]
    done(page, 100)
    assert start(page, output("third", selector=".message:last")) == []
    ask(page)
    page.evaluate(say)
    assert answer(page)["right"] is not None
    assert start(page, output("second", selector=".message:last(2)")) == ["out"]


def test_states_of_an_output_that_grows_are_beginnings_of_the_right_one(open_page):
    page = open_page(MESSAGES)
    start(page, output("third", selector=".message:last"), watched={"selector": ".message:last", "whole": "third"})
    page.evaluate(SAY.replace("third", "thinking"))
    for text in ("t", "th", "third"):
        page.evaluate("(text) => { document.querySelector('.message:last-child').textContent = text; }", text)
    assert len(done(page)["updates"]) == 3


# --- canvases ------------------------------------------------------------------------------------------------------

CANVAS = """
<canvas id="grid"></canvas>
<script>
  const shown = document.getElementById("grid").getContext("2d");
  const hidden = document.createElement("canvas").getContext("2d");
  const offscreen = new OffscreenCanvas(100, 100).getContext("2d");
</script>
"""


def cell(text):
    return output(text, "cell", "#grid", "canvas")


@pytest.mark.parametrize("context", ["shown", "hidden", "offscreen"])
def test_text_drawn_on_a_canvas_is_seen_when_it_is_drawn(open_canvas, context):
    page = open_canvas(CANVAS)
    assert start(page, cell("1 200")) == []
    ask(page)
    before = page.evaluate(f"() => {{ const t = performance.now(); {context}.fillText('1200', 5, 5); return t; }}")
    result = answer(page)
    assert before <= result["right"] <= result["painted"]


@pytest.mark.parametrize(
    "again", ["hidden.fillText('7', 5, 5)", "hidden.translate(3, 1); hidden.fillText('7', 2.2, 3.9)"]
)
def test_text_drawn_over_is_no_longer_shown(open_canvas, again):
    page = open_canvas(CANVAS)
    page.evaluate("hidden.fillText('6', 5, 5)")
    wrong = "(it) => pyuibench.wrong([it])"
    assert page.evaluate(wrong, cell("6")) == {}
    page.evaluate(again)
    assert page.evaluate(wrong, cell("6")) == {"cell": "not drawn"}
    assert page.evaluate(wrong, cell("7")) == {}


def test_text_drawn_elsewhere_or_on_another_canvas_hides_nothing(open_canvas):
    page = open_canvas(CANVAS)
    page.evaluate("() => { hidden.fillText('6', 5, 5); hidden.fillText('7', 5, 20); shown.fillText('8', 5, 5); }")
    assert page.evaluate("(them) => pyuibench.wrong(them)", [cell("6"), cell("7"), cell("8")]) == {}


def test_drawing_over_the_right_text_is_a_flicker(open_canvas):
    page = open_canvas(CANVAS)
    start(page, cell("6"), hold=LONG_MS)
    page.evaluate("async () => { shown.fillText('6', 5, 5); await null; shown.fillText('7', 5, 5); await null; }")
    result = done(page, 100)
    assert (result["flickers"], result["right"], result["wrong"]) == (1, None, {"cell": "not drawn"})


def test_canvas_output_needs_its_element(open_canvas):
    page = open_canvas(CANVAS.replace('<canvas id="grid">', '<canvas id="grid"></canvas><canvas>'))
    page.evaluate("() => { shown.fillText('6', 5, 5); document.getElementById('grid').remove(); }")
    assert page.evaluate("(it) => pyuibench.wrong([it])", cell("6")) == {"cell": "not drawn"}


def test_canvases_are_watched_only_when_asked_to(open_page):
    page = open_page(CANVAS)
    page.evaluate("shown.fillText('6', 5, 5)")
    assert page.evaluate("(it) => pyuibench.wrong([it])", cell("6")) == {"cell": "not drawn"}


# --- what ends it --------------------------------------------------------------------------------------------------


def test_flicker_counts_and_the_last_time_counts(open_page):
    page = open_page(PLAIN)
    start(page, output("right"), mark="seen")
    # Each state lasts until the observer has looked; no frame comes between them.
    at = page.evaluate("""async () => {
        show("right");
        await null;
        show("wrong");
        await null;
        const at = performance.now();
        show("right");
        return at;
    }""")
    result = done(page)
    assert result["flickers"] == 1
    assert at <= result["right"] <= result["painted"]
    assert result["outputs"]["out"]["right"] == result["right"]
    assert page.evaluate("performance.getEntriesByName('seen').length") == 2


@pytest.mark.parametrize(
    "change",
    [
        "() => show('right')",
        "async () => { await null; show('right'); }",
        "() => queueMicrotask(() => show('right'))",
    ],
)
def test_what_an_animation_callback_changes_is_painted_with_that_frame(open_page, change):
    """As grids and plots draw: the frame after it shows nothing new."""
    page = open_page(PLAIN)
    start(page, output("right"))
    ask(page)
    next_frame = page.evaluate(f"""() => new Promise((resolve) => requestAnimationFrame(() => {{
        ({change})();
        requestAnimationFrame(() => resolve(performance.now()));
    }}))""")
    result = answer(page)
    assert result["right"] == result["visible"] <= result["painted"] <= next_frame


def test_what_two_callbacks_of_a_frame_change_is_painted_with_that_frame(open_page):
    page = open_page(PLAIN)
    start(page, output("right"), output("moved", "other", "#other"))
    ask(page)
    next_frame = page.evaluate("""() => new Promise((resolve) => {
        requestAnimationFrame(() => show("right"));
        requestAnimationFrame(() => {
            other.textContent = "moved";
            requestAnimationFrame(() => resolve(performance.now()));
        });
    })""")
    result = answer(page)
    assert result["outputs"]["out"]["painted"] == result["outputs"]["other"]["painted"] == result["painted"]
    assert result["outputs"]["out"]["right"] <= result["outputs"]["other"]["right"] <= result["painted"] <= next_frame


def test_what_is_changed_after_a_frame_is_painted_with_the_next(open_page):
    page = open_page(PLAIN)
    start(page, output("right"))
    ask(page)
    next_frame = page.evaluate("""() => new Promise((resolve) => requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => {
            show("right");
            requestAnimationFrame(() => resolve(performance.now()));
        };
        channel.port2.postMessage(null);
    }))""")
    result = answer(page)
    assert result["right"] <= next_frame <= result["painted"]


def test_a_page_s_animation_callbacks_are_called_as_without_it(open_page):
    page = open_page(PLAIN)
    start(page, output("right"))
    called = page.evaluate("""async () => {
        const called = [];
        cancelAnimationFrame(requestAnimationFrame(() => called.push("cancelled")));
        requestAnimationFrame((time) => called.push(typeof time));
        await new Promise(requestAnimationFrame);
        try { requestAnimationFrame(null); } catch (error) { called.push(error.name); }
        return called;
    }""")
    assert called == ["number", "TypeError"]


def test_flicker_over_frames_moves_both_ends(open_page):
    page = open_page(PLAIN)
    start(page, output("right"), hold=HELD_MS)
    ask(page)
    at = page.evaluate("""async () => {
        const frame = () => new Promise(requestAnimationFrame);
        show("right");
        await frame(); await frame(); await frame();
        show("wrong");
        await frame();
        const at = performance.now();
        show("right");
        return at;
    }""")
    result = answer(page)
    assert result["flickers"] == 1
    assert at <= result["right"] <= result["painted"]
    # The hold began anew (timers may be a clock's tick early).
    assert result["ended"] >= result["painted"] + HELD_MS - 1


def test_frame_of_a_state_that_is_wrong_again_is_not_painted(open_page):
    page = open_page(PLAIN)
    start(page, output("right"))
    ask(page, 500)
    page.evaluate("""async () => {
        const frame = () => new Promise(requestAnimationFrame);
        show("right");
        await null;
        show("wrong");
        await frame(); await frame();
    }""")
    result = answer(page)
    assert result["right"] is result["painted"] is None


def test_changes_between_two_looks_are_no_flicker(open_page):
    page = open_page(PLAIN)
    start(page, output("right"))
    page.evaluate("() => { show('right'); show('wrong'); show('right'); }")
    assert done(page)["flickers"] == 0


def test_right_then_wrong_does_not_end(open_page):
    page = open_page(PLAIN)
    start(page, output("right"), hold=LONG_MS)
    page.evaluate("""async () => {
        show("right");
        await new Promise(requestAnimationFrame);
        await new Promise((then) => setTimeout(then));
        show("wrong");
    }""")
    result = done(page, 100)
    assert result["right"] is result["painted"] is None
    assert result["outputs"] == {}
    assert result["wrong"] == {"out": "wrong"}
    assert result["flickers"] == 1


def test_state_that_is_right_when_time_is_up_but_was_not_held_is_still_told(open_page):
    page = open_page(PLAIN)
    start(page, output("right"), hold=LONG_MS)
    page.evaluate("show('right')")
    result = done(page, 200)
    assert result["right"] is not None
    assert result["wrong"] == {}


def test_wrong_at_the_end_of_the_hold_does_not_end_though_nothing_told(open_page):
    page = open_page("<textarea id=out></textarea>")
    start(page, output("x"))
    ask(page)
    # `setRangeText` makes no mutation and doesn't call the setter of `value`.
    so_far = page.evaluate("""async () => {
        const out = document.getElementById("out");
        out.value = "x";
        await null;
        out.setRangeText("y");
        return Promise.race([window.result, new Promise((then) => setTimeout(then, 500, "not ended"))]);
    }""")
    assert so_far == "not ended"
    page.evaluate("document.getElementById('out').value = 'x'")
    result = answer(page)
    assert (result["flickers"], result["wrong"]) == (1, {})


def test_right_before_the_gesture_is_reported_early(open_page):
    page = open_page(PLAIN)
    both = [output("be fore"), output("moved", "other", "#other")]
    assert arm(page, *both) == ["out"]
    assert arm(page, *both[1:]) == []


def test_nothing_ends_before_the_gesture(open_page):
    page = open_page(PLAIN)
    arm(page, output("before"), event="keydown")
    assert done(page, 100)["right"] is None


def test_where_nothing_is_awaited_it_ends_with_the_next_frame(open_page):
    page = open_page(PLAIN)
    start(page)
    result = done(page)
    assert result["start"] <= result["right"] <= result["visible"] <= result["painted"]
    assert result["outputs"] == {}


def test_kept_outputs_that_change_are_reported(open_page):
    page = open_page(PLAIN)
    kept = [output("still", "other", "#other"), output("Go", "label", "#button"), output("", "gone", "#gone")]
    start(page, output("after"), kept=kept)
    page.evaluate("() => { show('after'); other.textContent = 'not any more'; }")
    result = done(page)
    assert result["right"] is not None
    assert result["changed"] == {"other": "notanymore", "gone": None}
    assert result["wrong"] == {}


def test_kept_output_that_changes_during_the_hold_is_reported(open_page):
    page = open_page(PLAIN)
    start(page, output("after"), kept=[output("still", "other", "#other")], hold=300)
    page.evaluate("() => { show('after'); setTimeout(() => { other.textContent = 'late'; }, 100); }")
    assert done(page)["changed"] == {"other": "late"}


def test_each_output_has_its_own_time(open_page):
    page = open_page(PLAIN)
    start(page, output("after", "first"), output("moved", "second", "#other"))
    ask(page)
    first, second = page.evaluate("""async () => {
        const wait = () => { const from = performance.now(); while (performance.now() < from + 2); };
        const first = performance.now();
        show("after");
        await null;
        wait();
        const second = performance.now();
        other.textContent = "moved";
        return [first, second];
    }""")
    result = answer(page)
    assert first <= result["outputs"]["first"]["right"] < second <= result["outputs"]["second"]["right"]
    assert result["right"] == result["outputs"]["second"]["right"]
    assert result["painted"] >= result["right"]


def test_a_late_answer_is_timed(open_page):
    now, later = '{ out.textContent = "after"; }', '{ setTimeout(() => { out.textContent = "after"; }, 100); }'
    assert now in ACTING
    page = open_page(ACTING.replace("EVENT", "click").replace(now, later))
    page.hover("#button")
    arm(page, output("after"))
    press(page)
    result = done(page)
    assert 100 <= result["right"] - result["start"] < 5_000
    assert result["painted"] >= result["right"]


def test_no_mark_is_left_unless_asked_for(open_page):
    page = open_page(PLAIN)
    start(page, output("after"))
    page.evaluate("show('after')")
    done(page)
    assert page.evaluate("performance.getEntriesByType('mark').length") == 0


def test_each_gesture_is_measured_anew(open_page):
    page = open_page(PLAIN)
    start(page, output("one"))
    page.evaluate("async () => { show('one'); await null; show('two'); await null; show('one'); }")
    first = done(page)
    assert start(page, output("two"), kept=[output("still", "other", "#other")]) == []
    page.evaluate("show('two')")
    second = done(page)
    assert (first["flickers"], second["flickers"]) == (1, 0)
    assert second["start"] > first["painted"]
    assert second["right"] >= second["start"]


# --- what comes step by step, again and again, or with a file -------------------------------------------------------


def test_every_state_of_a_watched_output_is_kept_with_its_time(open_page):
    page = open_page(PLAIN)
    start(page, output("three"), watched={"selector": "#out"})
    ask(page)
    for text in ("one", "two", "two", "three"):
        page.evaluate("(text) => show(text)", text)
    result = answer(page)
    assert len(result["updates"]) == 3
    assert result["start"] < result["updates"][0] < result["updates"][1] < result["updates"][2] == result["right"]


def test_what_a_watched_output_shows_before_is_no_update(open_page):
    page = open_page(PLAIN)
    start(page, output("after"), watched={"selector": "#out"})
    ask(page)
    page.evaluate("""() => { other.textContent = "changed"; show(""); show("after"); }""")
    assert len(answer(page)["updates"]) == 1


def test_of_several_presses_the_last_starts_it(open_page):
    page = open_page(PLAIN)
    arm(page, output("after"), event="keydown", key="x", presses=3)
    for _ in range(2):
        page.keyboard.press("x")
    between = page.evaluate("performance.now()")
    page.keyboard.press("x")
    page.keyboard.press("x")
    page.evaluate("show('after')")
    result = done(page)
    assert between <= result["start"] <= result["handled"]


def test_of_the_mouses_moves_the_one_to_a_place_starts_it(open_page):
    page = open_page(PLAIN)
    page.evaluate("window.stamps = []; addEventListener('pointermove', (event) => stamps.push(event.timeStamp), true)")
    arm(page, output("after"), event="pointermove", x=30)
    for x in (10, 20, 30, 40):
        page.mouse.move(x, 200)
    page.evaluate("show('after')")
    assert done(page)["start"] == page.evaluate("stamps")[2]


def test_of_moves_that_come_together_the_last_starts_it(open_page):
    page = open_page(PLAIN)
    # A page that is busy gets them in one event, which has the first one's time or the last one's.
    page.evaluate("""() => {
        window.seen = [];
        const moved = (event) => seen.push(...event.getCoalescedEvents().map(({ clientX, timeStamp }) => [clientX, timeStamp]));
        addEventListener("pointermove", moved, true);
    }""")
    arm(page, output("after"), event="pointermove", x=30)
    row = [slider.Move("mouseMoved", x, 200, due) for x, due in ((10, 0.1), (20, 0.13), (30, 0.16))]
    page.evaluate("setTimeout(() => { const end = performance.now() + 500; while (performance.now() < end); })")
    slider.send(page.context.new_cdp_session(page), row)
    page.evaluate("show('after')")
    x, at = page.evaluate("seen")[-1]
    assert x == 30
    assert done(page)["start"] == at


def test_a_file_starts_it_and_text_does_not(open_page, tmp_path):
    page = open_page(PLAIN + """<input type="file" id="file">""")
    file = tmp_path / "a.csv"
    file.write_text("a\n1\n")
    arm(page, output("after"), event="input")
    page.fill("#field", "typed")
    between = page.evaluate("performance.now()")
    page.set_input_files("#file", file)
    page.evaluate("show('after')")
    assert done(page)["start"] >= between


def test_a_drop_starts_it(open_page):
    page = open_page(PLAIN)
    arm(page, output("after"), event="drop")
    page.dispatch_event("#out", "dragover")
    between = page.evaluate("performance.now()")
    page.dispatch_event("#out", "drop")
    page.evaluate("show('after')")
    assert done(page)["start"] >= between


def test_what_a_replaced_component_showed_last_is_not_seen(open_page):
    page = open_page("""
    <button id="button">Go</button> <div id="place"></div>
    <script>
      const show = (text) => {
        const host = document.createElement("div");
        host.attachShadow({ mode: "open" }).innerHTML = `<p id="out">${text}</p>`;
        document.getElementById("place").replaceChildren(host);
      };
      show("before");
    </script>
    """)
    start(page, output("after"))
    ask(page)
    page.evaluate("show('after')")
    assert answer(page)["wrong"] == {}


# --- when bytes came -----------------------------------------------------------------------------------------------

# It says when each way's bytes were in the page's own hands.
RECEIVING = """
<button id="button">Go</button> <p id="out">before</p>
<script>
  const out = document.getElementById("out"), got = {};
  const after = () => { got.at = performance.now(); out.textContent = "after"; };
  const ways = {
    plain: async () => { await (await fetch("/data")).text(); after(); },
    request: () => {
      const request = new XMLHttpRequest();
      request.open("GET", "/data");
      request.onload = after;
      request.send();
    },
    reader: async () => { await (await fetch("/data")).body.getReader().read(); after(); },
    iterator: async () => { for await (const part of (await fetch("/data")).body) if (part.length) after(); },
    piped: async () => {
      for await (const part of (await fetch("/data")).body.pipeThrough(new TextDecoderStream())) if (part) after();
    },
    events: () => { new EventSource("/data").onmessage = (event) => { event.target.close(); after(); }; },
    named: () => { new EventSource("/data").addEventListener("news", (event) => { event.target.close(); after(); }); },
    nothing: after,
  };
  document.getElementById("button").addEventListener("click", () => ways["WAY"]());
</script>
"""


@pytest.mark.parametrize("way", ["plain", "request", "reader", "iterator", "piped", "events", "named"])
def test_when_bytes_came_by_any_way_is_noted(make_page, way):
    page = make_page()(RECEIVING.replace("WAY", way))
    name = "event: news\n" if way == "named" else ""
    kind = "text/event-stream" if way in ("events", "named") else "text/plain"
    page.route("**/data", lambda route: route.fulfill(body=f"{name}data: 1\n\n", content_type=kind))
    arm(page, output("after"))
    page.click("#button")
    result = done(page)
    assert result["start"] < result["arrived"] <= page.evaluate("got.at") <= result["right"]


def test_a_message_of_a_socket_is_noted(make_page):
    def page_itself(connection, request):
        if request.path == "/live":
            return None
        response = connection.respond(200, RECEIVING.replace("WAY", "nothing"))
        del response.headers["Content-Type"]
        response.headers["Content-Type"] = "text/html"
        return response

    page = make_page()("")
    with serve(lambda it: it.send(it.recv()), "127.0.0.1", 0, process_request=page_itself) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        # A page that no network has brought may not open a connection to this machine.
        page.route("**/*", lambda route: route.continue_())
        page.goto(f"http://127.0.0.1:{server.socket.getsockname()[1]}/")
        page.evaluate(
            """() => new Promise((resolve) => {
                window.socket = new WebSocket(`ws://${location.host}/live`);
                socket.onopen = resolve;
                socket.onmessage = after;
            })"""
        )
        assert page.evaluate("[socket instanceof WebSocket, WebSocket.OPEN, socket.readyState]") == [True, 1, 1]
        start(page, output("after"))
        page.evaluate("socket.send('hello')")
        result = done(page)
        assert result["start"] < result["sent"] < result["arrived"] <= page.evaluate("got.at") <= result["right"]
        server.shutdown()


def test_bytes_of_before_the_gesture_are_not_its_own(make_page):
    page = make_page()(RECEIVING.replace("WAY", "nothing"))
    page.route("**/data", lambda route: route.fulfill(body="data", content_type="text/plain"))
    page.evaluate("async () => { await (await fetch('/data')).text(); }")
    arm(page, output("after"))
    page.click("#button")
    assert done(page)["arrived"] is None


SENDING = """
<button id="button">Go</button> <p id="out">before</p>
<script>
  const out = document.getElementById("out"), sent = {};
  const ways = {
    fetch: () => fetch("/data"),
    beacon: () => navigator.sendBeacon("/data", "1"),
    events: () => new EventSource("/data"),
    request: () => { const request = new XMLHttpRequest(); request.open("GET", "/data"); request.send(); },
  };
  document.getElementById("button").addEventListener("click", () => setTimeout(() => {
    sent.before = performance.now();
    ways["WAY"]();
    sent.after = performance.now();
    out.textContent = "after";
  }, 100));
</script>
"""


@pytest.mark.parametrize("way", ["fetch", "beacon", "events", "request"])
def test_what_a_page_sends_first_is_noted_however_long_it_waits(make_page, way):
    page = make_page()(SENDING.replace("WAY", way))
    page.route("**/data", lambda route: route.fulfill(body="data", content_type="text/plain"))
    # What was sent before the gesture isn't its doing.
    page.evaluate("fetch('/data')")
    arm(page, output("after"))
    page.click("#button")
    result = done(page)
    sent = page.evaluate("sent")
    assert sent["before"] <= result["sent"] <= sent["after"]
    assert result["sent"] - result["start"] >= 99


def test_a_page_that_sends_nothing(open_page):
    page = open_page(PLAIN)
    start(page, output("after"))
    page.evaluate("show('after')")
    assert done(page)["sent"] is None
