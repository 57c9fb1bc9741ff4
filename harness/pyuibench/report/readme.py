"""The part of the README that a run writes: its figures, between two markers."""

from pathlib import Path

from pyuibench.errors import UserError
from pyuibench.report.format import interval, quantity
from pyuibench.report.tables import Figure, Missing, Pair, Report, Row, headline
from pyuibench.store import Run

BEGIN = "<!-- figures: written by `pyuibench report RUN --readme README.md` -->"
END = "<!-- end of figures -->"


def update(readme: Path, run: Run) -> None:
    """Replace what stands between the markers. Raises UserError when they aren't there."""
    text = readme.read_text()
    if BEGIN not in text or END not in text:
        raise UserError(f"{readme} lacks the markers {BEGIN} and {END}; nothing was changed.")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    readme.write_text(f"{before}{BEGIN}\n{figures(run)}\n{END}{after}")


def figures(run: Run) -> str:
    """Return the headline table in Markdown: medians, and how many times the floor's they are."""
    report = Report(run)
    table = headline(report)
    meta = run.meta
    lines = [
        f"Run `{meta['run_id']}`, profile `{meta['profile']}`, begun {meta['created'][:10]}, "
        f"{meta['machine']['cores']} cores ({meta['machine']['processor']}). {table.caption}",
        "",
        "| variant | model | " + " | ".join(column.label for column in table.columns) + " |",
        "| --- | --- |" + " ---: |" * len(table.columns),
    ]
    return "\n".join([*lines, *(_line(row) for row in table.rows)])


def _line(row: Row) -> str:
    cells = " | ".join(_text(cell) for cell in row.cells)
    return f"| {row.group} {row.label} | {row.tags[0]} | {cells} |"


def _text(cell: Figure | Missing | Pair | str) -> str:
    if isinstance(cell, Pair):
        return _text(cell.figure) + (f"<br>{_ratio(cell.ratio)}" if isinstance(cell.ratio, Figure) else "")
    if isinstance(cell, Figure):
        return quantity(cell.estimate.value, cell.unit)
    return "n/a" if isinstance(cell, Missing) else cell


def _ratio(figure: Figure) -> str:
    return f"{quantity(figure.estimate.value, 'ratio')} {interval(figure.estimate, 'ratio')}"
