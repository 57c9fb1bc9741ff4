"""What a report makes of chats, from known samples of three boots at two paces."""

from dataclasses import asdict, replace

import numpy as np
import pandas as pd
import pytest
from looked_up import result_of, value_of

from pyuibench.figures import chat, registry
from pyuibench.figures.answers import CHATS, answers
from pyuibench.figures.base import Missing
from pyuibench.figures.view import RunView
from pyuibench.publish.documents import written
from pyuibench.publish.report.build import build
from pyuibench.results.records import Interaction, Measurement, Origin, origin_fields
from workload.tasks import ANSWER_TOKENS

SETTINGS = {"name": "chat", "paces": [20.0, 100.0], "levels": [20, 100], "few": [1, 20], "late_ms": 500.0}
FIRST_MS = {1: 4.0, 20: 30.0}
"""How long after it is ready the first token is shown, of an answer alone and of one of many; one more in each block."""
GAP_MS = 400.0
BYTES = 600
CPU_MS = 240.0


def origin(block, pace):
    return Origin(
        block=block,
        boot=f"{block}-maple-app-chat-{pace:g}",
        entry="maple",
        variant="app",
        role="idiomatic",
        model="rerun",
        experiment="chat",
        page="app",
        tokens_per_s=pace,
    )


def answer(block, pace, sessions, **more):
    """Return an answer whose tokens come in time, but for a stall of GAP_MS after the second."""
    interval_ms = 1e3 / pace
    first_ms = interval_ms + FIRST_MS[sessions] + block
    times = [first_ms, first_ms + interval_ms, *(first_ms + interval_ms + GAP_MS + 1.0 * it for it in range(9))]
    at = {"session": 0, "sequence": 0, "started_ns": 0, "warmup": False, "held": True}
    place = {"instrument": "wire", "scenario": "stream", "control": "ask", "sessions": sessions}
    end_ms = ANSWER_TOKENS * interval_ms + 50.0
    values = {"service_ms": end_ms, "response_ms": end_ms, "update_ms": times, "bytes_down": ANSWER_TOKENS * BYTES}
    return Interaction(**origin_fields(origin(block, pace)), **place, **{**at, **values, **more})


def figure(block, pace, metric, value, sessions, **more):
    place = origin_fields(origin(block, pace))
    return Measurement(**place, instrument="wire", metric=metric, value=value, sessions=sessions, **more)


def levels(block, pace):
    """Yield what a server holds: at 20 tokens a second between 45 and 67 chats, at 100 all that were tried."""
    held = (1, 20, 45) if pace == 20 else (1, 20, 100)
    for sessions in held:
        yield figure(block, pace, "slo_kept", 1.0, sessions)
        yield figure(block, pace, "server_cpu_ms", CPU_MS + block, sessions)
    if pace == 20:
        yield figure(block, pace, "slo_kept", 0.0, 67, outcome="slow", detail="p95 of stream is 9,000 ms")


def samples(block):
    for pace in SETTINGS["paces"]:
        for sessions in FIRST_MS:
            yield from [answer(block, pace, sessions)] * 4
            yield answer(block, pace, sessions, warmup=True, update_ms=[9e6])
            yield answer(block, pace, sessions, held=False, update_ms=[9e6])
        yield answer(block, pace, 20, ok=False, service_ms=None, update_ms=None, fault="lost", reason="none came")


@pytest.fixture
def run(write_run):
    plain = write_run()
    rows = [asdict(it) for block in range(3) for it in samples(block)]
    figures = [asdict(it) for block in range(3) for pace in SETTINGS["paces"] for it in levels(block, pace)]
    return replace(
        plain,
        interactions=pd.DataFrame(rows, columns=plain.interactions.columns),
        measurements=pd.DataFrame(figures, columns=plain.measurements.columns),
        failures=plain.failures.iloc[:0],
        meta={**plain.meta, "machine": {"processor": "Abacus 9000", "cores": "2"}, "experiments": [SETTINGS]},
    )


def test_how_many_chats_keep_their_pace_lies_between_two_levels(run):
    view = RunView(run, audits=())
    held = result_of(view, "chat.20-a-second.held").estimate
    assert (held.value, held.low, held.high) == pytest.approx((np.sqrt(45 * 67), 45, 67))
    fast = result_of(view, "chat.100-a-second.held")
    assert (fast.estimate.value, fast.estimate.high) == (pytest.approx(100), np.inf)
    assert fast.note == "at least: the most that were tried"


def test_times_count_from_when_tokens_are_ready(run):
    view = RunView(run, audits=())
    # The geometric mean of boots whose medians are 4, 5 and 6 ms.
    assert value_of(view, "chat.100-a-second.first_token_alone") == pytest.approx(120 ** (1 / 3))
    for pace in ("20", "100"):
        assert value_of(view, f"chat.{pace}-a-second.first_token") == pytest.approx(32.0)
        assert value_of(view, f"chat.{pace}-a-second.gap") == pytest.approx(GAP_MS)
        assert value_of(view, f"chat.{pace}-a-second.late") == pytest.approx(50.0)


def test_what_a_token_costs(run):
    view = RunView(run, audits=())
    assert value_of(view, "chat.100-a-second.bytes") == BYTES
    assert value_of(view, "chat.100-a-second.states") == 11
    assert value_of(view, "chat.20-a-second.cpu") == pytest.approx((CPU_MS + 1) / ANSWER_TOKENS, rel=1e-4)
    assert result_of(view, "chat.20-a-second.wrong") == "3 lost of 27"


def test_who_keeps_pace_is_answered_for_those_who_read_along(run):
    (told,) = (it for it in answers([RunView(run, audits=())]) if it.id == CHATS.id)
    assert told.question == "Which framework keeps 20 chats flowing on a core?"
    assert told.sentences == (
        "At 20 tokens a second each, most chats keep their pace in Maple <ui> (on Sap): 54.9 [45.0, 67.0].",
        "20 chats or more: Maple <ui> (on Sap).",
        "With 20 chats 19 of 20 answers show their first token within 32.0 ms (Maple <ui> (on Sap)) to 32.0 ms (Maple <ui> (on "
        "Sap)).",
    )


def test_a_run_without_chats_has_no_such_tables(write_run):
    view = RunView(write_run())
    assert not list(registry.tables_in(view, chat.SECTION.id))
    assert isinstance(registry.tables_of(view, "chat.pace"), tuple)
    assert CHATS.id not in {it.id for it in answers([view])}


def test_a_variant_that_does_not_stream_has_a_reason_instead_of_a_figure(run):
    found = result_of(RunView(run, audits=()), "chat.20-a-second.held", "maple/static")
    assert isinstance(found, Missing)


def test_report_and_document_show_a_table_for_each_pace(run):
    page = build(run).read_text()
    assert "Chats at 20 tokens a second" in page
    assert "Chats at 100 tokens a second" in page
    assert "chats that keep pace" in written(RunView(run))["chat"]
