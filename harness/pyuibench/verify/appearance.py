"""Whether a page looks like the app: everything is there to be seen, in its place, styled, and nothing lies on anything else."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from PIL import Image
from playwright.sync_api import ViewportSize

from pyuibench.contract.scenarios import OUTPUTS, SCENARIOS, outputs_of
from pyuibench.entries.catalog import Variant
from pyuibench.instruments.browser.page import Page

# High enough for every app, as the longest is.
VIEWPORT = ViewportSize(width=1280, height=2600)
SETTLE_MS = 1_000
# Less of a picture's pixels than this differ from its background where a page is blank or something lies over all of it, and a
# shade differs by so much.
LEAST_INK = 0.01
LEAST_SHADE = 60
# Rounding and borders: two boxes may share so much of an edge.
TOUCH_PX = 2.0
# What a browser falls back to on a page that says nothing about its looks.
UNSTYLED = {"Times", "Times New Roman", "serif", ""}


@dataclass(frozen=True)
class Box:
    """Where something is on the page, in CSS pixels."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def has_size(self) -> bool:
        """Return whether there is anything to be seen."""
        return self.right > self.left and self.bottom > self.top

    def lies_on(self, other: "Box") -> bool:
        """Return whether two boxes share more than an edge."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > TOUCH_PX and down > TOUCH_PX

    def holds(self, other: "Box") -> bool:
        """Return whether the other box is within this one."""
        return (
            self.left <= other.left
            and self.top <= other.top
            and self.right >= other.right
            and self.bottom >= other.bottom
        )


def look(page: Page, variant: Variant) -> tuple[bytes, list[str]]:
    """Return a picture (PNG) of a page that shows something in every section, and what is wrong with its looks.

    Some frameworks scroll a part of the page, of which a picture of the whole page shows only what is in view.
    """
    page.page.set_viewport_size(VIEWPORT)
    page.page.evaluate("() => document.querySelectorAll('*').forEach((element) => (element.scrollTop = 0))")
    page.page.wait_for_timeout(SETTLE_MS)
    picture = page.page.screenshot()
    share = ink(picture)
    blank = (
        [f"the page is as good as blank: {share:.2%} of it differs from its background"] if share < LEAST_INK else []
    )
    return picture, blank or faults(page, variant, VIEWPORT["width"])


def ink(picture: bytes) -> float:
    """Return the share of a PNG's pixels that differ from its background, the colour at the foot of its left edge."""
    with Image.open(io.BytesIO(picture)) as image:
        grey = np.asarray(image.convert("L"), dtype=np.int16)
    return float(np.mean(np.abs(grey - grey[-2, 2]) > LEAST_SHADE))


def faults(page: Page, variant: Variant, width: float) -> list[str]:
    """Return what is wrong with the looks of a page that is `width` pixels wide and shows something in every section."""
    boxes: dict[str, Box] = {}
    found: list[str] = []
    for output in _shown(variant):
        looks = page.page.evaluate("(it) => pyuibench.looks(it)", variant.shown(output).selector)
        font = looks.pop("font") if looks else ""
        if not looks or not Box(**looks).has_size:
            found.append(f"{output} is not to be seen")
            continue
        boxes[output] = Box(**looks)
        if font in UNSTYLED:
            found.append(f"{output} is unstyled: its font is {font!r}")
    return found + misplaced(boxes, width)


def misplaced(boxes: Mapping[str, Box], width: float) -> list[str]:
    """Return what lies outside the page or on something else. A box within another is a part of it."""
    outside = [f"{name} is outside the page" for name, box in boxes.items() if box.left < 0 or box.right > width]
    return outside + [
        f"{one} lies on {other}"
        for (one, box), (other, its) in combinations(boxes.items(), 2)
        if box.lies_on(its) and not box.holds(its) and not its.holds(box)
    ]


def _shown(variant: Variant) -> list[str]:
    wanted = outputs_of(set(SCENARIOS) - set(variant.not_applicable))
    return [output for output in OUTPUTS if output in wanted]
