"""A run of conversations, on the real baseline: pages with few and with many turns behind them."""

import pytest

from pyuibench.entries.catalog import find_entries
from pyuibench.experiments.kinds.conversation import Conversation
from pyuibench.experiments.manifest import Request, _variant
from pyuibench.experiments.plan import make_plan
from pyuibench.experiments.profiles import Profile
from pyuibench.experiments.request import Progress, new_run
from pyuibench.experiments.selection import Selection, selection
from pyuibench.project import APPS
from pyuibench.results.store import load
from workload.tasks import ANSWER_TOKENS

ENTRIES = find_entries([APPS])
BASELINE = ENTRIES["baseline"]
TIMER_STEP_MS = 1.0
"""uvloop, which serves the baseline, wakes a sleeper up to a millisecond early: its timers count whole milliseconds."""
TURNS = (1, 5)
SMALL = Profile("small", 1, (Conversation(turns=TURNS, questions=2, tokens_per_s=200.0),))


def test_the_first_variant_of_an_entry_with_the_page_has_a_boot_for_each_number_of_turns():
    variants = (*BASELINE.variants, BASELINE.again, *ENTRIES["wasm-baseline"].variants)
    plan = make_plan(SMALL, variants, Selection(), 1)
    assert sorted((it.origin.variant_id, it.origin.page, it.origin.turns) for it in plan) == [
        ("baseline/websocket", "conversation", 0),
        ("baseline/websocket", "conversation", 4),
    ]


def test_what_is_to_know_of_a_page_is_stored_with_the_first_variant():
    known = {it.id: _variant(it)["caveats"] for it in ENTRIES["dash"].variants}
    assert known["dash/idiomatic"]["conversation"].startswith("The page polls a background callback")
    assert not any("conversation" in caveats for name, caveats in known.items() if name != "dash/idiomatic")


@pytest.mark.servers
@pytest.mark.browser
def test_questions_are_asked_below_the_turns_that_there_have_been(tmp_path):
    preparing = []
    quiet = Progress(preparing=preparing.append, start=lambda plan: None, done=lambda cell, failures: None)
    asked = Request(SMALL, selection((), ["browser"]), (BASELINE.variant("websocket"),), 5)
    run = load(new_run(asked, tmp_path / "run", quiet, lambda run: None))
    assert run.failures.empty
    assert "baseline/websocket (conversation page)" in preparing
    rows = run.interactions
    assert rows["ok"].all(), rows["reason"].dropna().tolist()
    assert set(rows["page"]) == {"conversation"}
    answers = rows[rows["scenario"] == "conversation"]
    assert sorted(answers["turns"]) == [0, 0, 4, 4]
    assert answers["right_ms"].min() >= ANSWER_TOKENS / 200 * 1e3 - TIMER_STEP_MS
    assert answers["update_ms"].map(len).min() > ANSWER_TOKENS / 2
    assert answers[["server_tree_cpu_ms", "main_thread_cpu_ms"]].notna().all(axis=None)
    assert len(rows[rows["scenario"] == "load"]) == 2


@pytest.mark.servers
def test_a_page_that_cannot_be_built_is_told_with_its_reason(tmp_path, monkeypatch):
    from pyuibench.errors import UserError
    from pyuibench.serving import builds

    def broken(*_):
        raise UserError("it can't be built")

    monkeypatch.setattr(builds, "prepare", broken)
    quiet = Progress(preparing=lambda what: None, start=lambda plan: None, done=lambda cell, failures: None)
    asked = Request(SMALL, selection((), ["browser"]), (BASELINE.variant("websocket"),), 5)
    run = load(new_run(asked, tmp_path / "run", quiet, lambda run: None))
    assert run.interactions.empty
    (failure,) = run.failures.itertuples()
    assert (failure.page, failure.scope, failure.reason) == ("conversation", "build", "it can't be built")
