"""What a run has to stand up to before its figures are shown: pure functions from a run to what is wrong with it.

Where a part of a run fails (a variant's page, or what it did on the wire in a crowd) its samples are taken out, and a failure
stands in their place that says why. What concerns the whole run is only said. Modules of this package declare their audits in
`AUDITS`, and are found by themselves.
"""

import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import pandas as pd

import pyuibench.audits
from pyuibench.audits.base import AuditSpec, Objection
from pyuibench.results.records import Failure, Origin, columns
from pyuibench.results.store import Run


@dataclass(frozen=True)
class Audit:
    """One audit of a run: what it asks, and what it has against the run."""

    id: str
    name: str
    about: str
    objections: tuple[Objection, ...]

    @property
    def passed(self) -> bool:
        """Return whether there is no objection."""
        return not self.objections


def _found() -> dict[str, AuditSpec]:
    found: dict[str, AuditSpec] = {}
    for info in pkgutil.iter_modules(pyuibench.audits.__path__):
        if info.name != __name__.rpartition(".")[2]:
            module = importlib.import_module(f"{pyuibench.audits.__name__}.{info.name}")
            for each in getattr(module, "AUDITS", ()):
                if each.id in found:
                    raise ValueError(f"two audits are named {each.id}")
                found[each.id] = each
    return found


AUDITS: Mapping[str, AuditSpec] = _found()


def audit(run: Run) -> tuple[Audit, ...]:
    """Return every audit of a run that has what it looks at, passed or failed."""
    return tuple(Audit(it.id, it.name, it.about, tuple(it.check(run))) for it in AUDITS.values() if it.is_possible(run))


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


def _is_at(rows: pd.DataFrame, objection: Objection) -> "pd.Series[bool]":
    at = (rows["entry"] == objection.entry) & (rows["variant"] == objection.variant) & (rows["page"] == objection.page)
    if objection.sessions is None:
        return at
    return at & (rows["instrument"] == "wire") & (rows["sessions"] == objection.sessions)


def _failure(row: "pd.Series[Any]", failed: Audit, objection: Objection) -> pd.DataFrame:
    """Return the failure that stands in the place of withheld samples: at the page, or at the wire with so many sessions."""
    step = "audit" if objection.sessions is None else f"wire, {objection.sessions} sessions"
    origin = {field.name: row[field.name] for field in fields(Origin)}
    record = Failure(
        **origin, scope="audit", step=step, reason=f'withheld by the audit "{failed.name}": {objection.message}'
    )
    return pd.DataFrame([asdict(record)], columns=columns("failures"))
