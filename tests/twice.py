"""What a busy machine or a lost connection does once isn't a fault of an entry: such a fault is there again the second time."""

import warnings
from collections.abc import Callable, Iterable

from pyuibench.verify.findings import Finding


def errors(findings: Iterable[Finding]) -> list[str]:
    """Return findings that are errors, as text."""
    return [str(finding) for finding in findings if finding.level == "error"]


def lasting_errors(verify: Callable[[], Iterable[Finding]]) -> list[str]:
    """Return the errors of the second time where there were any the first time; those are a warning of pytest's summary."""
    found = errors(verify())
    if not found:
        return []
    warnings.warn(f"verified again after: {' | '.join(found)}", stacklevel=2)
    return errors(verify())
