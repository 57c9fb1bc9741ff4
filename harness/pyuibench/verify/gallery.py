"""A picture of every variant's app page, and a contact sheet of all of them side by side."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import Browser
from playwright.sync_api import Error as PlaywrightError

from pyuibench.contract.states import AppState, initial_app
from pyuibench.entries.catalog import Variant
from pyuibench.errors import ServerError, UserError
from pyuibench.instruments.browser.page import GestureError, Page
from pyuibench.serving import environment
from pyuibench.serving.server import Server
from pyuibench.verify.appearance import look

# What every app is brought to before its picture is taken, so that every section shows something.
SHOWN = ("unrelated", "stream", "job", "upload")
HOLD_MS = 300
WIDTH, HEIGHT = 640, 1300
COLUMNS = 5
TITLE_HEIGHT, GAP = 44, 16
FONT_SIZES = (26, 22, 19, 16)
PAPER, INK, SOFT = "#ffffff", "#1a1d21", "#8a929b"


@dataclass(frozen=True)
class Picture:
    """One variant's page; `reason` says what is wrong with its looks, or why there is no picture."""

    title: str
    path: Path | None
    reason: str = ""


def take(
    browser: Browser, variants: Iterable[Variant], directory: Path, tell: Callable[[Picture], None]
) -> list[Picture]:
    """Write `<entry>-<variant>.png` of each variant into a directory; what fails gives a picture without a path."""
    directory.mkdir(parents=True, exist_ok=True)
    pictures = []
    for variant in variants:
        title = f"{variant.entry.title} {variant.entry.locked_version()}: {variant.name}"
        path = directory / f"{variant.entry.name}-{variant.name}.png"
        try:
            picture = Picture(title, path, "; ".join(photograph(browser, variant, path)))
        except (UserError, ServerError, GestureError, PlaywrightError) as error:
            picture = Picture(title, None, str(error).splitlines()[0])
        tell(picture)
        pictures.append(picture)
    return pictures


def photograph(browser: Browser, variant: Variant, path: Path) -> list[str]:
    """Write a picture of a variant's whole page with something in every section; return what is wrong with its looks.

    Raises UserError, ServerError or GestureError when the page doesn't come to that state.
    """
    built = environment.prepare(variant)
    with (
        TemporaryDirectory(prefix="pyuibench-gallery-") as scratch,
        Server(variant, built, "app", Path(scratch) / "log") as server,
    ):
        server.await_ready()
        with Page(browser, variant, server.url, initial_app().expected, HOLD_MS) as page:
            if reason := page.open().reason:
                raise GestureError(f"first state: {reason}")
            _bring_to(page, variant)
            picture, found = look(page, variant)
            path.write_bytes(picture)
            return found


def contact_sheet(pictures: Sequence[Picture], path: Path) -> None:
    """Write all pictures into one, scaled to the same width, their lower ends cut to the same height."""
    rows = -(-len(pictures) // COLUMNS)
    across = min(COLUMNS, len(pictures))
    step_x, step_y = WIDTH + GAP, HEIGHT + TITLE_HEIGHT + GAP
    sheet = Image.new("RGB", (across * step_x + GAP, rows * step_y + GAP), PAPER)
    draw = ImageDraw.Draw(sheet)
    for number, picture in enumerate(pictures):
        x, y = GAP + number % COLUMNS * step_x, GAP + number // COLUMNS * step_y
        draw.text((x, y), picture.title, fill=INK, font=_font_of(picture.title))
        draw.rectangle((x - 1, y + TITLE_HEIGHT - 1, x + WIDTH, y + TITLE_HEIGHT + HEIGHT), outline=SOFT)
        if picture.path:
            sheet.paste(_scaled(picture.path), (x, y + TITLE_HEIGHT))
        else:
            draw.text((x + GAP, y + TITLE_HEIGHT + GAP), picture.reason[:60], fill=INK, font=_font_of(""))
    sheet.convert("P", palette=Image.Palette.ADAPTIVE).save(path, optimize=True)


def _bring_to(page: Page, variant: Variant) -> None:
    state: AppState = initial_app()
    for scenario in (name for name in SHOWN if name not in variant.not_applicable):
        action = state.use(scenario)
        if reason := page.perform(action).reason:
            raise GestureError(f"{action.control}: {reason}")
        state = action.after or state


def _font_of(text: str) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Return the largest of some sizes in which a text isn't wider than a picture."""
    fonts = [ImageFont.load_default(size=size) for size in FONT_SIZES]
    return next((font for font in fonts if font.getlength(text) <= WIDTH), fonts[-1])


def _scaled(path: Path) -> Image.Image:
    with Image.open(path) as image:
        height = round(image.height * WIDTH / image.width)
        return image.convert("RGB").resize((WIDTH, height), Image.Resampling.LANCZOS).crop((0, 0, WIDTH, HEIGHT))
