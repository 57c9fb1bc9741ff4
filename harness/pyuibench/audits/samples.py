"""Audits of the samples themselves: complete, in order, computed, taken from what was proven."""

from collections.abc import Iterator, Mapping
from typing import Any

from pyuibench.audits.base import CELL, COMPUTING, SESSION, Objection, _against, _measured
from pyuibench.contract.scenarios import SCENARIOS
from pyuibench.results.store import APART, WORKERS, Run


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


def user_code_ran(run: Run) -> Iterator[Objection]:
    """Object to a right answer for which nothing was computed: it was guessed, or from a cache that can't know it."""
    rows = run.near
    known = rows[rows["ok"].astype(bool) & rows["scenario"].isin(COMPUTING) & rows["user_code_calls"].notna()]
    for key, own in known.groupby(CELL):
        if none := int((own["user_code_calls"] == 0).sum()):
            yield _against(key, f"{none} of {len(own)} right answers came though no user code ran")


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


def _expected(meta: Mapping[str, Any], page: str) -> int:
    """Return how many actions of rounds a boot's browser carries out; 0 where the run doesn't say."""
    settings = meta.get("profile_settings") or {}
    if page == "grid":
        return 1 + int(settings.get("grid_actions", -1))
    names = [name for name in meta.get("scenarios") or () if name in SCENARIOS and SCENARIOS[name].in_rounds]
    controls = sum(len(SCENARIOS[name].controls) for name in names)
    return controls * (int(settings.get("rounds", 0)) + int(settings.get("warmup_rounds", 0)))
