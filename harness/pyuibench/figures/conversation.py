"""A conversation that grows: what a question takes on a page with few and with many turns behind it, in the browser."""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import pandas as pd

from pyuibench.contract.conversation import NAME
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
from pyuibench.figures.samples import VariantInfo, by_boot
from pyuibench.figures.streams import first_ms, gap_ms, median_of_page, shown_times
from pyuibench.figures.view import RunView
from workload.tasks import ANSWER_TOKENS

SECTION = Section("conversation", "Conversations", 13, leads=True)
SECTIONS = (SECTION,)
LOAD = "load"
COLUMNS = ["block", "boot", "scenario", "turns", "ok", "reason", "update_ms"]
CPU = ("server_tree_cpu_ms", "main_thread_cpu_ms")


def turns_of(view: RunView) -> tuple[int, ...]:
    """Return at which turns of a conversation questions were asked; none in a run without them."""
    return tuple(int(it) for it in view.run.settings(NAME).get("turns", ())) if view.has(NAME) else ()


def interval_ms(view: RunView) -> float:
    """Return the milliseconds between two tokens of an answer."""
    return 1e3 / float(view.run.settings(NAME)["tokens_per_s"])


def answers_of(view: RunView, variant: VariantInfo) -> pd.DataFrame:
    """Return the answers and loads of a variant's pages, with what their times say.

    `end_ms`: of an answer from when its last token was ready until all could be seen, of a load from the beginning. `first_ms`:
    from when the first token was ready until it was shown; `gap_ms`: the longest time in which nothing new was shown.
    `server_ms` and `page_ms`: CPU time for each token, of the server and of the page's main thread.
    """
    return view.kept(("conversation", variant.id), lambda: _answers(view, variant))


def _answers(view: RunView, variant: VariantInfo) -> pd.DataFrame:
    end = headline_end(view).column
    rows = view.interactions(variant, NAME)
    own = rows[[*COLUMNS, end, *CPU]]
    times = shown_times(own)
    due_ms = np.where(own["scenario"] == NAME, ANSWER_TOKENS * interval_ms(view), 0.0) if len(own) else np.zeros(0)
    return own.assign(
        end_ms=own[end].astype(float) - due_ms,
        first_ms=first_ms(times, interval_ms(view)) if len(own) else [],
        gap_ms=gap_ms(times),
        server_ms=own["server_tree_cpu_ms"].astype(float) / ANSWER_TOKENS,
        page_ms=own["main_thread_cpu_ms"].astype(float) / ANSWER_TOKENS,
    )


def _median(view: RunView, variant: VariantInfo, turns: int, scenario: str, column: str) -> Figure | Missing:
    rows = answers_of(view, variant)
    # A page is opened with one turn fewer behind it than the number of its first question.
    own = rows[(rows["turns"] == turns - 1) & (rows["scenario"] == scenario)]
    return median_of_page(view, variant, by_boot(own, column), "ms", own, NAME)


def _spec(
    turns: int,
    name: str,
    label: str,
    about: str,
    estimate: Callable[[RunView, VariantInfo], Result],
    better: Better = "lower",
    has_ratio: bool = True,
) -> FigureSpec:
    return FigureSpec(
        f"{NAME}.turn-{turns}.{name}",
        SECTION.id,
        f"{label}, turn {turns}",
        "ms",
        estimate,
        about,
        heading=label,
        better=better,
        has_ratio=has_ratio,
        is_in=partial(RunView.has, experiment=NAME),
    )


def _specs(view: RunView, turns: int) -> Iterator[FigureSpec]:
    def median(scenario: str, column: str) -> Callable[[RunView, VariantInfo], Result]:
        return partial(_median, turns=turns, scenario=scenario, column=column)

    end = headline_end(view).label
    yield _spec(turns, "opens", "page opens", f"cold, until all is {end}", median(LOAD, "end_ms"))
    yield _spec(
        turns,
        "first_token",
        "first token",
        "from when it is ready until it is shown",
        median(NAME, "first_ms"),
    )
    yield _spec(
        turns,
        "gap",
        "longest gap",
        f"between two states shown; {interval_ms(view):g} ms between tokens",
        median(NAME, "gap_ms"),
    )
    yield _spec(
        turns,
        "late",
        "end",
        f"beyond the {ANSWER_TOKENS * interval_ms(view) / 1e3:g} s in which the tokens come, until all is {end}",
        median(NAME, "end_ms"),
        has_ratio=False,
    )
    yield _spec(turns, "server_cpu", "server CPU a token", "of the process tree", median(NAME, "server_ms"))
    yield _spec(turns, "page_cpu", "page CPU a token", "of the page's main thread", median(NAME, "page_ms"))


def _members(view: RunView) -> tuple[FigureSpec, ...]:
    return tuple(spec for turns in turns_of(view) for spec in _specs(view, turns))


def tables(view: RunView) -> tuple[Table, ...]:
    """Return a table for each number of turns; one without rows for a run without conversations."""
    none = Table(f"{NAME}.turn", SECTION.title, "", (), ())
    return tuple(_table(view, turns) for turns in turns_of(view)) or (none,)


def _table(view: RunView, turns: int) -> Table:
    specs = tuple(_specs(view, turns))
    rows = tuple(variant_row(it, [view.result(spec, it) for spec in specs]) for it in view.variants)
    columns = tuple(Column(spoken(spec.heading, view), spoken(spec.about, view)) for spec in specs)
    behind = f"{turns - 1} turns" if turns > 1 else "nothing"
    caption = (
        f"A page with {behind} behind it when it opens, and questions asked from then on. Browser, medians over boots. "
        f"{1e3 / interval_ms(view):g} tokens a second by the server's clock; no model is asked."
    )
    return with_figures(Table(f"{NAME}.turn.{turns}", f"A conversation's turn {turns}", caption, columns, rows))


FIGURES = (FigureFamily(NAME, SECTION.id, _members),)
TABLES = (TableMaker(f"{NAME}.turn", SECTION.id, tables, in_summary=True),)
