"""What is wrong with a page's looks is found."""

import io

import pytest
from PIL import Image

from pyuibench.contract.states import initial_app
from pyuibench.entries.catalog import load_entry
from pyuibench.instruments.browser.page import Page
from pyuibench.project import APPS
from pyuibench.serving import environment
from pyuibench.serving.server import Server
from pyuibench.verify.appearance import LEAST_INK, Box, faults, ink, misplaced

WIDTH = 1280
ABOVE = Box(10, 10, 200, 40)
BELOW = Box(10, 39, 200, 80)


def test_boxes_that_touch_are_in_their_places():
    assert misplaced({"count": ABOVE, "greeting": BELOW}, WIDTH) == []


def test_a_part_of_an_output_lies_within_it():
    assert misplaced({"table": Box(0, 0, 500, 500), "rows": Box(5, 30, 60, 50)}, WIDTH) == []


def test_what_lies_on_something_else_is_found():
    assert misplaced({"count": ABOVE, "greeting": Box(150, 20, 400, 60)}, WIDTH) == ["count lies on greeting"]


def test_what_leaves_the_page_is_found():
    boxes = {"count": Box(-5, 10, 20, 30), "chart": Box(0, 100, 1300, 400)}
    assert misplaced(boxes, WIDTH) == ["count is outside the page", "chart is outside the page"]


def picture(dark_rows):
    image = Image.new("RGB", (100, 200), "white")
    image.paste("black", (0, 0, 100, dark_rows))
    with io.BytesIO() as file:
        image.save(file, "PNG")
        return file.getvalue()


def test_a_page_with_nothing_on_it_is_blank():
    assert ink(picture(0)) == 0 < LEAST_INK
    assert ink(picture(50)) == 0.25


@pytest.mark.browser
@pytest.mark.servers
def test_what_is_hidden_or_has_lost_its_style_is_found(browser, tmp_path):
    variant = load_entry(APPS / "baseline").variant("websocket")
    with Server(variant, environment.prepare(variant), "app", tmp_path / "log") as server:
        server.await_ready()
        with Page(browser, variant, server.url, initial_app().expected, 0) as page:
            page.open()
            # What was not used yet shows nothing.
            unused = {f"{output} is not to be seen" for output in ("answer", "progress", "crunched", "uploaded")}
            assert set(faults(page, variant, WIDTH)) <= unused
            page.page.evaluate(
                "(it) => (document.querySelector(it).style.display = 'none')", variant.shown("orders").selector
            )
            page.page.evaluate(
                "(it) => (document.querySelector(it).style.font = '16px serif')", variant.shown("count").selector
            )
            found = set(faults(page, variant, WIDTH)) - unused
            assert found == {"orders is not to be seen", "count is unstyled: its font is 'serif'"}
