"""The slide of the apps has one of each execution model, and none where there is no picture."""

import pytest
from PIL import Image

from pyuibench.figures.view import RunView
from pyuibench.publish.talk.apps import GAP, HEIGHT, NAME, TITLE_HEIGHT, WIDTH, draw_apps


@pytest.fixture
def view(write_run):
    return RunView(write_run())


def test_an_app_of_each_model_is_shown_from_its_top(view, tmp_path):
    (view.run.directory / "gallery").mkdir()
    picture = Image.new("RGB", (1280, 4000), "#ff0000")
    picture.paste("#0000ff", (0, 2000, 1280, 4000))
    picture.save(view.run.directory / "gallery" / "maple-app.png")
    assert draw_apps([view], tmp_path) == NAME
    with Image.open(tmp_path / NAME) as sheet:
        assert sheet.size == (2 * WIDTH + GAP, 2 * (HEIGHT + TITLE_HEIGHT) + GAP)
        assert sheet.getpixel((WIDTH // 2, TITLE_HEIGHT + HEIGHT - 5)) == (255, 0, 0)
        # There is no other model's.
        assert sheet.getpixel((WIDTH + GAP + WIDTH // 2, TITLE_HEIGHT + HEIGHT // 2)) == (255, 255, 255)


def test_without_pictures_there_is_none(view, tmp_path):
    assert draw_apps([view], tmp_path) == ""
    assert not list(tmp_path.glob("*.png"))
