import json
import random
import shutil
from dataclasses import asdict, fields, replace
from pathlib import Path

import pandas as pd
import pytest

from pyuibench.errors import UserError
from pyuibench.results.meta import read_meta
from pyuibench.results.metrics import METRICS
from pyuibench.results.records import (
    OUTPUT_TIMES,
    RECORDS,
    SCHEMA_VERSION,
    TABLES,
    Failure,
    Interaction,
    Measurement,
    Origin,
    as_row,
    columns,
    origin_at,
    origin_fields,
)
from pyuibench.results.store import SampleFile, Store, _decoded, load, read_samples

NOWHERE_SPECIAL = {
    "grid_cells": 0,
    "grid_cost_ms": 0.0,
    "grid_cost_kind": "",
    "job_kind": "",
    "tokens_per_s": 0.0,
    "turns": 0,
    "deployment": "",
}
META = {"seed": 7, "plan": ["a", "b"], "machine": {"cores": 2}}
PLACE = {
    "block": 1,
    "boot": "01-baseline-websocket-app",
    "entry": "baseline",
    "variant": "websocket",
    "role": "baseline",
    "model": "callback",
    "experiment": "rounds",
    "page": "app",
}
GESTURE = {
    **PLACE,
    "instrument": "browser",
    "scenario": "local",
    "control": "granularity",
    "sessions": 1,
    "session": 2,
    "warmup": False,
}
RIGHT = Interaction(
    **GESTURE,
    sequence=1,
    started_ns=2**62 + 1,
    right_ms=12.345678901234567,
    painted_ms=16.0,
    output_ms={"chart": 12.25, "rows": 0.1},
    output_visible_ms={"chart": 12.5, "rows": 0.1},
    output_painted_ms={"chart": 20.0, "rows": 16.0},
    user_code_calls=3,
    user_code_ms=0.5,
)
WRONG = Interaction(
    **GESTURE, sequence=2, started_ns=2**62 + 2, ok=False, reason='chart: "Zürich,\n<b>…" after 10 s\u2028(end)'
)
THREADS = Measurement(**PLACE, instrument="server", metric="threads", value=5.0, detail="main")
NONE = Measurement(**PLACE, instrument="resources", metric="idle_pss_bytes", value=None, reason="no smaps_rollup")
FAILED = Failure(**PLACE, scope="boot", step="boot", reason="did not answer in 60 s")
RECORDS_OF_ALL_KINDS = (RIGHT, WRONG, THREADS, NONE, FAILED)


@pytest.fixture
def store(tmp_path):
    return Store.create(tmp_path / "run", META)


@pytest.fixture
def finished(store):
    fill(store, "b1")
    store.finish()
    return store


def take(store, boot, *records, process="main"):
    """Take samples of a boot that was begun."""
    file = SampleFile(store.directory / "samples" / boot / f"{process}.jsonl")
    file.add(*records)
    file.close()


def fill(store, boot, records=RECORDS_OF_ALL_KINDS):
    store.begin(boot)
    take(store, boot, *records)
    store.end(boot)


def file_of(store, boot):
    return store.directory / "samples" / boot / "main.jsonl"


def contents(directory):
    return {path.relative_to(directory): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def refused(action, directory, *parts):
    """The action ends in one plain sentence that holds the parts, and every file is left as it was."""
    before = contents(directory)
    with pytest.raises(UserError) as caught:
        action()
    text = str(caught.value)
    assert "\n" not in text
    assert text.endswith(".")
    for part in parts:
        assert str(part) in text
    assert contents(directory) == before


def as_records(frame, kind):
    """The rows of a frame as records again; what is missing is None."""
    rows = []
    for row in frame.to_dict("records"):
        values = {name: None if not isinstance(v, dict) and pd.isna(v) else v for name, v in row.items()}
        rows.append(kind(**values))
    return rows


def test_a_run_comes_back_as_it_was_written(finished):
    run = load(finished.directory)
    assert run.meta == {"schema_version": SCHEMA_VERSION, **META}
    right, wrong = as_records(run.interactions, Interaction)
    assert right == RIGHT
    assert wrong == Interaction(**{**asdict(WRONG), **{name: {} for name in OUTPUT_TIMES}})
    assert as_records(run.measurements, Measurement) == [THREADS, NONE]
    assert as_records(run.failures, Failure) == [FAILED]
    assert type(run.interactions["started_ns"].iloc[0].item()) is int
    assert run.interactions["ok"].tolist() == [True, False]


def test_columns_are_the_records_fields_even_without_rows(store):
    store.finish()
    run = load(store.directory)
    for table, kind in RECORDS.items():
        frame = getattr(run, table)
        assert list(frame.columns) == columns(table) == [field.name for field in fields(kind)]
        assert len(frame) == 0


def test_a_row_states_its_table_and_schema():
    for record, table in zip((RIGHT, THREADS, FAILED), TABLES, strict=True):
        row = as_row(record)
        assert (row["table"], row["schema_version"]) == (table, SCHEMA_VERSION)
        assert json.loads(json.dumps(row)) == row
        assert {name: row[name] for name in columns(table)} == asdict(record)


def test_cell_fields_place_a_sample():
    assert origin_fields(RIGHT) == {**PLACE, **NOWHERE_SPECIAL}
    assert origin_fields(Origin(**PLACE, deployment="2 workers"))["deployment"] == "2 workers"


def test_every_metric_states_unit_and_meaning():
    assert all(metric.unit and metric.about for metric in METRICS.values())
    assert not set(METRICS) & set(columns("interactions"))


def test_an_existing_directory_is_refused_and_left_alone(store):
    fill(store, "b1")
    refused(lambda: Store.create(store.directory, {}), store.directory, store.directory, "--resume")


def test_meta_is_replaced_in_one_step(store):
    store.write_meta({"seed": 8})
    assert read_meta(store.directory) == {"schema_version": SCHEMA_VERSION, "seed": 8}
    with pytest.raises(TypeError):
        store.write_meta({"seed": object()})
    assert read_meta(store.directory)["seed"] == 8


def test_samples_can_be_read_as_soon_as_they_are_added(store):
    file = SampleFile(store.begin("b1") / "main.jsonl")
    file.add(RIGHT)
    assert len(file_of(store, "b1").read_text().splitlines()) == 1
    file.add(WRONG, FAILED)
    tables = [json.loads(line)["table"] for line in file_of(store, "b1").read_text().splitlines()]
    assert tables == ["interactions", "interactions", "failures"]
    file.close()


def test_a_file_opened_again_is_appended_to(store):
    store.begin("b1")
    take(store, "b1", RIGHT)
    take(store, "b1", WRONG)
    store.end("b1")
    assert [row["sequence"] for row in read_samples(store.directory)["interactions"]] == [1, 2]


def test_several_processes_samples_are_taken_together(store):
    store.begin("b1")
    take(store, "b1", RIGHT, process="main")
    take(store, "b1", WRONG, THREADS, process="locust")
    store.end("b1")
    rows = read_samples(store.directory)
    assert sorted(row["sequence"] for row in rows["interactions"]) == [1, 2]
    assert len(rows["measurements"]) == 1


def test_a_boot_is_done_when_it_was_ended_and_not_before(store):
    assert not store.is_done("b1")
    store.begin("b1")
    assert not store.is_done("b1")
    take(store, "b1", *RECORDS_OF_ALL_KINDS)
    assert not store.is_done("b1")
    store.end("b1")
    assert store.is_done("b1")
    assert not store.is_done("b")
    assert not store.is_done("b2")


def test_a_boot_that_was_cut_off_is_left_out(store):
    store.begin("b1")
    take(store, "b1", RIGHT)
    assert read_samples(store.directory) == {table: [] for table in TABLES}


@pytest.mark.parametrize("lost", [1, 2, 40])
def test_a_last_line_that_was_being_written_is_left_out(store, lost):
    fill(store, "b1", [RIGHT, WRONG])
    file = file_of(store, "b1")
    file.write_bytes(file.read_bytes()[:-lost])
    assert [row["sequence"] for row in read_samples(store.directory)["interactions"]] == [1]


def test_resuming_measures_a_cut_off_boot_again_and_keeps_what_it_had(store):
    fill(store, "b1", [RIGHT])
    for sequence in (11, 12):
        store.begin("b2")
        take(store, "b2", Interaction(**GESTURE, sequence=sequence, started_ns=1))
    again = Store(store.directory)
    assert [again.is_done(boot) for boot in ("b1", "b2", "b3")] == [True, False, False]
    fill(again, "b2", [WRONG])
    again.finish()
    assert load(store.directory).interactions["sequence"].tolist() == [1, 2]
    kept = sorted((store.directory / "samples").glob("b2.cut-off-*/main.jsonl"))
    assert [path.parent.name for path in kept] == ["b2.cut-off-1", "b2.cut-off-2"]
    assert [json.loads(path.read_text())["sequence"] for path in kept] == [11, 12]


def test_a_boot_begins_with_nothing_of_the_last_attempt(store):
    store.begin("b1")
    take(store, "b1", RIGHT)
    assert list(store.begin("b1").iterdir()) == []


def test_a_boot_can_begin_when_an_older_attempt_was_cleared_away(store):
    for reason in ("first", "second", "third"):
        store.begin("b1")
        take(store, "b1", Failure(**PLACE, scope="boot", step="boot", reason=reason))
    shutil.rmtree(store.directory / "samples" / "b1.cut-off-1")
    store.begin("b1")
    kept = (store.directory / "samples").glob("b1.cut-off-*/main.jsonl")
    assert sorted(json.loads(path.read_text())["reason"] for path in kept) == ["second", "third"]


def test_a_done_boot_that_is_begun_again_counts_once(store):
    fill(store, "b1", [FAILED])
    fill(store, "b1", [FAILED])
    assert len(read_samples(store.directory)["failures"]) == 1


def test_boots_do_not_mix(store):
    for boot in ("01-a-app", "01-a", "01-a-grid10", "01-a-grid0.5"):
        fill(store, boot, [Failure(**{**PLACE, "boot": boot}, scope="boot", step="boot", reason=boot)])
    store.finish()
    assert sorted(load(store.directory).failures["boot"]) == ["01-a", "01-a-app", "01-a-grid0.5", "01-a-grid10"]
    assert store.log("01-a") == store.directory / "logs" / "01-a.log"


def test_finishing_again_takes_in_later_boots(finished):
    fill(finished, "b2", [FAILED])
    finished.finish()
    assert len(load(finished.directory).failures) == 2
    assert not list(finished.directory.glob("*.new"))


def test_a_directory_that_is_no_run_is_refused(tmp_path):
    for directory in (tmp_path, tmp_path / "none"):
        refused(lambda directory=directory: load(directory), tmp_path, directory, "no run.json")


def test_a_run_that_is_not_finished_is_refused_with_how_to_go_on(store):
    fill(store, "b1")
    refused(lambda: load(store.directory), store.directory, store.directory, "--resume")


@pytest.mark.parametrize("table", TABLES)
def test_a_table_that_is_missing_is_refused(finished, table):
    (finished.directory / f"{table}.parquet").unlink()
    refused(lambda: load(finished.directory), finished.directory, f"{table}.parquet", "--resume")


@pytest.mark.parametrize("damage", [b"", b"{", b'{"schema_version": 1', b"\xff\xfe\x00", b"\0" * 40])
def test_damaged_run_json_is_refused(finished, damage):
    (finished.directory / "run.json").write_bytes(damage)
    refused(lambda: load(finished.directory), finished.directory, "run.json is damaged", "samples")


@pytest.mark.parametrize("damage", [b"[]", b"7", b"null"])
def test_run_json_that_is_no_object_is_refused(finished, damage):
    (finished.directory / "run.json").write_bytes(damage)
    refused(lambda: load(finished.directory), finished.directory, "run.json")


@pytest.mark.parametrize("version", [0, SCHEMA_VERSION + 1, str(SCHEMA_VERSION), None])
def test_another_schema_is_refused(finished, version):
    (finished.directory / "run.json").write_text(json.dumps({"schema_version": version}))
    refused(lambda: load(finished.directory), finished.directory, f"schema {version}", f"reads {SCHEMA_VERSION}")


BAD_LINES = (
    *("", "{", "nonsense", "\0\0", "{}", '{"table": "interactions"}', '{"schema_version": 1}'),
    *('{"table": "x", "schema_version": 1}', '{"table": [], "schema_version": 1}', "7", "null", "[]", '"text"'),
)


@pytest.mark.parametrize("line", BAD_LINES)
def test_a_damaged_sample_is_refused_by_file_and_line(store, line):
    fill(store, "b1")
    fill(store, "b2")
    lines = file_of(store, "b2").read_text().splitlines()
    lines[2] = line
    file_of(store, "b2").write_text("\n".join(lines) + "\n")
    refused(store.finish, store.directory, f"{file_of(store, 'b2')}, line 3", "damaged")


def test_a_sample_that_is_not_utf_8_is_refused_too(store):
    fill(store, "b1")
    file_of(store, "b1").write_bytes(b'{"\xff"}\n' + file_of(store, "b1").read_bytes())
    refused(store.finish, store.directory, file_of(store, "b1"))


def test_a_failed_finish_leaves_the_tables_that_are_there(finished):
    fill(finished, "b2")
    file_of(finished, "b2").write_text("nonsense\n")
    refused(finished.finish, finished.directory, f"{file_of(finished, 'b2')}, line 1")
    assert len(load(finished.directory).interactions) == 2


@pytest.mark.parametrize("table", TABLES)
def test_a_truncated_table_is_refused_at_every_length(finished, table):
    file = finished.directory / f"{table}.parquet"
    whole = file.read_bytes()
    for length in (*range(0, len(whole), 997), 1, 4, 11, 12, len(whole) - 8, len(whole) - 1):
        file.write_bytes(whole[:length])
        refused(lambda: load(finished.directory), finished.directory, f"{table}.parquet is damaged", "--resume")


def test_a_damaged_table_is_written_again_from_the_samples(finished):
    file = finished.directory / "interactions.parquet"
    file.write_bytes(b"PAR1")
    finished.finish()
    assert len(load(finished.directory).interactions) == 2


def load_flipped(store, position, bit):
    """Read the run with one bit of a table flipped; None if that was refused."""
    file = store.directory / "interactions.parquet"
    whole = file.read_bytes()
    damaged = bytearray(whole)
    damaged[position] ^= 1 << bit
    file.write_bytes(damaged)
    try:
        return load(store.directory).interactions
    except UserError as error:
        assert "interactions.parquet is damaged" in str(error)
        assert "\n" not in str(error)
        return None
    finally:
        file.write_bytes(whole)


def test_a_figure_that_is_another_than_was_measured_is_never_read(finished):
    right = load(finished.directory).interactions
    whole = (finished.directory / "interactions.parquet").read_bytes()
    page = whole.index((2**62 + 1).to_bytes(8, "little"))
    for bit in range(8):
        found = load_flipped(finished, page, bit)
        assert found is None or found.equals(right)


def test_damage_to_the_description_of_the_columns_is_refused(finished):
    chance = random.Random(1)
    size = (finished.directory / "interactions.parquet").stat().st_size
    for _ in range(150):
        load_flipped(finished, chance.randrange(size // 3, size), chance.randrange(8))


def test_a_run_in_a_relative_directory_is_told_to_other_processes_by_its_whole_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    store = Store.create(Path("run"), {})
    assert store.directory == tmp_path / "run"
    assert store.begin("boot").is_absolute() and store.log("boot").is_absolute()


def test_times_of_outputs_that_are_no_object_a_row_are_damage():
    assert _decoded(['{"chart": 12.25}', None, "{}"]) == [{"chart": 12.25}, {}, {}]
    with pytest.raises(ValueError, match="more than an object a row"):
        _decoded(["{}, {}"])


def test_a_sample_belongs_to_what_the_changed_cell_costs():
    costs = ((10.0, "cpu"), (30.0, "sleep"))
    grid = Origin(**{**PLACE, "page": "grid"}, grid_cells=2)
    changed = origin_at(grid, costs, "cell-1")
    assert (changed.grid_cost_ms, changed.grid_cost_kind) == (30.0, "sleep")
    assert replace(changed, grid_cost_ms=0.0, grid_cost_kind="") == grid
    # A page load is of no cell, and of cells that cost the same the boot says what.
    assert origin_at(grid, costs, "cold") is grid
    assert origin_at(grid, (), "cell-1") is grid
