"""A language model that the page itself asks, in the browser, beside one that the same framework's server asks."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import pandas as pd

from pyuibench.contract import model, page_model
from pyuibench.figures.base import Figure, FigureSpec, Missing, Result, Section, TableSpec
from pyuibench.figures.ends import headline_end
from pyuibench.figures.measured import median_of
from pyuibench.figures.samples import VariantInfo, by_boot
from pyuibench.figures.streams import median_of_page
from pyuibench.figures.view import RunView

EXPERIMENT = "classify"
SECTION = Section(
    EXPERIMENT,
    "A language model in the browser",
    143,
    "MiniLM with a head that tells eight kinds of products apart. In the browser Transformers.js computes it, with weights of 8 "
    "bits, in one thread beside the page's Python. On a server Transformers does, with PyTorch in one thread. A server has "
    "loaded its model before a visitor comes; a page loads it for each.",
    leads=True,
)
SECTIONS = (SECTION,)


@dataclass(frozen=True)
class Pair:
    """A page that asks its model in the browser, and the one of the same framework whose server does."""

    here: VariantInfo
    server: VariantInfo


def pairs(view: RunView) -> tuple[Pair, ...]:
    """Return the pages in the browser whose framework's server is in the run too."""
    known = {it.entry: it for it in view.variants if it.runs_in == "server"}
    in_browser = (it for it in view.variants if it.runs_in == "browser")
    return tuple(Pair(it, known[it.server_entry]) for it in in_browser if it.server_entry in known)


def page_of(variant: VariantInfo) -> str:
    """Return the contract of the page that a variant is measured with."""
    return page_model.NAME if variant.runs_in == "browser" else model.NAME


def _rows(view: RunView, variant: VariantInfo) -> pd.DataFrame:
    """Return a variant's load and answers. `number` counts from 0 what was asked of the same control in a boot."""
    return view.kept((EXPERIMENT, variant.id), lambda: _numbered(view, variant))


def _numbered(view: RunView, variant: VariantInfo) -> pd.DataFrame:
    rows = view.interactions(variant, EXPERIMENT).sort_values("started_ns")
    of_control = rows.groupby(["boot", "scenario", "control"], observed=True)
    return rows.assign(number=of_control.cumcount())


def _median(view: RunView, variant: VariantInfo, rows: pd.DataFrame) -> Figure | Missing:
    boots = by_boot(rows, headline_end(view).column)
    return median_of_page(view, variant, boots, "ms", rows, page_of(variant))


def _load(view: RunView, variant: VariantInfo) -> Result:
    rows = _rows(view, variant)
    return _median(view, variant, rows[rows["scenario"] == "load"])


def _answer(view: RunView, variant: VariantInfo, control: str, is_first: bool) -> Result:
    if control == page_model.SENTENCE_SYNC and variant.runs_in == "server":
        return Missing(f"not applicable to {variant.id}: its Python runs on a server")
    rows = _rows(view, variant)
    at = (rows["scenario"] == model.CLASSIFY) & (rows["control"] == control) & ((rows["number"] == 0) == is_first)
    return _median(view, variant, rows[at])


def _memory(view: RunView, variant: VariantInfo, metric: str) -> Result:
    if metric == "models_pss_bytes" and variant.runs_in == "browser":
        return Missing(f"not applicable to {variant.id}: its server sends files alone")
    rows = view.measurements(variant, metric, EXPERIMENT)
    return median_of(view, variant, rows, "bytes", page_of(variant))


def _spec(
    name: str, heading: str, about: str, estimate: Callable[[RunView, VariantInfo], Result], unit: str
) -> FigureSpec:
    return FigureSpec(
        f"{EXPERIMENT}.{name}",
        SECTION.id,
        heading,
        unit,
        estimate,
        about,
        heading=heading,
        has_ratio=False,
        is_in=partial(RunView.has, experiment=EXPERIMENT),
    )


def _asked(control: str, is_first: bool) -> Callable[[RunView, VariantInfo], Result]:
    return partial(_answer, control=control, is_first=is_first)


LOAD = _spec(
    "load", "load, cold", "from opening the page until it can be asked; in the browser, with its model", _load, "ms"
)
FIRST = _spec(
    "first",
    "first answer",
    "from Enter until the kind of the first sentence is visible",
    _asked(page_model.SENTENCE, True),
    "ms",
)
FURTHER = _spec(
    "further", "further answers", "of the sentences after the first", _asked(page_model.SENTENCE, False), "ms"
)
FIGURES = (
    LOAD,
    FIRST,
    FURTHER,
    _spec(
        "further_sync",
        "further, Python stopped",
        "the same, where Python stops until the answer is there (`run_sync`), instead of awaiting it",
        _asked(page_model.SENTENCE_SYNC, False),
        "ms",
    ),
    _spec(
        "page_memory",
        "page's memory",
        "of the process that runs the page and its workers (PSS), after all sentences",
        partial(_memory, metric="page_pss_bytes"),
        "bytes",
    ),
    _spec(
        "server_memory",
        "server's memory",
        "of its processes (PSS), with both language models of the page",
        partial(_memory, metric="models_pss_bytes"),
        "bytes",
    ),
)
TABLES = (
    TableSpec(
        f"{EXPERIMENT}.pages",
        SECTION.id,
        "A model in the browser, and on a server",
        tuple(figure.id for figure in FIGURES),
        "A sentence at a time, each another one. Browser, medians over boots.",
        rows="with figures",
        in_summary=True,
    ),
)
