"""A page inside a frame of another site, as Spaces show it: many browsers give it no cookies there, and no storage."""

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

from playwright.sync_api import Browser, Frame
from playwright.sync_api import Error as PlaywrightError

from pyuibench.contract.scenarios import normalised
from pyuibench.contract.states import Action, initial_texts
from pyuibench.contract.walks import app_actions
from pyuibench.entries.catalog import Click, Variant
from pyuibench.instruments.browser.page import in_words

OUTER = "http://127.0.0.2/"
"""Another site on this machine: of one elsewhere Chromium wouldn't have a page of this machine in a frame."""
CONTROL, OUTPUT = "increment", "count"
WAIT_MS = 60_000
REST_MS = 1_000
# The text of the first element that a selector matches, in the document or any open shadow root; null where there is none.
READ = """(selector) => {
  const find = (root) => {
    const found = root.querySelector(selector);
    if (found) return found;
    for (const host of root.querySelectorAll("*")) {
      const inside = host.shadowRoot && find(host.shadowRoot);
      if (inside) return inside;
    }
    return null;
  };
  const element = find(document);
  return element && (element.value ?? element.textContent).replace(/\\s+/g, "");
}"""


def wrong_in_frame(browser: Browser, variant: Variant, url: str) -> Iterator[str]:
    """Yield what is wrong with a page in a frame: its first count, and its count after one click."""
    context = browser.new_context(permissions=["local-network-access"])
    try:
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.route(OUTER, lambda route: route.fulfill(content_type="text/html", body=_outer(url)))
        context.new_cdp_session(page).send(
            "Network.setCookieControls",
            {
                "enableThirdPartyCookieRestriction": True,
                "disableThirdPartyCookieMetadata": True,
                "disableThirdPartyCookieHeuristics": True,
            },
        )
        page.goto(OUTER)
        for wrong in _wrong(variant, page.frames[-1]):
            yield f"{wrong}; the page said: {said[-1].splitlines()[0] if said else 'nothing'}"
    except PlaywrightError as error:
        yield in_words(error)
    finally:
        context.close()


def _outer(url: str) -> str:
    return f'<!DOCTYPE html><title>A site</title><iframe src="{url}" width="1280" height="900"></iframe>'


def _wrong(variant: Variant, frame: Frame) -> Iterator[str]:
    click = next(it for it in islice(app_actions(1), 100) if it.control == CONTROL)
    gesture = variant.gesture(CONTROL)
    assert isinstance(gesture, Click)
    first = normalised(initial_texts("app", 0)[OUTPUT])
    if (shown := _awaited(variant, frame, first)) != first:
        yield f"{OUTPUT} shows {shown!r} instead of {first!r}"
        return
    # A page may be seen before it hears anything: a person takes as long to find the button.
    frame.page.wait_for_timeout(REST_MS)
    frame.locator(gesture.click).first.click()
    after = normalised(_of_first_click(click))
    if (shown := _awaited(variant, frame, after)) != after:
        yield f"after a click {OUTPUT} shows {shown!r} instead of {after!r}"


def _of_first_click(click: Action) -> str:
    return click.expected[OUTPUT]


def _awaited(variant: Variant, frame: Frame, text: str) -> str | None:
    """Return what the output shows, at the latest after the longest wait: the awaited text as soon as it is there."""
    selector = variant.shown(OUTPUT).selector
    waited = f"([selector, text]) => ({READ})(selector) === text"
    # What it shows at the end is told.
    with suppress(PlaywrightError):
        frame.wait_for_function(waited, arg=[selector, text], timeout=WAIT_MS)
    shown: str | None = frame.evaluate(READ, selector)
    return shown
