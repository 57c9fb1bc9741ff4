"""What a reader can ask of a framework, each answered by one figure; no score is made of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pyuibench.figures.rows import FigureRow

# Heading, the figure's section and label, what to enter.
WISHES = (
    ("Quick small updates", "Latency", "unrelated · increment, browser", "at most so many ms for a click"),
    ("Quick updates of chart and table", "Latency", "global · category, browser", "at most so many ms for a filter"),
    ("A quick first page", "Latency", "load · cold, browser", "at most so many ms"),
    (
        "A quick start of the server",
        "Start",
        "first answer",
        "at most so many ms from the start to the first right page",
    ),
    ("Live streams", "Tasks", "answer: states shown", "at least so many of 120 tokens shown one by one"),
    ("A small page", "Cold page load", "page down", "at most so many bytes"),
    ("Little memory", "Memory", "idle PSS", "at most so many bytes for a server with one session"),
    ("Many users", "Many sessions", "sessions held", "at least so many on one core, by the service level"),
    ("Many users in little memory", "Many sessions", "sessions per GiB", "at least so many"),
    ("Little code", "Code", "logical lines", "at most so many for the app page"),
    ("Far-away users", "Round trips", "global · category", "at most so many round trips for a filter"),
)
STARTED = "Start"
"""The section of figures that only servers have."""


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


def criteria(rows: Sequence[FigureRow]) -> tuple[Criterion, ...]:
    """Return what can be asked for, as far as the runs have the figures."""
    known = {(row.section, row.label): row for row in reversed(rows)}
    limits = (
        _criterion(title, ask, known[section, label])
        for title, section, label, ask in WISHES
        if (section, label) in known
    )
    return (*limits, *_without_server([row for row in rows if row.section == STARTED]))


def _without_server(starts: Sequence[FigureRow]) -> Iterator[Criterion]:
    """Yield the wish for an app that runs in the browser alone: what has a figure of its server's start doesn't."""
    served = dict.fromkeys(name for row in starts for name, cell in row.cells.items() if cell.value is not None)
    if served:
        ask = "0 for what runs in the browser alone, in WebAssembly"
        answers = tuple(Answer(name, 1.0, "it needs a server") for name in sorted(served))
        yield Criterion("servers", "No server", ask, "count", False, starts[0].run, answers)


def _criterion(title: str, ask: str, row: FigureRow) -> Criterion:
    answers = tuple(
        Answer(name, cell.value, cell.text or cell.why or "no figure") for name, cell in sorted(row.cells.items())
    )
    return Criterion(row.id, title, ask, row.unit, row.higher_is_better, row.run, answers)
