"""What stands beside a figure that is in part a wait by design: measured in the page, and as the entry states it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

import numpy as np
import pandas as pd

from pyuibench.analysis.estimates import Floats, median
from pyuibench.analysis.waits import LIMIT_MS, beyond, is_wait
from pyuibench.figures.base import Figure, Result, Waits
from pyuibench.figures.samples import Case, VariantInfo, by_boot
from pyuibench.figures.view import RunView

SENT = "sent_ms"
T = TypeVar("T", bound=Result)


def is_noted(view: RunView) -> bool:
    """Return whether a run noted when pages first sent something."""
    return view.kept("sent is noted", lambda: bool(view.run.interactions[SENT].notna().any()))


def about(view: RunView) -> str:
    """Return what is to be said of waits wherever latencies stand."""
    if is_noted(view):
        return (
            "Waits: how long the page takes until it first sends something, as with a debounce, where that is over "
            f"{LIMIT_MS:g} ms more than the baseline's page takes; it is part of the figure."
        )
    return "Waits by design are part of the figures; this run didn't measure them, so notes give what entries state."


def in_the_page(shown: T, view: RunView, variant: VariantInfo, case: Case) -> T:
    """Return a figure of a case in the browser with what of it is waited by design."""
    if not isinstance(shown, Figure) or variant.is_baseline:
        return shown
    baseline = view.boots(view.baseline, case, "browser", SENT) if view.baseline else []
    sent_ms = _measured(view.boots(variant, case, "browser", SENT), baseline)
    return replace(shown, waits=Waits(sent_ms, stated(variant, [case.control], in_page=True)))


def in_the_page_of(
    shown: T, variant: VariantInfo, controls: Iterable[str], ours: pd.DataFrame, baseline: pd.DataFrame | None
) -> T:
    """Return a figure of several controls' gestures with what of it is waited by design, by its rows and the baseline's."""
    if not isinstance(shown, Figure) or variant.is_baseline:
        return shown
    theirs = [] if baseline is None else by_boot(baseline, SENT)
    return replace(shown, waits=Waits(_measured(by_boot(ours, SENT), theirs), stated(variant, controls, in_page=True)))


def on_the_wire(shown: T, variant: VariantInfo, controls: Iterable[str]) -> T:
    """Return a figure of some controls' gestures on the wire with what of it the server is said to wait."""
    return (
        replace(shown, waits=Waits(stated=stated(variant, controls, in_page=False)))
        if isinstance(shown, Figure)
        else shown
    )


def stated(variant: VariantInfo, controls: Iterable[str], in_page: bool) -> tuple[str, ...]:
    """Return what the entry states of controls that wait, each text once; `in_page`: whether a page is part of it."""
    return tuple(dict.fromkeys(_stated(variant, controls, in_page)))


def _stated(variant: VariantInfo, controls: Iterable[str], in_page: bool) -> Iterator[str]:
    for control in controls:
        if control in variant.delays and (said := variant.delays[control].caveat(in_page)):
            yield said


def _measured(ours: list[Floats], baseline: list[Floats]) -> float | None:
    """Return the median in ms until the page sends, None where it is as soon as any page does. Without a baseline: at once."""
    if not ours:
        return None
    longer = beyond(np.concatenate(ours), np.concatenate(baseline or [np.zeros(1)]))
    return median(ours).value if longer is not None and is_wait(longer) else None
