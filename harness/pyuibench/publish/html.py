"""What report, site and talk are rendered by: one environment of templates, and what all of them may say."""

import json
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pyuibench.figures import format
from pyuibench.figures.base import Figure, Missing, Pair, SideBySide
from pyuibench.figures.breakdown import part_colour, part_name

QUESTION = (
    "What does the rerun model cost against the callback model, and how much of that is the framework's own doing?"
)
RATIO_STEPS = (1.5, 3, 6, 12, 25)
# The marks of charts.MARKERS, by model, in a box of 10 x 10.
_SHAPES: Mapping[str, str] = {
    "rerun": '<circle cx="5" cy="5" r="5"/>',
    "partial-rerun": '<path d="M5 -1 11 5 5 11 -1 5z"/>',
    "callback": '<path d="M0 0h10v10H0z"/>',
    "reactive": '<path d="M5 0 10.5 10H-.5z"/>',
    "component": '<path d="M-.5 0h11L5 10z"/>',
}
_OTHER_SHAPE = '<path d="M3 0h4v3h3v4H7v3H3V7H0V3h3z"/>'


def rendered(template: str, view: Mapping[str, Any], **more: Any) -> str:
    """Return a template of this package, such as `report/report.html.j2`, filled in."""
    return _environment().get_template(template).render(view, **more)


def style() -> str:
    """Return the style sheet that report and site share."""
    return (files(__package__) / "templates/style.css").read_text(encoding="utf-8")


def ratio_step(ratio: float) -> int:
    """Return which colour a ratio has: 0 up to RATIO_STEPS[0], and so on."""
    return sum(ratio > step for step in RATIO_STEPS)


def mark(model: str) -> Markup:
    """Return an execution model with its mark."""
    colour = model if model in _SHAPES else "other"
    shape = Markup(_SHAPES.get(model, _OTHER_SHAPE))
    return Markup(
        '<span class="model"><svg viewBox="0 0 10 10" aria-hidden="true" style="fill: var(--model-{})">{}</svg>{}</span>'
    ).format(colour, shape, model)


def as_json(value: Any) -> Markup:
    """Return JSON to stand in a script element: nothing in it can end the element.

    Raises ValueError for a number that is none or has no end: a page couldn't read it.
    """
    return Markup(json.dumps(value, ensure_ascii=False, allow_nan=False).replace("<", "\\u003c"))


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader(__package__),
        autoescape=lambda name: bool(name and name.endswith(".html.j2")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "quantity": format.quantity,
        "interval": format.interval,
        "number": format.number,
        "share": format.share,
        "result": format.result,
        "beside": format.beside,
        "estimated": format.estimated,
        "json": as_json,
        "part_name": part_name,
        "part_colour": part_colour,
    }
    environment.tests |= {
        "figure": lambda cell: isinstance(cell, Figure),
        "missing": lambda cell: isinstance(cell, Missing),
        "pair": lambda cell: isinstance(cell, Pair),
        "side_by_side": lambda cell: isinstance(cell, SideBySide),
    }
    environment.globals |= {
        "step": ratio_step,
        "steps": RATIO_STEPS,
        "mark": mark,
        "models": tuple(_SHAPES),
        "question": QUESTION,
    }
    return environment
