"""The contract's hash is that of what it declares: its words and its layout change nothing, what it asks for does."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import workload
from pyuibench.contract import declaration, scenarios, visits
from pyuibench.contract.identity import contract_hash
from pyuibench.contract.scenarios import COMPUTED_BY, CONTROLS, SCENARIOS, WATCHED
from pyuibench.project import ROOT
from workload import tasks

PRINT_HASH = "from pyuibench.contract.identity import contract_hash; print(contract_hash())"


def hash_now():
    """The hash of the contract as it is now, which may have been changed since it was first asked for."""
    return contract_hash.__wrapped__()


def hash_of(sources):
    """The hash that another process computes of a copy of the sources."""
    env = {**os.environ, "PYTHONPATH": str(sources)}
    return subprocess.run(
        [sys.executable, "-c", PRINT_HASH], env=env, capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.fixture
def sources(tmp_path):
    """A copy of all that the contract is declared in."""
    package = tmp_path / "pyuibench"
    shutil.copytree(Path(scenarios.__file__).parent, package / "contract")
    shutil.copy(ROOT / "harness" / "pyuibench" / "__init__.py", package)
    shutil.copytree(Path(workload.__file__).parent, tmp_path / "workload")
    return tmp_path


def edit(file, old, new):
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def document(sources):
    edit(
        sources / "pyuibench/contract/states.py",
        '"""A session of the app page, as it must be."""',
        '"""Something else."""',
    )
    edit(
        sources / "workload/app.py",
        '"""Return the greeting of a name: upper-cased, with its length."""',
        '"""Greet."""',
    )


def comment(sources):
    for name in ("scenarios", "states", "walks", "visits", "identity", "declaration"):
        edit(sources / f"pyuibench/contract/{name}.py", "\n\n", "\n# A remark.\n\n")
    for file in (sources / "workload").glob("*.py"):
        file.write_text(file.read_text() + "# A remark.\n")


def move_a_helper(sources):
    walks = sources / "pyuibench/contract/walks.py"
    head, _, helper = walks.read_text().partition("def _walk(")
    (walks.parent / "positions.py").write_text(f"from collections.abc import Iterator\n\n\ndef walk({helper}")
    walks.write_text(
        head.replace("import workload\n", "import workload\nfrom pyuibench.contract.positions import walk as _walk\n")
    )


def move_a_helper_of_the_workload(sources):
    app = sources / "workload/app.py"
    head, _, rest = app.read_text().partition("def _revenue_by_period(")
    helper, _, rest = rest.partition("@recorded")
    imports = "import numpy as np\nimport pandas as pd\n\n\n"
    (app.parent / "periods.py").write_text(f"{imports}def revenue_by_period({helper}")
    moved = (
        "from workload.ledger import recorded\nfrom workload.periods import revenue_by_period as _revenue_by_period\n"
    )
    app.write_text((head + "@recorded" + rest).replace("from workload.ledger import recorded\n", moved))


def give_another_reason(sources):
    edit(sources / "pyuibench/contract/scenarios.py", '"a part of the page"', '"a chart"')


def do_nothing(sources):
    pass


@pytest.mark.parametrize(
    "change", [do_nothing, document, comment, move_a_helper, move_a_helper_of_the_workload, give_another_reason]
)
def test_what_declares_the_same_is_the_same_contract(sources, change):
    change(sources)
    assert hash_of(sources) == contract_hash()


def test_another_text_is_another_contract(sources):
    edit(sources / "workload/app.py", "Hello, ", "Welcome, ")
    assert hash_of(sources) != contract_hash()


CHANGED = {
    "a scenario's changes": lambda it: it.setitem(
        SCENARIOS, "local", replace(SCENARIOS["local"], changes={"granularity": ("chart", "table")})
    ),
    "a scenario's page": lambda it: it.setitem(SCENARIOS, "load", replace(SCENARIOS["load"], page="grid")),
    "a scenario in every round": lambda it: it.setitem(SCENARIOS, "busy", replace(SCENARIOS["busy"], in_rounds=True)),
    "one scenario more": lambda it: it.setitem(SCENARIOS, "zoom", replace(SCENARIOS["local"], name="zoom")),
    "a kind of control": lambda it: it.setitem(CONTROLS, "category", "radio"),
    "what computes an output": lambda it: it.setitem(COMPUTED_BY, "rows", "table_caption"),
    "what is watched": lambda it: it.setitem(WATCHED, "drag", "revenue"),
    "the pace of many steps": lambda it: it.setattr(scenarios, "STEP_INTERVAL_MS", 20),
    "the pace of an answer": lambda it: it.setattr(tasks, "TOKEN_INTERVAL_S", 0.02),
    "the length of a job": lambda it: it.setattr(tasks, "CRUNCH_STEP_S", 0.2),
    "a default": lambda it: it.setattr(workload, "DEFAULT_GRANULARITY", "year"),
    "a range": lambda it: it.setattr(workload, "MAX_CELL_VALUE", 99),
    "a file that is sent in": lambda it: it.setattr(tasks, "sample_csv", lambda number: b"id,shop,amount\n1,2,3\n"),
    "a cell's text": lambda it: it.setattr("workload.grid.cell_text", lambda index, value: f"{index}: {value}"),
    "what visitors choose from": lambda it: it.setattr(visits, "MIN_UNITS", (5, 10)),
    "a chart's data": lambda it: it.setattr(workload, "revenue_figure", lambda *_: {"data": []}),
    "a table's rows": lambda it: it.setattr(workload, "top_orders", lambda selected: selected.head(50)),
}


@pytest.mark.parametrize("change", CHANGED.values(), ids=CHANGED.keys())
def test_what_declares_something_else_is_another_contract(monkeypatch, change):
    before = hash_now()
    change(monkeypatch)
    assert hash_now() != before


def test_every_scenario_but_its_reason_is_declared(monkeypatch):
    before = hash_now()
    monkeypatch.setitem(SCENARIOS, "local", replace(SCENARIOS["local"], why="another"))
    assert hash_now() == before


def test_walks_are_declared_in_both_directions_with_what_must_be_shown():
    declared = declaration.declaration()
    for name, direction in (("upward", 1), ("downward", -1)):
        walk = declared["walks"][name]
        assert len(walk) == declaration.WALK_ACTIONS
        assert next(moves for _, control, _, moves, *_ in walk if control == "min_units") == direction
        assert all(set(changes) <= set(expected) for *_, changes, _, expected in walk)


def test_the_hash_is_short_and_stays_while_the_process_runs():
    assert len(contract_hash()) == 12
    assert contract_hash() == contract_hash() == hash_now()


def test_naming_it_imports_nothing_large():
    code = f"import sys; {PRINT_HASH.partition(';')[0]}; assert not {{'pandas', 'numpy', 'plotly'}} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
