"""What a report makes of one and two workers, from known samples."""

from dataclasses import asdict, replace

import pandas as pd
import pytest

from pyuibench.entries.deployment import APART, ONE, TWO
from pyuibench.figures.base import Missing
from pyuibench.figures.view import Report
from pyuibench.figures.workers import workers_table
from pyuibench.publish.report.build import build
from pyuibench.results.records import Failure, Interaction, Measurement, Origin, origin_fields
from pyuibench.results.store import WORKERS

# Right answers in a hold of two seconds, by deployment.
ANSWERS = {ONE: 20, TWO: 36, APART: 10}
CPU = {ONE: 1.0, TWO: 1.5, APART: 1.5}
BLOCKS = 3


def cell_of(block, deployment):
    grid = {"page": "app", "grid_cells": 0, "grid_cost_ms": 0.0, "grid_cost_kind": ""}
    variant = {"entry": "maple", "variant": "app", "role": WORKERS, "model": "rerun", "deployment": deployment}
    return origin_fields(Origin(block=block, boot=f"{block}-maple-{deployment}", **variant, **grid))


def answer(cell, sequence, **more):
    place = {
        **cell,
        "instrument": "wire",
        "scenario": "unrelated",
        "control": "increment",
        "sessions": 20,
        "session": 0,
    }
    return Interaction(
        **{**place, "sequence": sequence, "started_ns": sequence * 10**9, "warmup": False, "dom_ms": 1.0, **more}
    )


def answers(cell, wrong=0):
    amount = ANSWERS[cell["deployment"]]
    yield from (answer(cell, number) for number in range(amount))
    yield from (answer(cell, amount + it, ok=False, fault="lost", reason="no such session") for it in range(wrong))
    yield answer(cell, amount + wrong, warmup=True)


def figures(cell, **slo):
    values = {"hold_s": 2.0, "server_cpu_share": CPU[cell["deployment"]], "loaded_pss_bytes": 5e7, "slo_kept": 1.0}
    for metric, value in {**values, "generator_cpu_share": 0.123, **slo}.items():
        detail = value if isinstance(value, str) else ""
        number = 0.0 if detail else value
        yield Measurement(**cell, instrument="wire", metric=metric, value=number, sessions=20, detail=detail)


@pytest.fixture
def run_with(write_run):
    """Return a function that returns a run of maple's workers, with so many wrong answers, or other figures, if not sticky."""

    def made(wrong=0, way=None, failures=(), **slo):
        plain = write_run()
        cells = [cell_of(block, name) for block in range(BLOCKS) for name in ANSWERS]
        rows = [it for cell in cells for it in answers(cell, wrong if cell["deployment"] == APART else 0)]
        values = [it for cell in cells for it in figures(cell, **(slo if cell["deployment"] == APART else {}))]
        if slo:
            rows = [it for it in rows if it.deployment != APART]
        entries = plain.meta["entries"]
        variants = {"app": {**entries["maple"]["variants"]["app"], "deployment": way or {"about": "copies"}}}
        return replace(
            plain,
            meta={**plain.meta, "entries": {"maple": {**entries["maple"], "variants": variants}}},
            interactions=pd.DataFrame([asdict(it) for it in rows]),
            measurements=pd.DataFrame([asdict(it) for it in values]),
            failures=pd.DataFrame([asdict(it) for it in failures], columns=[*cells[0], "step", "reason"]),
        )

    return made


def cells_of(run):
    table = workers_table(Report(run))
    ((cells),) = [row.cells for row in table.rows]
    return dict(zip([column.label for column in table.columns], cells, strict=True))


def test_rates_and_what_a_second_worker_adds(run_with):
    cells = cells_of(run_with())
    assert cells["deployed as"] == "copies"
    assert cells["1 worker"].estimate.value == 10
    assert cells["2 workers"].estimate.value == 18
    assert cells["times as many"].estimate.value == pytest.approx(1.8)
    assert cells["CPU, 2 workers"].estimate.value == 1.5
    assert cells["per CPU second"].estimate.value == pytest.approx(1.2)
    assert cells["generator"] == "12 %"
    assert cells["wrong answers, 1 and 2 workers"] == "none of 168"


def test_what_works_without_stickiness_says_so(run_with):
    assert cells_of(run_with())["2 workers, not sticky"] == "works: none of 30 answers wrong"


def test_wrong_answers_without_stickiness_are_counted_with_an_instance(run_with):
    said = cells_of(run_with(wrong=4))["2 workers, not sticky"]
    assert said == "breaks: 12 lost of 42 answers; for instance: no such session"


def test_sessions_that_do_not_open_without_stickiness(run_with):
    said = cells_of(run_with(slo_kept="7 of 20 sessions didn't open: 404"))["2 workers, not sticky"]
    assert said == "breaks: 7 of 20 sessions didn't open: 404"


def test_workers_that_share_a_port_have_nothing_to_be_unsticky(run_with):
    cells = cells_of(run_with(way={"about": "own", "command": ["serve"]}))
    assert "no proxy can choose" in cells["2 workers, not sticky"]


def test_a_framework_without_workers_says_why(run_with):
    cells = cells_of(run_with(way={"about": "a process a user", "impossible": "there are none"}))
    assert {it for name, it in cells.items() if name != "deployed as"} == {Missing("there are none")}


def test_a_boot_that_failed_says_why(run_with):
    cell = cell_of(0, TWO)
    run = run_with(failures=[Failure(**cell, step="boot", reason="port taken")])
    run = replace(run, interactions=run.interactions[run.interactions["deployment"] != TWO])
    cells = cells_of(run)
    assert cells["2 workers"] == Missing("port taken")
    assert cells["times as many"] == Missing("no block has both the samples and their reference")


def test_a_run_without_workers_has_no_table(write_run):
    assert not workers_table(Report(write_run())).rows


def test_it_is_in_the_report(run_with):
    run = run_with(wrong=1)
    build(run, {})
    assert "A second worker" in (run.directory / "report.html").read_text()
    assert "1.80" in (run.directory / "report.md").read_text()
