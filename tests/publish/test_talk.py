"""The talk: its slides say what the run says, its pictures are of a size to be seen, and it goes from slide to slide."""

import re
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from browser_beside_server import with_known_times
from committed import view_of
from PIL import Image

from pyuibench.figures.answers import CHATS, MODEL_PLACE, MODELS, PLACE, Answer
from pyuibench.figures.view import RunView
from pyuibench.publish.talk import distances
from pyuibench.publish.talk import slides as talk_slides
from pyuibench.publish.talk.build import build_talk
from pyuibench.publish.talk.charted import charts_of
from pyuibench.publish.talk.figures import picture
from pyuibench.publish.talk.fitting import MOST_ROWS
from pyuibench.publish.talk.slides import slides

CLICK = "A click that needs no data"
FILTER = "A filter that changes everything"


@pytest.fixture
def deck(write_run):
    """Return subject -> slide of a run."""
    report = RunView(write_run())
    return by_subject(slides([report], charts_of([report]), {}, ""))


def by_subject(made):
    """Return what a slide's title begins with -> slide; of a chart that is built up the last one."""
    return {slide.title.split(": ")[0]: slide for slide in made}


def test_results_stand_between_question_and_caveats(deck):
    titles = list(deck)
    assert titles[0] == "Rerun or callback?"
    assert titles.index("How it was measured") < titles.index(CLICK) < titles.index("What these numbers don't say")


def test_the_speaker_is_told_the_best_and_the_worst_with_intervals(deck):
    notes = deck[CLICK].notes
    assert "Best here: Maple <ui> (on Sap) app, 32.9 ms [" in notes
    assert "Run invented-run" in notes


def test_what_runs_say_of_chats_and_models_has_a_slide_each(write_run, monkeypatch):
    told = [
        Answer(it.id, f"What of {it.id}?", (f"It says {it.id}.",), "r", "s")
        for it in (CHATS, MODELS, MODEL_PLACE, PLACE)
    ]
    monkeypatch.setattr(talk_slides, "answers", lambda views: told)
    view = RunView(write_run())
    made = {slide.title: slide.lines for slide in slides([view], (), {}, "")}
    for question in (CHATS, MODELS, MODEL_PLACE):
        assert made[f"What of {question.id}?"] == (f"It says {question.id}.",)


def test_a_title_says_what_its_chart_shows(deck):
    assert deck[CLICK].title == f"{CLICK}: 32.9 ms in Maple <ui> (on Sap)"


def test_the_chart_of_the_tax_is_built_up_model_by_model():
    view = view_of("tax")
    (chart,) = [it for it in charts_of([view]) if it.row.figure == "rerun_tax"]
    assert chart.steps[0].said == "callback"
    assert all(one.models < other.models for one, other in pairwise(chart.steps))
    whole, *parts = [
        picture((chart.row,), view.variants, "", models) for models in (None, *(step.models for step in chart.steps))
    ]
    for canvas in (whole, *parts):
        canvas.draw_without_rendering()
    names = [[label.get_text() for label in it.axes[0].get_yticklabels()] for it in (whole, *parts)]
    counts = [sum(map(bool, each)) for each in names]
    assert sorted(counts[1:]) == counts[1:] and counts[-1] < counts[0]
    # What is there stays where it is.
    for part, own in zip(parts, names[1:], strict=True):
        assert part.axes[0].get_xlim() == pytest.approx(whole.axes[0].get_xlim(), rel=0.05)
        assert all(name in ("", known) for name, known in zip(own, names[0], strict=True))
    # The models' slides come before the whole chart's.
    made = [it.title for it in slides([view], [chart], {}, "") if it.title.startswith(chart.subject)]
    assert made == [*(f"{chart.subject}: {step.said}" for step in chart.steps), chart.title]


def test_waits_by_design_are_told_and_drawn(write_run):
    run = write_run(seen=True)
    # The slide is of the slider, which this run's filter then is.
    rows = run.interactions.replace({"control": {"category": "min_units"}})
    entries = run.meta["entries"]
    delays = {"min_units": entries["maple"]["delays"]["category"]}
    meta = {**run.meta, "entries": {**entries, "maple": {**entries["maple"], "delays": delays}}}
    view = RunView(replace(run, interactions=rows, meta=meta))
    charts = charts_of([view])
    made = by_subject(slides([view], charts, {}, ""))
    notes = made[FILTER].notes
    assert re.search(r"Best here: Maple <ui> \(on Sap\) app, 145 ms \[.*?\] \(waits 60\.0 ms\)", notes)
    assert "By design: 50 ms until the page sends" in notes
    (chart,) = [chart for chart in charts if chart.subject == FILTER]
    (axes,) = picture((chart.row, *chart.beside), view.variants, chart.title).axes
    assert "145 ms (waits 60.0 ms)" in [text.get_text() for text in axes.texts]
    assert any("Waits: how long the page takes" in line for line in made["How it was measured"].lines)


@pytest.mark.parametrize(("copies", "is_all"), [(1, True), (MOST_ROWS, False)])
def test_what_is_too_much_for_a_slide_is_told_to_be_left_out(write_run, copies, is_all):
    view = RunView(write_run())
    chart = charts_of([view])[0]
    (idiomatic,) = [it for it in view.variants if it.id == "maple/app"]
    more = [replace(idiomatic, name=f"other-{number}", role="contrast") for number in range(copies)]
    cells = {**chart.row.cells, **{it.id: chart.row.cells[idiomatic.id] for it in more}}
    before = [it for it in view.variants if chart.row.cells[it.id].value is not None]
    (axes,) = picture([replace(chart.row, cells=cells)], [*before, *more], chart.title).axes
    shown = {label.get_text().strip() for label in axes.get_yticklabels()}
    assert {"Ground", "Maple <ui> (on Sap)"} <= shown
    assert ("Maple <ui> (on Sap) other-0" in shown) is is_all
    assert axes.get_xlabel().endswith("; idiomatic apps only") is not is_all


def test_no_interval_is_cut_off(write_run):
    view = RunView(write_run())
    chart = charts_of([view])[0]
    id = next(name for name, cell in chart.row.cells.items() if cell.value is not None)
    cell = replace(chart.row.cells[id], value=-1.0, low=-7.0, high=5.0)
    row = replace(chart.row, cells={**chart.row.cells, id: cell}, has_ratio=False)
    (axes,) = picture([row], view.variants, chart.title).axes
    left, right = axes.get_xlim()
    drawn = [x for line in axes.lines for x, _ in line.get_xydata()]
    assert min(drawn) == -7.0
    assert left <= min(drawn) and max(drawn) <= right


def test_what_is_computed_again_is_told_by_model(deck):
    (line,) = deck["What is computed again"].lines
    assert line == "rerun: 100 % (1 variant)"


def test_whether_the_difference_is_real_has_a_slide_where_the_run_can_tell(deck):
    title = "Is that difference significant?"
    assert title not in deck
    report = view_of("quick-all")
    made = {slide.title: slide for slide in slides([report], (), {}, "")}
    assert made[title].lines[0].split(":")[0] in {"Yes", "Not against every one", "Not shown by this run"}


def test_every_slide_has_notes(deck):
    assert all(slide.notes for slide in deck.values())


def test_what_was_not_measured_has_no_slide(deck):
    assert "How many busy sessions one core holds" not in deck


@pytest.mark.parametrize("name", ["quick-all", "load"])
def test_the_legend_hides_no_figure(name):
    report = view_of(name)
    for chart in charts_of([report]):
        canvas = picture((chart.row, *chart.beside), report.variants, chart.title)
        canvas.draw_without_rendering()
        (axes,) = canvas.axes
        frame = axes.get_legend().get_window_extent()
        dots = [axes.transData.transform(line.get_xydata()[0]) for line in axes.lines if len(line.get_xydata()) == 1]
        assert dots
        assert not any(frame.contains(*dot) for dot in dots), chart.title


@pytest.mark.browser
def test_deck_pdf_notes_and_pictures(write_run, browser):
    run = write_run()
    path = build_talk(browser, [run], {}, run.directory / "talk")
    pdf = path.with_suffix(".pdf").read_bytes()
    page = browser.new_page(viewport={"width": 1920, "height": 1080})
    problems = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.goto(path.as_uri())
    count = page.locator(".slide").count()
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == count
    assert (path.parent / "notes.md").read_text().count("\n## ") == count
    pictures = sorted((path.parent / "figures").glob("*.png"))
    assert pictures
    for drawn in pictures:
        assert Image.open(drawn).size == (1920, 1080)
        assert ElementTree.parse(drawn.with_suffix(".svg")).getroot().tag.endswith("svg")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("scrollY > 2 * 1079 - 2")
    assert page.locator("#slide3 .notes").is_hidden()
    page.keyboard.press("n")
    assert page.locator("#slide3 .notes").is_visible()
    assert problems == []
    page.close()


def test_browser_and_server_are_drawn_at_each_distance(write_run, tmp_path):
    view = with_known_times(write_run())
    made = {slide.title: slide for slide in slides([view], charts_of([view]), {}, "")}
    slide = made["Server or browser?"]
    assert "a round trip of 15.0 ms" in slide.notes
    distances.draw_distances(view, tmp_path / distances.NAME)
    assert slide.picture == f"figures/{distances.NAME}.svg"
    assert Image.open(tmp_path / f"{distances.NAME}.png").size == (1920, 1080)
    drawing = ElementTree.parse(tmp_path / f"{distances.NAME}.svg")
    told = " ".join(text for text in drawing.getroot().itertext() if text.strip())
    assert distances.TITLE in told
    assert "Ground" in told


def test_a_panel_has_a_line_for_each_place(write_run):
    view = with_known_times(write_run())
    *_, changed, _ = distances.picture(view).axes
    lines = [[tuple(point) for point in line.get_xydata()] for line in changed.lines]
    assert lines == [[(0.0, 50.0), (50.0, 50.0)], [(0.0, 20.0), (50.0, 120.0)]]
    assert [line.get_linestyle() for line in changed.lines] == ["-", "--"]


def test_a_deck_of_servers_alone_has_no_such_slide(deck):
    assert "Server or browser?" not in deck
