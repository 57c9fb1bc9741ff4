"""A run's figures at the machine's usual speed: how fast it was beside each boot, and how a case's figures follow that."""

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from pyuibench.analysis.distributions import Floats, middle
from pyuibench.analysis.machine_speed import Dependence, dependence

FIXED_WORK = "fixed_work_ms"
FOLLOWING = frozenset(
    {
        "right_ms",
        "visible_ms",
        "painted_ms",
        "service_ms",
        "response_ms",
        "server_tree_cpu_ms",
        "framework_cpu_ms",
        "user_code_cpu_ms",
        "renderer_cpu_ms",
        "main_thread_cpu_ms",
    }
)
"""The columns whose figures are told at the usual speed: ends and CPU times. Parts of a latency and waits stay as measured."""


def log_times(measurements: pd.DataFrame) -> dict[str, float]:
    """Return for each boot the logarithm of how long the fixed work took beside it, over how long it usually did in the run.

    A boot's time is the geometric mean of those before and after it, the usual one the median of the boots'.
    """
    rows = measurements[(measurements["metric"] == FIXED_WORK) & (measurements["value"] > 0)]
    if rows.empty:
        return {}
    logs = rows["value"].astype(float).map(math.log).groupby(rows["boot"]).mean()
    return {str(boot): float(log) for boot, log in (logs - logs.median()).items()}


def dependence_of(
    boots: Mapping[str, Mapping[tuple[int, str], Floats]], times: Mapping[str, float]
) -> Dependence | None:
    """Return how the medians of boots follow the speed, None if that isn't known.

    `boots`: variant -> (block, boot) -> samples; `times`: what `log_times` returns. Of a variant's several boots in a block the
    last one counts. A variant with a median that has no logarithm is left out.
    """
    medians = {
        variant: {(block, boot): middle(values) for (block, boot), values in own.items() if boot in times}
        for variant, own in boots.items()
    }
    positive = {variant: own for variant, own in medians.items() if own and min(own.values()) > 0}
    return dependence(
        {variant: {block: float(np.log(own[block, boot])) for block, boot in own} for variant, own in positive.items()},
        {variant: {block: times[boot] for block, boot in own} for variant, own in positive.items()},
    )
