"""The documents say what the committed runs say, and point to what is there."""

import re
from dataclasses import replace

import pytest
from browser_beside_server import with_known_times
from committed import run_of, view_of

from pyuibench.errors import UserError
from pyuibench.figures.view import RunView
from pyuibench.project import ROOT
from pyuibench.publish.documents import PICTURES, begin, draw_picture, end, update, written

README, DETAILS = ROOT / "README.md", ROOT / "docs" / "results.md"


@pytest.mark.parametrize(
    ("document", "run", "parts"),
    [
        (README, "quick-all", {"figures in short", "picture", "figures"}),
        (README, "reference", {"rerun in short", "rerun picture"}),
        (README, "load", {"load in short"}),
        (README, "server-or-browser", {"server-or-browser in short", "server-or-browser picture"}),
        (DETAILS, "server-or-browser", {"server-or-browser"}),
        (DETAILS, "tax", {"tax"}),
        (DETAILS, "load", {"load"}),
        (DETAILS, "neighbours", {"neighbours"}),
        (DETAILS, "workers", {"workers"}),
    ],
)
def test_a_document_shows_the_figures_of_the_committed_runs(document, run, parts):
    text = document.read_text()
    own = written(view_of(run))
    for part in parts:
        assert text.partition(begin(part))[2].partition(end(part))[0].strip() == own[part]


@pytest.mark.parametrize("document", [README, DETAILS])
def test_no_part_of_a_document_is_left_unchecked(document):
    parts = re.findall(r"<!-- end of (.+) -->", document.read_text())
    assert (
        set(parts)
        == {
            README: {
                "rerun in short",
                "rerun picture",
                "figures in short",
                "load in short",
                "picture",
                "figures",
                "server-or-browser in short",
                "server-or-browser picture",
            },
            DETAILS: {"tax", "load", "neighbours", "workers", "server-or-browser"},
        }[document]
    )


@pytest.mark.parametrize(
    ("part", "run"),
    [("rerun picture", "reference"), ("picture", "quick-all"), ("server-or-browser picture", "server-or-browser")],
)
def test_the_readme_s_pictures_are_of_committed_runs(tmp_path, part, run):
    picture = PICTURES[part]
    draw_picture(picture, view_of(run), tmp_path)
    drawn, shown = (directory / f"{picture.place}.svg" for directory in (tmp_path, ROOT))
    assert drawn.read_text() == shown.read_text()


METHOD = [ROOT / "METHODOLOGY.md", *sorted((ROOT / "docs" / "method").glob("*.md"))]


def test_the_method_is_short_and_leads_to_every_page_of_it():
    short, *pages = (it.read_text() for it in METHOD)
    assert len(short.splitlines()) <= 200
    assert len(pages) > 5
    assert all(f"(docs/method/{it.name})" in short for it in METHOD[1:])


@pytest.mark.parametrize("document", [README, DETAILS, *METHOD], ids=lambda it: it.name)
def test_what_a_document_points_to_is_there(document):
    targets = re.findall(r"\]\(([^)#]+)\)", document.read_text())
    assert targets
    assert [it for it in targets if not it.startswith("http") and not (document.parent / it).exists()] == []


@pytest.mark.parametrize(("seen", "shown"), [(True, "visible 145 ms (waits 60.0 ms)"), (False, "140 ms")])
def test_waits_and_caveats_are_noted_below_a_document_s_table(write_run, seen, shown):
    run = write_run(seen=seen)
    meta = {**run.meta, "machine": {"cores": "2", "processor": "A"}}
    text = written(RunView(replace(run, meta=meta)))["figures"]
    mark = re.search(rf"\| {re.escape(shown)}\[\^(figures-\d+)\]<br>", text).group(1)
    assert f"\n[^{mark}]: By design: 50 ms until the page sends" in text
    marks, notes = (set(re.findall(form, text, re.MULTILINE)) for form in (r"\[\^([\w-]+)\](?!:)", r"^\[\^([\w-]+)\]:"))
    assert marks == notes


def test_the_readme_s_table_is_of_frameworks_that_are_used_as_meant(write_run):
    run = write_run(seen=True)
    meta = {**run.meta, "machine": {"cores": "2", "processor": "A"}}
    text = written(RunView(replace(run, meta=meta)))["figures"]
    assert re.findall(r"^\| (?:Ground|Maple).* (\w+) \| \w+ \|", text, re.MULTILINE) == ["socket", "app"]


def test_a_document_without_the_markers_is_left_alone(tmp_path):
    readme = tmp_path / "README.md"
    readme.write_text("Nothing to fill in.")
    with pytest.raises(UserError, match="lacks the markers"):
        update(readme, run_of("quick-all"))
    assert readme.read_text() == "Nothing to fill in."


def test_what_stands_around_the_markers_stays(tmp_path):
    readme = tmp_path / "README.md"
    readme.write_text(f"Before.\n{begin('workers')}\nold\n{end('workers')}\nAfter.\n")
    update(readme, run_of("workers"))
    shown = written(view_of("workers"))["workers"]
    assert readme.read_text() == f"Before.\n{begin('workers')}\n{shown}\n{end('workers')}\nAfter.\n"


def test_a_run_of_browser_and_server_has_its_parts_and_picture(write_run, tmp_path):
    view = with_known_times(write_run())
    view.run.meta["machine"] = {"cores": "2", "processor": "A"}
    parts = written(view)
    assert "a round trip of 15.0 ms" in parts["server-or-browser in short"]
    assert "| Maple <ui> (on Sap) " in parts["server-or-browser"]
    assert parts["server-or-browser picture"].endswith("(docs/server-or-browser.svg)")
    draw_picture(PICTURES["server-or-browser picture"], view, tmp_path)
    assert {it.name for it in (tmp_path / "docs").iterdir()} == {"server-or-browser.svg", "server-or-browser.png"}
