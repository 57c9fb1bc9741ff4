"""Finds a run's samples: which variants and cases it has, the rows of each, and why some have none."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pyuibench.analysis.estimates import Floats
from pyuibench.contract.scenarios import SCENARIOS
from pyuibench.contract.ways import WAYS, columns_of
from pyuibench.entries.catalog import AGAIN
from pyuibench.entries.delay import Delay, delays_of
from pyuibench.results.store import Run
from workload import tasks

_ORIGIN = ["entry", "variant"]
_CASE = ["page", "scenario", "control", "grid_cells", "grid_cost_ms", "grid_cost_kind"]
_Key: TypeAlias = tuple[Any, ...]
K = TypeVar("K", int, tuple[int, str])

# What a task takes with no framework at all: the answer's tokens and the job's steps come at a fixed pace.
DUE_MS = {
    "stream": tasks.ANSWER_TOKENS * tasks.TOKEN_INTERVAL_S * 1e3,
    "job": tasks.CRUNCH_STEPS * tasks.CRUNCH_STEP_S * 1e3,
}
WIDGETS = {"own": "its own widgets", "native": "the browser's controls"}
NO_SERVER = "there is no server, its Python runs in the browser"
FIRST_ANSWER_PARTS = ("boot_ready_ms", "first_session_ms")


@dataclass(frozen=True)
class VariantInfo:
    """One variant as the run's own metadata describe it."""

    entry: str
    name: str
    title: str
    role: str
    model: str
    version: str = ""
    about: str = ""
    source: str = ""
    is_baseline: bool = False
    not_applicable: Mapping[str, str] = field(default_factory=dict, hash=False)
    delays: Mapping[str, Delay] = field(default_factory=dict, hash=False)
    caveats: Mapping[str, str] = field(default_factory=dict, hash=False)
    ways: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Control -> the id of the way in which it was operated: a key of `contract.ways.WAYS`."""
    released: str = ""
    """The day on which the version came out."""
    runs_in: str = "server"
    """Where its Python runs: `server` or `browser`."""
    server_entry: str = ""
    """The entry with the same app on a server, where this one runs in the browser."""
    widgets: str = ""
    """Whose widgets the page has: a key of `WIDGETS`."""
    without: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Role -> why the entry has no variant of it."""

    @property
    def id(self) -> str:
        """Return `entry/variant`."""
        return f"{self.entry}/{self.name}"

    @property
    def framework(self) -> str:
        """Return the framework with its version, when that came out, whose widgets it shows, and where it runs."""
        named = f"{self.title} {self.version}".strip()
        place = "runs in the browser" if self.runs_in == "browser" else ""
        known = ", ".join(filter(None, (self.released, WIDGETS.get(self.widgets, ""), place)))
        return f"{named} ({known})" if known else named

    @property
    def is_ranked(self) -> bool:
        """Return whether it holds places: a baseline is no framework, and a diagnostic variant shows one detail's cost."""
        return not self.is_baseline and self.role not in ("baseline", "diagnostic")

    @property
    def is_as_meant(self) -> bool:
        """Return whether it uses its framework as it is meant: neither the other way round nor to show one detail's cost."""
        return self.role not in ("contrast", "diagnostic")


@dataclass(frozen=True, order=True)
class Case:
    """What is compared with its like: a scenario's control, on the scaling page with its cells and their cost too.

    `way`: the id of the way in which the control is operated, where variants differ in it.
    """

    page: str
    scenario: str
    control: str
    cells: int = 0
    cost_ms: float = 0.0
    cost_kind: str = ""
    way: str = ""

    @property
    def label(self) -> str:
        """Return the case in words."""
        if self.page == "grid":
            return f"{self.scenario} · {self.cells} cell{'s' if self.cells != 1 else ''}{self.cost}"
        way = f", {WAYS[self.way].label}" if self.way else ""
        return f"{self.scenario} · {self.control}{way}" if self.control else self.scenario

    @property
    def ways(self) -> "tuple[Case, ...]":
        """Return the case once for each way in which its control is operated; itself where there is but one."""
        return tuple(replace(self, way=way.id) for way in columns_of(self.control)) or (self,)

    def is_of(self, variant: VariantInfo) -> bool:
        """Return whether it can be a variant's: whether that operates the control in this way."""
        return not self.way or variant.ways.get(self.control) == self.way

    @property
    def cost(self) -> str:
        """Return what a cell's user code costs, in words, empty where it costs nothing."""
        return f" · {self.cost_ms:g} ms {self.cost_kind} each" if self.cost_ms else ""


class Samples:
    """A run's interactions without warm-up, by variant, instrument, sessions and case; right ones and wrong ones."""

    def __init__(self, run: Run) -> None:
        rows = _normalised(run.near)
        self._groups = _grouped(rows, [*_ORIGIN, "instrument", "sessions", *_CASE])
        self._far = _far(run.interactions)
        self._empty = rows.iloc[:0]
        self._failures = run.failures
        self._reasons: dict[_Key, str] = {}
        self.cases = _cases(rows, {way for variant in variants(run) for way in variant.ways.values()})
        wire = rows.loc[rows["instrument"] == "wire", "sessions"]
        self.crowd = int(wire.max()) if len(wire) and wire.max() > 1 else None
        """The largest number of sessions at once on the wire, None if there was never more than one."""

    def rows(self, variant: VariantInfo, case: Case, instrument: str, sessions: int = 1) -> pd.DataFrame:
        """Return the rows of a case, wrong ones too; none if there are none."""
        if not case.is_of(variant):
            return self._empty
        place = (variant.entry, variant.name, instrument, sessions)
        key = (*place, case.page, case.scenario, case.control, case.cells, case.cost_ms, case.cost_kind)
        return self._groups.get(key, self._empty)

    def far(self, variant: VariantInfo, case: Case) -> pd.DataFrame:
        """Return the browser's rows of a case with and without added round-trip time; none if there was never any."""
        key = (variant.entry, variant.name, case.page, case.scenario, case.control)
        return self._far.get(key, self._empty) if case.is_of(variant) else self._empty

    def reason(self, variant: VariantInfo, case: Case, instrument: str, sessions: int = 1) -> str:
        """Return why a case has no figure."""
        key = (variant.entry, variant.name, case, instrument, sessions)
        if key not in self._reasons:
            self._reasons[key] = self._reason(variant, case, instrument, sessions)
        return self._reasons[key]

    def _reason(self, variant: VariantInfo, case: Case, instrument: str, sessions: int) -> str:
        for name in (case.control, case.scenario, case.page):
            if name in variant.not_applicable:
                return f"not applicable to {variant.id}: {variant.not_applicable[name]}"
        if instrument == "wire" and variant.runs_in == "browser":
            return f"not applicable to {variant.id}: {NO_SERVER}"
        if not case.is_of(variant) and (way := variant.ways.get(case.control)):
            return f"not applicable to {variant.id}: {WAYS[way].because}"
        rows = self.rows(variant, case, instrument, sessions)
        wrong = ~rows["ok"].to_numpy(dtype=np.bool_)
        if wrong.any():
            common = Counter(rows["reason"][wrong].fillna("no reason stored")).most_common(1)[0][0]
            return f"{wrong.sum()} of {len(rows)} not ok, none gave a figure; most often: {common}"
        return failure_of(self._failures, variant, case.page, instrument) or f"not measured in this run ({instrument})"


def with_first_answers(run: Run) -> Run:
    """Return the run with a `first_answer_ms` for each boot that has both of its parts: being ready, and the first session."""
    parts = run.measurements[run.measurements["metric"].isin(FIRST_ANSWER_PARTS)].dropna(subset=["value"])
    sums = parts.groupby("boot")["value"].agg(["sum", "count"])
    complete = sums[sums["count"] == len(FIRST_ANSWER_PARTS)]["sum"]
    rows = parts[(parts["metric"] == FIRST_ANSWER_PARTS[0]) & parts["boot"].isin(complete.index)]
    rows = rows.assign(metric="first_answer_ms", value=rows["boot"].map(complete))
    return replace(run, measurements=pd.concat([run.measurements, rows], ignore_index=True)) if len(rows) else run


def failure_of(failures: pd.DataFrame, variant: VariantInfo, page: str, instrument: str) -> str | None:
    """Return why an instrument had no way to a variant's page: its own failure, the boot's, the environment's."""
    if failures.empty:
        return None
    at = (failures["entry"] == variant.entry) & (failures["variant"] == variant.name)
    own_step = (failures["scope"] == "step") & (failures["instrument"] == instrument)
    here = (failures["page"] == page) & (failures["scope"].isin(["boot", "audit"]) | own_step)
    found = failures[at & (here | (failures["scope"] == "environment"))]
    if found.empty:
        return None
    scope, step, reason = found.iloc[0][["scope", "step", "reason"]]
    return str(reason) if scope == "audit" else f"{step} failed: {reason}"


def variants(run: Run) -> tuple[VariantInfo, ...]:
    """Return the run's variants: the baseline first, then by title; an entry's in the order of its table."""
    entries: Mapping[str, Any] = run.meta.get("entries") or {}
    described = [
        _described(name, entry, variant, table)
        for name, entry in sorted(entries.items(), key=lambda item: _rank(item[0], item[1]))
        for variant, table in (entry.get("variants") or {}).items()
    ]
    known = {variant.id for variant in described}
    present = {variant.id: variant for variant in map(_from_row, _places(run)) if variant.id not in known}
    return (*described, *(present[key] for key in sorted(present)))


def baselines_of(found: tuple[VariantInfo, ...]) -> tuple[VariantInfo, ...]:
    """Return what ratios may be to: the baseline's variants, each another transport. Its second name only shows the noise."""
    entry = next((variant.entry for variant in found if variant.is_baseline), None)
    return tuple(variant for variant in found if variant.entry == entry and variant.name != AGAIN)


def by_block_and_boot(rows: pd.DataFrame, column: str) -> dict[tuple[int, str], Floats]:
    """Return the figures of the right rows, an array a boot, in the order of blocks."""
    return _by_block_and(rows, "boot", column)


def by_block_and_rtt(rows: pd.DataFrame, column: str) -> dict[tuple[int, float], Floats]:
    """Return the figures of the right rows, an array for each block and round trip that was added, in ms."""
    return _by_block_and(rows, "rtt_ms", column)


def by_boot(rows: pd.DataFrame, column: str) -> list[Floats]:
    """Return the figures of the right rows, an array a boot, in the order of blocks."""
    return list(by_block_and_boot(rows, column).values())


def by_block(rows: pd.DataFrame, column: str) -> dict[int, Floats]:
    """Return the figures of the right rows, an array a block."""
    right, figures = _right(rows, column)
    return by_key(rows["block"].to_numpy()[right].tolist(), figures)


def tuples(frame: pd.DataFrame, names: list[str]) -> list[tuple[Any, ...]]:
    """Return some columns of a frame, a tuple a row."""
    return list(zip(*(frame[name].tolist() for name in names), strict=True)) if len(frame) else []


def _by_block_and(rows: pd.DataFrame, second: str, column: str) -> dict[tuple[int, Any], Floats]:
    right, figures = _right(rows, column)
    if not len(figures):
        return {}
    keys = zip(rows["block"].to_numpy()[right].tolist(), rows[second].to_numpy()[right].tolist(), strict=True)
    return by_key(keys, figures)


def _right(rows: pd.DataFrame, column: str) -> tuple[NDArray[np.bool_], Floats]:
    """Return which rows are right and have a figure, and their figures."""
    figures = rows[column].to_numpy(dtype=np.float64)
    right = rows["ok"].to_numpy(dtype=np.bool_) & ~np.isnan(figures)
    return right, figures[right]


def by_key(keys: Iterable[K], values: Floats) -> dict[K, Floats]:
    """Return the values, or rows of them, of each key in their order; keys in order."""
    found: dict[K, list[float]] = {}
    for key, value in zip(keys, values.tolist(), strict=True):
        found.setdefault(key, []).append(value)
    return {key: np.array(found[key]) for key in sorted(found)}


def _floats(values: Any) -> Floats:
    return np.asarray(values, dtype=np.float64)


def _grouped(rows: pd.DataFrame, names: list[str]) -> dict[_Key, pd.DataFrame]:
    """Return the rows of each combination of some columns' values."""
    return {tuple(key): frame for key, frame in rows.groupby(names, sort=False)}


def _far(interactions: pd.DataFrame) -> dict[_Key, pd.DataFrame]:
    """Return the browser's rows with and without added round-trip time, by variant and case; none where none was ever added."""
    if not (interactions["rtt_ms"] > 0).any():
        return {}
    at = (interactions["instrument"] == "browser") & (interactions["beside"] == 0)
    rows = _normalised(interactions[at])
    return _grouped(rows, [*_ORIGIN, "page", "scenario", "control"]) if (rows["rtt_ms"] > 0).any() else {}


def _normalised(interactions: pd.DataFrame) -> pd.DataFrame:
    """Return the rows without warm-up, `cell-3` as `cell`, at least one session, cells and cost only where they matter."""
    rows = interactions[~interactions["warmup"].astype(bool) & interactions["held"].astype(bool)].copy()
    rows["ok"] = rows["ok"].astype(bool)
    rows["control"] = rows["control"].map({name: str(name).partition("-")[0] for name in rows["control"].unique()})
    rows["sessions"] = rows["sessions"].clip(lower=1)
    elsewhere = rows["page"] != "grid"
    rows.loc[elsewhere, ["grid_cells", "grid_cost_ms"]] = 0
    rows.loc[elsewhere, "grid_cost_kind"] = ""
    # Texts as Python's own: rows are picked hundreds of times, and columns of one type are picked all at once.
    return rows.assign(**_steps(rows)).astype(dict.fromkeys(rows.select_dtypes("str"), object))


def _steps(rows: pd.DataFrame) -> dict[str, Floats]:
    """Return what the times of an output that comes step by step say: first, number, longest gap, and the end beyond its due."""
    names = ("first_update_ms", "updates", "longest_gap_ms")
    steps = {name: np.full(len(rows), np.nan) for name in names}
    stored = rows["update_ms"].notna().to_numpy() if "update_ms" in rows else np.zeros(len(rows), np.bool_)
    for row in np.flatnonzero(stored).tolist():
        times = _floats(rows["update_ms"].iat[row])
        if len(times):
            longest = np.diff(times).max() if len(times) > 1 else np.nan
            for name, figure in zip(names, (times[0], len(times), longest), strict=True):
                steps[name][row] = figure
    beyond_ms = _floats(rows["right_ms"] - rows["scenario"].map(DUE_MS).astype(np.float64))
    framework_cpu_ms = _floats(rows["server_tree_cpu_ms"]) - _floats(rows["user_code_cpu_ms"])
    return {**steps, "beyond_ms": beyond_ms, "framework_cpu_ms": framework_cpu_ms}


def _cases(rows: pd.DataFrame, ways: set[str]) -> tuple[Case, ...]:
    """Return the cases that rows are of, in the order of the contract; those in several ways once for each that a variant has."""
    plain = [
        Case(str(page), str(scenario), str(control), int(cells), float(cost_ms), str(kind))
        for page, scenario, control, cells, cost_ms, kind in tuples(rows[_CASE].drop_duplicates(), _CASE)
    ]
    found = [it for case in plain for it in ([it for it in case.ways if it.way in ways] or [case])]
    return tuple(sorted(found, key=lambda case: (case.page, _order(case), case)))


def _order(case: Case) -> tuple[int, int, int]:
    way = list(WAYS).index(case.way) if case.way else 0
    if case.scenario not in SCENARIOS:
        return len(SCENARIOS), 0, way
    controls = SCENARIOS[case.scenario].controls
    return list(SCENARIOS).index(case.scenario), controls.index(case.control) if case.control in controls else 0, way


def _rank(name: str, entry: Mapping[str, Any]) -> tuple[bool, str]:
    return not entry.get("baseline", False), str(entry.get("title", name)).casefold()


def _described(name: str, entry: Mapping[str, Any], variant: str, table: Mapping[str, Any]) -> VariantInfo:
    return VariantInfo(
        entry=name,
        name=variant,
        title=_title(name, entry),
        role=table.get("role", ""),
        model=table.get("model", ""),
        version=entry.get("version") or "",
        about=table.get("about", ""),
        source=table.get("source", ""),
        is_baseline=bool(entry.get("baseline", False)),
        not_applicable=table.get("not_applicable") or {},
        delays=delays_of(entry, table),
        caveats=table.get("caveats") or {},
        ways=table.get("ways") or {},
        released=entry.get("released") or "",
        widgets=entry.get("widgets") or "",
        runs_in=entry.get("runs_in") or "server",
        server_entry=entry.get("server_entry") or "",
        without=entry.get("without") or {},
    )


def _title(name: str, entry: Mapping[str, Any]) -> str:
    title = str(entry.get("title", name))
    return f"{title} (on {entry['built_on']})" if entry.get("built_on") else title


def _places(run: Run) -> set[tuple[Any, ...]]:
    names = [*_ORIGIN, "role", "model"]
    tables = (run.interactions, run.measurements, run.failures)
    return {place for table in tables for place in tuples(table[names].drop_duplicates(), names)}


def _from_row(place: tuple[Any, ...]) -> VariantInfo:
    entry, variant, role, model = map(str, place)
    return VariantInfo(entry=entry, name=variant, title=entry, role=role, model=model)
