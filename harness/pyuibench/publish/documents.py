"""The parts of a document that runs write, each between two markers: short answers, figures, rerun tax, load and so on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from pyuibench.errors import UserError
from pyuibench.figures import registry
from pyuibench.figures.answers import CHATS, MODEL_PLACE, MODELS, PLACE, QUICKEST, REAL, USERS, Question, answers
from pyuibench.figures.answers import TAX as RERUN_TAX
from pyuibench.figures.base import Column, Figure, Missing, Pair, Row, Shown, SideBySide, Table
from pyuibench.figures.format import estimated, result, share, value
from pyuibench.figures.registry import figure_id, table_id, table_of
from pyuibench.figures.scaling import computed_again, tax_at_the_lowest_cost
from pyuibench.figures.view import RunView
from pyuibench.publish.footnotes import Footnotes
from pyuibench.publish.talk.charted import Chart, charts_of
from pyuibench.publish.talk.distances import draw_distances
from pyuibench.publish.talk.figures import draw
from pyuibench.results.machines import in_words
from pyuibench.results.store import Run

FIGURES, TAX, PLACES, RERUN = "figures", "tax", "server-or-browser", "rerun"
FEWEST_SIZES = 3
"""A run says what a rerun costs on pages of so many sizes: two have a line through them whatever it is."""
HEADLINE, FIT, POOLED = table_id("latency.headline"), table_id("rerun_tax.fit"), table_id("rerun_tax.pooled")
COMPUTED_AGAIN = figure_id("rerun_tax.computed_again")
UNTOUCHED = figure_id("rerun_tax")


@dataclass(frozen=True)
class Picture:
    """A picture that goes with a part: where it is, without suffix, below the document's directory, and what it says in words."""

    part: str
    place: str
    says: str
    draw: Callable[[RunView, Path], None]


@dataclass(frozen=True)
class TablePart:
    """A part that is a table, by its id, and which of its columns, by the ids of their figures; all where none is named."""

    table: str
    columns: tuple[str, ...] = ()


TABLES: Mapping[str, TablePart] = {
    PLACES: TablePart(table_id("break_even.round_trips")),
    "load": TablePart(
        table_id("load.held"),
        (
            figure_id("load.sessions_held"),
            figure_id("load.missed_at"),
            figure_id("load.memory_per_session"),
            figure_id("load.sessions_per_gib"),
            figure_id("load.given_back"),
        ),
    ),
    "neighbours": TablePart(table_id("neighbours.clicks")),
    "chat": TablePart(table_id("chat.pace")),
    "inference": TablePart(table_id("inference.tables")),
    "classify": TablePart(table_id("classify.pages")),
    "workers": TablePart(
        table_id("workers.busy"),
        (
            figure_id("workers.one.rate"),
            figure_id("workers.two.rate"),
            figure_id("workers.times_as_many"),
            figure_id("workers.per_cpu_second"),
            figure_id("workers.not_sticky"),
        ),
    ),
}
"""Part -> its table."""

ANSWERS: Mapping[str, tuple[Question, ...]] = {
    FIGURES: (QUICKEST,),
    RERUN: (RERUN_TAX, REAL),
    PLACES: (PLACE,),
    "load": (USERS,),
    "chat": (CHATS,),
    "inference": (MODELS,),
    "classify": (MODEL_PLACE,),
}
"""Part -> the questions that a run which was made for it answers in short."""


def begin(part: str) -> str:
    """Return the marker before a part."""
    return f"<!-- {part}: written by `pyuibench report RUN --document FILE` -->"


def end(part: str) -> str:
    """Return the marker after a part."""
    return f"<!-- end of {part} -->"


def update(document: Path, run: Run) -> None:
    """Replace what stands between the markers of the parts that the run fills. Raises UserError where none of them is there."""
    text = document.read_text(encoding="utf-8")
    view = RunView(run)
    parts = written(view)
    there = [part for part in parts if begin(part) in text and end(part) in text]
    if not there:
        markers = "; ".join(f"{begin(part)} and {end(part)}" for part in parts)
        raise UserError(f"{document} lacks the markers {markers}; nothing was changed.")
    for part in there:
        if picture := PICTURES.get(part):
            draw_picture(picture, view, document.parent)
        before, _, rest = text.partition(begin(part))
        _, _, after = rest.partition(end(part))
        text = f"{before}{begin(part)}\n{parts[part]}\n{end(part)}{after}"
    document.write_text(text, encoding="utf-8")


def draw_picture(picture: Picture, view: RunView, root: Path) -> None:
    """Write a picture's SVG and PNG below the directory of its document."""
    place = root / picture.place
    place.parent.mkdir(exist_ok=True)
    picture.draw(view, place)


def _draw_smallest_change(view: RunView, place: Path) -> None:
    """Write the first figure of a talk, which is that of the smallest change."""
    _draw_chart(charts_of([view])[0], view, place)


def _draw_rerun_tax(view: RunView, place: Path) -> None:
    """Write the figure of what one more untouched part of the page costs."""
    _draw_chart(next(chart for chart in charts_of([view]) if chart.row.figure == UNTOUCHED), view, place)


def _draw_chart(chart: Chart, view: RunView, place: Path) -> None:
    draw((chart.row, *chart.beside), view.variants, chart.subject, place)


def written(view: RunView) -> dict[str, str]:
    """Return part -> its Markdown: of what the run was made for, and the short answers that it gives."""
    part, write = _part(view)
    made_for = (part, RERUN) if _knows_reruns(view) else (part,)
    parts = {part: write(view), **{f"{each} in short": _in_short(view, each) for each in made_for}}
    pictures = (name for name, picture in PICTURES.items() if picture.part in made_for)
    return parts | {name: f"![{PICTURES[name].says}]({PICTURES[name].place}.svg)" for name in pictures}


def _knows_reruns(view: RunView) -> bool:
    """Return whether a run says what a rerun costs: at the lowest cost of a cell, on pages of several sizes, with an interval."""
    rows = [row for variant in view.variants if (row := tax_at_the_lowest_cost(view, variant)) and row.cost_ms]
    slopes = [row.browser for row in rows if len(row.points) >= FEWEST_SIZES and isinstance(row.browser, Figure)]
    return any(slope.estimate.low is not None for slope in slopes)


def _part(view: RunView) -> tuple[str, Callable[[RunView], str]]:
    """Return what the run was made for, and what writes it: a table of times where it was for nothing else."""
    if table_of(view, FIT).rows:
        return TAX, _tax
    for part, chosen in TABLES.items():
        if table_of(view, chosen.table).rows:
            return part, partial(_chosen, chosen=chosen)
    return FIGURES, _figures


def _in_short(view: RunView, part: str) -> str:
    """Return the questions that the run answers, as far as a part tells them, a paragraph each."""
    told = {question.id for question in ANSWERS.get(part, ())}
    return "\n\n".join(
        "\n".join([f"**{it.question}** (run `{it.run}`)", "", *(f"- {each}" for each in it.sentences)])
        for it in answers([view])
        if it.id in told
    )


def _chosen(view: RunView, chosen: TablePart) -> str:
    """Return some of a table's columns, or all, after what the run is and what the table says."""
    table = table_of(view, chosen.table)
    shown = replace(table, columns=_columns(view, chosen.columns), rows=_rows(view, table, chosen.columns))
    notes = Footnotes(f"{chosen.table.partition('.')[0]}-")
    lines = _lines(shown if chosen.columns else table, notes)
    return "\n".join([f"{_origin(view)} {table.caption}", "", *lines, *_below(notes)])


def _columns(view: RunView, figures: Sequence[str]) -> tuple[Column, ...]:
    return tuple(registry.column_of(registry.figure(figure), view) for figure in figures)


def _rows(view: RunView, table: Table, figures: Sequence[str]) -> tuple[Row, ...]:
    """Return a table's rows with other figures."""
    variants = {variant.id: variant for variant in view.variants}
    specs = [registry.figure(figure) for figure in figures]
    return tuple(
        replace(row, cells=tuple(view.result(spec, variants[row.variant]) for spec in specs)) for row in table.rows
    )


def _figures(view: RunView) -> str:
    """Return the headline table: medians, and how many times the baseline's they are; of frameworks that are used as meant."""
    table, notes = table_of(view, HEADLINE), Footnotes(f"{FIGURES}-")
    as_meant = {variant.id for variant in view.variants if variant.is_as_meant}
    lines = _lines(replace(table, rows=tuple(row for row in table.rows if row.variant in as_meant)), notes)
    return "\n".join([f"{_origin(view)} {table.caption}", "", *lines, *_below(notes)])


def _tax(view: RunView) -> str:
    """Return the sentence that says what a change costs for all that it leaves untouched, and the table that it rests on."""
    shares = "; ".join(f"{model} {share(its)}" for model, its in computed_again(view).items())
    sentence = (
        "**The rerun tax.** Of the cells that a change leaves untouched, this share is computed again, by execution model "
        f"(the baseline, and variants that use a framework the other way round, apart): {shares}."
    )
    fitted = table_of(view, FIT)
    again = _rows(view, fitted, [COMPUTED_AGAIN])
    rows = tuple(replace(row, cells=(*first.cells, *row.cells)) for first, row in zip(again, fitted.rows, strict=True))
    table = replace(fitted, columns=(*_columns(view, [COMPUTED_AGAIN]), *fitted.columns), rows=rows)
    pooled, notes = table_of(view, POOLED), Footnotes(f"{TAX}-")
    lines = _lines(table, notes)
    return "\n".join(
        [
            sentence,
            "",
            f"{_origin(view)} {fitted.caption}",
            "",
            *lines,
            *_below(notes),
            "",
            f"{pooled.title}. {pooled.caption} Left out is what no straight line describes.",
            "",
            "| variants | " + " | ".join(column.label for column in pooled.columns) + " |",
            "| --- |" + " --- |" * len(pooled.columns),
            *(
                f"| {row.group}: {row.label} | " + " | ".join(_text(cell, notes) for cell in row.cells) + " |"
                for row in pooled.rows
            ),
        ]
    )


def _origin(view: RunView) -> str:
    meta: Mapping[str, Any] = view.run.meta
    blocks = view.run.interactions["block"].nunique()
    return (
        f"Run `{meta['run_id']}`, profile `{meta['profile']}`, {blocks} blocks, begun {meta['created'][:10]}, "
        f"{in_words(meta)}."
    )


def _lines(table: Table, notes: Footnotes) -> list[str]:
    return [
        "| variant | model | " + " | ".join(column.label for column in table.columns) + " |",
        "| --- | --- |" + " ---: |" * len(table.columns),
        *(_line(row, notes) for row in table.rows),
    ]


def _line(row: Row, notes: Footnotes) -> str:
    cells = " | ".join(_text(cell, notes) for cell in row.cells)
    return f"| {row.group} {row.label} | {row.tags[0]} | {cells} |"


def _below(notes: Footnotes) -> list[str]:
    """Return the notes' lines, apart from the table above them."""
    return ["", *notes.lines()] if notes.reasons else []


def _text(cell: Shown, notes: Footnotes) -> str:
    if isinstance(cell, SideBySide):
        if all(isinstance(pair.figure, Missing) for pair in cell.pairs):
            return "n/a"
        return "<br>".join(f"{pair.label} {_text(pair, notes)}" for pair in cell.pairs)
    if isinstance(cell, Pair):
        ratio = f"<br>{_text(cell.ratio, notes)}" if isinstance(cell.ratio, Figure) else ""
        figure = cell.figure
        return (f"{value(figure)}{notes.marks(figure.notes)}" if isinstance(figure, Figure) else "n/a") + ratio
    if isinstance(cell, Figure):
        return f"{estimated(cell)}{notes.marks(cell.notes)}"
    return "n/a" if isinstance(cell, Missing) else result(cell)


PICTURES: Mapping[str, Picture] = {
    "rerun picture": Picture(
        RERUN,
        "docs/rerun",
        "What one more part of the page costs that a change leaves untouched, in each framework",
        _draw_rerun_tax,
    ),
    "picture": Picture(FIGURES, "docs/figures", "A click that needs no data, in each framework", _draw_smallest_change),
    "server-or-browser picture": Picture(
        PLACES,
        "docs/server-or-browser",
        "Opening the page, a click and a filter's change, with Python in the browser and on a server, at several distances",
        draw_distances,
    ),
}
"""Part -> the picture that it is."""
