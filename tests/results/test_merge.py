"""Runs become one without losing a sample or comparing what wasn't measured together; workers' samples are added to a load."""

import json
from dataclasses import replace

import pytest

from pyuibench.errors import UserError
from pyuibench.results.machines import in_words, machines_of, parts_of, spans
from pyuibench.results.merge import add_samples, merge
from pyuibench.results.records import Interaction, Measurement, Origin, origin_fields
from pyuibench.results.store import SampleFile, Store, load


def cell_of(block, entry="maple"):
    grid = {"page": "app", "grid_cells": 0, "grid_cost_ms": 0.0, "grid_cost_kind": ""}
    return Origin(
        block=block,
        boot=f"{block:02d}-{entry}",
        entry=entry,
        variant="app",
        role="tuned",
        model="rerun",
        experiment="scaling",
        **grid,
    )


def click(cell, right_ms):
    at = {"sequence": 0, "session": 0, "sessions": 1, "warmup": False, "started_ns": 1}
    action = {"instrument": "browser", "scenario": "unrelated", "control": "increment"}
    return Interaction(**origin_fields(cell), **action, **at, right_ms=right_ms, output_ms={"count": right_ms})


@pytest.fixture
def write(tmp_path):
    def write_run(name, blocks=2, entry="maple", right_ms=5.0, **meta):
        cells = [cell_of(block, entry) for block in range(blocks)]
        plan = [origin_fields(cell) for cell in cells]
        entries = {entry: {"source_hash": "abc", "variants": {"app": {"role": "tuned"}}}}
        about = {
            "run_id": name,
            "contract_hash": "s1",
            "experiments": [{"name": "rounds", "rounds": 1}],
            "variants": [f"{entry}/app"],
        }
        store = Store.create(tmp_path / name, {**about, "plan": plan, "entries": entries, "finished": name, **meta})
        for cell in cells:
            file = SampleFile(store.begin(cell.boot) / "harness.jsonl")
            file.add(click(cell, right_ms + cell.block))
            file.close()
            store.end(cell.boot)
        static = replace(cell_of(-1, entry), boot="static")
        file = SampleFile(store.begin("static") / "harness.jsonl")
        file.add(Measurement(**origin_fields(static), instrument="code", metric="tokens", value=7.0))
        file.close()
        store.end("static")
        store.finish()
        return store.directory

    return write_run


def test_every_sample_is_there_and_blocks_stay_apart(write, tmp_path):
    merged = load(merge([write("one"), write("two", right_ms=50.0)], tmp_path / "both"))
    assert dict(zip(merged.interactions["block"], merged.interactions["right_ms"], strict=True)) == {
        0: 5,
        1: 6,
        2: 50,
        3: 51,
    }
    assert merged.interactions["boot"].is_unique
    assert list(merged.interactions["output_ms"]) == [{"count": ms} for ms in (5.0, 6.0, 50.0, 51.0)]
    assert list(merged.measurements["block"]) == [-1, -1]
    plan = merged.meta["plan"]
    assert [(it["block"], it["boot"]) for it in plan] == list(
        zip(merged.interactions["block"], merged.interactions["boot"], strict=True)
    )
    assert [it.run_id for it in parts_of(merged.meta)] == ["one", "two"]
    assert merged.meta["run_id"] == "both"


def test_runs_of_different_entries(write, tmp_path):
    merged = load(merge([write("one"), write("two", entry="birch")], tmp_path / "both"))
    assert set(merged.meta["entries"]) == {"maple", "birch"}
    assert merged.meta["variants"] == ["maple/app", "birch/app"]


def test_three_runs_of_which_the_merged_is_one(write, tmp_path):
    both = merge([write("one"), write("two")], tmp_path / "both")
    merged = load(merge([both, write("three", blocks=1)], tmp_path / "all"))
    assert sorted(merged.interactions["block"]) == [0, 1, 2, 3, 4]
    assert merged.interactions["boot"].is_unique


def test_each_run_s_seed_and_machine_stay_with_its_blocks(write, tmp_path):
    small, large = {"processor": "A", "cores": "2"}, {"processor": "B", "cores": "8"}
    one = write("one", seed=3, machine=small, start_id="x")
    again = write("again", blocks=1, seed=4, machine=small, start_id="y")
    both = merge([one, again], tmp_path / "both")
    merged = load(
        merge(
            [both, write("two", seed=5, machine=large), write("more", seed=6, machine=small, start_id="x")],
            tmp_path / "all",
        )
    )
    assert [(it.run_id, it.seed, it.blocks) for it in parts_of(merged.meta)] == [
        ("one", 3, (0, 1)),
        ("again", 4, (2,)),
        ("two", 5, (3, 4)),
        ("more", 6, (5, 6)),
    ]
    assert [(it.words, spans(it.blocks)) for it in machines_of(merged.meta)] == [
        ("2 cores (A)", "1 to 2, 6 to 7"),
        ("2 cores (A)", "3"),
        ("8 cores (B)", "4 to 5"),
    ]
    assert in_words(merged.meta) == "3 machines (2 cores (A); 8 cores (B))"
    assert in_words(load(one).meta) == "2 cores (A)"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"contract_hash": "s2"}, "another contract"),
        ({"experiments": [{"name": "rounds", "rounds": 2}]}, "another profile"),
        ({"entries": {"maple": {"source_hash": "xyz", "variants": {}}}}, "The entry maple has another source"),
    ],
)
def test_what_cannot_be_compared(write, tmp_path, changed, message):
    with pytest.raises(UserError, match=message):
        merge([write("one"), write("two", **changed)], tmp_path / "both")
    assert not (tmp_path / "both").exists()


def test_one_run_is_nothing_to_merge(write, tmp_path):
    with pytest.raises(UserError, match="two runs or more"):
        merge([write("one")], tmp_path / "both")


def test_what_workers_sampled_is_added(write, tmp_path):
    run = write("load", blocks=1)
    workers = [tmp_path / name for name in ("left", "right")]
    for number, worker in enumerate(workers):
        worker.mkdir()
        file = SampleFile(worker / "load-77.jsonl")
        file.add(click(cell_of(0), 100.0 + number))
        file.close()
    assert add_samples(run, workers[:1]) == 1
    assert add_samples(run, workers[1:]) == 1
    assert sorted(load(run).interactions["right_ms"]) == [5, 100, 101]
    with pytest.raises(UserError, match="has no samples of a worker"):
        add_samples(run, [run])
    with pytest.raises(UserError, match="has 2 boots"):
        add_samples(write("one"), workers)
    assert json.loads((run / "run.json").read_text())["run_id"] == "load"
