"""The parts of a document that runs write, each between two markers: short answers, figures, rerun tax, load and so on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from pyuibench.errors import UserError
from pyuibench.figures.answers import answers
from pyuibench.figures.base import Figure, Missing, Pair, Row, Table
from pyuibench.figures.format import interval, quantity, share
from pyuibench.figures.latency import headline
from pyuibench.figures.load import held_table
from pyuibench.figures.neighbours import neighbour_table
from pyuibench.figures.rows import figure_rows
from pyuibench.figures.scaling import computed_again, model_table, pooled_models, summary_table
from pyuibench.figures.view import Report
from pyuibench.figures.workers import workers_table
from pyuibench.publish.talk.figures import draw
from pyuibench.publish.talk.slides import charts_of
from pyuibench.results.store import Run

PICTURE = "docs/figures"
PICTURED = "picture"
FIGURES = "figures"
HELD = ("sessions held", "missed at", "memory per session", "sessions per GiB", "given back")
WORKERS = ("1 worker", "2 workers", "times as many", "per CPU second", "2 workers, not sticky")
# Part -> its table, and which of the columns; all where none is named.
TABLES: Mapping[str, tuple[Callable[[Report], Table], tuple[str, ...]]] = {
    "load": (held_table, HELD),
    "neighbours": (neighbour_table, ()),
    "workers": (workers_table, WORKERS),
}


def begin(part: str) -> str:
    """Return the marker before a part."""
    return f"<!-- {part}: written by `pyuibench report RUN --document FILE` -->"


def end(part: str) -> str:
    """Return the marker after a part."""
    return f"<!-- end of {part} -->"


def update(document: Path, run: Run) -> None:
    """Replace what stands between the markers of the parts that the run fills. Raises UserError where none of them is there."""
    text = document.read_text(encoding="utf-8")
    parts = written(run)
    there = [part for part in parts if begin(part) in text and end(part) in text]
    if not there:
        markers = "; ".join(f"{begin(part)} and {end(part)}" for part in parts)
        raise UserError(f"{document} lacks the markers {markers}; nothing was changed.")
    for part in there:
        before, _, rest = text.partition(begin(part))
        _, _, after = rest.partition(end(part))
        text = f"{before}{begin(part)}\n{parts[part]}\n{end(part)}{after}"
    document.write_text(text, encoding="utf-8")
    if PICTURED in there:
        draw_picture(run, document.parent / PICTURE)


def draw_picture(run: Run, place: Path) -> None:
    """Write `place`.svg and .png: the first figure of a talk, which is that of the smallest change."""
    report = Report(run)
    chart = charts_of(figure_rows(report))[0]
    place.parent.mkdir(exist_ok=True)
    draw(chart.row, report.variants, chart.title, place)


def written(run: Run) -> dict[str, str]:
    """Return part -> its Markdown: of what the run was made for, and the short answers that it gives."""
    report = Report(run)
    part, write = _part(report)
    parts = {part: write(report), f"{part} in short": _in_short(report)}
    return {**parts, PICTURED: _picture(report)} if part == FIGURES else parts


def _part(report: Report) -> tuple[str, Callable[[Report], str]]:
    """Return what the run was made for, and what writes it: a table of times where it was for nothing else."""
    if model_table(report).rows:
        return "tax", _tax
    for part, (make, labels) in TABLES.items():
        if make(report).rows:
            return part, partial(_chosen, make=make, labels=labels)
    return FIGURES, _figures


def _in_short(report: Report) -> str:
    """Return the questions that the run answers, a paragraph each."""
    paragraphs = (f"**{it.question}** {' '.join(it.sentences)} (Run `{it.run}`.)" for it in answers([report]))
    return "\n\n".join(paragraphs)


def _chosen(report: Report, make: Callable[[Report], Table], labels: Sequence[str]) -> str:
    """Return some of a table's columns, or all, after what the run is and what the table says."""
    table = make(report)
    chosen = [number for number, column in enumerate(table.columns) if not labels or column.label in labels]
    rows = tuple(replace(row, cells=tuple(row.cells[number] for number in chosen)) for row in table.rows)
    columns = tuple(table.columns[number] for number in chosen)
    return "\n".join([f"{_origin(report)} {table.caption}", "", *_lines(replace(table, columns=columns, rows=rows))])


def _picture(report: Report) -> str:
    return f"![{charts_of(figure_rows(report))[0].title}, in each framework]({PICTURE}.svg)"


def _figures(report: Report) -> str:
    """Return the headline table: medians, and how many times the baseline's they are."""
    table = headline(report)
    return "\n".join([f"{_origin(report)} {table.caption}", "", *_lines(table)])


def _tax(report: Report) -> str:
    """Return the sentence that says what a change costs for all that it leaves untouched, and the table that it rests on."""
    shares = "; ".join(f"{model} {share(its)}" for model, its in computed_again(report).items())
    sentence = (
        "**The rerun tax.** Of the cells that a change leaves untouched, this share is computed again, by execution model "
        f"(the baseline, and variants that use a framework the other way round, apart): {shares}."
    )
    counted, fitted = summary_table(report), model_table(report)
    model = {row.variant: row.cells for row in fitted.rows}
    rows = tuple(
        replace(row, cells=(row.cells[0], *model[row.variant])) for row in counted.rows if row.variant in model
    )
    table = replace(fitted, columns=(counted.columns[0], *fitted.columns), rows=rows)
    pooled = pooled_models(report)
    return "\n".join(
        [
            sentence,
            "",
            f"{_origin(report)} {fitted.caption}",
            "",
            *_lines(table),
            "",
            f"{pooled.title}. {pooled.caption} Left out is what no straight line describes.",
            "",
            "| variants | " + " | ".join(column.label for column in pooled.columns) + " |",
            "| --- |" + " --- |" * len(pooled.columns),
            *(f"| {row.group}: {row.label} | " + " | ".join(map(_text, row.cells)) + " |" for row in pooled.rows),
        ]
    )


def _origin(report: Report) -> str:
    meta: Mapping[str, Any] = report.run.meta
    blocks = report.run.interactions["block"].nunique()
    return (
        f"Run `{meta['run_id']}`, profile `{meta['profile']}`, {blocks} blocks, begun {meta['created'][:10]}, "
        f"{meta['machine']['cores']} cores ({meta['machine']['processor']})."
    )


def _lines(table: Table) -> list[str]:
    return [
        "| variant | model | " + " | ".join(column.label for column in table.columns) + " |",
        "| --- | --- |" + " ---: |" * len(table.columns),
        *(_line(row) for row in table.rows),
    ]


def _line(row: Row) -> str:
    cells = " | ".join(_text(cell) for cell in row.cells)
    return f"| {row.group} {row.label} | {row.tags[0]} | {cells} |"


def _text(cell: Figure | Missing | Pair | str) -> str:
    if isinstance(cell, Pair):
        ratio = f"<br>{_figure(cell.ratio)}" if isinstance(cell.ratio, Figure) else ""
        return (_value(cell.figure) if isinstance(cell.figure, Figure) else "n/a") + ratio
    if isinstance(cell, Figure):
        return _figure(cell)
    return "n/a" if isinstance(cell, Missing) else cell


def _figure(figure: Figure) -> str:
    return f"{_value(figure)} {interval(figure.estimate, figure.unit)}"


def _value(figure: Figure) -> str:
    return quantity(figure.estimate.value, figure.unit)
