"""What the runner makes of samples before it stores them."""

from dataclasses import asdict

from pyuibench.experiments.run import _beside
from pyuibench.results.records import Interaction

PLACE = {
    "block": 0,
    "boot": "0-maple-app",
    "entry": "maple",
    "variant": "app",
    "role": "idiomatic",
    "model": "callback",
    "page": "app",
    "grid_cells": 0,
    "grid_cost_ms": 0.0,
    "grid_cost_kind": "",
}
USER_CODE = {"user_code_calls": 7, "user_code_ms": 3.0, "user_code_cpu_ms": 2.0, "until_user_code_ms": 1.0}


def test_a_sample_beside_others_keeps_all_but_the_user_code():
    sample = Interaction(
        **PLACE,
        instrument="browser",
        scenario="unrelated",
        control="increment",
        sessions=1,
        session=0,
        sequence=3,
        warmup=False,
        started_ns=5,
        dom_ms=12.0,
        until_user_code_done_ms=4.0,
        **USER_CODE,
    )
    before, after = asdict(sample), asdict(_beside(sample, 10))
    assert after["sessions"] == 10
    assert all(after[name] is None for name in (*USER_CODE, "until_user_code_done_ms"))
    rest = set(before) - {"sessions", "until_user_code_done_ms", *USER_CODE}
    assert {name: after[name] for name in rest} == {name: before[name] for name in rest}
