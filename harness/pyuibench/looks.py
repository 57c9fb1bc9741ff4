"""Whether a page looks like the app: everything is there to be seen, in its place, styled, and nothing lies on anything else."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

from pyuibench.browser.page import Page
from pyuibench.catalog import Variant
from pyuibench.spec import OUTPUTS, SCENARIOS, outputs_of

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
