"""The site in a real browser: what is shown can be filtered, sorted, compared, sent as a link and taken away."""

import csv
import re
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from pathlib import Path
from threading import Thread

import pandas as pd
import pytest
from invented_run import write_in

from pyuibench.entries.catalog import load_entry
from pyuibench.project import APPS
from pyuibench.publish.report.build import build
from pyuibench.publish.site.build import build_site

AXE = Path(__file__).parent / "axe.min.js"
PAGES = ("index.html", "table.html", "choose.html", "code.html", "method.html", "ground.html", "maple.html")
ROWS_AT_ONCE = 30
"""So many rows of the table are drawn in one turn."""
CLICKS = "unrelated · increment, right"

OF_CODE = ("code.html", "baseline.html")
IN_FULL = ("index.html", "table.html", "choose.html", "method.html", "maple.html", *OF_CODE)
"""A page of each kind."""
USED = {"table.html": ("#markdown", "#figures thead button", "button[data-by]"), "choose.html": ("[data-preset]",)}
"""Page -> controls that change its looks."""
VIOLATIONS = """
axe.run({ preload: false, resultTypes: ["violations"] })
  .then((it) => it.violations.map((v) => [v.id, v.nodes.map((n) => n.html.slice(0, 120))]))
"""
STICKING_OUT = """
[...document.querySelectorAll("body, body *")].filter((it) => {
  const scrolls = (above) => above !== document.body && getComputedStyle(above).overflowX !== "visible";
  const ancestors = [];
  for (let above = it.parentElement; above; above = above.parentElement) ancestors.push(above);
  return it.getBoundingClientRect().right > innerWidth && !ancestors.some(scrolls);
}).map((it) => it.outerHTML.slice(0, 120)).concat(document.documentElement.scrollWidth > innerWidth ? ["the page"] : [])
"""
WALK = """
window.walk = {
  named: (it) => it.outerHTML.slice(0, 120),
  // Of radio buttons the chosen one is reached, and from there the others by arrows.
  controls: [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")].filter(
    (it) => it.checkVisibility() && !it.disabled && !(it.type === "radio" && !it.checked)),
  reached: [],
  unseen: [],
};
document.addEventListener("focusin", ({ target }) => {
  const box = target.getClientRects()[0];
  const inside = (at, most) => Math.min(Math.max(at, 1), most - 1);
  const y = (inside(box.top, innerHeight) + inside(box.bottom, innerHeight)) / 2;
  const isOnTop = (x) => target.contains(document.elementFromPoint(inside(x, innerWidth), y));
  const { outlineStyle, outlineWidth } = getComputedStyle(target);
  const isMarked = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  walk.reached.push(target);
  if (!isMarked || ![box.left + 2, box.right - 2].every(isOnTop)) walk.unseen.push([walk.named(target), isMarked]);
});
"""

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Return the first page of a site that all tests look at, and none writes."""
    run = write_in(tmp_path_factory.mktemp("site"))
    picture = run.directory / "gallery" / "maple-app.png"
    picture.parent.mkdir()
    picture.write_bytes((APPS.parent / "docs" / "report.png").read_bytes())
    build(run)
    return build_site([run], {}, run.directory / "report")


@pytest.fixture
def visit(browser, site):
    """Return a function that opens one of the site's pages from the file system; at the end nothing may have gone wrong there."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    problems, requests = [], []
    context.on("request", lambda request: requests.append(request.url))

    def opened(name, width=1280, first=site):
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": 900})
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(f"file://{first.parent}/{name}")
        return page

    yield opened
    context.close()
    assert not problems
    assert all(url.startswith(("file://", "data:")) for url in requests)


def drawn(page):
    """Return the page once all rows that it shows are drawn: after the first ones come the others by turns."""
    page.locator("#figures[aria-busy=false]").wait_for()
    return page


def labels(page):
    return drawn(page).eval_on_selector_all("#figures tr[data-label]", "rows => rows.map(row => row.dataset.label)")


def columns(page):
    return page.eval_on_selector_all(
        "#figures thead th[data-variant]", "cells => cells.map(cell => cell.dataset.variant)"
    )


def shown(page, label, variant):
    return page.locator(f'#figures tr[data-label="{label}"] td[data-of="{variant}"] .shown').inner_text()


def test_the_first_page_answers_in_words_and_leads_to_the_figures(visit):
    page = visit("index.html")
    quickest = page.locator(".answers section", has_text="Which framework updates a part of the page soonest?")
    lead = "unrelated · increment (what an update costs that needs none of the data): Maple <ui> (on Sap) is fastest, "
    assert f"{lead}32.9 ms [" in quickest.inner_text()
    # Its chart has a row for each framework's first variant.
    assert "maple/app" in quickest.locator("svg").text_content()
    # Each framework's first variant has a row.
    assert "32.9 ms" in page.locator("#places tbody tr").inner_text()
    quickest.get_by_role("link", name="all its figures").click()
    assert page.locator("select[name=section]").input_value() == "latency"
    assert set(
        page.eval_on_selector_all("#figures tr[data-label]", "rows => rows.map(row => row.dataset.section)")
    ) == {"latency"}


def test_every_figure_is_in_the_table(visit):
    page = visit("table.html")
    assert CLICKS in labels(page)
    assert columns(page) == ["ground/socket", "maple/app", "maple/static"]
    assert shown(page, CLICKS, "maple/app") == "32.9 ms"


def test_the_table_with_all_groups_unfolded_has_what_the_file_has(visit, site):
    sections = visit("table.html").eval_on_selector_all("[data-group]", "them => them.map(it => it.dataset.group)")
    page = visit(f"table.html#turned={'+'.join(it for it in sections if it != 'latency')}")
    assert len(labels(page)) > ROWS_AT_ONCE
    has_figure = "cells => cells.map(it => [it.parentElement.dataset.label, it.dataset.of, !it.matches('.none')])"
    cells = page.eval_on_selector_all("#figures td", has_figure)
    with (site.parent / "figures.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert sorted(map(tuple, cells)) == sorted((it["label"], it["variant"], it["value"] != "") for it in rows)


def test_the_first_section_is_shown_before_the_others_are_read(browser, site):
    page = browser.new_page()
    held = []
    page.route("**/table_rows.js", lambda route: held.append(route))
    page.goto(f"file://{site.parent}/table.html", wait_until="commit")
    assert shown(page, CLICKS, "maple/app") == "32.9 ms"
    assert page.get_by_role("row", name="Memory and process").is_visible()
    said = page.get_by_role("status")
    assert "loaded" not in said.inner_text()
    page.get_by_label("Figure", exact=True).fill("idle PSS")
    assert "still being loaded" in said.inner_text()
    held[0].continue_()
    assert "idle PSS" in labels(page)
    assert "loaded" not in said.inner_text()
    page.close()


def test_what_was_operated_keeps_its_place(visit):
    page = visit("table.html")
    last = page.locator("#figures tr[data-label]").nth(len(labels(page)) - 1)
    last.get_by_role("button").click()
    assert page.evaluate("document.activeElement.dataset.by") == last.get_attribute("id")
    assert labels(page)[-1] == last.get_attribute("data-label")


def test_figures_are_filtered_by_words_and_section(visit):
    page = visit("table.html")
    page.get_by_label("Figure", exact=True).fill("unrelated increment, right")
    assert labels(page) == [CLICKS]
    page.get_by_role("button", name="Show all").click()
    page.locator("select[name=section]").select_option("tasks")
    assert set(
        page.eval_on_selector_all("#figures tr[data-label]", "rows => rows.map(row => row.dataset.section)")
    ) == {"tasks"}


def test_columns_are_chosen_by_framework_model_and_variant(visit):
    page = visit("table.html")
    page.locator("select[name=entry]").select_option("maple")
    assert columns(page) == ["maple/app", "maple/static"]
    page.locator("select[name=model]").select_option("rerun")
    assert columns(page) == ["maple/app"]
    page.get_by_role("button", name="Show all").click()
    page.get_by_text("Variants", exact=True).click()
    page.get_by_label("maple/app", exact=True).uncheck()
    assert columns(page) == ["ground/socket", "maple/static"]


def ratios(page, variant):
    """Return by how much worse than the baseline a variant is, in the order of the unfolded rows."""
    page.get_by_label("ratio to the baseline").check()
    texts = drawn(page).locator(f'td[data-of="{variant}"] .shown').all_inner_texts()
    return [float(it.strip("×")) for it in texts if it != "–"]


def sort(page, variant, direction):
    page.locator(f'#figures th[data-variant="{variant}"] button').click()
    assert page.locator(f'#figures th[data-variant="{variant}"]').get_attribute("aria-sort") == direction


def test_figures_are_sorted_by_a_variant_s_ratio(visit):
    page = visit("table.html")
    before = labels(page)
    sort(page, "maple/app", "ascending")
    up = ratios(page, "maple/app")
    assert up == sorted(up) and len(up) > 1
    sort(page, "maple/app", "descending")
    assert ratios(page, "maple/app") == up[::-1]
    sort(page, "maple/app", None)
    assert labels(page) == before


def test_groups_fold(visit):
    page = visit("table.html")
    latency = page.get_by_role("button", name="Latency", exact=True)
    assert latency.get_attribute("aria-expanded") == "true"
    latency.click()
    assert CLICKS not in labels(page)
    page.get_by_role("button", name="Memory and process", exact=True).click()
    assert "idle PSS" in labels(page)
    assert labels(visit(f"table.html#{page.url.partition('#')[2]}")) == labels(page)
    # What is looked for is unfolded.
    page.get_by_label("Figure", exact=True).fill("unrelated increment, right")
    assert labels(page) == [CLICKS]


def test_who_may_be_the_best_is_said_in_the_cell(visit):
    page = visit("table.html")
    best = page.locator("#figures tr", has=page.locator(".leads")).first
    assert "visible" in best.get_attribute("data-label") or "right" in best.get_attribute("data-label")
    assert page.locator('td[data-of="ground/socket"] .leads').count() == 0


def test_variants_are_put_into_the_order_of_a_figure(visit):
    page = visit("table.html")
    page.get_by_label("Figure", exact=True).fill("drag: states shown")
    page.get_by_role("button", name="Put the variants into the order of drag: states shown").click()
    # More states are better: both show the same, and what has no figure comes last.
    assert columns(page)[-1] == "maple/static"
    page.get_by_label("Figure", exact=True).fill("idle PSS")
    page.get_by_role("button", name="Put the variants into the order of idle PSS", exact=True).click()
    assert columns(page)[0] == "maple/app"


def test_ratio_and_interval_are_shown_instead(visit):
    page = visit("table.html")
    page.get_by_label("ratio to the baseline").check()
    assert shown(page, CLICKS, "maple/app") == "3.00×"
    page.get_by_label("interval").check()
    assert shown(page, CLICKS, "maple/app").startswith("[")


def test_two_variants_are_compared(visit):
    page = visit("table.html")
    page.locator("select[name=a]").select_option("ground/socket")
    page.locator("select[name=b]").select_option("maple/app")
    assert columns(page) == ["ground/socket", "maple/app"]
    assert page.locator(f'#figures tr[data-label="{CLICKS}"] td').last.inner_text().startswith("3.00× [")


def test_a_cell_says_what_it_rests_on(visit):
    page = visit("table.html")
    pointed = page.locator(f'#figures tr[data-label="{CLICKS}"] td[data-of="maple/app"]')
    pointed.hover()
    assert re.fullmatch(r"\d+ samples, \d+ boots or blocks; run .+", pointed.get_attribute("title"))
    missing = page.locator(f'#figures tr[data-label="{CLICKS}"] td[data-of="maple/static"]')
    missing.hover()
    assert missing.get_attribute("title")


def test_the_view_is_in_the_address(visit):
    page = visit("table.html")
    page.locator("select[name=section]").select_option("tasks")
    page.locator("select[name=a]").select_option("ground/socket")
    page.locator("select[name=b]").select_option("maple/app")
    sort(page, "maple/app", "ascending")
    fragment = page.url.partition("#")[2]
    again = visit(f"table.html#{fragment}")
    assert columns(again) == ["ground/socket", "maple/app"]
    assert labels(again) == labels(page)
    assert again.locator("select[name=section]").input_value() == "tasks"
    assert again.locator('#figures th[data-variant="maple/app"]').get_attribute("aria-sort") == "ascending"


def test_what_is_shown_is_copied_as_markdown(visit):
    page = visit("table.html")
    page.get_by_label("Figure", exact=True).fill("unrelated increment, right")
    page.get_by_role("button", name="Copy as Markdown").click()
    lines = page.locator("#copied").input_value().splitlines()
    assert lines[0] == "| figure | ground/socket | maple/app | maple/static |"
    assert lines[2] == f"| {CLICKS} | 11.0 ms | 32.9 ms | n/a |"


def test_all_figures_can_be_taken_away(visit, site):
    page = visit("table.html")
    names = page.eval_on_selector_all("a[download]", "them => them.map(it => it.getAttribute('href'))")
    assert set(names) == {"figures.csv", "figures.parquet"}
    with (site.parent / "figures.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [float(row["value"]) for row in rows if (row["label"], row["variant"]) == (CLICKS, "maple/app")] == [
        pytest.approx(32.909, abs=0.001)
    ]
    assert len(pd.read_parquet(site.parent / "figures.parquet")) == len(rows)


def test_no_link_leads_nowhere(visit, site):
    for name in PAGES:
        links = visit(name).eval_on_selector_all("a[href]", "links => links.map(link => link.getAttribute('href'))")
        inside = {link.split("#")[0] for link in links if not link.startswith(("http", "data:"))} - {""}
        assert sorted(link for link in inside if not (site.parent / link).is_file()) == [], name
    assert (site.parent / f"{site.parent.parent.name}-report.html").is_file()


def test_limits_leave_some_and_say_why_others_fell_out(visit):
    page = visit("choose.html")
    assert "2 of 2 remain" in page.get_by_role("status").inner_text()
    limit = page.get_by_label("Quick small updates", exact=True)
    limit.fill("20")
    assert "0 of 2 remain" in page.get_by_role("status").inner_text()
    said = page.locator('[data-variant="maple/app"] .why').inner_text()
    assert said == "Quick small updates: 32.9 ms, 1.6 times the limit"
    assert "not known" in page.locator('[data-variant="maple/static"] .why').inner_text()
    limit.fill("32")
    assert page.locator('[data-variant="maple/app"] .why').inner_text().endswith("32.9 ms, just over the limit")
    limit.fill("40")
    assert page.locator('[data-variant="maple/app"] .verdict').inner_text() == "remains"
    again = visit(f"choose.html#{page.url.partition('#')[2]}")
    assert "1 of 2 remain" in again.get_by_role("status").inner_text()


def test_what_remains_comes_first(visit):
    page = visit("choose.html")
    page.get_by_label("Quick small updates", exact=True).fill("40")
    rows = page.eval_on_selector_all("#remaining tbody tr", "rows => rows.map(row => row.dataset.variant)")
    assert rows == ["maple/app", "maple/static"]


def test_a_slider_sets_the_limit_and_none_at_its_end(visit):
    page = visit("choose.html")
    limit = page.get_by_label("Quick small updates", exact=True)
    slider = page.get_by_label("Quick small updates, slider")
    slider.focus()
    slider.press("Home")
    # The lowest value that there is.
    assert float(limit.input_value()) == pytest.approx(11, abs=1)
    slider.press("End")
    assert limit.input_value() == ""
    assert "2 of 2 remain" in page.get_by_role("status").inner_text()


def test_a_kind_of_app_sets_its_limits(visit):
    page = visit("choose.html")
    page.get_by_role("button", name="Internal dashboard, 20 users").click()
    assert page.get_by_label("Quick small updates", exact=True).input_value() == "200"
    page.get_by_role("button", name="No server").click()
    assert page.get_by_label("Quick small updates", exact=True).input_value() == ""
    assert page.get_by_label("No server").is_checked()
    assert "0 of 2 remain" in page.get_by_role("status").inner_text()
    page.get_by_role("button", name="Clear").click()
    assert "2 of 2 remain" in page.get_by_role("status").inner_text()


def test_a_page_a_framework(visit):
    page = visit("maple.html")
    page.locator("img").scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('img').naturalWidth > 0")
    assert 'make bench APPS="maple/app maple/static"' in page.content().replace("&#34;", '"')
    assert "its sessions share a state" in page.inner_text("main")
    again = "pyuibench bench maple --profile quick --scenario unrelated --instrument browser"
    assert page.get_by_text(again, exact=True).count() > 0


@pytest.fixture(scope="module")
def with_code(tmp_path_factory):
    """Return the site of a run that has the baseline's entry, changed since."""
    run = write_in(tmp_path_factory.mktemp("site"))
    run.meta["entries"]["baseline"] = {**run.meta["entries"].pop("ground"), "source_hash": "of another day"}
    for frame in (run.interactions, run.measurements):
        frame.loc[frame["entry"] == "ground", ["entry", "variant"]] = "baseline", "websocket"
    baseline = load_entry(APPS / "baseline")
    table = run.meta["entries"]["baseline"]["variants"]["socket"]
    run.meta["entries"]["baseline"]["variants"] = {"websocket": table, "http": table}
    return build_site([run], {"baseline": baseline}, run.directory / "with-code")


def test_code_and_notes_of_an_entry_stand_on_its_page(with_code):
    text = (with_code.parent / "baseline.html").read_text()
    assert "The code below has changed since it was measured." in text
    assert 'class="code-kn"' in text
    assert "Notes and objections" in text


def test_two_apps_are_read_side_by_side(with_code, browser):
    page = browser.new_page()
    page.goto(f"file://{with_code.parent}/code.html#a=baseline/http&b=baseline/websocket")
    assert (APPS / "baseline" / "http_app.py").read_text().strip() in page.locator("#left").inner_text()
    page.locator("select[name=a]").select_option("baseline/websocket")
    assert "app = over_websocket(" in page.locator("#left").inner_text()
    assert page.url.endswith("#a=baseline%2Fwebsocket&b=baseline%2Fwebsocket")
    assert page.locator("#said").inner_text().startswith("baseline/websocket: app.py")
    page.close()


def test_one_section_of_two_apps(with_code, browser):
    page = browser.new_page()
    page.goto(f"file://{with_code.parent}/code.html#a=baseline/http&b=baseline/websocket&s=upload")
    shown = page.locator("#left .line:visible").all_inner_texts()
    assert any("upload_summary" in line for line in shown)
    assert not any("greeting_text" in line for line in shown)
    page.locator("select[name=s]").select_option("greeting")
    assert any("greeting_text" in line for line in page.locator("#right .line:visible").all_inner_texts())
    assert page.url.endswith("&s=greeting")
    page.locator("select[name=s]").select_option("")
    assert page.locator("#left .line:visible").count() == page.locator("#left .line").count()
    page.close()


def test_what_a_change_takes_stands_on_the_page(with_code, browser):
    page = browser.new_page()
    page.goto(f"file://{with_code.parent}/baseline.html")
    text = page.inner_text("main")
    assert "A fourth filter" in text
    assert re.search(r"\d+ lines added and \d+ taken away in \d+ places", text)
    page.get_by_text("The patch", exact=True).click()
    assert "row_count" in page.locator("[aria-label^='Patch of']").inner_text()
    page.close()


@pytest.fixture
def visit_in_full(visit, site, with_code):
    """Return a function that opens a page with all that it can show: code in it, what is folded unfolded, its controls used."""

    def opened(name, width=1280):
        page = visit(name, width, with_code if name in OF_CODE else site)
        page.evaluate("for (const it of document.querySelectorAll('details')) it.open = true")
        # A few lines of code have all its colours.
        page.evaluate("for (const it of document.querySelectorAll('.line:nth-of-type(n+40)')) it.remove()")
        for used in USED.get(name, ()):
            page.locator(used).first.click()
        return page

    return opened


@pytest.mark.parametrize("name", IN_FULL)
def test_axe_finds_nothing_and_nothing_sticks_out(visit_in_full, name):
    page = visit_in_full(name)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    for scheme, width in product(("light", "dark"), (390, 1280, 1920)):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(VIOLATIONS) == [], (scheme, width)
        assert page.evaluate(STICKING_OUT) == [], (scheme, width)


@pytest.mark.parametrize("name", IN_FULL)
@pytest.mark.parametrize("width", [390, 1280])
def test_every_control_is_reached_by_keyboard_and_seen_there(visit_in_full, name, width):
    page = visit_in_full(name, width)
    page.evaluate(WALK)
    page.locator("body").click(position={"x": 1, "y": 1})
    for _ in range(page.evaluate("walk.controls.length")):
        page.keyboard.press("Tab")
    # Each of them once, so that none holds the walk up, and nothing but them.
    assert page.evaluate("walk.reached.map(walk.named)") == page.evaluate("walk.controls.map(walk.named)")
    assert page.evaluate("walk.unseen") == []


def test_the_content_is_one_key_away_and_a_search_is_typed(visit):
    page = visit("table.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.get_by_label("Figure", exact=True).focus()
    page.keyboard.type("drag")
    assert all("drag" in label for label in labels(page))


def test_it_works_from_a_static_host_too(browser, site):
    handler = partial(SimpleHTTPRequestHandler, directory=str(site.parent))
    handler.log_message = lambda *_: None
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    page = browser.new_page()
    page.goto(f"http://127.0.0.1:{server.server_port}/table.html")
    assert CLICKS in labels(page)
    page.close()
    server.shutdown()


def test_every_page_is_in_the_navigation(visit):
    links = visit("index.html").eval_on_selector_all("nav a", "links => links.map(link => link.getAttribute('href'))")
    assert set(links) == set(PAGES)
    assert links[0] == "index.html"


def test_a_picture_is_of_the_first_run_that_has_one_and_shown_once_for_all_that_look_like_it(tmp_path):
    first, second = (write_in(tmp_path / name) for name in ("first", "second"))
    gallery = second.directory / "gallery"
    gallery.mkdir()
    picture = (APPS.parent / "docs" / "report.png").read_bytes()
    for name in ("maple-app.png", "maple-static.png"):
        (gallery / name).write_bytes(picture)
    page = build_site([first, second], {}, tmp_path / "site")
    assert (page.parent / "maple-app.png").read_bytes() == picture
    text = (page.parent / "maple.html").read_text()
    assert text.count("<img") == 1
    assert "<figcaption>maple/app, maple/static</figcaption>" in text
