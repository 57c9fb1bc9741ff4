"""The parts of an interaction against timestamps placed by hand in the baseline's own page, on each of its ways to the server."""

import itertools

import pandas as pd
import pytest

from pyuibench.analysis.breakdown import CLOCK_ERROR_MS, PARTS, apart
from pyuibench.contract.states import initial_app
from pyuibench.contract.walks import app_actions
from pyuibench.entries.catalog import load_entry
from pyuibench.instruments.browser.calls import calls_of
from pyuibench.instruments.browser.page import Page
from pyuibench.instruments.shared.ledger import user_code
from pyuibench.project import APPS
from pyuibench.serving import environment
from pyuibench.serving.server import Server

BASELINE = load_entry(APPS / "baseline")
SESSION = APPS / "baseline" / "static" / "session.js"
# Around the page's own function that shows what has come.
STAMPED = """export function connect(display) {
  window.stamps = [];
  const show = (outputs) => {
    stamps.push({ came: performance.now() });
    display(outputs);
    stamps.at(-1).shown = performance.now();
  };"""
ROUNDING_MS = 0.11


def stamped(route):
    script = SESSION.read_text()
    assert "export function connect(show) {" in script
    route.fulfill(body=script.replace("export function connect(show) {", STAMPED), content_type="text/javascript")


@pytest.mark.browser
@pytest.mark.servers
@pytest.mark.parametrize("name", [variant.name for variant in BASELINE.variants])
def test_parts_lie_around_the_timestamps_placed_by_hand(browser, tmp_path, name):
    variant = BASELINE.variant(name)
    ledger = tmp_path / "ledger"
    with Server(variant, environment.prepare(BASELINE.variants[0]), "app", tmp_path / "log", ledger=ledger) as server:
        server.await_ready()
        with Page(browser, variant, server.url, initial_app().expected, 20) as page:
            page.page.route("**/session.js", stamped)
            opened = page.open()
            origin_ns = opened.started_ns
            assert opened.arrived_ms is not None
            reader = calls_of(page, ledger)
            for action in itertools.islice(app_actions(2), 10):
                reader.new_calls()
                page.page.evaluate("stamps.length = 0")
                reading = page.perform(action)
                calls = user_code(reader, reading.started_ns, reading.arrived_ms)
                stamps = page.page.evaluate("stamps")
                came, shown = (stamps[-1][at] - (reading.started_ns - origin_ns) / 1e6 for at in ("came", "shown"))
                assert reading.reason is None
                assert calls["user_code_calls"] > 0
                assert reading.arrived_ms <= came + ROUNDING_MS
                assert came - ROUNDING_MS <= reading.right_ms
                if action.control in ("increment", "name"):
                    # What is text alone is right once the page's own function has returned.
                    assert reading.right_ms >= shown - ROUNDING_MS
                # The server had computed it before the page had it.
                assert calls["until_user_code_done_ms"] <= reading.arrived_ms + CLOCK_ERROR_MS
                assert calls["until_user_code_ms"] >= reading.input_delay_ms - CLOCK_ERROR_MS
                check_sum(reading, calls)


def check_sum(reading, calls):
    times = ("input_delay_ms", "sent_ms", "arrived_ms", "right_ms", "painted_ms")
    row = {name: getattr(reading, name) for name in times}
    parts = apart(pd.DataFrame([row | calls])).iloc[0]
    assert list(parts.index) == list(PARTS)
    assert parts.sum() == pytest.approx(reading.painted_ms)
