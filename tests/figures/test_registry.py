"""What modules of figures declare is found, held to be sound, and stands in every output without anything else being touched."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from looked_up import variant_of

from pyuibench.analysis.estimates import Estimate
from pyuibench.figures import registry
from pyuibench.figures.base import Figure, FigureFamily, FigureSpec, Section, TableMaker, TableSpec
from pyuibench.figures.registry import REGISTRY, figures_of, registry_of, tables_of
from pyuibench.figures.view import RunView
from pyuibench.publish.report.build import report_of
from pyuibench.publish.rows import figure_rows

SECTION = Section("height", "Height", 500, "How high it is.")


def seven(view, variant):
    return Figure(Estimate(7.5, 7.0, 8.0, 3, 3), "ms")


HEIGHT = FigureSpec("height.mean", "height", "mean height", "ms", seven, "as it was found", better="higher")
TABLE = TableSpec("height.all", "height", "Heights", ("height.mean",), "Of all.", in_summary=True)


def module(sections=(SECTION,), figures=(HEIGHT,), tables=(TABLE,)):
    return SimpleNamespace(SECTIONS=sections, FIGURES=figures, TABLES=tables)


def test_every_module_with_figures_is_found():
    assert {"load", "latency", "rerun_tax", "memory", "code", "known_delays"} <= REGISTRY.sections.keys()
    orders = [section.order for section in registry.sections()]
    assert orders == sorted(orders)


def test_no_id_is_declared_twice():
    with pytest.raises(ValueError, match=r"height\.mean is declared twice"):
        registry_of([module(), module(sections=(), tables=())])


def test_what_is_named_has_to_be_declared():
    with pytest.raises(ValueError, match="section 'height'"):
        registry_of([module(sections=())])
    with pytest.raises(ValueError, match=r"names the figure 'height\.mean'"):
        registry_of([module(figures=())])


def test_members_have_ids_of_their_family(write_run, monkeypatch):
    stray = replace(HEIGHT, id="width.mean")
    monkeypatch.setattr(
        registry,
        "REGISTRY",
        registry_of([module(figures=(HEIGHT, FigureFamily("height", "height", lambda view: (stray,))))]),
    )
    with pytest.raises(ValueError, match=r"width\.mean is no id of the family height"):
        figures_of(RunView(write_run(blocks=1)))


def test_every_figure_has_a_direction_and_sections_have_figures_or_tables(write_run):
    view = RunView(write_run(blocks=1))
    specs = figures_of(view)
    assert {spec.better for spec in specs} == {"lower", "higher", "neither"}
    used = {spec.section for spec in specs} | {table.section for table in REGISTRY.tables.values()}
    assert used == REGISTRY.sections.keys()


def test_tables_of_every_kind_begin_with_the_id_that_declares_them(write_run):
    view = RunView(write_run())
    for id, declared in REGISTRY.tables.items():
        made = tables_of(view, id)
        assert all(table.id == id or table.id.startswith(f"{id}.") for table in made), id
        assert isinstance(declared, TableMaker) or len(made) == 1


@pytest.fixture
def with_height(monkeypatch):
    """Have a further module with figures, as a new file of the package would."""
    known = module(
        (*REGISTRY.sections.values(), SECTION), (*REGISTRY.figures.values(), HEIGHT), (*REGISTRY.tables.values(), TABLE)
    )
    monkeypatch.setattr(registry, "REGISTRY", registry_of([known]))


def test_a_new_figure_stands_in_every_output(write_run, with_height):
    view = RunView(write_run(blocks=1))
    texts = report_of(view, {})
    assert '<section id="height">' in texts["report.html"]
    assert '<a href="#height">Height</a>' in texts["report.html"]
    assert "7.50 ms [7.00, 8.00]" in texts["report.md"]
    (row,) = [row for row in figure_rows(view) if row.figure == "height.mean"]
    assert (row.label, row.higher_is_better, row.cells["maple/app"].text) == ("mean height", True, "7.50 ms")


def test_a_result_is_computed_once(write_run):
    view = RunView(write_run(blocks=1))
    asked = []
    spec = replace(HEIGHT, estimate=lambda view, variant: asked.append(variant) or seven(view, variant))
    for _ in range(3):
        view.result(spec, variant_of(view, "maple/app"))
    assert len(asked) == 1
