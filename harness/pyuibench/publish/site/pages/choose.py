"""What a reader can ask of a framework, each answered by one figure; no score is made of them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from pyuibench.contract.scenarios import P95_MS
from pyuibench.figures.registry import choice_id, figure_id
from pyuibench.figures.samples import VariantInfo
from pyuibench.publish.rows import FigureRow
from pyuibench.publish.site.base import Page, Site
from workload.tasks import ANSWER_TOKENS

CLICK = choice_id("latency.unrelated.increment")
FILTER = choice_id("latency.global.min_units")
COLD = choice_id("latency.load.cold")
FIRST_ANSWER = figure_id("start.first_answer")
TOKENS = figure_id("tasks.answer.states")
PAGE_BYTES = figure_id("page.bytes_down")
HELD = figure_id("load.sessions_held")
SERVERS = "servers"
"""The wish for an app that needs no server; it is no figure."""


@dataclass(frozen=True)
class Wish:
    """What can be asked for: a limit on a figure, by its id, or on the first figure of a choice; the others stand beside it.

    A limit is entered in `unit`, `size` of the figure's own each. `ask` says in words what is too much or too little.
    """

    title: str
    figure: str
    ask: str
    unit: str
    size: float = 1.0


MB = 1e6
DONE = {"unrelated": "a click", "global": "a filter"}
IN_TIME = ", ".join(f"{DONE[name]} within {ms:,.0f} ms" for name, ms in P95_MS)
WISHES = (
    Wish("Quick small updates", CLICK, "a click may take no longer than", "ms"),
    Wish("Quick updates of chart and table", FILTER, "a filter may take no longer than", "ms"),
    Wish("A quick first page", COLD, "opening the page, nothing cached, may take no longer than", "ms"),
    Wish(
        "A quick start of the server",
        FIRST_ANSWER,
        "from starting the server to the first right page, no more than",
        "ms",
    ),
    Wish("Live streams", TOKENS, f"tokens shown one by one, of {ANSWER_TOKENS}, no fewer than", "tokens"),
    Wish("A small page", PAGE_BYTES, "opening the page, nothing cached, may load no more than", "MB", MB),
    Wish("Little memory", figure_id("memory.idle_pss"), "a server with one session may take no more than", "MB", MB),
    Wish(
        "Many users",
        HELD,
        f"in time for 95 % ({IN_TIME}), one core serves no fewer than",
        "users",
    ),
    Wish("Many users in little memory", figure_id("load.sessions_per_gib"), "a GiB holds no fewer than", "users"),
    Wish("Little code", figure_id("code.logical_lines"), "the app page may have no more than", "lines"),
    Wish("Far-away users", figure_id("round_trips.global.min_units"), "a filter may take no more than", "round trips"),
)


@dataclass(frozen=True)
class Preset:
    """A kind of app, and the limits that it sets: wish -> what is entered for it. They are a start, to be changed."""

    title: str
    limits: Mapping[str, float]


PRESETS = (
    Preset("Internal dashboard, 20 users", {HELD: 20, CLICK: 200, FILTER: 500}),
    Preset("LLM chat demo", {TOKENS: 60, FIRST_ANSWER: 15_000}),
    Preset("Public page, phones", {COLD: 2_500, PAGE_BYTES: 3}),
    Preset("No server", {SERVERS: 0}),
)


@dataclass(frozen=True)
class Answer:
    """One variant's figure as it is compared and as it is shown; `value` is None where there is none, and `text` says why."""

    variant: str
    value: float | None
    text: str


@dataclass(frozen=True)
class Criterion:
    """Something to ask for: a limit on one figure, from above or, if higher is better, from below.

    `unit` and `size` as of a wish; `wish` is what presets name. `is_switch`: whether it is asked for or not, without a number.
    """

    id: str
    wish: str
    title: str
    ask: str
    unit: str
    size: float
    at_least: bool
    run: str
    answers: tuple[Answer, ...]
    is_switch: bool = False


@cache  # every framework's page asks for them
def criteria(site: Site) -> tuple[Criterion, ...]:
    """Return what can be asked for, as far as the runs have the figures."""
    limits = (_criterion(wish, *rows) for wish in WISHES if (rows := site.rows_of(wish.figure)))
    return (*limits, _without_server(site))


def _view(site: Site) -> dict[str, Any]:
    found = criteria(site)
    known = {each.wish: each.id for each in found}
    presets = [
        {"title": it.title, "limits": {known[wish]: limit for wish, limit in it.limits.items() if wish in known}}
        for it in PRESETS
    ]
    return {
        "criteria": found,
        "presets": [it["title"] for it in presets if it["limits"]],
        "data": {"criteria": [asdict(each) for each in found], "presets": [it for it in presets if it["limits"]]},
    }


def _without_server(site: Site) -> Criterion:
    """Return the wish for an app whose Python runs in the browser, so that files are all that is served."""
    ask = "it must run in the browser alone"
    answers = tuple(_place(variant) for variant in site.variants)
    return Criterion(SERVERS, SERVERS, "No server", ask, "", 1.0, False, site.main.name, answers, is_switch=True)


def _place(variant: VariantInfo) -> Answer:
    if variant.runs_in == "browser":
        return Answer(variant.id, 0.0, "it runs in the browser")
    return Answer(variant.id, 1.0, "it needs a server")


def _criterion(wish: Wish, row: FigureRow, *beside: FigureRow) -> Criterion:
    answers = tuple(
        Answer(name, cell.value, _said(name, wish.unit, row, *beside)) for name, cell in sorted(row.cells.items())
    )
    return Criterion(
        row.figure, wish.figure, wish.title, wish.ask, wish.unit, wish.size, row.higher_is_better, row.run, answers
    )


def _said(variant: str, unit: str, row: FigureRow, *beside: FigureRow) -> str:
    """Return a variant's figure as it is shown, a bare number with its unit, with those beside it where it has them."""
    cell = row.cells[variant]
    told = cell.shown or "no figure"
    others = [other for other in beside if other.cells[variant].value is not None]
    if not others:
        return f"{told} {unit}" if cell.value is not None and told[-1].isdigit() else told
    return ", ".join(f"{it.kind} {it.cells[variant].shown}" for it in (row, *others))


PAGE = Page("choose", "Choose", 20, _view, "set your limits, and see what remains.")
