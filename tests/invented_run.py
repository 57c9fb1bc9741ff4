"""A run of invented entries, written through the store as a real one is: three blocks, every figure known."""

from collections import Counter
from dataclasses import replace
from functools import partial

import pytest

from pyuibench.contract.scenarios import TASKS
from pyuibench.results.records import Failure, Interaction, Measurement, Origin, origin_fields
from pyuibench.results.store import SampleFile, Store, load

WAYS = {"name": "typed", "category": "pop-up", "min_units": "handle", "cell": "handle"}
ENTRIES = {
    "ground": {
        "title": "Ground",
        "package": "ground",
        "version": "1.0",
        "baseline": True,
        "variants": {
            "socket": {"role": "idiomatic", "model": "callback", "about": "By hand.", "source": "", "ways": WAYS},
        },
    },
    "maple": {
        "title": "Maple <ui>",
        "package": "maple",
        "version": "2.5",
        "built_on": "Sap",
        "about": "Invented.",
        "baseline": False,
        "source_hash": "abc123",
        "lock_hash": "def456",
        "delays": {
            "increment": {"wait_ms": 0},
            "name": {"wait_ms": 50, "about": "A debounce.", "source": "debounce.ts"},
            "category": {"wait_ms": 50, "server_wait_ms": 9, "about": "A debounce.", "source": "debounce.ts"},
        },
        "variants": {
            "app": {
                "role": "idiomatic",
                "model": "rerun",
                "about": "Whole.",
                "source": "https://maple.example/docs",
                "caveats": {"crowd": "its sessions share a state", "stream": "in words, not tokens"},
                "ways": WAYS,
            },
            "static": {
                "role": "contrast",
                "model": "component",
                "about": "No grid.",
                "source": "",
                "not_applicable": {"grid": "cells can't be made in a loop"},
                "delays": {"name": {"wait_ms": 0, "longest_ms": 9, "about": "A throttle.", "source": "throttle.ts"}},
                "ways": {**WAYS, "name": "committed"},
            },
        },
    },
}
META = {
    "run_id": "invented-run",
    "created": "2026-01-02T03:04:05Z",
    "profile": "quick",
    "seed": 7,
    "machine": {"processor": "Abacus 9000"},
    "tools": {"counter": "3.2.1"},
    "entries": ENTRIES,
    "plan": [],
}
SIZES = (1, 11, 101)
BLOCKS = 3


def place(entry, variant, block, page="app", cells=0):
    table = ENTRIES[entry]["variants"][variant]
    return Origin(
        block=block,
        boot=f"{block}-{entry}-{variant}-{page}-{cells}",
        entry=entry,
        variant=variant,
        role=table["role"],
        model=table["model"],
        experiment="scaling" if page == "grid" else "rounds",
        page=page,
        grid_cells=cells,
        grid_cost_ms=0.5 if cells else 0.0,
        grid_cost_kind="sleep" if cells else "",
    )


def interaction(cell, scenario, control, ms, **more):
    instrument = more.pop("instrument", "browser")
    times = {"service_ms": ms, "response_ms": ms} if instrument == "wire" else {"right_ms": ms, "painted_ms": ms + 8}
    values = {"sessions": 1, "session": 0, "sequence": 0, "warmup": False, "started_ns": 0, **times, **more}
    return Interaction(**origin_fields(cell), instrument=instrument, scenario=scenario, control=control, **values)


def clicks(cell, middle):
    """Return five right clicks around a median, a slow warm-up and a wrong one that would each move it."""
    shifts = (-2, -1, 0, 1, 2)
    return [
        interaction(cell, "unrelated", "increment", 9e6, warmup=True),
        *(interaction(cell, "unrelated", "increment", middle + s, user_code_calls=3, user_code_ms=1.5) for s in shifts),
    ]


def tasks(cell, ms):
    """Return what is done once: many steps that show 12 states or 7, an answer of 4 with a gap of 900 ms, a job, a click."""
    return [
        interaction(cell, "drag", "min_units", ms, update_ms=[ms - 900.0 + 80 * index for index in range(12)]),
        interaction(cell, "keys", "min_units", 2 * ms, update_ms=[2 * ms - 90.0 + 15 * index for index in range(7)]),
        interaction(cell, "stream", "ask", 1200 + ms, update_ms=[ms, ms + 100, ms + 1000, 1200 + ms]),
        interaction(cell, "job", "crunch", 2000 + ms, update_ms=[100.0, 2000 + ms]),
        interaction(cell, "busy", "increment", 2 * ms),
    ]


def updates(cell, ms):
    times = {"orders": ms, "revenue": ms + 1, "average_price": ms, "top_product": ms, "table": ms + 2, "rows": ms + 3}
    return [interaction(cell, "global", "category", ms + 40, output_ms={**times, "chart": ms + 40}) for _ in range(3)]


def on_the_wire(cell, ms):
    alone = [interaction(cell, "unrelated", "increment", ms, instrument="wire", bytes_up=120, bytes_down=2500)] * 3
    crowd = [interaction(cell, "unrelated", "increment", 4 * ms, instrument="wire", sessions=10)] * 3
    return alone + crowd


def grid(cell, base, per_cell, reruns):
    user_code_ms = 0.5 * (cell.grid_cells if reruns else 1)
    ms = base + per_cell * cell.grid_cells + user_code_ms
    calls = cell.grid_cells if reruns else 1
    work = {"user_code_calls": calls, "user_code_ms": user_code_ms, "user_code_cpu_ms": 0.1 * calls}
    brought = figure(cell, "browser", "action_bytes_down", 100 + 40 * calls, control="cell-0")
    timed = (interaction(cell, "grid", f"cell-{index}", ms, **work) for index in range(min(3, cell.grid_cells)))
    return [*timed, brought]


def figure(cell, instrument, metric, value, **more):
    return Measurement(**origin_fields(cell), instrument=instrument, metric=metric, value=value, **more)


def numbered(samples):
    """Return the samples with those of each session numbered, a second apart: an audit asks for that."""
    counts = Counter()
    for sample in samples:
        if isinstance(sample, Interaction) and sample.scenario not in TASKS:
            session = (sample.instrument, sample.sessions)
            sample = replace(sample, sequence=counts[session], started_ns=counts[session] * 10**9)
            counts[session] += 1
        yield sample


def block_samples(block):
    ground, app, static = (place(*who, block) for who in (("ground", "socket"), ("maple", "app"), ("maple", "static")))
    wrong = interaction(app, "unrelated", "increment", 0.001, ok=False, reason="count stayed at <3>")
    yield ground, [*clicks(ground, 10 + block), *updates(ground, 20), *on_the_wire(ground, 4), *tasks(ground, 7)]
    yield (
        app,
        [
            *clicks(app, 3 * (10 + block)),
            wrong,
            *updates(app, 100),
            *on_the_wire(app, 12),
            *tasks(app, 70),
            figure(app, "resources", "idle_pss_bytes", 123_000_000 + block),
            figure(app, "resilience", "cut_ms", 1234.0, outcome="kept"),
            figure(app, "resilience", "restart_ms", None, outcome="dead", reason="no answer within 10 s"),
            figure(app, "browser", "js_heap_bytes", None, reason="the heap was not told"),
            figure(app, "browser", "action_bytes_down", 4321, sessions=1, control="increment"),
        ],
    )
    yield static, [Failure(**origin_fields(static), scope="boot", step="boot", reason="not ready after 30 s")]
    for size in SIZES:
        cell = place("ground", "socket", block, "grid", size)
        yield cell, grid(cell, 5, 0, reruns=False)
        cell = place("maple", "app", block, "grid", size)
        yield cell, grid(cell, 30, 0.25, reruns=True)


SENT_MS = {("maple", "category"): 60.0}
"""Where a page doesn't send at once, but by design so late."""
AT_ONCE_MS = 1.0


def as_seen(sample):
    """Return a browser's sample with when all could be seen, 5 ms after it was right, and when the page sent something."""
    if not isinstance(sample, Interaction) or sample.instrument != "browser":
        return sample
    sent_ms = SENT_MS.get((sample.entry, sample.control), AT_ONCE_MS)
    return replace(sample, visible_ms=sample.right_ms + 5, sent_ms=min(sent_ms, sample.right_ms))


def write_in(place, blocks=BLOCKS, entries=("ground", "maple"), seen=False, **meta):
    """Write a run of so many blocks, from those entries, into a directory of its own at a place, and load it.

    `seen`: as of a run that notes what can be seen, and when the page sends.
    """
    store = Store.create(place / f"run{blocks}{len(entries)}{len(meta)}{'-seen' * seen}", {**META, **meta})
    for block in range(blocks):
        for cell, samples in block_samples(block):
            if cell.entry in entries:
                file = SampleFile(store.begin(cell.boot) / "harness.jsonl")
                file.add(*numbered(map(as_seen, samples) if seen else samples))
                file.close()
                store.end(cell.boot)
    store.finish()
    return load(store.directory)


@pytest.fixture
def write_run(tmp_path):
    """Return a function that writes a run for one test."""
    return partial(write_in, tmp_path)
