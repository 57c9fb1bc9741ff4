"""What a sample that was taken beside others keeps."""

from dataclasses import asdict

from pyuibench.experiments.kinds.beside import without_user_code
from pyuibench.results.records import Interaction

PLACE = {
    "block": 0,
    "boot": "0-maple-app",
    "entry": "maple",
    "variant": "app",
    "role": "idiomatic",
    "model": "callback",
    "experiment": "beside",
    "page": "app",
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
        right_ms=12.0,
        until_user_code_done_ms=4.0,
        **USER_CODE,
    )
    before, after = asdict(sample), asdict(without_user_code(sample, 10))
    assert (after["sessions"], after["beside"]) == (1, 10)
    assert all(after[name] is None for name in (*USER_CODE, "until_user_code_done_ms"))
    rest = set(before) - {"beside", "until_user_code_done_ms", *USER_CODE}
    assert {name: after[name] for name in rest} == {name: before[name] for name in rest}
