"""What a run has to stand up to before its figures are shown: pure functions from a run to what is wrong with it.

Where a part of a run fails (a variant's page, or what it did on the wire in a crowd) its samples are taken out, and a failure
stands in their place that says why. What concerns the whole run is only said.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, TypeAlias

import pandas as pd
from scipy import stats

from pyuibench.catalog import AGAIN
from pyuibench.records import AUDIT, Cell, Failure, columns
from pyuibench.spec import SCENARIOS
from pyuibench.stats import LEVEL, Estimate, drift, ratio_of_medians
from pyuibench.store import APART, CYCLES, NEIGHBOUR, TRUTH, WORKERS, Run
from pyuibench.truth import COLUMNS, KINDS, PAUSE_MS, recovered

MOST_GENERATOR_SHARE = 0.5
MOST_DRIFT = 1.10
LEAST_RATE = 0.90
MOST_OFF_LITTLE = 0.10
OWN_TIME_MS = 1.0
"""What the generator may itself need for one action, in which its session counts as waiting."""
TOO_UNLIKELY = 0.01
CLOCK_ERROR_MS = 1.0
"""Chromium rounds `performance.now()` to 0.1 ms; its time origin is on the machine's clock to less than 1 ms."""
CELL = ["entry", "variant", "page"]
SESSION = ["boot", "instrument", "sessions", "session"]
SIZE = ["grid_cells", "grid_cost_ms", "grid_cost_kind"]
COMPUTING = tuple(name for name, scenario in SCENARIOS.items() if scenario.in_rounds or scenario.page == "grid")
COMPARED = ("load", *COMPUTING)
"""What a report compares by ratios to the control."""

_Key: TypeAlias = tuple[Any, ...]


@dataclass(frozen=True)
class Objection:
    """What an audit has against a variant's page (on the wire with so many `sessions` only, if stated), or against the run."""

    message: str
    entry: str = ""
    variant: str = ""
    page: str = ""
    sessions: int | None = None

    @property
    def where(self) -> str:
        """Return what it is about, in words."""
        if not self.entry:
            return "the run"
        crowd = (
            "" if self.sessions is None else f", wire with {self.sessions} session{'s' if self.sessions != 1 else ''}"
        )
        return f"{self.entry}/{self.variant}, {self.page} page{crowd}"


@dataclass(frozen=True)
class Audit:
    """One audit: what it asks, and what it has against the run."""

    name: str
    about: str
    objections: tuple[Objection, ...]

    @property
    def passed(self) -> bool:
        """Return whether there is no objection."""
        return not self.objections


def audit(run: Run) -> tuple[Audit, ...]:
    """Return every audit of a run, passed or failed."""
    return tuple(Audit(name, about, tuple(check(run))) for name, (about, check) in AUDITS.items())


def withhold(run: Run, audits: Iterable[Audit]) -> Run:
    """Return the run without the samples of what failed an audit, and with a failure that says why for each."""
    kept = run.interactions
    failures = [run.failures]
    for each in audits:
        for objection in (it for it in each.objections if it.entry):
            at = _is_at(kept, objection)
            if at.any():
                failures.append(_failure(kept[at].iloc[0], each, objection))
            kept = kept[~at]
    return replace(run, interactions=kept, failures=pd.concat(failures, ignore_index=True))


def nothing_from_outside(run: Run) -> Iterator[Objection]:
    """Object to a page that asks another host: it wouldn't work where there is no network."""
    for key, rows in _measured(run, "outside_requests"):
        if rows["value"].max() > 0:
            hosts = ", ".join(sorted({str(detail) for detail in rows["detail"] if detail}))
            yield _against(key, f"its page asked other hosts: {hosts}")


def nothing_left_running(run: Run) -> Iterator[Objection]:
    """Object to processes that outlive their server, as they would run beside the next one's measurement, were they not ended.

    Several workers are ended as a service manager ends them, which asks all of them to end, not only the first process.
    """
    for key, rows in _measured(run, "leftover_processes"):
        rows = rows[rows["role"] != WORKERS]
        if len(rows) and rows["value"].max() > 0:
            yield _against(key, f"left processes running: {rows['detail'].max()}")


def generator_not_saturated(run: Run) -> Iterator[Objection]:
    """Object to a load generator that is short of CPU: it measures itself."""
    for key, rows in _measured(run, "generator_cpu_share"):
        for sessions, own in rows.groupby("sessions"):
            if (most := own["value"].max()) > MOST_GENERATOR_SHARE:
                message = f"the load generator used {most:.0%} of a core, more than {MOST_GENERATOR_SHARE:.0%}"
                yield replace(_against(key, message), sessions=int(str(sessions)))


def user_code_ran(run: Run) -> Iterator[Objection]:
    """Object to a right answer for which nothing was computed: it was guessed, or from a cache that can't know it."""
    rows = run.near
    known = rows[rows["ok"].astype(bool) & rows["scenario"].isin(COMPUTING) & rows["user_code_calls"].notna()]
    for key, own in known.groupby(CELL):
        if none := int((own["user_code_calls"] == 0).sum()):
            yield _against(key, f"{none} of {len(own)} right answers came though no user code ran")


def clocks_agree(run: Run) -> Iterator[Objection]:
    """Object to user code that ran before its gesture or after its answer, by the clocks that the three are on."""
    rows = run.near
    # Beside other sessions, what ran meanwhile may be theirs.
    known = rows[
        rows["ok"].astype(bool)
        & rows["scenario"].isin(COMPUTING)
        & rows["until_user_code_ms"].notna()
        & (rows["sessions"] <= 1)
    ]
    for key, own in known.groupby(CELL):
        early = own["until_user_code_ms"] < -CLOCK_ERROR_MS
        late = own["until_user_code_ms"] > own["dom_ms"] + CLOCK_ERROR_MS
        if wrong := int((early | late).sum()):
            yield _against(
                key, f"in {wrong} of {len(own)} interactions user code ran before the gesture or after its answer"
            )


def samples_in_order(run: Run) -> Iterator[Objection]:
    """Object to a gap, a double or a step back in time among a session's numbered samples."""
    rows = run.near[run.near["scenario"].isin(COMPUTING)].sort_values("sequence", kind="stable")
    by_session = rows.groupby([*CELL, *SESSION])
    rows = rows.assign(misnumbered=rows["sequence"] != by_session.cumcount(), step_ns=by_session["started_ns"].diff())
    wrong = rows[rows["misnumbered"] | (rows["step_ns"] <= 0)]
    for (*key, boot, _, _, _), own in wrong.groupby([*CELL, *SESSION]):
        what = "are missing or double" if own["misnumbered"].any() else "run backwards in time"
        yield _against(tuple(key), f"samples {what} in {boot}")


def every_boot_is_there(run: Run) -> Iterator[Objection]:
    """Object to a boot of the plan without as many browser samples as its profile says, and without a failure."""
    plan = [cell for cell in run.meta.get("plan") or () if "boot" in cell]
    instruments = set(run.meta.get("instruments") or ()) & {"browser"}
    failed = set(run.failures["boot"])
    rows = run.near[run.near["scenario"].isin(COMPUTING) & (run.near["instrument"] == "browser")]
    counts = rows.groupby("boot").size()
    gave_up = set(rows.loc[~rows["ok"].astype(bool), "boot"])
    for cell in (it for it in plan if it.get("role") not in APART) if instruments else ():
        expected = _expected(run.meta, cell["page"])
        if expected and cell["boot"] not in failed | gave_up and (got := int(counts.get(cell["boot"], 0))) != expected:
            message = (
                f"{cell['boot']} has {got} samples of the browser instead of {expected}, and no failure that says why"
            )
            yield Objection(message, cell["entry"], cell["variant"], cell["page"])


def load_was_offered(run: Run) -> Iterator[Objection]:
    """Object to a crowd whose actions came more seldom than the schedule has them: the stated load was never there."""
    settings = run.meta.get("profile_settings") or {}
    interval_ms = float(settings.get("crowd_interval_ms", 0)) if settings.get("crowd_actions") else 0.0
    rows = run.near[(run.near["instrument"] == "wire") & (run.near["sessions"] > 1)]
    for (*key, sessions), own in rows.groupby([*CELL, "sessions"]) if interval_ms else ():
        spans = own.groupby(["boot", "session"])["started_ns"].agg(["min", "max", "size"])
        taken_ms = float((spans["max"] - spans["min"]).sum()) / 1e6
        planned_ms = float((spans["size"] - 1).sum()) * interval_ms
        if planned_ms and planned_ms < LEAST_RATE * taken_ms:
            message = f"actions came at {planned_ms / taken_ms:.0%} of the rate that was planned: the sessions couldn't keep up"
            yield replace(_against(tuple(key), message), sessions=int(str(sessions)))


def conforms(run: Run) -> Iterator[Objection]:
    """Object to what `verify` hasn't proven as it was measured: answers are checked all the same, one by one."""
    entries = run.meta.get("entries") or {}
    unproven = [
        f"{name}/{variant}"
        for name, entry in entries.items()
        for variant, table in (entry.get("variants") or {}).items()
        if table.get("verified") is False
    ]
    if unproven:
        yield Objection(
            f"not proven as measured, or changed since: {', '.join(unproven)}; `pyuibench verify` does it, and records it"
        )


def sources_unchanged(run: Run) -> Iterator[Objection]:
    """Object to an entry whose source was changed while it was measured."""
    for name in run.meta.get("changed_while_measured") or ():
        for variant in run.meta["entries"][name]["variants"]:
            for page in sorted({scenario.page for scenario in SCENARIOS.values()}):
                yield Objection("its source was changed while the run went on", name, variant, page)


def machine_steady(run: Run) -> Iterator[Objection]:
    """Object to times that drift: ratios are paired by block and bear it, milliseconds don't."""
    rows = run.near
    right = rows[rows["ok"].astype(bool) & ~rows["warmup"].astype(bool) & rows["scenario"].isin(COMPUTING)]
    for instrument, own in right[right["sessions"] <= 1].groupby("instrument"):
        samples = _by_name_and_block(own)
        if not any(len(blocks) > 1 for blocks in samples.values()):
            continue
        found = drift(samples)
        if found.low is None or found.high is None or found.low <= 1 <= found.high:
            continue
        if max(found.value, 1 / found.value) > MOST_DRIFT:
            yield Objection(
                f"{instrument} times changed by {found.value - 1:+.0%} [{found.low - 1:+.0%}, {found.high - 1:+.0%}] "
                "from the first block to the last: compare ratios, not milliseconds"
            )


def known_delays_found(run: Run) -> Iterator[Objection]:
    """Object to an instrument that doesn't recover a delay that was put into the control's server."""
    found = recovered(run)
    for it in found:
        if not it.is_found:
            yield Objection(
                f"the {it.instrument} finds {it.estimate.value:.2f} ms [{it.estimate.low:.2f}, {it.estimate.high:.2f}] "
                f"of {it.truth.delay_ms:g} ms {KINDS[it.truth.kind]}"
            )
    plan = [cell for cell in run.meta.get("plan") or () if cell.get("role") == TRUTH]
    delays = {(cell["grid_cost_ms"], cell["grid_cost_kind"]) for cell in plan if cell["grid_cost_ms"] > PAUSE_MS}
    planned = len(delays) * len(COLUMNS.keys() & set(run.meta.get("instruments") or ()))
    if len(found) < planned:
        yield Objection(f"only {len(found)} of {planned} known delays have samples")


def littles_law(run: Run) -> Iterator[Objection]:
    """Object to a load whose samples disagree with Little's law: as many sessions wait at a time as rate x time waited says.

    How many wait is the generator's own account, kept apart from its samples: one that is lost, double or mistimed shows.
    """
    place = [*CELL, "boot", "sessions"]
    whole = [frame[~frame["role"].isin([NEIGHBOUR, CYCLES])] for frame in (run.measurements, run.interactions)]
    held = whole[0][whole[0]["metric"].isin(["hold_s", "waiting_sessions"])].dropna(subset=["value"])
    # Each generator of several gives its own account.
    figures = held.groupby([*place, "metric"])["value"].sum().to_dict()
    counted = whole[1][~whole[1]["warmup"].astype(bool)]
    rows = counted[(counted["instrument"] == "wire") & counted["scenario"].isin(COMPUTING)]
    for key, own in rows.groupby(place):
        hold_s, waiting = figures.get((*key, "hold_s")), figures.get((*key, "waiting_sessions"))
        if hold_s is None or waiting is None or not own["ok"].astype(bool).all():
            continue
        by_samples = float(own["service_ms"].sum()) / 1e3 / hold_s
        if abs(by_samples - waiting) > max(MOST_OFF_LITTLE * waiting, OWN_TIME_MS / 1e3 * len(own) / hold_s):
            message = f"in {key[3]} {waiting:.3f} sessions waited at a time, by the samples {by_samples:.3f}"
            yield replace(_against(key[:3], message), sessions=int(str(key[4])))


def same_app_same_times(run: Run) -> Iterator[Objection]:
    """Object when too few of the 95 % intervals of an app's ratio to itself hold 1."""
    ratios = twin_ratios(run)
    held = sum(low <= 1 <= high for low, high in _intervals(ratios.values()))
    counted = len(_intervals(ratios.values()))
    if counted and stats.binom.cdf(held, counted, LEVEL) < TOO_UNLIKELY:
        yield Objection(f"only {held} of {counted} intervals of an app's ratio to itself hold 1")


def twin_ratios(run: Run, blocks: Container[int] | None = None) -> dict[str, Estimate]:
    """Return what is compared with its like -> the ratio of the control's second name to its first, in the browser.

    Page loads are among it, since they are compared too. With `blocks` only these are looked at, as if they were all of the run.
    """
    rows = run.near
    right = rows[rows["ok"].astype(bool) & ~rows["warmup"].astype(bool) & rows["scenario"].isin(COMPARED)]
    samples = _by_name_and_block(right[(right["instrument"] == "browser") & (right["sessions"] <= 1)])
    ratios = {}
    for name, entry in (run.meta.get("entries") or {}).items():
        variants = list(entry.get("variants") or ())
        if AGAIN not in variants:
            continue
        first, again = f"{name}/{variants[0]}/", f"{name}/{AGAIN}/"
        for key, its in samples.items():
            wanted = {block: values for block, values in its.items() if blocks is None or block in blocks}
            like = samples.get(first + key.removeprefix(again), {}) if key.startswith(again) else {}
            if wanted.keys() & like.keys():
                ratios[key.removeprefix(again)] = ratio_of_medians(wanted, like)
    return ratios


def _intervals(estimates: Iterable[Estimate]) -> list[tuple[float, float]]:
    return [(it.low, it.high) for it in estimates if it.low is not None and it.high is not None]


Check: TypeAlias = Callable[[Run], Iterable[Objection]]

AUDITS: Mapping[str, tuple[str, Check]] = {
    "nothing fetched from outside": ("no page asks another host for anything", nothing_from_outside),
    "nothing left running": ("every server ends with all its processes", nothing_left_running),
    "load generator": (f"it uses less than {MOST_GENERATOR_SHARE:.0%} of a core", generator_not_saturated),
    "user code ran": ("no answer is right without having been computed", user_code_ran),
    "clocks": ("gesture, user code and answer are in this order", clocks_agree),
    "samples in order": ("none is missing, double or out of its place in time", samples_in_order),
    "samples complete": ("every boot of the plan gave what its profile says, or a failure", every_boot_is_there),
    "load offered": (f"a crowd's actions came at {LEAST_RATE:.0%} of the planned rate at least", load_was_offered),
    "Little's law": (f"sessions that wait = rate x time of an answer, within {MOST_OFF_LITTLE:.0%}", littles_law),
    "conformance": ("what was measured is what `pyuibench verify` has proven", conforms),
    "sources": ("no entry was changed while it was measured", sources_unchanged),
    "A/A": ("the control under two names has the same times", same_app_same_times),
    "known delays": ("what was put into the control's server is found, within 0.5 ms or 5%", known_delays_found),
    "drift": (f"times change by less than {MOST_DRIFT - 1:.0%} from the first block to the last", machine_steady),
}


def _measured(run: Run, metric: str) -> Iterator[tuple[_Key, pd.DataFrame]]:
    rows = run.measurements[(run.measurements["metric"] == metric) & run.measurements["value"].notna()]
    for key, own in rows.groupby(CELL):
        yield tuple(key), own


def _against(key: Any, message: str) -> Objection:
    entry, variant, page = map(str, key)
    return Objection(message, entry, variant, page)


def _expected(meta: Mapping[str, Any], page: str) -> int:
    """Return how many actions of rounds a boot's browser carries out; 0 where the run doesn't say."""
    settings = meta.get("profile_settings") or {}
    if page == "grid":
        return 1 + int(settings.get("grid_actions", -1))
    names = [name for name in meta.get("scenarios") or () if name in SCENARIOS and SCENARIOS[name].in_rounds]
    controls = sum(len(SCENARIOS[name].controls) for name in names)
    return controls * (int(settings.get("rounds", 0)) + int(settings.get("warmup_rounds", 0)))


def _by_name_and_block(rows: pd.DataFrame) -> dict[str, dict[int, list[float]]]:
    """Return samples by what is compared with its like: a variant's action in a scenario, at one size of the page."""
    found: dict[str, dict[int, list[float]]] = {}
    known = rows.dropna(subset=["dom_ms"])
    known = known.assign(kind=known["control"].astype(str).str.split("-").str[0])
    for (*key, block), own in known.groupby([*CELL, "scenario", "kind", *SIZE, "block"]):
        found.setdefault("/".join(map(str, key)), {})[int(str(block))] = list(own["dom_ms"])
    return found


def _is_at(rows: pd.DataFrame, objection: Objection) -> "pd.Series[bool]":
    at = (rows["entry"] == objection.entry) & (rows["variant"] == objection.variant) & (rows["page"] == objection.page)
    if objection.sessions is None:
        return at
    return at & (rows["instrument"] == "wire") & (rows["sessions"] == objection.sessions)


def _failure(row: "pd.Series[Any]", failed: Audit, objection: Objection) -> pd.DataFrame:
    """Return the failure that stands in the place of withheld samples: at the page, or at the wire with so many sessions."""
    step = AUDIT if objection.sessions is None else f"wire, {objection.sessions} sessions"
    place = {field.name: row[field.name] for field in fields(Cell)}
    record = Failure(**place, step=step, reason=f'withheld by the audit "{failed.name}": {objection.message}')
    return pd.DataFrame([asdict(record)], columns=columns("failures"))
