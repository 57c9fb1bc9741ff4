"""Figures and tables of a run by their ids, for tests."""

from pyuibench.figures import registry


def variant_of(view, name):
    return next(variant for variant in view.variants if variant.id == name)


def result_of(view, figure, variant="maple/app"):
    """Return a figure of a variant, one of a family too."""
    spec = next(spec for spec in registry.figures_of(view) if spec.id == figure)
    return view.result(spec, variant_of(view, variant))


def value_of(view, figure, variant="maple/app"):
    return result_of(view, figure, variant).estimate.value


def cells_of(table, label="app"):
    """Return heading -> cell of a table's row."""
    row = next(row for row in table.rows if row.label == label)
    return dict(zip([column.label for column in table.columns], row.cells, strict=True))
