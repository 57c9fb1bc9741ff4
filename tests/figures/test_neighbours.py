"""What a report makes of clicks beside a job and of a browser beside a load, from known samples of three boots."""

from dataclasses import asdict, replace

import pandas as pd
import pytest
from looked_up import result_of, value_of, variant_of

from pyuibench.figures import neighbours, registry
from pyuibench.figures.base import Missing
from pyuibench.figures.neighbours import BESIDE, NEIGHBOURS
from pyuibench.figures.view import RunView
from pyuibench.publish.documents import written
from pyuibench.publish.report.build import build
from pyuibench.results.records import Interaction, Origin, origin_fields

JOBS = {"sleep": 1.0, "cpu": 100.0}
"""How many times longer than its block's calm click one beside a job takes."""
CALM_MS, SLOWER_BY_BLOCK_MS = 5.0, 2.0
ALONE_MS, BESIDE_MS = 20.0, 30.0


def cell(block, experiment, kind=""):
    place = {"page": "app", "experiment": experiment, "job_kind": kind}
    boot = f"{block}-maple-app-{experiment}-{kind}"
    return Origin(block=block, boot=boot, entry="maple", variant="app", role="idiomatic", model="rerun", **place)


def click(block, kind, scenario, ms, **more):
    place = {**origin_fields(cell(block, NEIGHBOURS, kind)), "instrument": "wire", "scenario": scenario}
    at = {"control": "increment", "sessions": 11, "session": 1, "sequence": 0, "started_ns": 0, "warmup": False}
    return Interaction(**place, **{**at, "service_ms": ms, "response_ms": ms, **more})


def clicks(block):
    calm_ms = CALM_MS + SLOWER_BY_BLOCK_MS * block
    for kind, times in JOBS.items():
        yield click(block, kind, "unrelated", calm_ms)
        yield click(block, kind, "unrelated", 9e6, held=False)
        yield click(block, kind, "neighbour", times * calm_ms)
        yield click(block, kind, "job", 2000.0, control="crunch", session=0)
    yield click(block, "cpu", "neighbour", None, ok=False, reason="none came", fault="lost")


def seen(block):
    for beside, ms in ((0, ALONE_MS), (10, BESIDE_MS)):
        at = {"session": 0, "sequence": 0, "started_ns": 0, "warmup": False, "sessions": 1, "beside": beside}
        place = {
            **origin_fields(cell(block, BESIDE)),
            "instrument": "browser",
            "scenario": "unrelated",
            "control": "name",
        }
        yield Interaction(**place, **at, right_ms=ms + block)


@pytest.fixture
def run(write_run):
    plain = write_run()
    rows = [asdict(it) for block in range(3) for it in (*clicks(block), *seen(block))]
    return replace(
        plain,
        interactions=pd.DataFrame(rows, columns=plain.interactions.columns),
        measurements=plain.measurements.iloc[:0],
        failures=plain.failures.iloc[:0],
        meta={**plain.meta, "machine": {"processor": "Abacus 9000", "cores": "2"}},
    )


def test_one_sessions_job_and_the_others(run):
    view = RunView(run)
    asleep, busy = (
        [result_of(view, f"neighbours.{kind}.{what}") for what in ("alone", "together", "longer", "wrong")]
        for kind in ("sleep", "cpu")
    )
    assert (asleep[2].estimate.value, asleep[2].estimate.low, asleep[2].estimate.high) == (0, 0, 0)
    assert (asleep[3], busy[3]) == ("0 of 3", "3 of 6")
    assert busy[0].estimate.boots == 3
    assert busy[1].estimate.value > 99 * busy[0].estimate.value
    # Paired by boot: 99 times 5, 7 and 9 ms.
    longer = busy[2].estimate
    assert longer.value == pytest.approx(99 * 7)
    assert longer.low < 99 * 7 < longer.high
    assert longer.boots == 3


def test_what_a_user_sees_beside_others(run):
    view = RunView(run)
    assert value_of(view, "neighbours.seen.unrelated.alone") == pytest.approx(21, rel=1e-2)
    assert value_of(view, "neighbours.seen.unrelated.together") == pytest.approx(31, rel=1e-2)
    # The same in each boot, however much the boots differ.
    longer = result_of(view, "neighbours.seen.unrelated.longer").estimate
    assert (longer.value, longer.low, longer.high) == pytest.approx((10, 10, 10))
    assert isinstance(result_of(view, "neighbours.seen.global.longer"), Missing)


def test_a_difference_has_no_ratio_to_the_baseline(run):
    rows = run.interactions
    with_baseline = pd.concat([rows, rows.assign(entry="ground", variant="socket", boot="ground-" + rows["boot"])])
    view = RunView(replace(run, interactions=with_baseline.reset_index(drop=True)))
    assert view.ratio(registry.figure("neighbours.cpu.alone"), variant_of(view, "maple/app")).estimate.value == 1
    assert view.ratio(registry.figure("neighbours.cpu.longer"), variant_of(view, "maple/app")) is None


def test_a_run_without_neighbours_has_no_such_tables(write_run):
    assert not list(registry.tables_in(RunView(write_run()), neighbours.SECTION.id))


def test_report_and_readme_show_both(run):
    page = build(run).read_text()
    assert "One session's job, and the others" in page.replace("&#39;", "'")
    assert "What a user sees beside others" in page
    assert "beside a job p95, job asleep" in written(RunView(run))["neighbours"]
