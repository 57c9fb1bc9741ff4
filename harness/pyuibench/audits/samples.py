"""Audits of the samples themselves: complete, in order, computed, taken from what was proven."""

from collections.abc import Iterator

from pyuibench.audits.base import COMPUTING, ORIGIN, SESSION, AuditSpec, Objection, against, measured
from pyuibench.contract.scenarios import SCENARIOS
from pyuibench.results.plan import Expected, planned
from pyuibench.results.records import Origin
from pyuibench.results.store import Run

SHARED = "tuned-shared"
"""The role of variants whose sessions share results."""


def nothing_from_outside(run: Run) -> Iterator[Objection]:
    """Object to a page that asks another host: it wouldn't work where there is no network."""
    for key, rows in measured(run, "outside_requests"):
        if rows["value"].max() > 0:
            hosts = ", ".join(sorted({str(detail) for detail in rows["detail"] if detail}))
            yield against(key, f"its page asked other hosts: {hosts}")


def nothing_left_running(run: Run) -> Iterator[Objection]:
    """Object to processes that outlive their server, as they would run beside the next one's measurement, were they not ended.

    Several workers are ended as a service manager ends them, which asks all of them to end, not only the first process.
    """
    for key, rows in measured(run, "leftover_processes"):
        rows = rows[rows["experiment"] != "workers"]
        if len(rows) and rows["value"].max() > 0:
            yield against(key, f"left processes running: {rows['detail'].max()}")


def user_code_ran(run: Run) -> Iterator[Objection]:
    """Object to a right answer for which nothing was computed: it was guessed, or from a cache that can't know it.

    Variants that share results between sessions are left out: what the wire's session had computed, the browser's needn't.
    """
    rows = run.near[run.near["role"] != SHARED]
    known = rows[rows["ok"].astype(bool) & rows["scenario"].isin(COMPUTING) & rows["user_code_calls"].notna()]
    for key, own in known.groupby(ORIGIN):
        if none := int((own["user_code_calls"] == 0).sum()):
            yield against(key, f"{none} of {len(own)} right answers came though no user code ran")


def samples_in_order(run: Run) -> Iterator[Objection]:
    """Object to a gap, a double or a step back in time among a session's numbered samples."""
    # Each experiment of a boot has sessions of its own, numbered anew.
    session = [*ORIGIN, "experiment", *SESSION]
    known = run.near[[*session, "scenario", "sequence", "started_ns"]]
    rows = known[known["scenario"].isin(COMPUTING)].sort_values("sequence", kind="stable")
    by_session = rows.groupby(session)
    rows = rows.assign(misnumbered=rows["sequence"] != by_session.cumcount(), step_ns=by_session["started_ns"].diff())
    wrong = rows[rows["misnumbered"] | (rows["step_ns"] <= 0)]
    for (*key, _, boot, _, _, _), own in wrong.groupby(session):
        what = "are missing or double" if own["misnumbered"].any() else "run backwards in time"
        yield against(tuple(key), f"samples {what} in {boot}")


def every_boot_is_there(run: Run) -> Iterator[Objection]:
    """Object to a boot of the plan with fewer or more samples than its experiments give, and without a failure."""
    place = ["boot", "experiment", "instrument"]
    rows = run.interactions[[*place, "scenario", "ok"]]
    excused = set(run.failures["boot"]) | set(rows.loc[~rows["ok"].astype(bool), "boot"])
    computing = rows[rows["scenario"].isin(COMPUTING)]
    counts = {
        **rows.groupby([*place, "scenario"]).size(),
        **computing.assign(scenario="").groupby([*place, "scenario"]).size(),
    }
    for boot in planned(run.meta.get("plan") or ()):
        for each in boot.expected if boot.origin.boot not in excused else ():
            got = int(counts.get((boot.origin.boot, each.experiment, each.instrument, each.scenario), 0))
            if got < each.least or (each.most is not None and got > each.most):
                yield _incomplete(boot.origin, each, got)


def _incomplete(origin: Origin, each: Expected, got: int) -> Objection:
    wanted = f"{each.least}" if each.least == each.most else f"{each.least} or more"
    if each.most is not None and each.most != each.least:
        wanted = f"{each.least} to {each.most}"
    what = f"{each.scenario} samples" if each.scenario else "samples"
    message = (
        f"{origin.boot} has {got} {what} of the {each.instrument} ({each.experiment}) instead of {wanted}, "
        "and no failure that says why"
    )
    return Objection(message, origin.entry, origin.variant, origin.page)


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


AUDITS = (
    AuditSpec(
        "outside", "nothing fetched from outside", "no page asks another host for anything", nothing_from_outside
    ),
    AuditSpec("leftover", "nothing left running", "every server ends with all its processes", nothing_left_running),
    AuditSpec(
        "computed",
        "user code ran",
        "no answer is right without having been computed, but where sessions share results",
        user_code_ran,
    ),
    AuditSpec("order", "samples in order", "none is missing, double or out of its place in time", samples_in_order),
    AuditSpec(
        "complete",
        "samples complete",
        "every boot gave what its experiments have to give, or a failure",
        every_boot_is_there,
    ),
    AuditSpec("conformance", "conformance", "what was measured is what `pyuibench verify` has proven", conforms),
    AuditSpec("sources", "sources", "no entry was changed while it was measured", sources_unchanged),
)
