"""A variant whose cells' sliders are operated by arrow keys: a key is up again before any answer, and no hand has to rest."""

from dataclasses import replace

from pyuibench.entries.catalog import Drag, Keys, Variant

CELL = "cell"


def by_keys(variant: Variant) -> Variant:
    """Return a variant with the sliders of its scaling page, which are native ones, operated by keys.

    Chromium puts what comes in after the release of the mouse off until it has drawn a frame. An answer that comes just then is
    up to 17 ms late, which says nothing of the instruments.
    """
    gesture = variant.table.controls.get(CELL) or variant.entry.table.controls[CELL]
    assert isinstance(gesture, Drag)
    controls = {**variant.table.controls, CELL: Keys(keys=gesture.drag)}
    return replace(variant, table=variant.table.model_copy(update={"controls": controls}))
