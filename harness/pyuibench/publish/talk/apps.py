"""The slide of the apps: one of each execution model, large enough to be read from the last row."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from pyuibench.figures.samples import VariantInfo
from pyuibench.figures.view import RunView

NAME = "apps.png"
MODELS = ("rerun", "callback", "reactive", "component")
ACROSS, DOWN = 2, 2
WIDTH, HEIGHT, TITLE_HEIGHT, GAP = 840, 360, 56, 30
"""Of one picture, in pixels of a slide: its upper part, under its title."""
PAPER, INK, SOFT = "#ffffff", "#1a1d21", "#8a929b"


def draw_apps(views: Sequence[RunView], out: Path) -> str:
    """Write the picture of an idiomatic app of each execution model into a directory, and return its name; empty without any."""
    shown = list(_shown(views))
    if not shown:
        return ""
    sheet = Image.new("RGB", (ACROSS * WIDTH + GAP, DOWN * (HEIGHT + TITLE_HEIGHT) + GAP), PAPER)
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=38)
    for number, (variant, path) in enumerate(shown):
        x, y = number % ACROSS * (WIDTH + GAP), number // ACROSS * (HEIGHT + TITLE_HEIGHT + GAP)
        pen.text((x, y), f"{variant.title} ({variant.model})", fill=INK, font=font)
        with Image.open(path) as image:
            scaled = image.convert("RGB").resize(
                (WIDTH, round(image.height * WIDTH / image.width)), Image.Resampling.LANCZOS
            )
        sheet.paste(scaled.crop((0, 0, WIDTH, HEIGHT)), (x, y + TITLE_HEIGHT))
        pen.rectangle((x, y + TITLE_HEIGHT, x + WIDTH - 1, y + TITLE_HEIGHT + HEIGHT - 1), outline=SOFT)
    sheet.save(out / NAME, optimize=True)
    return NAME


def _shown(views: Sequence[RunView]) -> Iterator[tuple[VariantInfo, Path]]:
    """Yield the first idiomatic app of each model of which a run has a picture."""
    for model in MODELS:
        found = (
            (variant, path)
            for view in views
            for variant in view.variants
            if variant.model == model and variant.role == "idiomatic" and not variant.is_baseline
            if (path := view.run.directory / "gallery" / f"{variant.entry}-{variant.name}.png").is_file()
        )
        if first := next(found, None):
            yield first
