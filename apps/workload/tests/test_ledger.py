import asyncio
import os
import random
import signal
import struct
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

import workload
from workload import ledger
from workload.ledger import Ledger, LedgerReader, read_calls, recorded, session_tag

RECORD = 64
FLAG = RECORD - 1


@recorded
def work(value):
    return value + 1


@recorded
def fail():
    raise ValueError("on purpose")


@pytest.fixture
def path(tmp_path, monkeypatch):
    """Return the path of an open ledger of this process."""
    path = str(tmp_path / "ledger")
    monkeypatch.setattr(ledger, "_ledger", Ledger(path))
    return path


def own_file(path):
    return Path(f"{path}.{os.getpid()}")


def poke(path, position, data):
    with own_file(path).open("r+b") as file:
        file.seek(position)
        file.write(data)


def test_unset_writes_nothing_and_the_functions_still_work(tmp_path):
    environment = {name: value for name, value in os.environ.items() if name != "PYUIBENCH_LEDGER"}
    # The module alone, as its package imports pandas.
    program = f"import runpy; print(runpy.run_path({ledger.__file__!r})['recorded'](len)('abc'))"
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert run.stdout == "3\n"
    assert list(tmp_path.iterdir()) == []


def test_closed_functions_work_and_write_nothing(path, monkeypatch):
    monkeypatch.setattr(ledger, "_ledger", None)
    assert work(1) == 2
    with pytest.raises(ValueError, match="on purpose"):
        fail()
    assert read_calls(path) == []


def test_a_call_is_recorded_with_its_times_thread_and_process(path):
    before = time.monotonic_ns()
    assert work(41) == 42
    after = time.monotonic_ns()
    (call,) = read_calls(path)
    assert (call.function, call.session) == ("work", 0)
    assert (call.thread, call.process) == (threading.get_ident(), os.getpid())
    assert before <= call.start_ns <= call.end_ns <= after
    assert call.thread_cpu_ns >= 0


def test_cpu_time_is_that_of_the_call(path, monkeypatch):
    monkeypatch.setenv("PYUIBENCH_GRID_COSTS", "5 cpu")
    workload.cell_value(0, 50)
    monkeypatch.setenv("PYUIBENCH_GRID_COSTS", "30 sleep")
    workload.cell_value(0, 51)
    burnt, slept = read_calls(path)
    assert burnt.thread_cpu_ns >= 5e6
    assert slept.thread_cpu_ns < 15e6
    assert slept.end_ns - slept.start_ns >= 30e6


def test_every_function_of_the_workload_is_recorded(path, monkeypatch):
    monkeypatch.setenv("PYUIBENCH_GRID_COSTS", "0 cpu")
    table = workload.orders()
    selected = workload.select_orders(table, "Books", 90)
    workload.kpis(selected, "Books", 90)
    workload.revenue_figure(selected, "Books", 90, "year")
    workload.top_orders(selected)
    workload.table_caption(selected, "Books", 90)
    workload.count_text(1)
    workload.greeting_text("x")
    workload.cell_value(0, 1)
    assert [call.function for call in read_calls(path)] == [
        "orders",
        "select_orders",
        "kpis",
        "revenue_figure",
        "top_orders",
        "table_caption",
        "count_text",
        "greeting_text",
        "cell_value",
    ]


def test_a_decorated_function_keeps_its_name_and_docstring():
    assert work.__name__ == "work"
    assert workload.orders.__doc__.startswith("Return the table")


def test_a_name_longer_than_its_field_is_cut(path):
    def name_of_more_than_twenty_three_letters():
        return 7

    assert recorded(name_of_more_than_twenty_three_letters)() == 7
    assert [call.function for call in read_calls(path)] == ["name_of_more_than_twent"]


def test_an_exception_is_recorded_and_goes_on(path):
    with pytest.raises(ValueError, match="on purpose"):
        fail()
    assert [call.function for call in read_calls(path)] == ["fail"]


def test_nested_calls_are_both_recorded(path):
    @recorded
    def outer():
        return work(1)

    assert outer() == 2
    outside, inside = read_calls(path)
    assert (outside.function, inside.function) == ("outer", "work")
    assert outside.start_ns <= inside.start_ns <= inside.end_ns <= outside.end_ns


def test_session_tag_is_recorded_and_each_context_has_its_own(path):
    async def session(tag):
        session_tag.set(tag)
        for _ in range(5):
            await asyncio.sleep(0)
            work(0)

    async def sessions():
        await asyncio.gather(*(session(tag) for tag in (7, 2**62, -3)))

    asyncio.run(sessions())
    work(0)
    assert Counter(call.session for call in read_calls(path)) == {7: 5, 2**62: 5, -3: 5, 0: 1}


def test_many_threads_lose_and_tear_nothing(path):
    threads, calls = 48, 250
    together = threading.Barrier(threads)

    def write(number):
        together.wait()
        for call in range(calls):
            session_tag.set(number * calls + call)
            work(call)
        together.wait()

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        running = [threading.Thread(target=write, args=(number,)) for number in range(threads)]
        for thread in running:
            thread.start()
        for thread in running:
            thread.join()
    finally:
        sys.setswitchinterval(before)

    found = read_calls(path)
    assert sorted(call.session for call in found) == list(range(threads * calls))
    assert {call.function for call in found} == {"work"}
    assert all(call.start_ns <= call.end_ns for call in found)
    assert len({(call.session // calls, call.thread) for call in found}) == threads
    starts = {call.session: call.start_ns for call in found}
    for number in range(threads):
        own = [starts[session] for session in range(number * calls, (number + 1) * calls)]
        assert own == sorted(own)


# Processes of their own: one that forks must have no threads, and that of a test may have any, of other tests.
POOL = """
import multiprocessing, os, sys
import workload

if __name__ == "__main__":
    workload.count_text(0)
    with multiprocessing.get_context(sys.argv[1]).Pool(2) as pool:
        texts = pool.map(workload.count_text, range(600), chunksize=10)
        pool.close()
        pool.join()
    print(os.getpid(), texts == [workload.count_text(number) for number in range(600)])
"""
# The module alone, as its package imports pandas. After each call it is counted where the parent looks.
UNTIL_KILLED = f"""
import os, runpy, struct, sys

ledger = runpy.run_path({ledger.__file__!r})


@ledger["recorded"]
def work(value):
    return value + 1


counter = os.open(sys.argv[1], os.O_RDWR)
for done in range(1, 200_001):
    ledger["session_tag"].set(done)
    work(0)
    os.pwrite(counter, struct.pack("<Q", done), 0)
sys.stdin.read()
"""


@pytest.fixture
def alone(tmp_path, monkeypatch):
    """Return a function that starts a program, with a ledger at this path or with none."""

    def start(program, *arguments, path=None):
        monkeypatch.delenv("PYUIBENCH_LEDGER", raising=False)
        if path:
            monkeypatch.setenv("PYUIBENCH_LEDGER", path)
        file = tmp_path / "program.py"
        file.write_text(program)
        command = [sys.executable, str(file), *arguments]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    return start


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_processes_write_each_to_a_file_of_its_own(alone, tmp_path, method):
    path = str(tmp_path / "ledger")
    with alone(POOL, method, path=path) as running:
        process, is_right = running.communicate()[0].split()
    assert is_right == "True"
    by_process = Counter(call.process == int(process) for call in read_calls(path))
    assert by_process == {True: 601, False: 600}
    assert len(list(tmp_path.glob("ledger.*"))) == 3


def test_processes_without_a_ledger_write_none(alone, tmp_path):
    with alone(POOL, "fork") as running:
        assert running.communicate()[0].endswith("True\n")
    assert list(tmp_path.glob("ledger.*")) == []


@pytest.mark.parametrize("attempt", range(12))
def test_a_killed_process_loses_at_most_the_record_being_written(alone, tmp_path, attempt):
    path, counter = str(tmp_path / "ledger"), tmp_path / "counter"
    counter.write_bytes(bytes(8))

    def counted():
        return struct.unpack("<Q", counter.read_bytes())[0]

    wanted = random.Random(attempt).randrange(200, 6000)
    with alone(UNTIL_KILLED, str(counter), path=path) as running:
        try:
            deadline = time.monotonic() + 60
            while counted() < wanted and time.monotonic() < deadline:
                pass
        finally:
            running.kill()
    assert running.returncode == -signal.SIGKILL
    done = counted()
    assert done >= wanted
    calls = read_calls(path)
    # What was counted is there; the last call may have been written and not yet been counted.
    assert [call.session for call in calls] in (list(range(1, done + 1)), list(range(1, done + 2)))
    assert {(call.function, call.process) for call in calls} == {("work", running.pid)}
    assert all(call.start_ns <= call.end_ns for call in calls)


@pytest.mark.parametrize("flag", [0, 2, 255])
def test_a_record_half_written_is_left_out(path, flag):
    for tag in (1, 2, 3):
        session_tag.set(tag)
        work(0)
    session_tag.set(0)
    poke(path, 1 * RECORD + FLAG, bytes([flag]))
    assert [call.session for call in read_calls(path)] == [1, 3]


def test_the_flag_is_the_last_byte_written():
    """`pack_into` clears the record and fills it from left to right: the flag has to be its last byte."""
    packed = ledger._LAYOUT.pack(b"name", 1, 2, 3, 4, 5, ledger._WRITTEN)
    assert len(packed) == RECORD
    assert packed[FLAG] == ledger._WRITTEN != 0


def test_slots_that_threads_have_not_filled_are_passed_over_up_to_a_limit(path):
    for _ in range(2 * ledger.MOST_WRITERS + 10):
        work(0)
    total = 2 * ledger.MOST_WRITERS + 10
    poke(path, 3 * RECORD, bytes(RECORD * ledger.MOST_WRITERS))
    assert len(read_calls(path)) == total - ledger.MOST_WRITERS
    poke(path, 3 * RECORD, bytes(RECORD * (ledger.MOST_WRITERS + 1)))
    assert len(read_calls(path)) == 3


def test_more_calls_than_there_is_room_for_are_dropped_quietly(tmp_path, monkeypatch):
    monkeypatch.setattr(ledger, "CAPACITY", 4)
    path = str(tmp_path / "ledger")
    monkeypatch.setattr(ledger, "_ledger", Ledger(path))
    for tag in range(10):
        session_tag.set(tag)
        assert work(tag) == tag + 1
    session_tag.set(0)
    assert [call.session for call in read_calls(path)] == [0, 1, 2, 3]
    assert own_file(path).stat().st_size == 4 * RECORD


def test_the_file_is_sparse(path):
    work(0)
    status = own_file(path).stat()
    assert status.st_size == ledger.CAPACITY * RECORD
    assert status.st_blocks * 512 < 1_000_000


def test_calls_of_all_processes_come_sorted_by_start(tmp_path, monkeypatch):
    path = str(tmp_path / "ledger")
    for process, starts in ((11, (5, 1)), (12, (4, 2))):
        monkeypatch.setattr(os, "getpid", lambda process=process: process)
        writer = Ledger(path)
        for start in starts:
            writer.write(b"work", start, start + 1, 0)
    assert [(call.process, call.start_ns) for call in read_calls(path)] == [(11, 1), (12, 2), (12, 4), (11, 5)]


def test_nothing_written_reads_as_nothing(tmp_path):
    assert read_calls(str(tmp_path / "ledger")) == []


def test_reader_returns_each_call_once(path):
    reader = LedgerReader(path)
    assert reader.new_calls() == []
    work(0)
    work(0)
    assert len(reader.new_calls()) == 2
    assert reader.new_calls() == []
    work(0)
    assert len(reader.new_calls()) == 1


def test_reader_waits_for_a_record_being_written_and_skips_none(path):
    reader = LedgerReader(path)
    for tag in (1, 2, 3):
        session_tag.set(tag)
        work(0)
    session_tag.set(0)
    poke(path, 1 * RECORD + FLAG, b"\0")
    assert [call.session for call in reader.new_calls()] == [1]
    poke(path, 1 * RECORD + FLAG, bytes([ledger._WRITTEN]))
    assert [call.session for call in reader.new_calls()] == [2, 3]


def test_reader_misses_and_repeats_nothing_while_threads_write(path):
    threads, calls = 8, 1500

    def write(number):
        for call in range(calls):
            session_tag.set(number * calls + call)
            work(0)

    reader = LedgerReader(path)
    running = [threading.Thread(target=write, args=(number,)) for number in range(threads)]
    for thread in running:
        thread.start()
    found = []
    while any(thread.is_alive() for thread in running):
        found += reader.new_calls()
    found += reader.new_calls()
    assert sorted(call.session for call in found) == list(range(threads * calls))


def test_a_file_that_has_no_size_yet_reads_as_nothing(path):
    work(0)
    Path(f"{path}.1").touch()
    assert len(read_calls(path)) == 1


def test_opening_again_in_the_same_process_keeps_what_was_written(path):
    work(0)
    Ledger(path)
    assert len(read_calls(path)) == 1


def test_a_path_may_hold_characters_of_a_pattern(tmp_path):
    path = str(tmp_path / "grid[10]")
    Ledger(path).write(b"work", 1, 2, 0)
    assert len(read_calls(path)) == 1
