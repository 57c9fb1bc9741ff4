"""A picture of an app in which every section shows something, and a contact sheet of several."""

import pytest
from PIL import Image

from pyuibench.entries.catalog import load_entry
from pyuibench.project import APPS
from pyuibench.verify import gallery
from pyuibench.verify.appearance import VIEWPORT
from pyuibench.verify.gallery import COLUMNS, GAP, HEIGHT, TITLE_HEIGHT, WIDTH, Picture, contact_sheet, take

RED, BLUE = (255, 0, 0), (0, 0, 255)


def picture(tmp_path, name, colour, size=(1280, 800)):
    path = tmp_path / f"{name}.png"
    Image.new("RGB", size, colour).save(path)
    return Picture(name, path)


def test_a_sheet_has_every_picture_in_its_place(tmp_path):
    pictures = [picture(tmp_path, f"number {index}", RED) for index in range(COLUMNS)]
    pictures.append(picture(tmp_path, "last", BLUE, (640, 4000)))
    contact_sheet(pictures, tmp_path / "sheet.png")
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.size == (COLUMNS * (WIDTH + GAP) + GAP, 2 * (HEIGHT + TITLE_HEIGHT + GAP) + GAP)
        shown = sheet.convert("RGB")
    top = GAP + TITLE_HEIGHT
    assert shown.getpixel((GAP + 5, top + 5)) == RED
    assert shown.getpixel((GAP + (COLUMNS - 1) * (WIDTH + GAP) + 5, top + 5)) == RED
    second = top + HEIGHT + TITLE_HEIGHT + GAP
    # Longer than its place, it is cut.
    assert shown.getpixel((GAP + 5, second + HEIGHT - 5)) == BLUE


def test_what_failed_has_a_place_too(tmp_path):
    contact_sheet([Picture("none", None, "it did not start")], tmp_path / "sheet.png")
    with Image.open(tmp_path / "sheet.png") as sheet:
        dark = [value for value in sheet.convert("L").get_flattened_data() if value < 100]
    assert dark


@pytest.mark.browser
@pytest.mark.servers
def test_a_picture_is_taken_when_every_section_shows_something(browser, tmp_path, monkeypatch):
    baseline = load_entry(APPS / "baseline").variant("websocket")
    shown = {}
    bring = gallery._bring_to

    def bring_and_look(page, variant):
        bring(page, variant)
        shown.update(
            {output: page.page.text_content(variant.shown(output).selector) for output in ("count", "uploaded")}
        )

    monkeypatch.setattr(gallery, "_bring_to", bring_and_look)
    told = []
    (taken,) = take(browser, [baseline], tmp_path / "pictures", told.append)
    assert told == [taken]
    assert taken.reason == ""
    assert shown["count"] == "1 clicks"
    assert "rows" in shown["uploaded"]
    with Image.open(taken.path) as image:
        assert image.size == (VIEWPORT["width"], VIEWPORT["height"])


def test_a_long_title_ends_before_the_next_picture(tmp_path):
    long = Picture("Shiny for Python (in the browser) 1.6.2: idiomatic", None, "none")
    contact_sheet([long, Picture("", None)], tmp_path / "sheet.png")
    with Image.open(tmp_path / "sheet.png") as sheet:
        between = sheet.convert("L").crop((GAP + WIDTH + 2, 0, GAP + WIDTH + GAP - 2, GAP + TITLE_HEIGHT - 2))
    assert min(between.get_flattened_data()) > 250
