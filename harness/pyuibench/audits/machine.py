"""Audits of the machine: nobody else used it while a step was measured."""

from collections.abc import Iterator

import pandas as pd

from pyuibench.audits.base import AuditSpec, Objection
from pyuibench.results.store import Run

MOST_OTHERS_SHARE = 0.20
MOST_STEAL_SHARE = 0.10
MOST_NAMED = 3
"""So many steps are named, those with the highest shares."""


def machine_left_alone(run: Run) -> Iterator[Objection]:
    """Object to steps beside which other processes, or other machines of the same host, used the CPU.

    Nothing is withheld: how much slower that made a figure isn't known, and on two cores it may be nothing.
    """
    for metric, most, who in (
        ("others_cpu_share", MOST_OTHERS_SHARE, "other processes of the machine used"),
        ("others_steal_share", MOST_STEAL_SHARE, "the machine's host gave others"),
    ):
        rows = run.measurements[(run.measurements["metric"] == metric) & run.measurements["value"].notna()]
        over = rows[rows["value"] > most].sort_values("value", ascending=False)
        if len(over):
            yield Objection(
                f"{who} more than {most:.0%} of a core in {len(over)} of {len(rows)} steps, whose figures may be too slow or too "
                f"noisy: {_named(over)}"
            )


def _was_looked_at(run: Run) -> bool:
    return bool(run.measurements["metric"].isin(["others_cpu_share", "others_steal_share"]).any())


def _named(over: pd.DataFrame) -> str:
    named = [f"{boot}, {step} ({share:.0%})" for boot, step, share in over[["boot", "detail", "value"]].values.tolist()]
    more = [f"and {len(named) - MOST_NAMED} more"] if len(named) > MOST_NAMED else []
    return "; ".join([*named[:MOST_NAMED], *more])


AUDITS = (
    AuditSpec(
        "others",
        "CPU of others",
        f"beside each step others use at most {MOST_OTHERS_SHARE:.0%} of a core, and other machines of the host at most "
        f"{MOST_STEAL_SHARE:.0%}",
        machine_left_alone,
        _was_looked_at,
    ),
)
