"""Many chats: how many answers at a time a server streams without falling behind, and what a token costs it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from pyuibench.analysis.bootstrap import quantile
from pyuibench.analysis.estimates import Floats, bracketed
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
from pyuibench.figures.load import Bracket, bracket_of, faults, told_once
from pyuibench.figures.samples import VariantInfo, by_boot
from pyuibench.figures.streams import first_ms, gap_ms, shown_times
from pyuibench.figures.view import NOT_MEASURED, RunView, median_figure
from pyuibench.figures.waits import on_the_wire
from workload.tasks import ANSWER_TOKENS

SECTION = Section("chat", "Chats", 12, leads=True)
SECTIONS = (SECTION,)
CHAT = "chat"
"""The experiment whose samples these are."""
STREAM, ASK = "stream", "ask"
P95 = 0.95
COLUMNS = ["block", "boot", "sessions", "ok", "service_ms", "update_ms", "bytes_down", "fault", "tokens_per_s"]


@dataclass(frozen=True)
class Setting:
    """What a run's chats were: the tokens that came a second, and how many sessions there were together.

    `has_alone`: whether there was one alone too.
    """

    pace: float
    together: int
    late_ms: float
    has_alone: bool

    @property
    def interval_ms(self) -> float:
        """Return the milliseconds between two tokens."""
        return 1e3 / self.pace

    @property
    def answer_ms(self) -> float:
        """Return how long the tokens of an answer take to come."""
        return ANSWER_TOKENS * self.interval_ms

    @property
    def id(self) -> str:
        """Return a part of an id."""
        return f"{CHAT}.{self.pace:g}-a-second"


def settings(view: RunView) -> tuple[Setting, ...]:
    """Return what chats a run has, by pace; none in a run without them."""
    if not view.has(CHAT):
        return ()
    given = view.run.settings(CHAT)
    return tuple(_setting(given, float(pace)) for pace in given["paces"])


def _setting(given: Mapping[str, Any], pace: float) -> Setting:
    levels = given["levels"] if pace == min(given["paces"]) else given["few"]
    return Setting(pace, min(it for it in levels if it > 1), float(given["late_ms"]), has_alone=1 in levels)


def answers_of(view: RunView, variant: VariantInfo, setting: Setting) -> pd.DataFrame:
    """Return the answers that were due while a level was held, with what their tokens' times say.

    `first_ms`: from when the first token was ready until it was shown; `gap_ms`: the longest time in which nothing new was
    shown; `late_ms`: from when the last token was ready until the whole answer was shown; `states`: how many states of the answer
    were shown.
    """
    return view.kept(("chats", variant.id, setting.pace), lambda: _answers(view, variant, setting))


def _answers(view: RunView, variant: VariantInfo, setting: Setting) -> pd.DataFrame:
    rows = view.interactions(variant, CHAT)
    at = (rows["scenario"] == STREAM) & rows["held"] & ~rows["warmup"] & (rows["tokens_per_s"] == setting.pace)
    own = rows.loc[at, COLUMNS]
    times = shown_times(own)
    return own.assign(
        first_ms=first_ms(times, setting.interval_ms),
        gap_ms=gap_ms(times),
        states=[float(len(it)) for it in times],
        late_ms=own["service_ms"].astype(float) - setting.answer_ms,
        token_bytes=own["bytes_down"].astype(float) / ANSWER_TOKENS,
    )


def brackets(view: RunView, variant: VariantInfo, setting: Setting) -> tuple[Bracket, ...]:
    """Return, of each boot, between which levels the number of chats lies that its server keeps up with."""
    verdicts = _measured(view, variant, setting, "slo_kept")
    return tuple(bracket_of(str(boot), own) for boot, own in verdicts.groupby("boot"))


def _measured(view: RunView, variant: VariantInfo, setting: Setting, metric: str) -> pd.DataFrame:
    rows = view.measurements(variant, metric, CHAT)
    return rows[rows["tokens_per_s"] == setting.pace]


def _held(view: RunView, variant: VariantInfo, setting: Setting) -> Result:
    found = brackets(view, variant, setting)
    whys = told_once(list(dict.fromkeys(it.why for it in found if it.missed is None)))
    if not found:
        return Missing(NOT_MEASURED)
    if not any(it.held for it in found) and whys:
        return Missing(whys)
    note = f"at least: {whys}" if whys else ""
    return Figure(bracketed([it.ends for it in found], view.level), "count", note)


def _level(view: RunView, variant: VariantInfo, setting: Setting, sessions: int, column: str) -> Sequence[Floats]:
    rows = answers_of(view, variant, setting)
    return by_boot(rows[rows["sessions"] == sessions], column)


def _why(sessions: int) -> str:
    return f"no right answer of {sessions} session{'s' if sessions > 1 else ''}"


def _alone(view: RunView, variant: VariantInfo, setting: Setting, column: str, unit: str) -> Figure | Missing:
    figure = median_figure(view, _level(view, variant, setting, 1, column), unit, _why(1))
    return on_the_wire(figure, variant, [ASK]) if unit == "ms" else figure


def _together(view: RunView, variant: VariantInfo, setting: Setting, column: str) -> Figure | Missing:
    boots = _level(view, variant, setting, setting.together, column)
    figure = Figure(quantile(boots, P95, view.level), "ms") if boots else Missing(_why(setting.together))
    return on_the_wire(figure, variant, [ASK])


def _cpu(view: RunView, variant: VariantInfo, setting: Setting) -> Figure | Missing:
    """Return the CPU time of the server for each token, of as many chats as act together."""
    rows = _measured(view, variant, setting, "server_cpu_ms").dropna(subset=["value"])
    own = rows[rows["sessions"] == setting.together]
    boots = [np.array([value / ANSWER_TOKENS]) for value in own.sort_values("block")["value"].astype(float)]
    return median_figure(view, boots, "ms", _why(setting.together))


def _wrong(view: RunView, variant: VariantInfo, setting: Setting) -> Result:
    rows = answers_of(view, variant, setting)
    return faults(rows) if len(rows) else Missing(NOT_MEASURED)


def _spec(
    setting: Setting,
    name: str,
    label: str,
    about: str,
    estimate: Callable[..., Result],
    unit: str,
    better: Better = "lower",
    has_ratio: bool = True,
) -> FigureSpec:
    return FigureSpec(
        f"{setting.id}.{name}",
        SECTION.id,
        f"{label}, {setting.pace:g} tokens/s",
        unit,
        partial(estimate, setting=setting),
        about,
        heading=label,
        better=better,
        has_ratio=has_ratio,
        is_in=partial(RunView.has, experiment=CHAT),
    )


def held_spec(setting: Setting) -> FigureSpec:
    """Return the figure of how many chats a server keeps up with."""
    return _spec(
        setting,
        "held",
        "chats that keep pace",
        f"between the most of which 95 % of answers end within {setting.late_ms:g} ms of their last token, and the fewest of "
        "which they don't; one core",
        _held,
        "count",
        "higher",
    )


def first_token_spec(setting: Setting) -> FigureSpec:
    """Return the figure of the first token where several chats act together."""
    return _spec(
        setting,
        "first_token",
        f"first token, {setting.together} chats, p95",
        "from when it is ready until it is shown",
        partial(_together, column="first_ms"),
        "ms",
    )


def _specs(setting: Setting) -> Iterator[FigureSpec]:
    yield held_spec(setting)
    yield from _specs_alone(setting) if setting.has_alone else ()
    yield first_token_spec(setting)
    yield _spec(
        setting,
        "gap",
        f"longest gap, {setting.together} chats, p95",
        f"of each answer the longest time without a new state; {setting.interval_ms:g} ms between tokens",
        partial(_together, column="gap_ms"),
        "ms",
    )
    yield _spec(
        setting,
        "late",
        f"end, {setting.together} chats, p95",
        f"beyond the {setting.answer_ms / 1e3:g} s in which the answer's tokens come",
        partial(_together, column="late_ms"),
        "ms",
        has_ratio=False,
    )
    yield _spec(
        setting,
        "cpu",
        f"server CPU a token, {setting.together} chats",
        "of the process tree, in the time that the level is held, divided by the tokens of right answers",
        _cpu,
        "ms",
    )
    yield _spec(
        setting,
        "wrong",
        "wrong answers",
        "by kind, of all that were due while a level was held",
        _wrong,
        "",
        "neither",
        has_ratio=False,
    )


def _specs_alone(setting: Setting) -> Iterator[FigureSpec]:
    """Yield what a chat alone shows: when its first token comes, whether tokens are shown one by one, and their bytes."""
    yield _spec(
        setting,
        "first_token_alone",
        "first token, alone",
        "median, from when it is ready until it is shown",
        partial(_alone, column="first_ms", unit="ms"),
        "ms",
    )
    yield _spec(
        setting,
        "states",
        "states shown, alone",
        f"of {ANSWER_TOKENS}: fewer means that tokens are shown several at a time",
        partial(_alone, column="states", unit="count"),
        "count",
        "higher",
    )
    yield _spec(
        setting,
        "bytes",
        "bytes a token, alone",
        "that come to the page for an answer, divided by its tokens",
        partial(_alone, column="token_bytes", unit="bytes"),
        "bytes",
    )


def _members(view: RunView) -> tuple[FigureSpec, ...]:
    return tuple(spec for setting in settings(view) for spec in _specs(setting))


def tables(view: RunView) -> tuple[Table, ...]:
    """Return a table for each pace; one without rows for a run without chats."""
    none = Table(f"{CHAT}.pace", SECTION.title, "", (), ())
    return tuple(_table(view, setting) for setting in settings(view)) or (none,)


def _table(view: RunView, setting: Setting) -> Table:
    specs = tuple(_specs(setting))
    rows = tuple(variant_row(it, [view.result(spec, it) for spec in specs]) for it in view.variants)
    columns = tuple(Column(spoken(spec.heading, view), spoken(spec.about, view)) for spec in specs)
    caption = (
        f"Every session asks one question after the other. An answer has {ANSWER_TOKENS} tokens, which are ready "
        f"{setting.interval_ms:g} ms after one another by the server's clock; no model is asked. On the wire, with one core for "
        "the server and another for the sessions."
    )
    title = f"Chats at {setting.pace:g} tokens a second"
    return with_figures(Table(f"{CHAT}.pace.{setting.pace:g}", title, caption, columns, rows))


FIGURES = (FigureFamily(CHAT, SECTION.id, _members),)
TABLES = (TableMaker(f"{CHAT}.pace", SECTION.id, tables, in_summary=True),)
