"""Language models behind a page: what asking one takes, what others wait for meanwhile, and what many who ask at once get."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from pyuibench.contract.model import (
    BUSY,
    CLASSIFY,
    CLASSIFY_BATCH,
    CLICK,
    CLICK_BESIDE,
    CLICK_IN_OTHERS,
    CLICK_IN_OWN,
    GENERATE,
    GENERATE_TOGETHER,
    NAME,
)
from pyuibench.figures.base import (
    Better,
    Column,
    Figure,
    FigureFamily,
    FigureSpec,
    Missing,
    Result,
    Section,
    Table,
    TableMaker,
    spoken,
    variant_row,
    with_figures,
)
from pyuibench.figures.ends import headline_end
from pyuibench.figures.measured import median_of
from pyuibench.figures.samples import VariantInfo, by_boot
from pyuibench.figures.streams import gap_ms, median_of_page, shown_times
from pyuibench.figures.view import NOT_MEASURED, RunView

EXPERIMENT = "inference"
SECTION = Section(
    EXPERIMENT,
    "Language models",
    14,
    "Two real models behind the same page: MiniLM with a head that tells eight kinds of products apart, and "
    "SmolLM2-135M-Instruct. Both compute on the server's one core, in one thread. So part of every figure is the model's own "
    "time, which is the same for all.",
    leads=True,
)
SECTIONS = (SECTION,)
COLUMNS = ["block", "boot", "scenario", "sessions", "beside", "ok", "reason", "started_ns", "update_ms", "user_code_ms"]


def levels_of(view: RunView) -> tuple[int, ...]:
    """Return how many visitors asked at once; none in a run without models."""
    return tuple(int(it) for it in view.run.settings(EXPERIMENT).get("sessions", ())) if view.has(EXPERIMENT) else ()


def asked(view: RunView, variant: VariantInfo) -> pd.DataFrame:
    """Return what was asked of a variant's page, with its times in ms.

    `end_ms`: until all was visible; `around_ms`: that without the calls of the models; `first_ms`: until the first word of an
    answer was shown; `gap_ms`: the longest time in which nothing new of it was; `steps`: in how many states it was shown.
    """
    return view.kept((EXPERIMENT, variant.id), lambda: _asked(view, variant))


def _asked(view: RunView, variant: VariantInfo) -> pd.DataFrame:
    end = headline_end(view).column
    own = view.interactions(variant, EXPERIMENT)[[*COLUMNS, end]]
    times = shown_times(own)
    end_ms = own[end].astype(float)
    return own.assign(
        end_ms=end_ms,
        around_ms=end_ms - own["user_code_ms"].astype(float),
        first_ms=[float(it[0]) if len(it) else np.nan for it in times],
        gap_ms=gap_ms(times),
        steps=[float(len(it)) if len(it) else np.nan for it in times],
    )


def _median(
    view: RunView,
    variant: VariantInfo,
    scenario: str,
    column: str,
    sessions: int = 1,
    beside: int = 0,
    unit: str = "ms",
) -> Figure | Missing:
    """Return the median over boots; of several at once, in each boot that of the median session."""
    rows = asked(view, variant)
    at = (rows["scenario"] == scenario) & (rows["sessions"] == sessions) & (rows["beside"] == beside)
    return median_of_page(view, variant, by_boot(rows[at], column), unit, rows[at], NAME)


def _in_own_batch(view: RunView, variant: VariantInfo) -> Figure | Missing:
    found = _median(view, variant, CLICK_IN_OWN, "end_ms", beside=1)
    reason = variant.not_applicable.get(BUSY)
    return Missing(reason) if reason and isinstance(found, Missing) else found


def _last(view: RunView, variant: VariantInfo, sessions: int) -> Figure | Missing:
    """Return when the last of those who asked at once had their whole answer, the median over boots."""
    rows = asked(view, variant)
    own = rows[(rows["scenario"] == GENERATE_TOGETHER) & (rows["sessions"] == sessions)]
    # A boot in which one got no right answer has no end.
    ends = [np.array([max(values)]) for values in by_boot(own, "end_ms") if len(values) >= sessions]
    return median_of_page(view, variant, ends, "ms", own, NAME)


def _at_a_time(view: RunView, variant: VariantInfo, sessions: int) -> Figure | Missing:
    """Return how many answers were written at a time: 1 where one follows the other, `sessions` where all are written together.

    It is the sum of the times in which an answer was written, each from its first word to its end, divided by the time from the
    first word of the first to the end of the last.
    """
    rows = asked(view, variant)
    own = rows[(rows["scenario"] == GENERATE_TOGETHER) & (rows["sessions"] == sessions)]
    first = own["started_ns"].astype(float) / 1e6 + own["first_ms"]
    end = own["started_ns"].astype(float) / 1e6 + own["end_ms"]
    boots = [
        np.array([(end[of] - first[of]).sum() / (end[of].max() - first[of].min())])
        for of in own[own["ok"].astype(bool) & first.notna()].groupby("boot", observed=True).groups.values()
        if len(of) >= sessions
    ]
    return median_of_page(view, variant, boots, "count", own, NAME)


def _wrong(view: RunView, variant: VariantInfo, sessions: int) -> Result:
    """Return how many of those who asked at once weren't answered right, and why the first wasn't."""
    rows = asked(view, variant)
    own = rows[(rows["scenario"] == GENERATE_TOGETHER) & (rows["sessions"] == sessions)]
    wrong = own.loc[~own["ok"].astype(bool), "reason"]
    if own.empty:
        return Missing(NOT_MEASURED)
    return f"{len(wrong)} of {len(own)}: {wrong.iloc[0]}" if len(wrong) else f"none of {len(own)}"


def _memory(view: RunView, variant: VariantInfo, sessions: int) -> Figure | Missing:
    rows = view.measurements(variant, "models_pss_bytes", EXPERIMENT)
    return median_of(view, variant, rows[rows["sessions"] == sessions], "bytes", NAME)


def _copies(view: RunView, variant: VariantInfo) -> Figure | Missing:
    rows = view.measurements(variant, "model_loads", EXPERIMENT)
    return median_of(view, variant, rows[rows["control"] == "chat"], "count", NAME)


def _spec(
    name: str,
    heading: str,
    about: str,
    estimate: Callable[[RunView, VariantInfo], Result],
    unit: str = "ms",
    better: Better = "lower",
    label: str = "",
    has_ratio: bool = True,
) -> FigureSpec:
    return FigureSpec(
        f"{EXPERIMENT}.{name}",
        SECTION.id,
        label or heading,
        unit,
        estimate,
        about,
        heading=heading,
        better=better,
        has_ratio=has_ratio,
        is_in=partial(RunView.has, experiment=EXPERIMENT),
    )


def _one(scenario: str, column: str, **more: Any) -> Callable[[RunView, VariantInfo], Result]:
    return partial(_median, scenario=scenario, column=column, **more)


AROUND = _spec(
    "classify_around",
    "around the model",
    "from Enter until its label is visible, without the model's own call",
    _one(CLASSIFY, "around_ms"),
)
ALONE = (
    _spec("classify", "a sentence classified", "from Enter until its label is visible", _one(CLASSIFY, "end_ms")),
    AROUND,
    _spec("batch", "a batch of 600", "one call of the model", _one(CLASSIFY_BATCH, "end_ms")),
    _spec(
        "first_word", "first word", "from Enter until the first word of an answer is shown", _one(GENERATE, "first_ms")
    ),
    _spec("gap", "longest gap", "between two states of an answer", _one(GENERATE, "gap_ms")),
    _spec("end", "whole answer", "from Enter until all of it is visible", _one(GENERATE, "end_ms")),
    _spec(
        "steps",
        "states shown",
        "in how many states an answer was shown: word by word, or several at once",
        _one(GENERATE, "steps", unit="count"),
        "count",
        "higher",
        has_ratio=False,
    ),
)
IN_OTHERS = _spec(
    "click_in_others", "in another's batch", "while another visitor's is", _one(CLICK_IN_OTHERS, "end_ms", beside=1)
)
BESIDE = (
    _spec("click", "a click, alone", "nothing is computed", _one(CLICK, "end_ms")),
    _spec(
        "click_in_own",
        "in one's own batch",
        "while the same visitor's batch is computed",
        _in_own_batch,
    ),
    IN_OTHERS,
)
COPIES = _spec(
    "copies",
    "copies of the model",
    "how often the server's processes loaded it",
    _copies,
    "count",
    has_ratio=False,
)


def _at_once(view: RunView, sessions: int) -> Iterator[FigureSpec]:
    def spec(
        name: str, heading: str, about: str, estimate: Callable[[RunView, VariantInfo], Result], unit: str = "ms"
    ) -> FigureSpec:
        label = f"{heading}, {sessions} at once"
        return _spec(f"at-once-{sessions}.{name}", heading, about, estimate, unit, label=label)

    yield spec(
        "first_word", "first word", "of the median visitor", _one(GENERATE_TOGETHER, "first_ms", sessions=sessions)
    )
    yield spec("end", "whole answer", "of the median visitor", _one(GENERATE_TOGETHER, "end_ms", sessions=sessions))
    yield spec("last", "the last answer", "until everyone has theirs", partial(_last, sessions=sessions))
    yield _spec(
        f"at-once-{sessions}.at_a_time",
        "answers at a time",
        "written together, on average: 1 where one visitor is answered after the other",
        partial(_at_a_time, sessions=sessions),
        "count",
        "neither",
        label=f"answers at a time, {sessions} at once",
        has_ratio=False,
    )
    yield _spec(
        f"at-once-{sessions}.wrong",
        "not answered right",
        "refused, lost, wrong, or another visitor's answer",
        partial(_wrong, sessions=sessions),
        "",
        "neither",
        label=f"not answered right, {sessions} at once",
        has_ratio=False,
    )
    yield spec(
        "click", "a click beside", "of a visitor who asks nothing", _one(CLICK_BESIDE, "end_ms", beside=sessions)
    )
    yield spec("memory", "memory", "of the server's processes (PSS)", partial(_memory, sessions=sessions), "bytes")


def first_word_spec(view: RunView, sessions: int) -> FigureSpec:
    """Return the figure of the first word that the middle one of so many visitors sees who ask at once."""
    return next(_at_once(view, sessions))


def _members(view: RunView) -> tuple[FigureSpec, ...]:
    return tuple(spec for sessions in levels_of(view) for spec in _at_once(view, sessions))


def tables(view: RunView) -> tuple[Table, ...]:
    """Return the tables of one visitor, of clicks beside, and of each number of visitors at once; empty ones without models."""
    if not levels_of(view):
        return (Table(f"{EXPERIMENT}.tables", SECTION.title, "", (), ()),)
    alone = "One visitor. Browser, medians over boots. An answer has at most {tokens} tokens, chosen greedily."
    tokens = view.run.settings(EXPERIMENT)["tokens"]
    return (
        _table(view, "alone", "One visitor asks", alone.format(tokens=tokens), ALONE),
        _table(
            view,
            "beside",
            "Clicks meanwhile",
            "A click that asks no model. Browser, medians over boots.",
            (*BESIDE, COPIES),
        ),
        *(
            _table(
                view,
                f"at_once.{sessions}",
                f"{sessions} visitors ask at once",
                "All send an order at the same moment, each another one. Browser, medians over boots.",
                tuple(_at_once(view, sessions)),
            )
            for sessions in levels_of(view)
        ),
    )


def _table(view: RunView, name: str, title: str, caption: str, specs: tuple[FigureSpec, ...]) -> Table:
    rows = tuple(variant_row(it, [view.result(spec, it) for spec in specs]) for it in view.variants)
    columns = tuple(Column(spoken(spec.heading, view), spoken(spec.about, view)) for spec in specs)
    return with_figures(Table(f"{EXPERIMENT}.tables.{name}", title, caption, columns, rows))


FIGURES = (*ALONE, *BESIDE, COPIES, FigureFamily(EXPERIMENT, SECTION.id, _members))
TABLES = (TableMaker(f"{EXPERIMENT}.tables", SECTION.id, tables, in_summary=True),)
