"""The sections of the report, each with its tables and charts, as they are declared."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pyuibench.figures import registry
from pyuibench.figures.base import Section, Table
from pyuibench.figures.view import RunView
from pyuibench.publish.report.illustrations import Illustration, illustrations_of


@dataclass(frozen=True)
class Block:
    """A table, the charts before it, or both."""

    table: Table | None
    illustration: Illustration | None = None


@dataclass(frozen=True)
class Part:
    """A section of the report, and what stands in it."""

    section: Section
    blocks: tuple[Block, ...]


def parts_of(view: RunView) -> tuple[Part, ...]:
    """Return the sections of which a run has figures, those that it was made for first."""
    tables = {declared: _filled(view, declared) for declared in registry.REGISTRY.tables}
    drawn = illustrations_of(view, (declared for declared in tables if tables[declared]))
    parts = (Part(section, tuple(_blocks(section, tables, drawn))) for section in in_order(registry.sections()))
    return tuple(part for part in parts if part.blocks)


def in_order(sections: Iterable[Section]) -> tuple[Section, ...]:
    """Return sections in the order of the report: those that a run was made for, where it has them, come first."""
    return tuple(sorted(sections, key=lambda section: not section.leads))


def not_measured(view: RunView) -> tuple[Section, ...]:
    """Return the sections of which a run has no figure."""
    return tuple(section for section in registry.sections() if not any(registry.tables_in(view, section.id)))


def summary_of(view: RunView) -> tuple[Table, ...]:
    """Return the tables of the short report, in the order of the sections."""
    return tuple(
        table
        for section in in_order(registry.sections())
        for declared in registry.REGISTRY.tables.values()
        if declared.section == section.id and declared.in_summary
        for table in _filled(view, declared.id)
    )


def _filled(view: RunView, declared: str) -> tuple[Table, ...]:
    return tuple(table for table in registry.tables_of(view, declared) if table.rows)


def _blocks(
    section: Section, tables: Mapping[str, Sequence[Table]], drawn: Mapping[str, Illustration]
) -> Iterator[Block]:
    for declared in registry.REGISTRY.tables.values():
        if declared.section == section.id:
            for number, table in enumerate(tables[declared.id]):
                yield Block(table, None if number else drawn.get(declared.id))
