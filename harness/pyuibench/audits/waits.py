"""The audit of waits by design: what entries state of their frameworks is what the page and the server are seen to wait."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from pyuibench.analysis.waits import LIMIT_MS, beyond, is_as_stated
from pyuibench.audits.base import COMPUTING, AuditSpec, Objection
from pyuibench.entries.delay import Delay, delays_of
from pyuibench.results.store import Run

ORIGIN = ["entry", "variant", "scenario", "control"]
CELLS = "grid_cells"
SENT, TAKEN_UP = "sent_ms", "taken_up_ms"
"""From the gesture until the page first sends something; from then on until user code begins."""


def waits_are_as_stated(run: Run) -> Iterator[Objection]:
    """Object to a stated wait that isn't there, and to one that is there and isn't stated; nothing is withheld for it.

    What the baseline's page, and its server, take for the same gesture is taken off. Of a server only a wait that is too short
    can be told: what is longer may be its work. A page of many cells may work on all of them before it sends. So of scaling
    pages only the smallest of the run is looked at, and a wait that is too long is told of a page of one cell alone.
    """
    rows = _sent(run)
    baseline = _baseline(run)
    groups = {tuple(map(str, key)): own for key, own in rows.groupby(ORIGIN)}
    for (entry, variant, scenario, control), own in groups.items():
        theirs = groups.get((*baseline, scenario, control)) if baseline else None
        delay = _stated(run, entry, variant).get(control)
        if theirs is None or delay is None or delay.wait_ms is None:
            continue
        is_small = bool((own[CELLS] <= 1).all())
        for message in (*_of_page(own, theirs, delay, is_small), *_of_server(own, theirs, delay)):
            yield Objection(f"{entry}/{variant}, {scenario} · {control}: {message}")


def _of_page(own: pd.DataFrame, baseline: pd.DataFrame, delay: Delay, is_small: bool) -> Iterator[str]:
    shortest = delay.wait_ms or 0.0
    longest = shortest if delay.longest_ms is None else delay.longest_ms
    measured = beyond(own[SENT], baseline[SENT])
    if measured is not None and not is_as_stated(measured, shortest, longest if is_small else float("inf")):
        stated = f"{shortest:g} to {longest:g}" if longest > shortest else f"{shortest:g}"
        yield f"its page sends {measured:.0f} ms later than the baseline's, stated are {stated} ms"


def _of_server(own: pd.DataFrame, baseline: pd.DataFrame, delay: Delay) -> Iterator[str]:
    measured = beyond(own[TAKEN_UP], baseline[TAKEN_UP]) if delay.server_wait_ms else None
    if measured is not None and not is_as_stated(measured, delay.server_wait_ms, float("inf")):
        yield (
            f"its server takes it up {measured:.0f} ms later than the baseline's, stated are {delay.server_wait_ms:g} ms"
        )


def _sent(run: Run) -> pd.DataFrame:
    """Return the browser's right answers of which it is noted when the page sent something."""
    rows = run.near
    right = rows["ok"].astype(bool) & ~rows["warmup"].astype(bool) & rows["scenario"].isin(COMPUTING)
    found = rows[right & (rows["instrument"] == "browser") & rows[SENT].notna()]
    found = found[found[CELLS] == found.groupby("scenario")[CELLS].transform("min")]
    times = found[[SENT, "until_user_code_ms"]].astype(float)
    kinds = found["control"].map(lambda name: str(name).partition("-")[0])
    taken_up = times["until_user_code_ms"] - times[SENT]
    return found[[*ORIGIN, CELLS]].assign(**{"control": kinds, SENT: times[SENT], TAKEN_UP: taken_up})


def _baseline(run: Run) -> tuple[str, str] | None:
    """Return entry and first variant of the run's baseline."""
    for name, entry in (run.meta.get("entries") or {}).items():
        if entry.get("baseline") and entry.get("variants"):
            return name, next(iter(entry["variants"]))
    return None


def _stated(run: Run, entry: str, variant: str) -> dict[str, Delay]:
    table: dict[str, Any] = (run.meta.get("entries") or {}).get(entry) or {}
    return dict(delays_of(table, (table.get("variants") or {}).get(variant) or {}))


AUDITS = (
    AuditSpec(
        "waits",
        "waits by design",
        f"what entries state is what is seen until the page sends and until the server takes it up, within {LIMIT_MS:g} ms",
        waits_are_as_stated,
        lambda run: bool(run.interactions[SENT].notna().any()),
    ),
)
