"""Audits of loads: offered as planned, and counted as Little's law has it."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from pyuibench.analysis.distributions import binomial_up_to
from pyuibench.audits.base import COMPUTING, ORIGIN, AuditSpec, Objection, against, measured
from pyuibench.contract.service_level import MOST_GENERATOR_SHARE
from pyuibench.results.store import Run

LEAST_RATE = 0.90
MOST_OFF_LITTLE = 0.10
MOST_LATE_MS = 25.0
ON_TIME = 0.95
"""A generator keeps up while so many actions begin no later than MOST_LATE_MS after they could."""
LATE_OF_ANSWER = 0.10
"""Where answers take long, as ones of megabytes do, an action may be late by so much of what ON_TIME of them take."""
MANY_BY_CHANCE = 0.001
"""How seldom so many actions are late by chance where the generator just keeps up."""
_JUDGED = ["instrument", "scenario", "warmup", "held", "ok", "service_ms"]
OWN_TIME_MS = 1.0
"""What the generator may itself need for one action, in which its session counts as waiting."""


def generator_not_saturated(run: Run) -> Iterator[Objection]:
    """Object to a load generator that is short of CPU: it measures itself."""
    for key, rows in measured(run, "generator_cpu_share"):
        for sessions, own in rows.groupby("sessions"):
            if (most := own["value"].max()) > MOST_GENERATOR_SHARE:
                message = f"the load generator used {most:.0%} of a core, more than {MOST_GENERATOR_SHARE:.0%}"
                yield replace(against(key, message), sessions=int(str(sessions)))


def generator_on_time(run: Run) -> Iterator[Objection]:
    """Object to a load generator that begins actions late, as one that is kept from its core does: its answers look late too.

    An action can begin when it is due and its session has the answer to the one before it. A generator that is short of CPU for a
    moment, or stopped, uses little: its share of a core tells nothing.
    """
    session = [*ORIGIN, "experiment", "boot", "session"]
    columns = [*session, "sessions", "held", "started_ns", "lag_ms", "service_ms", "response_ms"]
    rows = run.interactions.loc[run.interactions["instrument"] == "wire", columns].sort_values(
        "started_ns", kind="stable"
    )
    before = rows.groupby(session)[["started_ns", "service_ms"]].shift()
    lag_ms = rows["lag_ms"].astype(float)
    # Behind an answer that never came nothing can be said.
    since_answer_ms = (rows["started_ns"] - before["started_ns"]) / 1e6 - before["service_ms"].astype(float)
    late_ms = lag_ms.where(before["started_ns"].isna(), np.minimum(lag_ms, since_answer_ms))
    # While sessions are being opened those that are open may be late, and what was never answered may never have begun. Several
    # workers share all cores with the generator, and keep it busy.
    counts = rows["held"].astype(bool) & rows["service_ms"].notna() & (rows["experiment"] != "workers")
    judged = rows.assign(late_ms=late_ms)[counts].dropna(subset=["late_ms"])
    for (*key, sessions), own in judged.groupby([*ORIGIN, "sessions"]):
        answer_ms = own["response_ms"].astype(float).quantile(ON_TIME)
        limit_ms = max(MOST_LATE_MS, 0.0 if np.isnan(answer_ms) else LATE_OF_ANSWER * answer_ms)
        late = int((own["late_ms"] > limit_ms).sum())
        if binomial_up_to(len(own) - late, len(own), ON_TIME) < MANY_BY_CHANCE:
            began = f"{late} of {len(own)} actions began more than {limit_ms:.0f} ms late"
            message = f"{began}: the load generator had no core for them"
            yield replace(against(tuple(key), message), sessions=int(str(sessions)))


def load_was_offered(run: Run) -> Iterator[Objection]:
    """Object to a crowd whose actions came more seldom than the schedule has them: the stated load was never there."""
    interval_ms = float(run.settings("crowd").get("interval_ms", 0))
    rows = run.interactions[run.interactions["experiment"] == "crowd"]
    for (*key, sessions), own in rows.groupby([*ORIGIN, "sessions"]) if interval_ms else ():
        spans = own.groupby(["boot", "session"])["started_ns"].agg(["min", "max", "size"])
        taken_ms = float((spans["max"] - spans["min"]).sum()) / 1e6
        planned_ms = float((spans["size"] - 1).sum()) * interval_ms
        if planned_ms and planned_ms < LEAST_RATE * taken_ms:
            message = f"actions came at {planned_ms / taken_ms:.0%} of the rate that was planned: the sessions couldn't keep up"
            yield replace(against(tuple(key), message), sessions=int(str(sessions)))


def littles_law(run: Run) -> Iterator[Objection]:
    """Object to a load whose samples disagree with Little's law: as many sessions wait at a time as rate x time waited says.

    How many wait is the generator's own account, kept apart from its samples: one that is lost, double or mistimed shows.
    """
    origin = [*ORIGIN, "experiment", "boot", "sessions"]
    figures = _of_whole_loads(run.measurements)
    held = figures[figures["metric"].isin(["hold_s", "waiting_sessions"])].dropna(subset=["value"])
    # Each generator of several gives its own account.
    account = held.groupby([*origin, "metric"])["value"].sum().to_dict()
    samples = _of_whole_loads(run.interactions[[*origin, *_JUDGED]])
    counted = samples[~samples["warmup"].astype(bool) & samples["held"].astype(bool)]
    rows = counted[(counted["instrument"] == "wire") & counted["scenario"].isin(COMPUTING)]
    for key, own in rows.groupby(origin):
        hold_s, waiting = account.get((*key, "hold_s")), account.get((*key, "waiting_sessions"))
        if hold_s is None or waiting is None or not own["ok"].astype(bool).all():
            continue
        by_samples = float(own["service_ms"].sum()) / 1e3 / hold_s
        if abs(by_samples - waiting) > max(MOST_OFF_LITTLE * waiting, OWN_TIME_MS / 1e3 * len(own) / hold_s):
            message = f"in {key[4]} {waiting:.3f} sessions waited at a time, by the samples {by_samples:.3f}"
            yield replace(against(key[:3], message), sessions=int(str(key[5])))


def _of_whole_loads(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[~rows["experiment"].isin(["neighbours", "cycles"])]


AUDITS = (
    AuditSpec(
        "generator",
        "load generator",
        f"it uses less than {MOST_GENERATOR_SHARE:.0%} of a core",
        generator_not_saturated,
    ),
    AuditSpec(
        "on_time",
        "load on time",
        f"{ON_TIME:.0%} of the load generator's actions begin within {MOST_LATE_MS:g} ms of when they could",
        generator_on_time,
    ),
    AuditSpec(
        "offered",
        "load offered",
        f"a crowd's actions came at {LEAST_RATE:.0%} of the planned rate at least",
        load_was_offered,
    ),
    AuditSpec(
        "littles_law",
        "Little's law",
        f"sessions that wait = rate x time of an answer, within {MOST_OFF_LITTLE:.0%}",
        littles_law,
    ),
)
