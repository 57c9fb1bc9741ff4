import threading
import time

import pytest

from workload import grid


@pytest.fixture
def cost(monkeypatch):
    def choose(milliseconds: str, kind: str) -> None:
        monkeypatch.setenv("PYUIBENCH_GRID_COSTS", f"{milliseconds} {kind}")

    return choose


def cpu_ms(*arguments: int) -> float:
    before = time.thread_time_ns()
    grid.cell_value(*arguments)
    return (time.thread_time_ns() - before) / 1e6


def test_text_states_cell_and_value(cost):
    cost("0", "cpu")
    assert grid.cell_value(3, 52) == "cell 3: 52 -> 7919"
    assert grid.cell_text(3, 52) == grid.cell_value(3, 52)


def test_no_two_states_of_a_page_show_the_same_text():
    texts = {grid.cell_text(index, value) for index in range(200) for value in range(grid.MAX_CELL_VALUE + 1)}
    assert len(texts) == 200 * 101


def test_the_computed_part_changes_with_every_value():
    for index in range(200):
        results = {grid.cell_text(index, value).split(" -> ")[1] for value in range(grid.MAX_CELL_VALUE + 1)}
        assert len(results) == 101


def test_defaults_hold_without_the_environment(monkeypatch):
    for name in ("CELLS", "COSTS"):
        monkeypatch.delenv(f"PYUIBENCH_GRID_{name}", raising=False)
    assert grid.grid_cells() == 10
    assert 0 <= grid.DEFAULT_CELL_VALUE <= grid.MAX_CELL_VALUE
    assert cpu_ms(0, 0) >= 1


def test_size_comes_from_the_environment(monkeypatch):
    monkeypatch.setenv("PYUIBENCH_GRID_CELLS", "137")
    assert grid.grid_cells() == 137


@pytest.mark.parametrize("milliseconds", ["0.5", "3", "20"])
def test_cpu_cost_is_used_on_the_threads_own_clock(cost, milliseconds):
    cost(milliseconds, "cpu")
    used = min(cpu_ms(0, 50) for _ in range(3))
    assert float(milliseconds) <= used < float(milliseconds) + 5


def test_cpu_cost_is_each_threads_own_while_they_compete(cost):
    cost("10", "cpu")
    used: list[float] = []
    threads = [threading.Thread(target=lambda: used.append(cpu_ms(0, 50))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(used) == 4
    assert min(used) >= 10


def test_each_cell_has_its_own_of_several_costs(monkeypatch):
    monkeypatch.setenv("PYUIBENCH_GRID_COSTS", "0 cpu,7 sleep,3.5 sleep")
    slept: list[float] = []
    monkeypatch.setattr(grid.time, "sleep", slept.append)
    for index in range(6):
        grid.cell_value(index, 50)
    assert slept == [0.007, 0.0035, 0.007, 0.0035]


def test_sleep_uses_no_cpu(cost, monkeypatch):
    cost("40", "sleep")
    slept: list[float] = []
    sleep = time.sleep
    monkeypatch.setattr(grid.time, "sleep", lambda seconds: (slept.append(seconds), sleep(seconds)))
    assert cpu_ms(0, 50) < 20
    assert slept == [0.04]


@pytest.mark.parametrize("kind", ["cpu", "sleep"])
def test_no_cost_is_free(cost, monkeypatch, kind):
    cost("0", kind)
    monkeypatch.setattr(grid.time, "sleep", None)
    monkeypatch.setattr(grid, "_burn", None)
    assert grid.cell_value(0, 50).startswith("cell 0: 50 -> ")


def test_the_expected_text_costs_nothing(cost, monkeypatch):
    cost("1000", "cpu")
    monkeypatch.setattr(grid, "_burn", None)
    assert grid.cell_text(1, 2).startswith("cell 1: 2 -> ")
