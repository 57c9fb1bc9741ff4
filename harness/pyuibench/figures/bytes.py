"""Bytes: what the network carries for one interaction, counted by the browser and by a client without one."""

from functools import partial

import numpy as np
import pandas as pd

from pyuibench.contract.scenarios import CONTROLS, TASKS
from pyuibench.figures.base import Comparison, Figure, FigureFamily, FigureSpec, Missing, Section, TableSpec
from pyuibench.figures.latency import app_cases, case_id
from pyuibench.figures.measured import median_of
from pyuibench.figures.samples import Case, VariantInfo
from pyuibench.figures.view import RunView, median_figure

SECTION = Section("bytes", "Bytes", 100)
SECTIONS = (SECTION,)
WAYS = ("up", "down")


def _browser_spec(way: str, control: str) -> FigureSpec:
    return FigureSpec(
        f"bytes.{way}.browser.{control}",
        SECTION.id,
        f"{_title(way, 'browser')}: {control}",
        "bytes",
        partial(_in_the_browser, way=way, control=control),
        heading=control,
        is_in=lambda view: (way, control) in {key[2:] for key in view.once(_counted)},
        options="--instrument browser",
        comparison=Comparison(partial(_each_counted, way=way, control=control)),
    )


def _wire_spec(way: str, case: Case) -> FigureSpec:
    estimate = partial(_on_the_wire, way=way, case=case)
    return FigureSpec(
        f"bytes.{way}.wire.{case_id(case)}",
        SECTION.id,
        f"{_title(way, 'wire')}: {case.label}",
        "bytes",
        estimate,
        heading=case.label,
        is_in=lambda view: case in view.headline_cases and _has_any(view, way, case),
        options=f"--scenario {case.scenario} --instrument wire",
        comparison=Comparison(partial(_in_boots, way=way, case=case)),
    )


def _title(way: str, instrument: str) -> str:
    return f"Bytes {way} per interaction, {instrument}"


def _counted(view: RunView) -> dict[tuple[str, str, str, str], pd.DataFrame]:
    """Return (entry, variant, way, control) -> the bytes that the browser counted on the app page."""
    rows = view.run.measurements
    names = {f"action_bytes_{way}": way for way in WAYS}
    counted = rows[rows["metric"].isin(names) & (rows["page"] == "app")]
    groups = counted.groupby(["entry", "variant", counted["metric"].map(names), "control"])
    return {(str(entry), str(variant), str(way), str(control)): own for (entry, variant, way, control), own in groups}


def _in_the_browser(view: RunView, variant: VariantInfo, way: str, control: str) -> Figure | Missing:
    return median_of(view, variant, _own_counted(view, variant, way, control), "bytes")


def _each_counted(view: RunView, variant: VariantInfo, way: str, control: str) -> list[float]:
    """Return what the browser counted, which it does once: what an action carries depends on the values that chance gives it."""
    return [float(value) for value in _own_counted(view, variant, way, control)["value"].dropna()]


def _own_counted(view: RunView, variant: VariantInfo, way: str, control: str) -> pd.DataFrame:
    found = view.once(_counted).get((variant.entry, variant.name, way, control))
    return view.run.measurements.iloc[:0] if found is None else found


def _in_boots(view: RunView, variant: VariantInfo, way: str, case: Case) -> list[float]:
    return [float(np.median(boot)) for boot in view.boots(variant, case, "wire", f"bytes_{way}")]


def _on_the_wire(view: RunView, variant: VariantInfo, way: str, case: Case) -> Figure | Missing:
    boots = view.boots(variant, case, "wire", f"bytes_{way}")
    return median_figure(view, boots, "bytes", partial(view.samples.reason, variant, case, "wire"))


def _has_any(view: RunView, way: str, case: Case) -> bool:
    return any(view.boots(variant, case, "wire", f"bytes_{way}") for variant in view.variants)


def _on_the_scaling_page(view: RunView, way: str) -> tuple[FigureSpec, ...]:
    return tuple(_wire_spec(way, case) for case in view.headline_cases if case.page == "grid")


_CASES = tuple(case for case in app_cases() if case.scenario not in (*TASKS, "load"))
FIGURES = tuple(
    figure
    for way in WAYS
    for figure in (
        *(_browser_spec(way, control) for control in sorted(CONTROLS)),
        *(_wire_spec(way, case) for case in _CASES),
        FigureFamily(f"bytes.{way}.wire", SECTION.id, partial(_on_the_scaling_page, way=way)),
    )
)
TABLES = (
    *(
        TableSpec(
            f"bytes.{way}.browser",
            SECTION.id,
            _title(way, "browser"),
            tuple(f"bytes.{way}.browser.{control}" for control in sorted(CONTROLS)),
            "What the page sent or received for one action.",
        )
        for way in WAYS
    ),
    *(
        TableSpec(
            f"bytes.{way}.wire",
            SECTION.id,
            _title(way, "wire"),
            (*(f"bytes.{way}.wire.{case_id(case)}" for case in _CASES), f"bytes.{way}.wire"),
            "Median payload of a client without a browser: messages and bodies, not headers.",
        )
        for way in WAYS
    ),
)
