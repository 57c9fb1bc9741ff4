"""What the baseline's notes say of its app: what is selected, sent and waited for."""

import asyncio
import json
import sys

import pytest

import workload
from pyuibench.contract.scenarios import FIRST_OUTPUTS, normalised
from pyuibench.contract.states import initial_app
from pyuibench.entries.catalog import load_entry
from pyuibench.project import APPS
from pyuibench.serving import environment
from pyuibench.serving.server import Server
from workload.expected import Inputs, expected_app

BASELINE = load_entry(APPS / "baseline")
TRANSPORTS = [variant.name for variant in BASELINE.variants]
MOST_BYTES = 2_500
"""Of an answer's 120 tokens; with the whole answer in every message they were 36,600."""


@pytest.fixture
def session(monkeypatch):
    """Return a session, and a list that grows with each selection of orders."""
    monkeypatch.syspath_prepend(str(BASELINE.directory))
    selected = []
    select_orders = workload.select_orders

    def selecting(*args):
        selected.append(args[1:])
        return select_orders(*args)

    monkeypatch.setattr(workload, "select_orders", selecting)
    from session import AppSession

    yield AppSession(), selected
    del sys.modules["session"]


def updates_of(session, control):
    async def collected():
        return [update async for update in session.updates(control, None)]

    return asyncio.run(collected())


def test_a_filter_selects_once_and_the_granularity_takes_what_is_selected(session):
    app, selected = session
    app.everything()
    assert selected == [(workload.DEFAULT_CATEGORY, workload.DEFAULT_MIN_UNITS)]
    app.act("category", "Toys")
    app.act("granularity", "year")
    app.act("increment", None)
    assert selected[1:] == [("Toys", workload.DEFAULT_MIN_UNITS)]
    shown = app.act("granularity", "quarter")["chart"]
    wanted = expected_app(Inputs(category="Toys", granularity="quarter"))["chart"]
    assert normalised(wanted).startswith(normalised(shown["layout"]["title"]["text"]))


def test_an_answer_is_sent_token_by_token(session):
    app, _ = session
    for asked in (1, 2):
        first, *others = updates_of(app, "ask")
        assert all(update.keys() == {"token"} for update in others)
        assert (
            first["answer"] + "".join(update["token"] for update in others)
            == expected_app(Inputs(asked=asked))["answer"]
        )
        sent = sum(len(json.dumps(update, separators=(",", ":"))) for update in (first, *others))
        assert sent < MOST_BYTES


@pytest.fixture(params=TRANSPORTS)
def page(request, browser, tmp_path):
    """Return a page in the browser that isn't opened yet, and the address of a transport's app."""
    variant = BASELINE.variant(request.param)
    with Server(variant, environment.prepare(BASELINE.variants[0]), "app", tmp_path / "log") as server:
        server.await_ready()
        page = browser.new_page()
        yield page, server.url
        page.close()


@pytest.mark.browser
@pytest.mark.servers
class TestPage:
    def test_only_the_chart_waits_for_plotly(self, page):
        its, url = page
        held = []
        its.route("**/plotly.min.js", lambda request: held.append(request))
        its.goto(url, wait_until="commit")
        initial = initial_app().expected
        shown = {output: its.locator(BASELINE.variants[0].shown(output).selector).first for output in FIRST_OUTPUTS}
        chart = shown.pop("chart")
        for output, place in shown.items():
            place.filter(has_text=initial[output].split()[0]).wait_for()
        assert chart.count() == 0
        (request,) = held
        request.continue_()
        chart.wait_for()

    def test_of_values_that_come_faster_than_answers_the_last_is_shown(self, page):
        its, url = page
        posted = []
        its.on("request", lambda request: posted.append(request.method) if request.method == "POST" else None)
        its.goto(url)
        its.locator("#chart .gtitle").wait_for()
        its.evaluate(
            """() => {
                const slider = document.getElementById("min_units");
                for (let value = 31; value <= 60; value++) {
                    slider.value = value;
                    slider.dispatchEvent(new Event("input"));
                }
            }"""
        )
        wanted = expected_app(Inputs(min_units=60))
        its.locator("#rows td").first.filter(has_text=wanted["rows"]).wait_for()
        its.locator("#table").filter(has_text=wanted["table"]).wait_for()
        its.locator("#chart .gtitle").filter(has_text=wanted["chart"].partition(" | ")[0]).wait_for()
        # Requests wait for one another, and values that wait are overtaken; messages of a WebSocket all leave at once.
        assert len(posted) <= 2

    def test_a_file_is_posted(self, page):
        its, url = page
        its.goto(url)
        file = {"name": "orders.csv", "mimeType": "text/csv", "buffer": b"id,amount\n1,20\n2,22\n"}
        with its.expect_request("**/upload") as sent:
            its.locator("#upload").set_input_files(file)
        assert sent.value.method == "POST"
        its.locator("#uploaded").filter(has_text="2 rows, sum 42").wait_for()
