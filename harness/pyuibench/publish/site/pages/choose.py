"""What a reader can ask of a framework, each answered by one figure; no score is made of them."""

from dataclasses import asdict, dataclass
from typing import Any

from pyuibench.contract.scenarios import P95_MS
from pyuibench.figures.registry import choice_id, figure_id
from pyuibench.figures.samples import VariantInfo
from pyuibench.publish.rows import FigureRow
from pyuibench.publish.site.base import Page, Site
from workload.tasks import ANSWER_TOKENS


@dataclass(frozen=True)
class Wish:
    """What can be asked for: a limit on a figure, by its id, or on the first figure of a choice; the others stand beside it."""

    title: str
    figure: str
    ask: str


WISHES = (
    Wish(
        "Quick small updates",
        choice_id("latency.unrelated.increment"),
        "longest answer to a click, in ms",
    ),
    Wish(
        "Quick updates of chart and table",
        choice_id("latency.global.min_units"),
        "longest answer to a filter, in ms",
    ),
    Wish("A quick first page", choice_id("latency.load.cold"), "longest load with an empty cache, in ms"),
    Wish(
        "A quick start of the server",
        figure_id("start.first_answer"),
        "longest time from starting the server to the first right page, in ms",
    ),
    Wish(
        "Live streams",
        figure_id("tasks.answer.states"),
        f"fewest of {ANSWER_TOKENS} tokens that are shown one by one",
    ),
    Wish("A small page", figure_id("page.bytes_down"), "most bytes of a load with an empty cache"),
    Wish("Little memory", figure_id("memory.idle_pss"), "most bytes that a server with one session takes"),
    Wish(
        "Many users",
        figure_id("load.sessions_held"),
        f"fewest sessions that one core must hold: {', '.join(f'p95 of {name} within {ms:g} ms' for name, ms in P95_MS)}",
    ),
    Wish("Many users in little memory", figure_id("load.sessions_per_gib"), "fewest sessions in a GiB"),
    Wish("Little code", figure_id("code.logical_lines"), "most lines of the app page"),
    Wish(
        "Far-away users",
        figure_id("round_trips.global.min_units"),
        "most round trips that a filter may take",
    ),
)


@dataclass(frozen=True)
class Answer:
    """One variant's figure as it is compared and as it is shown; `value` is None where there is none, and `text` says why."""

    variant: str
    value: float | None
    text: str


@dataclass(frozen=True)
class Criterion:
    """Something to ask for: a limit on one figure, from above or, if higher is better, from below."""

    id: str
    title: str
    ask: str
    unit: str
    at_least: bool
    run: str
    answers: tuple[Answer, ...]


def criteria(site: Site) -> tuple[Criterion, ...]:
    """Return what can be asked for, as far as the runs have the figures."""
    limits = (_criterion(wish, *rows) for wish in WISHES if (rows := site.rows_of(wish.figure)))
    return (*limits, _without_server(site))


def _view(site: Site) -> dict[str, Any]:
    found = criteria(site)
    return {"criteria": found, "data": [asdict(each) for each in found]}


def _without_server(site: Site) -> Criterion:
    """Return the wish for an app whose Python runs in the browser, so that files are all that is served."""
    ask = "0 for what runs in the browser alone, in WebAssembly"
    answers = tuple(_place(variant) for variant in site.variants)
    return Criterion("servers", "No server", ask, "count", False, site.main.name, answers)


def _place(variant: VariantInfo) -> Answer:
    if variant.runs_in == "browser":
        return Answer(variant.id, 0.0, "it runs in the browser")
    return Answer(variant.id, 1.0, "it needs a server")


def _criterion(wish: Wish, row: FigureRow, *beside: FigureRow) -> Criterion:
    answers = tuple(Answer(name, cell.value, _said(name, row, *beside)) for name, cell in sorted(row.cells.items()))
    return Criterion(row.figure, wish.title, wish.ask, row.unit, row.higher_is_better, row.run, answers)


def _said(variant: str, row: FigureRow, *beside: FigureRow) -> str:
    """Return a variant's figure as it is shown, with those beside it where it has them."""
    told = row.cells[variant].shown or "no figure"
    others = [other for other in beside if other.cells[variant].value is not None]
    if not others:
        return told
    return ", ".join(f"{it.kind} {it.cells[variant].shown}" for it in (row, *others))


PAGE = Page("choose", "Choose", 20, _view, "enter your limits, and see what remains.")
