"""What is wrong with a page's looks is found, and every variant of every entry looks like the app."""

import pytest
from PIL import Image

from pyuibench import environment
from pyuibench.browser.page import Page
from pyuibench.catalog import load_entry
from pyuibench.gallery import VIEWPORT, photograph
from pyuibench.looks import Box, faults, misplaced
from pyuibench.project import APPS
from pyuibench.server import Server
from pyuibench.spec import initial_app

WIDTH = 1280
ABOVE = Box(10, 10, 200, 40)
BELOW = Box(10, 39, 200, 80)
# Less of a picture's pixels than this differ from its background where a page is blank.
LEAST_INK = 0.01


def test_boxes_that_touch_are_in_their_places():
    assert misplaced({"count": ABOVE, "greeting": BELOW}, WIDTH) == []


def test_a_part_of_an_output_lies_within_it():
    assert misplaced({"table": Box(0, 0, 500, 500), "rows": Box(5, 30, 60, 50)}, WIDTH) == []


def test_what_lies_on_something_else_is_found():
    assert misplaced({"count": ABOVE, "greeting": Box(150, 20, 400, 60)}, WIDTH) == ["count lies on greeting"]


def test_what_leaves_the_page_is_found():
    boxes = {"count": Box(-5, 10, 20, 30), "chart": Box(0, 100, 1300, 400)}
    assert misplaced(boxes, WIDTH) == ["count is outside the page", "chart is outside the page"]


@pytest.mark.browser
@pytest.mark.servers
def test_what_is_hidden_or_has_lost_its_style_is_found(browser, tmp_path):
    variant = load_entry(APPS / "floor").variant("websocket")
    with Server(variant, environment.prepare(variant.entry), "app", tmp_path / "log") as server:
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


@pytest.mark.browser
@pytest.mark.servers
def test_every_variant_looks_like_the_app(browser, tmp_path, every_variant):
    path = tmp_path / "page.png"
    assert photograph(browser, every_variant, path) == []
    with Image.open(path) as image:
        assert image.size == (VIEWPORT["width"], VIEWPORT["height"])
        grey = image.convert("L")
    background = grey.getpixel((2, grey.height - 2))
    ink = sum(abs(value - background) > 60 for value in grey.get_flattened_data()) / (grey.width * grey.height)
    assert ink > LEAST_INK
