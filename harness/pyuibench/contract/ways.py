"""The ways in which a control is operated. What is done in different ways is never compared, nor shown in one column."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Way:
    """One way to operate some controls: what is done, in words, and why a variant has it and no other.

    `is_column`: variants of one run may have different ways of these controls, so that each has a column of its own.
    """

    id: str
    controls: tuple[str, ...]
    label: str
    about: str
    because: str = ""
    is_column: bool = True


SLIDERS = ("min_units", "cell")
WAYS: Mapping[str, Way] = {
    way.id: way
    for way in (
        Way(
            "typed",
            ("name",),
            "typed live",
            "one more character, from its key press",
            "its text field sends every character while it is typed",
        ),
        Way(
            "committed",
            ("name",),
            "committed with Enter",
            "one more character and then Enter, from the press of Enter",
            "its text field sends a text when it is committed, with Enter",
        ),
        Way(
            "closed-list",
            ("category",),
            "by key",
            "an arrow key on the closed list, from its press",
            "its list is the browser's own, which a browser without a window can't open",
        ),
        Way(
            "pop-up",
            ("category",),
            "in a pop-up",
            "a press of the mouse on an option of the open list, from that press",
            "its list is a pop-up in the page, in which an option is pressed",
        ),
        Way(
            "handle", SLIDERS, "by the handle", "dragged by the handle by one step, from the last move", is_column=False
        ),
        Way("arrow", SLIDERS, "by key", "moved by one press of an arrow key, from that press", is_column=False),
    )
}


def columns_of(control: str) -> tuple[Way, ...]:
    """Return the ways of a control that have a column each, in their order; none where all variants have one way."""
    return tuple(way for way in WAYS.values() if control in way.controls and way.is_column)
