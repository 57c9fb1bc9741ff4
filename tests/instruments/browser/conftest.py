import pytest

from pyuibench.instruments.browser.page import STOPWATCH

ADDRESS = "http://127.0.0.1/"


@pytest.fixture(scope="module")
def make_page(browser):
    """Return a function that makes a page with the stopwatch, and then opens contents on it."""
    contexts = []

    def make(then=""):
        context = browser.new_context()
        contexts.append(context)
        page = context.new_page()
        shown = {}
        page.route("**/*", lambda route: route.fulfill(body=shown["html"], content_type="text/html"))
        # The stopwatch comes before any of the page's own scripts.
        page.add_init_script(f"{STOPWATCH}\n{then}")

        def open_with(html):
            shown["html"] = f"<!doctype html>{html}"
            page.goto(ADDRESS)
            return page

        return open_with

    yield make
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def open_page(make_page):
    return make_page()


@pytest.fixture(scope="module")
def open_canvas(make_page):
    return make_page("window.pyuibench?.watchCanvases()")
