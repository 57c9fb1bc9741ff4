import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from browser_beside_server import away

from pyuibench.figures.view import RunView
from pyuibench.publish.charts import MARKERS
from pyuibench.publish.html import mark, ratio_step
from pyuibench.publish.report.build import build
from pyuibench.publish.report.illustrations import illustrations_of

VOID = {"meta", "link", "br", "img", "input", "hr"}


class Page(HTMLParser):
    """Collects what a page asks for, its ids, where its links lead, and whether its elements close in order."""

    def __init__(self, text):
        super().__init__()
        self.requests, self.links, self.ids, self.open, self.text = [], [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self._note(tag, attributes)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self._note(tag, attributes)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)

    def _note(self, tag, attributes):
        for name, value in attributes:
            if name == "id":
                self.ids.append(value)
            elif tag == "a" and name == "href":
                self.links.append(value)
            elif name in ("src", "href", "xlink:href", "srcset", "data", "action", "poster"):
                self.requests.append(value)


@pytest.fixture
def html(write_run):
    return build(write_run()).read_text()


def row_of(html, label, section):
    part = html[html.index(f'id="{section}"') :]
    return re.search(rf'<tr><th scope="row"[^>]*>{label}<.*?</tr>', part, re.DOTALL).group()


def test_one_file_that_asks_no_host(html):
    page = Page(html)
    assert all(request.startswith(("#", "data:")) for request in page.requests)
    assert "@import" not in html
    assert not re.search(r"url\((?!#)", html)
    assert "<script" not in html
    assert "https://maple.example/docs" in page.links


def test_well_formed_and_every_inner_link_leads_somewhere(html):
    page = Page(html)
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)


def test_headline_shows_the_samples_figures(html):
    row = row_of(html, "app", "latency.headline")
    assert "32.9 ms" in row
    assert "3.00×" in row
    assert "3/18 not ok" in row


def test_failures_come_before_the_headline(html):
    assert html.index("not ready after 30 s") < html.index('id="latency.headline"')
    assert html.index("count stayed at &lt;3&gt;") < html.index('id="latency.headline"')


def test_nothing_failed_is_said(write_run):
    run = write_run(entries=("ground",))
    assert "Nothing failed" in build(run).read_text()


def test_text_of_entries_is_escaped(html):
    assert "Maple &lt;ui&gt;" in html
    assert "Maple <ui>" not in html


def test_missing_figures_have_a_tooltip_and_a_footnote(html):
    row = row_of(html, "static", "latency.headline")
    number = re.search(r'n/a<sup><a href="#note(\d+)" title="boot failed: not ready after 30 s">', row).group(1)
    assert f'<li id="note{number}">boot failed: not ready after 30 s</li>' in html


def test_facts_of_the_run_are_shown(html):
    for fact in (
        "invented-run",
        "2026-01-02T03:04:05Z",
        "Abacus 9000",
        "3.2.1",
        "abc123",
        "50 ms until the page sends",
    ):
        assert fact in html


def test_tax_is_shown_with_its_parts(html):
    row = row_of(html, "app", "rerun_tax.slopes")
    for figure in ("0.750 ms/cell", "0.500 ms/cell", "0.250 ms/cell"):
        assert figure in row


def test_charts_follow_the_theme(html):
    for svg in re.findall(r"<svg [^>]*role=.*?</svg>", html, re.DOTALL):
        assert not set(re.findall(r"#[0-9a-fA-F]{6}\b", svg))
        assert "maple/app" in svg or "cells" in svg
    assert html.count(' role="img"') >= 5


def test_same_run_gives_the_same_bytes(write_run):
    run = write_run()
    path = build(run)
    first = path.read_bytes(), path.with_suffix(".md").read_bytes()
    build(run)
    assert (path.read_bytes(), path.with_suffix(".md").read_bytes()) == first


def test_few_boots_are_said_to_have_no_interval(write_run):
    html = build(write_run(blocks=1)).read_text()
    assert "[no interval: 1 boot]" in html
    assert "No figure of the headline has an interval" in html


def test_summary_holds_the_headline_and_what_failed(write_run):
    text = build(write_run()).with_suffix(".md").read_text()
    assert re.search(r"\| Maple <ui> \(on Sap\) 2\.5 app \| rerun \| idiomatic \| 32\.9 ms, 3\.00× \[", text)
    assert "maple/static, app page: boot, 3: not ready after 30 s" in text
    assert all(line.count("|") == text.splitlines()[i - 1].count("|") for i, line in _table_lines(text))


def test_waits_stand_beside_the_headline_s_figures_with_a_note(write_run):
    html = build(write_run(seen=True)).read_text()
    row = row_of(html, "app", "latency.headline")
    stated = "By design: 50 ms until the page sends, 9 ms until the server takes it up (debounce.ts). A debounce"
    assert re.search(rf'visible <span [^>]*>145 ms</span><sup><a href="#note\d+" title="{re.escape(stated)}">', row)
    assert '<span class="waits">waits 60.0 ms</span>' in row
    assert "Waits: how long the page takes" in html


def test_the_summary_has_waits_caveats_and_what_is_stated(write_run):
    for seen, shown in ((True, r"visible 145 ms \(waits 60\.0 ms\)"), (False, "140 ms")):
        text = build(write_run(seen=seen)).with_suffix(".md").read_text()
        number = re.search(rf"\| {shown}\[\^(\d+)\], ", text).group(1)
        assert f"[^{number}]: By design: 50 ms until the page sends" in text
        assert "- maple/app, crowd: its sessions share a state" in text
        assert "- maple/app, name: waits: 50 ms until the page sends" in text
        assert all(line.count("|") == text.splitlines()[i - 1].count("|") for i, line in _table_lines(text))


def _table_lines(text):
    lines = text.splitlines()
    return [(i, line) for i, line in enumerate(lines) if line.startswith("|") and lines[i - 1].startswith("|")]


def test_bare_run_is_reported_too(write_run):
    run = write_run(entries=())
    run.meta.clear()
    html = build(run).read_text()
    assert Page(html).open == []
    assert "No interactions in this run" in html


@pytest.mark.parametrize(("ratio", "step"), [(0.8, 0), (1.5, 0), (1.6, 1), (5.9, 2), (12.1, 4), (100, 5)])
def test_ratio_step(ratio, step):
    assert ratio_step(ratio) == step


def test_what_was_not_measured_is_named_in_one_place(html):
    assert 'id="load"' not in html
    assert re.search(r'id="not-measured">Not measured in this run: Many sessions, [^<]*Round trips', html)


def test_every_model_has_a_mark_of_its_own():
    shapes = {re.search(r"<(?:circle|path) .*?/>", mark(model)).group() for model in (*MARKERS, "of no kind")}
    assert len(shapes) == len(MARKERS) + 1
    assert "<i>" not in mark("<i>")


def test_a_page_in_the_browser_is_drawn_beside_its_server(write_run):
    run = write_run()
    drawn = illustrations_of(away(run, 2), ["break_even.round_trips"])
    (chart,) = drawn["break_even.round_trips"].charts
    assert "maple/app" in chart.svg
    assert "ground/socket" in chart.svg
    assert illustrations_of(RunView(run), ["break_even.round_trips"]) == {}


def test_blocks_of_several_machines_are_named(write_run):
    run = write_run()
    parts = [
        {"run_id": name, "created": "", "seed": 1, "blocks": blocks, "machine": {"processor": name, "cores": "2"}}
        for name, blocks in (("A", [0, 1]), ("B", [2]))
    ]
    said = [text_of(build(replace(run, meta={**run.meta, **more}))) for more in ({}, {"parts": parts})]
    line = "Its blocks come from 2 machines, or starts of one: blocks 1 to 2 on 2 cores (A); block 3 on 2 cores (B)."
    assert [line in it for it in said] == [False, True]
    assert line in (run.directory / "report.md").read_text()


def text_of(path):
    return "".join(Page(path.read_text()).text)
