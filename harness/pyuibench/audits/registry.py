"""What a run has to stand up to before its figures are shown: pure functions from a run to what is wrong with it.

Where a part of a run fails (a variant's page, or what it did on the wire in a crowd) its samples are taken out, and a failure
stands in their place that says why. What concerns the whole run is only said.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, TypeAlias

import pandas as pd

from pyuibench.audits.base import Objection
from pyuibench.audits.clocks import MOST_DRIFT, clocks_agree, machine_steady
from pyuibench.audits.controls import known_delays_found, same_app_same_times
from pyuibench.audits.load import (
    LEAST_RATE,
    MOST_GENERATOR_SHARE,
    MOST_OFF_LITTLE,
    generator_not_saturated,
    littles_law,
    load_was_offered,
)
from pyuibench.audits.samples import (
    conforms,
    every_boot_is_there,
    nothing_from_outside,
    nothing_left_running,
    samples_in_order,
    sources_unchanged,
    user_code_ran,
)
from pyuibench.results.records import Failure, Origin, columns
from pyuibench.results.store import Run


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
    "A/A": ("the baseline under two names has the same times", same_app_same_times),
    "known delays": ("what was put into the baseline's server is found, within 0.5 ms or 5%", known_delays_found),
    "drift": (f"times change by less than {MOST_DRIFT - 1:.0%} from the first block to the last", machine_steady),
}


def _is_at(rows: pd.DataFrame, objection: Objection) -> "pd.Series[bool]":
    at = (rows["entry"] == objection.entry) & (rows["variant"] == objection.variant) & (rows["page"] == objection.page)
    if objection.sessions is None:
        return at
    return at & (rows["instrument"] == "wire") & (rows["sessions"] == objection.sessions)


def _failure(row: "pd.Series[Any]", failed: Audit, objection: Objection) -> pd.DataFrame:
    """Return the failure that stands in the place of withheld samples: at the page, or at the wire with so many sessions."""
    step = "audit" if objection.sessions is None else f"wire, {objection.sessions} sessions"
    place = {field.name: row[field.name] for field in fields(Origin)}
    record = Failure(
        **place, scope="audit", step=step, reason=f'withheld by the audit "{failed.name}": {objection.message}'
    )
    return pd.DataFrame([asdict(record)], columns=columns("failures"))
