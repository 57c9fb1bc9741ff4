"""What changed between two runs is found, what didn't isn't, and a faster machine is no change."""

import json
from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

from pyuibench.analysis.ranks import beyond_noise, difference
from pyuibench.cli.main import app
from pyuibench.errors import UserError
from pyuibench.publish.compare import as_markdown, compare
from pyuibench.results.records import Interaction, Measurement, Origin, origin_fields
from pyuibench.results.store import SampleFile, Store, load

BLOCKS = 6
VARIANTS = {"ground": "socket", "maple": "app"}


def write_run(directory, seed, *, machine=1.0, maple=1.0, lines=40, environment=5_000_000, sent=2500, cpu=None, **meta):
    """Write a run in which maple takes three times as long as ground, on a machine that is so much slower.

    `cpu`: where it is given, so many times 5 ms of the server's CPU are an interaction of maple's, and 2 ms one of ground's.
    """
    chance = np.random.default_rng(seed)
    entries = {
        name: {
            "title": name,
            "baseline": name == "ground",
            "version": "1",
            "source_hash": "a",
            "variants": {variant: {}},
        }
        for name, variant in VARIANTS.items()
    }
    about = {"run_id": directory.name, "contract_hash": "s1", "entries": entries, "machine": {"cores": "2"}, "plan": []}
    store = Store.create(directory, {**about, **meta})
    for block in range(BLOCKS):
        for entry, base in (("ground", 10.0), ("maple", 30.0 * maple)):
            place = {"entry": entry, "variant": VARIANTS[entry], "role": "idiomatic", "model": "callback"}
            cell = Origin(block=block, boot=f"{block}-{entry}", page="app", experiment="rounds", **place)
            file = SampleFile(store.begin(cell.boot) / "harness.jsonl")
            boot = base * machine * np.exp(chance.normal(0, 0.03))
            for sequence in range(4):
                at = {"sequence": sequence, "session": 0, "sessions": 1, "warmup": False, "started_ns": sequence + 1}
                action = {"instrument": "browser", "scenario": "unrelated", "control": "increment"}
                used = None
                if cpu is not None:
                    used = (5.0 * cpu if entry == "maple" else 2.0) * machine * np.exp(chance.normal(0, 0.02))
                right_ms = boot * np.exp(chance.normal(0, 0.02))
                file.add(Interaction(**origin_fields(cell), **action, **at, right_ms=right_ms, server_tree_cpu_ms=used))
            pss = {"instrument": "resources", "metric": "idle_pss_bytes", "value": 1e8 * np.exp(chance.normal(0, 0.01))}
            file.add(Measurement(**origin_fields(cell), **pss))
            if entry == "maple":
                static = origin_fields(replace(cell, block=-1, boot="static"))
                file.add(Measurement(**static, instrument="code", metric="logical_lines", value=lines))
                file.add(Measurement(**static, instrument="environment", metric="environment_bytes", value=environment))
                wire = {**action, "instrument": "wire"}
                for sequence in range(4):
                    at = {
                        "sequence": sequence,
                        "session": 0,
                        "sessions": 1,
                        "warmup": False,
                        "started_ns": sequence + 1,
                    }
                    carried = {"bytes_up": 60, "bytes_down": int(chance.normal(sent, 20))}
                    file.add(Interaction(**origin_fields(cell), **wire, **at, **carried, right_ms=9.0, service_ms=9.0))
            file.close()
            store.end(cell.boot)
    store.finish()
    return load(directory)


def changed(first, second):
    return {(it.variant, it.figure): it.difference.ratio.value for it in compare(first, second).changes if it.is_real}


CLICK = ("maple/app", "latency.unrelated.increment.browser")


def test_two_runs_of_the_same(tmp_path):
    one, other = write_run(tmp_path / "one", 1), write_run(tmp_path / "other", 2)
    assert changed(one, other) == {}
    assert len(compare(one, other).changes) == 8


def test_a_framework_that_became_slower(tmp_path):
    found = changed(write_run(tmp_path / "one", 1), write_run(tmp_path / "other", 2, maple=1.3))
    assert set(found) == {CLICK}
    assert found[CLICK] == pytest.approx(1.3, rel=0.05)


def test_a_slower_machine_is_a_change_of_the_baseline_only(tmp_path):
    found = changed(write_run(tmp_path / "one", 1), write_run(tmp_path / "other", 2, machine=2.0))
    assert set(found) == {("ground/socket", CLICK[1])}


def test_what_is_counted_is_real_however_little(tmp_path):
    found = changed(write_run(tmp_path / "one", 1), write_run(tmp_path / "other", 2, lines=41))
    assert found == {("maple/app", "code.logical_lines"): pytest.approx(41 / 40)}


def test_bytes_that_differ_by_less_than_the_ratio_shows_are_no_change(tmp_path):
    one = write_run(tmp_path / "one", 1)
    assert changed(one, write_run(tmp_path / "other", 2, environment=5_000_900)) == {}
    found = changed(one, write_run(tmp_path / "third", 3, environment=5_900_000))
    assert found == {("maple/app", "environment.size"): pytest.approx(1.18)}


def test_what_an_action_carries_is_compared(tmp_path):
    found = changed(write_run(tmp_path / "one", 1), write_run(tmp_path / "other", 2, sent=5000))
    assert found == {("maple/app", "bytes.down.wire.unrelated.increment"): pytest.approx(2.0, rel=0.05)}


def test_cpu_time_is_compared(tmp_path):
    one = write_run(tmp_path / "one", 1, cpu=1.0)
    found = changed(one, write_run(tmp_path / "other", 2, cpu=1.4, machine=1.2))
    maple = {figure: times for (variant, figure), times in found.items() if variant == "maple/app"}
    assert maple == {"cpu.server.unrelated.increment": pytest.approx(1.4, rel=0.05)}
    assert not {figure for _, figure in changed(one, write_run(tmp_path / "same", 3, cpu=1.0)) if "cpu" in figure}


def test_what_may_be_within_a_margin_did_not_change(tmp_path):
    one, other = write_run(tmp_path / "one", 1), write_run(tmp_path / "other", 2, maple=1.3, lines=41)
    assert set(changed(one, other)) == {CLICK, ("maple/app", "code.logical_lines")}
    real = {(it.variant, it.figure) for it in compare(one, other, within=0.05).changes if it.is_real}
    assert real == {CLICK}
    assert not any(it.is_real for it in compare(one, other, within=0.3).changes)


def test_with_a_margin_a_change_is_an_exit_code(tmp_path):
    write_run(tmp_path / "one", 1), write_run(tmp_path / "other", 2, maple=1.3)
    names = [str(tmp_path / "one"), str(tmp_path / "other")]
    codes = [
        CliRunner().invoke(app, ["compare", *names, *more]).exit_code
        for more in ([], ["--within", "5%"], ["--within", "60%"])
    ]
    assert codes == [0, 1, 0]
    assert CliRunner().invoke(app, ["compare", *names[:1] * 2, "--within", "5%"]).exit_code == 0


@pytest.mark.parametrize(
    ("changes", "limits", "code"),
    [
        ({"maple": 1.3}, ["slower:5%"], 1),
        ({"maple": 1.3}, ["slower:60%"], 0),
        ({"maple": 1.3}, ["larger:5%"], 0),
        ({"maple": 1.3}, ["larger:5%", "slower:5%"], 1),
        ({"maple": 0.7}, ["slower:5%", "worse:5%"], 0),
        ({"environment": 5_900_000}, ["slower:5%"], 0),
        ({"environment": 5_900_000}, ["larger:5%"], 1),
        ({"environment": 5_900_000}, ["larger:20%"], 0),
        ({"lines": 50}, ["slower:5%", "larger:5%"], 0),
        ({"lines": 50}, ["worse:5%"], 1),
    ],
)
def test_what_got_worse_by_more_than_a_limit_is_an_exit_code(tmp_path, changes, limits, code):
    write_run(tmp_path / "one", 1), write_run(tmp_path / "other", 2, **changes)
    asked = [part for limit in limits for part in ("--fail-on", limit)]
    told = CliRunner().invoke(app, ["compare", str(tmp_path / "one"), str(tmp_path / "other"), *asked])
    assert told.exit_code == code, told.output
    assert ("times what it was." in told.output) == bool(code)


def test_what_else_differs_is_told(tmp_path):
    one = write_run(tmp_path / "one", 1)
    entries = {name: {**entry, "version": "2", "source_hash": "b"} for name, entry in one.meta["entries"].items()}
    meta = {**one.meta, "entries": entries, "machine": {"cores": "8"}}
    other = replace(write_run(tmp_path / "other", 2), meta=meta)
    remarks = compare(one, other).remarks
    assert "machine, cores: 2 then, 8 now" in remarks
    assert "maple: version 1 then, 2 now" in remarks
    assert "maple: its app or client was changed in between" in remarks


def test_runs_of_another_contract_are_not_compared(tmp_path):
    with pytest.raises(UserError, match="another contract"):
        compare(write_run(tmp_path / "one", 1), write_run(tmp_path / "other", 2, contract_hash="s2"))


def test_commands(tmp_path):
    runs = [write_run(tmp_path / "one", 1), write_run(tmp_path / "other", 2, maple=1.3)]
    names = [str(run.directory) for run in runs]
    told = CliRunner().invoke(app, ["compare", *names, "--out", str(tmp_path / "changes.md")])
    assert told.exit_code == 0
    assert "1 of 8 figures changed beyond noise." in told.output
    assert (tmp_path / "changes.md").read_text() == as_markdown(compare(*runs), *runs)
    assert "# other against one" in (tmp_path / "changes.md").read_text()
    assert as_markdown(compare(*runs), *runs).count("\n## ") == 1
    facts = json.loads(CliRunner().invoke(app, ["compare", *names, "--json"]).output)
    assert [it["figure"] for it in facts["changes"] if it["is_real"]] == [CLICK[1]]


def test_an_interval_of_a_difference_holds_the_truth_in_95_of_100_cases():
    chance = np.random.default_rng(5)
    trials = 3000
    held = 0
    for _ in range(trials):
        after, before = np.exp(chance.normal(0.2, 0.1, 5)), np.exp(chance.normal(0.0, 0.3, 8))
        found = difference(list(after), list(before)).ratio
        held += found.low <= np.exp(0.2) <= found.high
    assert held / trials == pytest.approx(0.95, abs=0.02)


def test_too_few_boots_for_a_difference():
    found = difference([2.0, 2.0], [1.0, 1.0, 1.0])
    assert (found.ratio.value, found.ratio.low, found.p) == (2.0, None, None)
    with pytest.raises(ValueError, match="positive"):
        difference([0.0], [1.0])


def test_what_is_certain_and_what_is_not():
    assert difference([1.0] * 3, [1.0] * 3).p == 1.0
    assert difference([2.0] * 3, [1.0] * 3).p == 0.0
    assert beyond_noise({"a": 0.001, "b": 0.02, "c": 0.2}) == {"a", "b"}
    assert beyond_noise({"a": 0.03, "b": 0.04}) == set()
