"""A drawing as inline SVG, whose colours are the page's: for charts of which a site has hundreds.

A plotting library takes a tenth of a second for each, most of it for ticks and texts that are the same everywhere.
"""

import math
from collections.abc import Iterable, Sequence
from html import escape

INK, FAINT = "var(--ink)", "var(--faint)"
FONT_SIZE, TITLE_SIZE, LEGEND_SIZE = 9.0, 10.0, 8.0
Point = tuple[float, float]


class Drawing:
    """Lines, boxes and texts at places in points, from the upper left corner."""

    def __init__(self, width: float, height: float) -> None:
        """Begin an empty drawing."""
        self._width, self._height = width, height
        self._parts: list[str] = []

    def line(
        self, points: Iterable[Point], colour: str, width: float = 0.8, dashes: str = "", opacity: float = 1
    ) -> None:
        """Draw a line through points; `dashes` as SVG has them."""
        at = " ".join(f"{_short(x)},{_short(y)}" for x, y in points)
        dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
        self._parts.append(
            f'<polyline points="{at}" fill="none" stroke="{colour}" stroke-width="{_short(width)}"'
            f"{dashed}{_opaque(opacity)}/>"
        )

    def box(self, left: float, top: float, width: float, height: float, colour: str) -> None:
        """Draw a filled box."""
        places = f'x="{_short(left)}" y="{_short(top)}" width="{_short(width)}" height="{_short(height)}"'
        self._parts.append(f'<rect {places} fill="{colour}"/>')

    def text(self, at: Point, text: str, size: float = FONT_SIZE, anchor: str = "start") -> None:
        """Write a text whose baseline begins, is centred or ends at a place: `start`, `middle` or `end`."""
        aligned = "" if anchor == "start" else f' text-anchor="{anchor}"'
        x, y = at
        self._parts.append(
            f'<text x="{_short(x)}" y="{_short(y)}" font-size="{_short(size)}" fill="{INK}"{aligned}>{escape(text)}</text>'
        )

    def upright(self, at: Point, text: str) -> None:
        """Write a text from below to above, its middle at a place."""
        x, y = _short(at[0]), _short(at[1])
        self._parts.append(
            f'<text transform="translate({x} {y}) rotate(-90)" font-size="{_short(FONT_SIZE)}" fill="{INK}" '
            f'text-anchor="middle">{escape(text)}</text>'
        )

    def element(self, label: str) -> str:
        """Return the drawing as an element, sized by the page, with a label for who can't see it."""
        box = f"0 0 {_short(self._width)} {_short(self._height)}"
        head = f'<svg viewBox="{box}" xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(label, quote=True)}">'
        return f"{head}{''.join(self._parts)}</svg>"


def linear_ticks(highest: float, most: int = 6) -> list[float]:
    """Return round numbers from 0 to a number above 0, no more than `most` steps of 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(highest / most))
    step = next(times * power for times in (1, 2, 5, 10) if times * power * most >= highest)
    return [step * number for number in range(int(highest / step + 1e-9) + 1)]


def log_ticks(lowest: float, highest: float, most: int = 9) -> list[float]:
    """Return 1, 2 and 5 times each power of ten between two numbers above 0; of more than `most` the powers alone."""
    powers = range(math.floor(math.log10(lowest)), math.ceil(math.log10(highest)) + 1)
    ticks = [(times, times * 10.0**power) for power in powers for times in (1, 2, 5)]
    found = [(times, tick) for times, tick in ticks if lowest <= tick <= highest]
    return [tick for times, tick in found if times == 1 or len(found) <= most]


def log_places(values: Sequence[float], lowest: float, highest: float, begin: float, end: float) -> list[float]:
    """Return where values lie on a logarithmic axis from `begin` to `end`, which are the places of the lowest and the highest."""
    scale = (end - begin) / math.log(highest / lowest)
    return [begin + scale * math.log(value / lowest) for value in values]


def _short(number: float) -> str:
    """Return a number with two decimals at most."""
    return f"{number:.2f}".rstrip("0").rstrip(".")


def _opaque(share: float) -> str:
    return "" if share == 1 else f' opacity="{_short(share)}"'
