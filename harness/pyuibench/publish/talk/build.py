"""Writes the deck: `talk.html`, `talk.pdf`, `notes.md`, and the pictures in `figures/`."""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from playwright.sync_api import Browser

from pyuibench.entries.claims import Claim
from pyuibench.figures.view import RunView, variants_of
from pyuibench.publish.html import rendered
from pyuibench.publish.talk import distances
from pyuibench.publish.talk.apps import draw_apps
from pyuibench.publish.talk.charted import charts_of
from pyuibench.publish.talk.figures import HEIGHT_PX, WIDTH_PX, draw
from pyuibench.publish.talk.slides import Slide, slides
from pyuibench.results.store import Run


def build_talk(browser: Browser, runs: Sequence[Run], claims: Mapping[str, tuple[Claim, ...]], out: Path) -> Path:
    """Write the talk into a directory, which is made anew, and return the path of the deck."""
    views = [RunView(run) for run in runs]
    variants = variants_of(views)
    shutil.rmtree(out, ignore_errors=True)
    (out / "figures").mkdir(parents=True)
    charts = charts_of(views)
    for chart in charts:
        rows = (chart.row, *chart.beside)
        draw(rows, variants, chart.title, out / "figures" / chart.name)
        for step in chart.steps:
            draw(rows, variants, f"{chart.subject}: {step.said}", out / "figures" / step.name, step.models)
    if apart := next(filter(distances.has_distances, views), None):
        distances.draw_distances(apart, out / "figures" / distances.NAME)
    deck = slides(views, charts, claims, draw_apps(views, out))
    path = out / "talk.html"
    path.write_text(_rendered(deck, views), encoding="utf-8")
    (out / "notes.md").write_text(_notes(deck), encoding="utf-8")
    _print(browser, path, out / "talk.pdf")
    return path


def _rendered(deck: Sequence[Slide], views: Sequence[RunView]) -> str:
    view = {"deck": deck, "runs": ", ".join(view.name for view in views), "width_px": WIDTH_PX, "height_px": HEIGHT_PX}
    return rendered("talk/talk.html.j2", view)


def _notes(deck: Sequence[Slide]) -> str:
    parts = (f"## {number}. {slide.title}\n\n{slide.notes}\n" for number, slide in enumerate(deck, 1))
    return "# Notes for the speaker\n\n" + "\n".join(parts)


def _print(browser: Browser, deck: Path, pdf: Path) -> None:
    page = browser.new_page()
    page.goto(deck.resolve().as_uri())
    page.pdf(path=str(pdf), width=f"{WIDTH_PX}px", height=f"{HEIGHT_PX}px", print_background=True)
    page.close()
