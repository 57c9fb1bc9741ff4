"""What a report makes of conversations, from known samples of three boots."""

from dataclasses import asdict, replace

import pandas as pd
import pytest
from looked_up import result_of, value_of

from pyuibench.figures import conversation, registry
from pyuibench.figures.base import Missing
from pyuibench.figures.view import RunView
from pyuibench.publish.report.build import build
from pyuibench.results.records import Interaction, Origin, origin_fields
from workload.tasks import ANSWER_TOKENS

SETTINGS = {"name": "conversation", "turns": [1, 100], "questions": 3, "tokens_per_s": 100.0}
INTERVAL_MS = 10.0
FIRST_MS = {1: 5.0, 100: 50.0}
"""How long after it is ready the first token is shown, at each turn."""
LATE_MS, GAP_MS, CPU_MS = 30.0, 90.0, 240.0


def origin(block, turns):
    return Origin(
        block=block,
        boot=f"{block}-maple-app-conversation-{turns}",
        entry="maple",
        variant="app",
        role="idiomatic",
        model="rerun",
        experiment="conversation",
        page="conversation",
        tokens_per_s=100.0,
        turns=turns - 1,
    )


def sample(block, turns, scenario, ms, **more):
    values = {"sessions": 1, "session": 0, "sequence": 0, "warmup": False, "started_ns": 0, "right_ms": ms}
    place = {"instrument": "browser", "scenario": scenario, "control": "say"}
    return Interaction(**origin_fields(origin(block, turns)), **place, **{**values, **more})


def samples(block):
    for turns, first_ms in FIRST_MS.items():
        yield sample(block, turns, "load", 500.0 + turns)
        first = INTERVAL_MS + first_ms
        end = ANSWER_TOKENS * INTERVAL_MS + LATE_MS
        times = [first, first + 8.0, first + 8.0 + GAP_MS, first + 120.0, end]
        times = [*times[:4], *(times[3] + 40.0 * it for it in range(1, 4))]
        cpu = {"server_tree_cpu_ms": CPU_MS * turns, "main_thread_cpu_ms": CPU_MS / 2}
        for _ in range(3):
            yield sample(block, turns, "conversation", end, update_ms=times, **cpu)


@pytest.fixture
def run(write_run):
    plain = write_run()
    rows = [asdict(it) for block in range(3) for it in samples(block)]
    return replace(
        plain,
        interactions=pd.DataFrame(rows, columns=plain.interactions.columns),
        measurements=plain.measurements.iloc[:0],
        failures=plain.failures.iloc[:0],
        meta={**plain.meta, "machine": {"processor": "Abacus 9000", "cores": "2"}, "experiments": [SETTINGS]},
    )


def test_each_number_of_turns_has_its_figures(run):
    view = RunView(run, audits=())
    for turns, first_ms in FIRST_MS.items():
        found = {name: value_of(view, f"conversation.turn-{turns}.{name}") for name in ("opens", "first_token", "gap")}
        assert found == pytest.approx({"opens": 500 + turns, "first_token": first_ms, "gap": GAP_MS})
        assert value_of(view, f"conversation.turn-{turns}.late") == pytest.approx(LATE_MS)
        assert value_of(view, f"conversation.turn-{turns}.server_cpu") == pytest.approx(CPU_MS * turns / ANSWER_TOKENS)
        assert value_of(view, f"conversation.turn-{turns}.page_cpu") == pytest.approx(CPU_MS / 2 / ANSWER_TOKENS)


def test_why_there_is_no_figure_is_said(run):
    rows = run.interactions.assign(ok=False, reason="not right in time: reply shows ''")
    found = result_of(RunView(replace(run, interactions=rows), audits=()), "conversation.turn-1.first_token")
    assert isinstance(found, Missing)
    assert found.reason == "9 of 9 not ok; the first: not right in time: reply shows ''"


def test_a_run_without_conversations_has_no_such_tables(write_run):
    assert not list(registry.tables_in(RunView(write_run()), conversation.SECTION.id))


def test_the_report_shows_a_table_for_each_number_of_turns(run):
    page = build(run).read_text().replace("&#39;", "'")
    assert "A conversation's turn 1<" in page
    assert "A conversation's turn 100" in page
