"""Every figure, section and table that modules of this package declare, by id.

A module declares them in `SECTIONS`, `FIGURES` (families too) and `TABLES`, and is found by itself. Those who show figures name
ids, which `figure_id` checks when they are imported. No module of this package may import this one, as it imports them all.
"""

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any, TypeVar

import pyuibench.figures
from pyuibench.figures.base import (
    Column,
    FigureFamily,
    FigureSpec,
    Section,
    Table,
    TableMaker,
    TableSpec,
    spoken,
    variant_row,
    with_figures,
)
from pyuibench.figures.view import RunView

Declared = TypeVar("Declared", bound="Section | FigureSpec | FigureFamily | TableSpec | TableMaker")


@dataclass(frozen=True)
class Registry:
    """What is declared, by id: sections in their order, figures, families and tables as they are declared in each."""

    sections: Mapping[str, Section]
    figures: Mapping[str, FigureSpec | FigureFamily]
    tables: Mapping[str, TableSpec | TableMaker]


def _found() -> Registry:
    modules = [
        importlib.import_module(f"{pyuibench.figures.__name__}.{module.name}")
        for module in pkgutil.iter_modules(pyuibench.figures.__path__)
        if module.name != __name__.rpartition(".")[2]
    ]
    return registry_of(modules)


def registry_of(modules: Iterable[ModuleType]) -> Registry:
    """Return what modules declare. Raises ValueError for an id that is declared twice, and for an unknown one that is named."""
    known = list(modules)
    sections = sorted(_declared(known, "SECTIONS"), key=lambda section: section.order)
    places = {section.id: number for number, section in enumerate(sections)}
    figures = _declared(known, "FIGURES")
    tables = _declared(known, "TABLES")
    for one in (*figures, *tables):
        if one.section not in places:
            raise ValueError(f"{one.id} names the section {one.section!r}, which isn't declared.")
    registry = Registry(
        _by_id(sections),
        _by_id(sorted(figures, key=lambda figure: places[figure.section])),
        _by_id(sorted(tables, key=lambda table: places[table.section])),
    )
    for table in registry.tables.values():
        for column in table.columns if isinstance(table, TableSpec) else ():
            if column not in registry.figures:
                raise ValueError(f"The table {table.id} names the figure {column!r}, which isn't declared.")
    return registry


def _declared(modules: Iterable[ModuleType], name: str) -> list[Any]:
    return [one for module in modules for one in getattr(module, name, ())]


def _by_id(declared: Iterable[Declared]) -> dict[str, Declared]:
    found: dict[str, Declared] = {}
    for one in declared:
        if one.id in found:
            raise ValueError(f"{one.id} is declared twice.")
        found[one.id] = one
    return found


REGISTRY = _found()


def figure_id(id: str) -> str:
    """Return the id of a figure that is declared. Raises KeyError for another: who names a figure finds out when imported."""
    if not isinstance(REGISTRY.figures.get(id), FigureSpec):
        raise KeyError(f"There is no figure {id!r}.")
    return id


def choice_id(id: str) -> str:
    """Return the id of a choice among figures that is declared, or of a figure. Raises KeyError for another."""
    found = REGISTRY.figures.get(id)
    return id if isinstance(found, FigureFamily) and found.is_choice else figure_id(id)


def chosen(id: str, view: RunView) -> tuple[FigureSpec, ...]:
    """Return the figures that a run is read by where an id names a choice; of a figure's id that figure. Raises KeyError."""
    return _members(REGISTRY.figures[choice_id(id)], view)


def table_id(id: str) -> str:
    """Return the id of a table that is declared. Raises KeyError for another."""
    if id not in REGISTRY.tables:
        raise KeyError(f"There is no table {id!r}.")
    return id


def figure(id: str) -> FigureSpec:
    """Return a figure by its id. Raises KeyError for an unknown one."""
    found = REGISTRY.figures[figure_id(id)]
    assert isinstance(found, FigureSpec)
    return found


def sections() -> tuple[Section, ...]:
    """Return all sections in their order."""
    return tuple(REGISTRY.sections.values())


def section(id: str) -> Section:
    """Return a section by its id. Raises KeyError for an unknown one."""
    return REGISTRY.sections[id]


def figures_of(view: RunView) -> tuple[FigureSpec, ...]:
    """Return every figure of a run, section by section: those of families too."""
    return view.once(_figures_of)


def tables_in(view: RunView, section: str) -> Iterator[Table]:
    """Yield the tables of a section that have rows."""
    for table in REGISTRY.tables.values():
        if table.section == section:
            yield from (made for made in tables_of(view, table.id) if made.rows)


def table_of(view: RunView, id: str) -> Table:
    """Return the first table of a declaration."""
    return tables_of(view, id)[0]


def tables_of(view: RunView, id: str) -> tuple[Table, ...]:
    """Return what a declared table is in a run: one, or as many as its maker makes; without rows where nothing was measured."""
    declared = REGISTRY.tables[table_id(id)]
    return view.kept(("table", id), lambda: _made(declared, view))


def column_of(spec: FigureSpec, view: RunView) -> Column:
    """Return how a figure heads a column of a table that says the rest."""
    return Column(spoken(spec.heading or spec.label, view), spoken(spec.about, view))


def _figures_of(view: RunView) -> tuple[FigureSpec, ...]:
    declared = (it for it in REGISTRY.figures.values() if isinstance(it, FigureSpec) or not it.is_choice)
    found = [spec for it in declared for spec in _members(it, view)]
    _by_id(found)
    return tuple(found)


def _members(declared: FigureSpec | FigureFamily, view: RunView) -> tuple[FigureSpec, ...]:
    if isinstance(declared, FigureSpec):
        return (declared,)
    members = declared.members(view)
    for member in members:
        if not member.id.startswith(f"{declared.id}."):
            raise ValueError(f"{member.id} is no id of the family {declared.id}.")
    return members


def _made(declared: TableSpec | TableMaker, view: RunView) -> tuple[Table, ...]:
    return declared.make(view) if isinstance(declared, TableMaker) else (_table(declared, view),)


def _table(declared: TableSpec, view: RunView) -> Table:
    columns = [spec for name in declared.columns for spec in _members(REGISTRY.figures[name], view) if spec.is_in(view)]
    variants = [it for it in view.variants if declared.rows != "frameworks" or not it.is_baseline]
    rows = [variant_row(variant, [view.result(spec, variant) for spec in columns]) for variant in variants]
    table = Table(
        declared.id,
        spoken(declared.title, view),
        spoken(declared.caption, view),
        tuple(column_of(spec, view) for spec in columns),
        tuple(rows) if columns else (),
        declared.with_intervals,
    )
    return with_figures(table) if declared.rows == "with figures" else table
