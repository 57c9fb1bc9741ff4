"""What a report makes of one and two workers, from known samples."""

from dataclasses import asdict, replace

import pandas as pd
import pytest
from looked_up import result_of, value_of

from pyuibench.contract.service_level import NOT_OPENED
from pyuibench.entries.deployment import APART, ONE, TWO
from pyuibench.figures import workers
from pyuibench.figures.base import Missing
from pyuibench.figures.registry import table_of
from pyuibench.figures.view import RunView
from pyuibench.figures.workers import WORKERS
from pyuibench.publish.report.build import build
from pyuibench.results.records import Failure, Interaction, Measurement, Origin, columns, origin_fields

# Right answers in a hold of two seconds, by deployment.
ANSWERS = {ONE: 20, TWO: 36, APART: 10}
CPU = {ONE: 1.0, TWO: 1.5, APART: 1.5}
BLOCKS = 3


def origin_of(block, deployment):
    variant = {"entry": "maple", "variant": "app", "role": "idiomatic", "model": "rerun", "deployment": deployment}
    boot = f"{block}-maple-{deployment}"
    return origin_fields(Origin(block=block, boot=boot, page="app", experiment=WORKERS, **variant))


def answer(origin, sequence, **more):
    place = {
        **origin,
        "instrument": "wire",
        "scenario": "unrelated",
        "control": "increment",
        "sessions": 20,
        "session": 0,
    }
    return Interaction(
        **{**place, "sequence": sequence, "started_ns": sequence * 10**9, "warmup": False, "right_ms": 1.0, **more}
    )


def answers(origin, wrong=0):
    amount = ANSWERS[origin["deployment"]]
    yield from (answer(origin, number) for number in range(amount))
    yield from (answer(origin, amount + it, ok=False, fault="lost", reason="no such session") for it in range(wrong))
    yield answer(origin, amount + wrong, held=False)


def figures(origin, missed=""):
    values = {"hold_s": 2.0, "server_cpu_share": CPU[origin["deployment"]], "loaded_pss_bytes": 5e7, "slo_kept": 1.0}
    for metric, value in {**values, "generator_cpu_share": 0.123}.items():
        yield Measurement(**origin, instrument="wire", metric=metric, value=value, sessions=20)
    if missed:
        verdict = {"metric": "slo_kept", "value": 0.0, "outcome": NOT_OPENED, "detail": missed}
        yield Measurement(**origin, instrument="wire", sessions=20, **verdict)


@pytest.fixture
def run_with(write_run):
    """Return a function that returns a run of maple's workers, with so many wrong answers, or other figures, if not sticky."""

    def made(wrong=0, way=None, failures=(), missed=""):
        plain = write_run()
        origins = [origin_of(block, name) for block in range(BLOCKS) for name in ANSWERS]
        rows = [it for origin in origins for it in answers(origin, wrong if origin["deployment"] == APART else 0)]
        values = [it for origin in origins for it in figures(origin, missed if origin["deployment"] == APART else "")]
        if missed:
            rows = [it for it in rows if it.deployment != APART]
        entries = plain.meta["entries"]
        variants = {"app": {**entries["maple"]["variants"]["app"], "deployment": way or {"about": "copies"}}}
        return replace(
            plain,
            meta={**plain.meta, "entries": {"maple": {**entries["maple"], "variants": variants}}},
            interactions=pd.DataFrame([asdict(it) for it in rows]),
            measurements=pd.DataFrame([asdict(it) for it in values]),
            failures=pd.DataFrame([asdict(it) for it in failures], columns=columns("failures")),
        )

    return made


def test_rates_and_what_a_second_worker_adds(run_with):
    view = RunView(run_with())
    assert result_of(view, "workers.deployed_as") == "copies"
    assert value_of(view, "workers.one.rate") == 10
    assert value_of(view, "workers.two.rate") == 18
    assert value_of(view, "workers.times_as_many") == pytest.approx(1.8)
    assert value_of(view, "workers.two.cpu") == 1.5
    assert value_of(view, "workers.per_cpu_second") == pytest.approx(1.2)
    assert result_of(view, "workers.generator") == "12 %"
    assert result_of(view, "workers.wrong_answers") == "none of 168"


def not_sticky(run):
    return result_of(RunView(run), "workers.not_sticky")


def test_what_works_without_stickiness_says_so(run_with):
    assert not_sticky(run_with()) == "works: none of 30 answers wrong"


def test_wrong_answers_without_stickiness_are_counted_with_an_instance(run_with):
    assert not_sticky(run_with(wrong=4)) == "breaks: 12 lost of 42 answers; for instance: no such session"


def test_sessions_that_do_not_open_without_stickiness(run_with):
    said = not_sticky(run_with(missed="7 of 20 sessions didn't open: 404"))
    assert said == "breaks: 7 of 20 sessions didn't open: 404"


def test_workers_that_share_a_port_have_nothing_to_be_unsticky(run_with):
    assert "no proxy can choose" in not_sticky(run_with(way={"about": "own", "command": ["serve"]}))


def test_a_framework_without_workers_says_why(run_with):
    view = RunView(run_with(way={"about": "a process a user", "impossible": "there are none"}))
    others = [figure.id for figure in workers.FIGURES if figure.id != "workers.deployed_as"]
    assert {result_of(view, figure) for figure in others} == {Missing("there are none")}
    assert result_of(view, "workers.deployed_as") == "a process a user"


def test_a_boot_that_failed_says_why(run_with):
    origin = origin_of(0, TWO)
    run = run_with(failures=[Failure(**origin, scope="boot", step="boot", reason="port taken")])
    view = RunView(replace(run, interactions=run.interactions[run.interactions["deployment"] != TWO]))
    assert result_of(view, "workers.two.rate") == Missing("port taken")
    assert result_of(view, "workers.times_as_many") == Missing("no block has both the samples and their reference")


def test_a_run_without_workers_has_no_table(write_run):
    assert not table_of(RunView(write_run()), "workers.busy").rows


def test_it_is_in_the_report(run_with):
    run = run_with(wrong=1)
    build(run, {})
    assert "A second worker" in (run.directory / "report.html").read_text()
    assert "1.80" in (run.directory / "report.md").read_text()
