"""Which figures have a slide with a chart, what its title says, and in which steps it is built up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pyuibench.contract.scenarios import P95_MS
from pyuibench.figures.answers.base import listed, named
from pyuibench.figures.registry import choice_id, figure_id
from pyuibench.figures.samples import VariantInfo
from pyuibench.figures.view import RunView, variants_of
from pyuibench.publish.rows import Cell, FigureRow, first_rows
from pyuibench.publish.talk.fitting import fitting

MODELS = ("callback", "component", "reactive", "partial-rerun", "rerun")
"""The execution models in the order in which a chart is built up: the one that the talk is about comes last."""


@dataclass(frozen=True)
class Drawn:
    """A figure, by its id, or a choice, that has a slide: its subject, and what it is, for the speaker.

    `by_model`: whether the chart is built up, one execution model after the other.
    """

    figure: str
    subject: str
    about: str
    by_model: bool = False


DRAWN = (
    Drawn(
        choice_id("latency.unrelated.increment"),
        "A click that needs no data",
        "A counter goes up by one. Nothing on the page depends on it but its own text, so all else that is done is overhead.",
    ),
    Drawn(
        choice_id("latency.global.min_units"),
        "A filter that changes everything",
        "Four numbers, a chart and a table are computed anew and drawn. Every framework has to do that; the rest is its own.",
    ),
    Drawn(
        choice_id("latency.load.warm"),
        "Opening the page again",
        "Until every output of the page is right, with a warm cache.",
    ),
    Drawn(
        figure_id("rerun_tax"),
        "What one more untouched part of the page costs",
        "One slider of many is moved. Every other one has a text that costs some of the CPU's time, and must not change.",
        by_model=True,
    ),
    Drawn(
        figure_id("load.sessions_held"),
        "How many busy sessions one core holds",
        "Each acts once a second. Held: 95 % of "
        + ", of ".join(f"{name} updates within {ms:g} ms" for name, ms in P95_MS)
        + ", and right.",
    ),
    Drawn(
        figure_id("load.memory_per_session"),
        "What one more session takes of memory",
        "The slope of the process tree's memory against the number of open sessions.",
    ),
    Drawn(
        figure_id("inference.classify_around"),
        "What a framework adds to a model's answer",
        "One sentence is classified by a small language model on the server. The model's own time is taken away.",
    ),
    Drawn(
        figure_id("inference.click_in_others"),
        "A click while another visitor's batch is computed",
        "Another visitor has 600 sentences classified: more than a second of the server's one core. The click asks no model.",
    ),
    Drawn(
        figure_id("code.logical_lines"),
        "How much there is to write",
        "Statements of the app page, docstrings not counted.",
    ),
)


@dataclass(frozen=True)
class Step:
    """A chart that isn't complete yet: its picture's name, the execution models that it shows, and these in words."""

    name: str
    models: frozenset[str]
    said: str


@dataclass(frozen=True)
class Chart:
    """A figure that is drawn for a slide, and those that are drawn beside it. `title` says what the chart shows."""

    name: str
    subject: str
    title: str
    row: FigureRow
    about: str
    beside: tuple[FigureRow, ...] = ()
    steps: tuple[Step, ...] = ()


def charts_of(views: Sequence[RunView]) -> tuple[Chart, ...]:
    """Return the charts that the figures at hand allow, in the order of the talk."""
    variants = variants_of(views)
    found = ((drawn, first_rows(views, drawn.figure)) for drawn in DRAWN)
    return tuple(_chart(drawn, rows, variants) for drawn, rows in found if rows)


def ends_of(
    row: FigureRow, variants: Sequence[VariantInfo]
) -> tuple[tuple[VariantInfo, Cell], tuple[VariantInfo, Cell], list[tuple[VariantInfo, Cell]]]:
    """Return the best and the worst variant that a chart shows, and all of them from the best on; the baseline only if alone."""
    cells = [(variant, row.cells[variant.id]) for variant in fitting(row, variants)]
    compared = [pair for pair in cells if not pair[0].is_baseline] or cells
    ordered = sorted(compared, key=lambda pair: pair[1].value or 0.0, reverse=row.higher_is_better)
    return ordered[0], ordered[-1], ordered


def _chart(drawn: Drawn, rows: Sequence[FigureRow], variants: Sequence[VariantInfo]) -> Chart:
    row, *beside = rows
    best, worst, _ = ends_of(row, variants)
    told = [f"{cell.text} in {named(variant)}" for variant, cell in (best, worst)]
    title = f"{drawn.subject}: {' to '.join(dict.fromkeys(told))}"
    steps = tuple(_steps(row, variants)) if drawn.by_model else ()
    return Chart(row.id, drawn.subject, title, row, drawn.about, tuple(beside), steps)


def _steps(row: FigureRow, variants: Sequence[VariantInfo]) -> Iterator[Step]:
    """Yield the charts before the whole one: with the first model, with the first two, and so on."""
    shown = {it.model for it in fitting(row, variants) if not it.is_baseline}
    models = [it for it in MODELS if it in shown]
    for count in range(1, len(models)):
        yield Step(f"{row.id}-step-{count}", frozenset(models[:count]), listed(models[:count]))
