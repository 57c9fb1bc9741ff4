"""Sliders dragged by the handle: where the mouse goes, and what a page sees of it."""

import pytest

from pyuibench.instruments.browser.slider import Box, Move, Slider, moves, native_parts, send

TRACK = Box(left=100, top=10, width=400, height=4)
NATIVE = """
<style>
  body { margin: 0; }
  input { width: 333px; margin: 20px; }
  .styled { appearance: none; box-sizing: border-box; padding: 3px; border: 2px solid; }
  .styled::-webkit-slider-thumb { appearance: none; width: 31px; height: 20px; background: teal; }
</style>
<input type="range" min="0" max="100" value="30"> <input type="text">
"""


def handle_at(middle, width=20):
    return Box(left=middle - width / 2, top=2, width=width, height=20)


def test_a_handle_whose_middle_goes_to_the_ends():
    slider = Slider(handle_at(220), TRACK, inside=False)
    assert [slider.x(share) for share in (0, 0.3, 0.31, 1)] == [100, 220, 224, 500]
    assert (slider.grip(0.3), slider.y) == (220, 12)


def test_a_handle_that_stays_inside_its_track():
    slider = Slider(handle_at(110 + 0.3 * 380), TRACK, inside=True)
    assert [slider.x(share) for share in (0, 0.3, 1)] == [110, 224, 490]
    assert slider.grip(0.3) == 224


def test_a_handle_is_held_where_its_value_is_as_far_as_it_goes():
    # It is drawn inside the track, but the mouse goes to the ends.
    assert Slider(handle_at(110 + 0.3 * 380), TRACK, inside=False).grip(0.3) == 220
    assert Slider(handle_at(300), TRACK, inside=False).grip(0.3) == 290
    assert Slider(handle_at(150), TRACK, inside=False).grip(0.3) == 160


def test_places_are_whole_pixels():
    slider = Slider(handle_at(0), Box(0.4, 0, 333.3, 1), inside=False)
    assert all(isinstance(slider.x(share / 100), int) for share in range(101))


def test_a_row_of_moves_ends_with_the_release():
    row = list(moves((5, 6, 7), 40.5, 0.25, 0.125))
    assert [(each.kind, each.x, each.due_s) for each in row] == [
        ("mouseMoved", 5, 0),
        ("mouseMoved", 6, 0.25),
        ("mouseMoved", 7, 0.5),
        ("mouseReleased", 7, 0.625),
    ]
    assert {each.y for each in row} == {40.5}
    assert [each.as_json()["buttons"] for each in row] == [1, 1, 1, 0]


@pytest.fixture
def page(browser):
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize("style", ["", "styled"])
def test_native_handles_are_found_and_dragged(page, style):
    page.set_content(NATIVE)
    field = page.locator("input").first
    field.evaluate("(it, style) => { it.className = style; pyuibench = {}; }", style)
    cdp = page.context.new_cdp_session(page)
    handle, track = native_parts(cdp, field)
    slider = Slider(handle, track, inside=True)
    assert handle.left + handle.width / 2 == pytest.approx(slider.x(0.3), abs=1)
    assert (handle.width, track.width) == ((31, 333 - 2 * (3 + 2)) if style else (16, 333))
    send(cdp, (Move("mouseMoved", slider.grip(0.3), slider.y), Move("mousePressed", slider.grip(0.3), slider.y)))
    assert field.input_value() == "30"
    send(cdp, moves([slider.x(share / 100) for share in range(31, 61)], slider.y, 0.001, 0))
    assert field.input_value() == "60"
    send(cdp, (Move("mouseMoved", slider.x(0.9), slider.y),))
    assert field.input_value() == "60"
    assert page.evaluate("pyuibench.held") is None


@pytest.mark.browser
def test_what_has_no_handle_is_told(page):
    page.set_content(NATIVE)
    page.evaluate("() => { pyuibench = {}; }")
    with pytest.raises(KeyError, match="thumb"):
        native_parts(page.context.new_cdp_session(page), page.locator("input").last)


@pytest.mark.browser
def test_nothing_is_waited_for_between_moves(page):
    page.set_content(NATIVE)
    # A page that takes longer for each move than the hand takes for all of them.
    page.evaluate("""() => {
        window.events = [];
        for (const type of ["pointerdown", "pointermove", "pointerup"])
            addEventListener(type, (event) => {
                events.push([type, event.clientX]);
                const end = performance.now() + 200;
                while (performance.now() < end);
            }, true);
    }""")
    cdp = page.context.new_cdp_session(page)
    send(cdp, (Move("mouseMoved", 50, 30), Move("mousePressed", 50, 30), *moves(range(51, 61), 30, 0.01, 0)))
    events = page.evaluate("events")
    dragged = [clientX for type, clientX in events[[type for type, _ in events].index("pointerdown") :]]
    assert events[-1] == ["pointerup", 60]
    # What came while it was busy with a move came together.
    assert dragged == sorted(dragged)
    assert len(dragged) < 10
